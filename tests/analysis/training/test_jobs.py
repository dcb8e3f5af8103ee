"""Training jobs of several ranks: who is missing, failed first, is slow or diverged, however they write it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.analysis.causes import analyse
from explorer.analysis.results import Analysis, Cause, Verdict
from explorer.analysis.training.found_causes import with_training
from explorer.analysis.training.words import ranks_word
from explorer.ingest import ingest
from tests.analysis.rules import RULES
from tests.rca_score.simulated.faults import Truth
from tests.rca_score.simulated.profiles import slow_profile
from tests.rca_score.simulated.training import JOBS, Job, job_incident, job_well

SICK = [make for make in JOBS if make is not job_well]


def asked(folder: Path) -> Analysis:
    return analyse(ingest([folder]), RULES)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("make", SICK, ids=lambda make: make.__name__)
def test_the_first_cause_names_the_rank_and_its_category(
    tmp_path: Path, make: Callable[[Job], Truth], seed: int
) -> None:
    truth, form, write = job_incident(make, seed)
    write(tmp_path)
    first = asked(tmp_path).causes[0]
    assert {first.service, first.entity.name} & truth.names, (form, first.title)
    assert first.category in truth.categories, (form, first.title)


@pytest.mark.parametrize("seed", range(6))
def test_a_healthy_job_has_no_cause(tmp_path: Path, seed: int) -> None:
    _, _, write = job_incident(job_well, seed)
    write(tmp_path)
    assert not asked(tmp_path).causes


@pytest.mark.parametrize("seed", range(4))
def test_the_rank_that_waits_least_is_slow(tmp_path: Path, seed: int) -> None:
    truth, _, write = slow_profile(seed)
    write(tmp_path)
    first = asked(tmp_path).causes[0]
    assert first.entity.name in truth.names
    assert any("waited" in one.text for one in first.evidence)


WATCHDOG = (
    "[rank{rank}]:[E1120 03:11:0{rank}.111000 ProcessGroupNCCL.cpp:616] [Rank {rank}] Watchdog caught collective "
    "operation timeout: WorkNCCL(SeqNum={number}, OpType=ALLREDUCE, NumelIn=8, NumelOut=8, Timeout(ms)=600000) ran for "
    "600000 milliseconds before timing out."
)


def told(folder: Path, *lines: str) -> Cause:
    """The first cause of a job of four ranks that wrote some lines after their steps."""
    steps = [
        f"[rank{rank}]: 2026-11-20 03:00:{step:02},{rank:03} INFO step {step} loss 2.1"
        for step in range(9)
        for rank in range(4)
    ]
    (folder / "job.log").write_text("\n".join((*steps, *lines)) + "\n", encoding="utf-8")
    return asked(folder).causes[0]


def test_a_rank_in_an_earlier_collective_is_behind(tmp_path: Path) -> None:
    lines = [WATCHDOG.format(rank=rank, number=77 if rank == 2 else 78) for rank in range(4)]
    cause = told(tmp_path, *lines)
    assert cause.entity.name == "rank 2"
    assert any("behind" in reason for reason in cause.reasons)


def test_where_all_are_in_one_collective_nobody_is_blamed(tmp_path: Path) -> None:
    cause = told(tmp_path, *(WATCHDOG.format(rank=rank, number=78) for rank in range(4)))
    assert (cause.entity.kind, cause.category, cause.confidence) == ("service", "infrastructure", "low")


def test_the_ranks_that_a_stall_inspector_names_are_missing(tmp_path: Path) -> None:
    stalled = (
        "[rank0]: 2026-11-20 03:02:00,000 WARNING One or more tensors were submitted to be reduced, gathered or "
        "broadcasted by subset of ranks and are waiting for remainder of ranks for more than 60 seconds."
        " Missing ranks: 3"
    )
    cause = told(tmp_path, stalled)
    assert (cause.entity.name, cause.hypothesis) == ("rank 3", "silent-service")
    assert "those that waited name it" in cause.reasons


def test_what_a_rank_said_first_outranks_what_the_others_say_after_it(tmp_path: Path) -> None:
    cause = told(
        tmp_path,
        "[rank1]: Traceback (most recent call last):",
        '[rank1]:   File "/app/train.py", line 9, in <module>',
        "[rank1]: torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.",
        *(WATCHDOG.format(rank=rank, number=78) for rank in (0, 2, 3)),
    )
    assert (cause.entity.name, cause.category, cause.confidence) == ("rank 1", "system", "high")
    assert any(one.kind == "absence" for one in cause.evidence)


def test_the_verdict_of_the_job_leads_from_the_rank_to_the_others(tmp_path: Path) -> None:
    told(tmp_path, *(WATCHDOG.format(rank=rank, number=78) for rank in (0, 1, 3)))
    verdict = asked(tmp_path).verdicts[0]
    assert [(step.service, step.role) for step in verdict.path] == [
        ("rank 2", "origin"),
        ("the other ranks", "surfaced"),
    ]


@pytest.mark.parametrize(("usual", "grew"), [("nan", False), ("1.5", True)])
def test_a_norm_that_is_no_number_is_a_sign_only_where_others_were_numbers(
    tmp_path: Path, usual: str, *, grew: bool
) -> None:
    norms = [
        f"[rank0]: 2026-11-20 03:01:{step:02},000 INFO step {step} grad_norm: {usual if step < 14 else 'nan'}"
        for step in range(9, 15)
    ]
    cause = told(tmp_path, *norms, "[rank0]: 2026-11-20 03:02:00,000 INFO step 15 loss nan")
    assert cause.subcategory == "nan"
    assert any("was no number just before, usually 1.5" in one.text for one in cause.evidence) == grew


def test_a_rank_that_never_tells_its_step_did_not_go_silent(tmp_path: Path) -> None:
    begun = [f"[rank2]: 2026-11-20 02:59:59,00{part} INFO loaded part {part}" for part in range(4)]
    steps = [
        f"[rank{rank}]: 2026-11-20 03:00:{step:02},000 INFO step {step}"
        for step in range(9)
        for rank in (0, 1)
    ]
    (tmp_path / "job.log").write_text("\n".join((*begun, *steps)) + "\n", encoding="utf-8")
    assert not asked(tmp_path).causes


def test_a_cause_of_no_ids_stands_beside_that_of_a_job(tmp_path: Path) -> None:
    lines = [WATCHDOG.format(rank=rank, number=77 if rank == 2 else 78) for rank in range(4)]
    mine = told(tmp_path, *lines)
    of_all = replace(mine, ids=(), service="store", score=mine.score / 2)
    causes, _ = with_training([(mine, dict[int, Verdict]())], [of_all], {})
    assert [cause.service for cause in causes] == [mine.service, "store"]


STEPS = [f"2026-11-20 03:{step:02}:00,000 INFO step {step} loss {4 / (1 + step):.3f}" for step in range(30)]
RAISED = """\
2026-11-20 03:40:00,000 ERROR training failed
Traceback (most recent call last):
  File "/a/fit.py", line 3, in f
"""


@pytest.mark.parametrize(
    ("last", "category"),
    [
        ("2026-11-20 03:40:00,000 INFO step 31 loss nan", "model"),
        (RAISED + "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB.", "system"),
        (RAISED + "PIL.UnidentifiedImageError: cannot identify image file 'a.jpg'", "data"),
        ("2026-11-20 03:40:00,000 ERROR NCCL communicator was aborted on rank 3", "infrastructure"),
        ("2026-11-20 03:40:00,000 INFO done", ""),
    ],
)
def test_a_job_of_one_process_needs_no_rank(tmp_path: Path, last: str, category: str) -> None:
    (tmp_path / "fit.log").write_text("\n".join((*STEPS, last)) + "\n", encoding="utf-8")
    found = asked(tmp_path)
    assert [one.category for one in found.causes] == [category] * bool(category)
    assert len(found.ids.outcome) == 1
    assert not any("rank 0" in one.title for one in found.causes)


def test_losses_that_no_step_tells_make_no_job(tmp_path: Path) -> None:
    lines = [f"2026-11-20 03:00:{at:02},000 INFO ping: 9/9 packets, packet loss: 0.{at}" for at in range(30)]
    (tmp_path / "net.log").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert not len(asked(tmp_path).ids.outcome)


@pytest.mark.parametrize(
    ("ranks", "said"),
    [([5], "rank 5"), ([7, 3], "ranks 3 and 7"), ([6, 0, 1, 2, 7, 3], "ranks 0–3, 6 and 7")],
)
def test_ranks_in_words(ranks: list[int], said: str) -> None:
    assert ranks_word(ranks) == said


def test_where_no_figure_is_stated_the_rank_whose_steps_come_late_is_slow(tmp_path: Path) -> None:
    lines = [
        f"[rank{rank}]: 2026-11-20 04:00:{step * 2 + (rank == 2):02},000 INFO step {step + 9} done"
        for step in range(24)
        for rank in range(4)
    ]
    cause = told(tmp_path, *lines)
    assert cause.entity.name == "rank 2"
    assert cause.evidence[0].text == "step: 3,000 ms in the median, 2,000 ms on 3 others"
