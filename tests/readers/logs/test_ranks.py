"""Lines behind the rank that a launcher of distributed training puts before them."""

from __future__ import annotations

import pytest

from explorer.decoding.logs.origin import origin_of
from explorer.model.ranks import rank_of_instance, rank_of_name
from explorer.readers import json_log, text_log
from tests.readers.logs.reading import details_of, messages_of, read_with


@pytest.mark.parametrize(
    "prefix", ["[rank{}]: ", "[default{}]:", "[1,{}]<stderr>:", "[{}]<stdout>:", "[rank: {}] "]
)
def test_the_rank_before_a_line_is_its_instance(prefix: str) -> None:
    lines = [f"{prefix.format(rank)}2026-11-20 03:00:0{rank},000 INFO step {rank}" for rank in (0, 3)]
    store = read_with(text_log, "\n".join(lines).encode() + b"\n")
    assert messages_of(store) == ["step 0", "step 3"]
    assert [store.resources[code].instance for code in store.logs.resource] == ["rank 0", "rank 3"]
    assert dict(details_of(store)[1].attributes)["rank"] == "3"


def test_stack_traces_of_ranks_that_write_at_once_are_kept_apart() -> None:
    data = (
        b"[rank0]: 2026-11-20 03:00:00,000 ERROR step failed\n"
        b"[rank1]: 2026-11-20 03:00:00,001 ERROR step failed\n"
        b"[rank0]: Traceback (most recent call last):\n"
        b"[rank1]: Traceback (most recent call last):\n"
        b'[rank0]:   File "/app/train.py", line 3, in <module>\n'
        b'[rank1]:   File "/app/train.py", line 3, in <module>\n'
        b"[rank0]: ValueError: zero\n"
        b"[rank1]: ValueError: one\n"
    )
    store = read_with(text_log, data)
    assert [one.exception_message for one in details_of(store)] == ["zero", "one"]


def test_lines_of_the_launcher_among_them_stay_as_they_are() -> None:
    data = (
        b"[rank0]: 2026-11-20 03:00:00,000 INFO step 1\n"
        b"W1120 03:00:01.000000 4711 torch/distributed/elastic/multiprocessing/api.py:900] Sending process 9 SIGTERM\n"
    )
    store = read_with(text_log, data)
    assert messages_of(store) == ["step 1", "Sending process 9 SIGTERM"]
    assert [store.resources[code].instance for code in store.logs.resource] == ["rank 0", ""]


@pytest.mark.parametrize(
    ("name", "rank"),
    [
        ("logs/rank_3.log", "3"),
        ("run/attempt_0/12/stderr.log", "12"),
        ("frank3.log", ""),
        ("a/2/stderr.log", ""),
    ],
)
def test_files_of_one_process_name_its_rank(name: str, rank: str) -> None:
    assert rank_of_name(name) == rank
    assert origin_of(name).instance == (f"rank {rank}" if rank else "")


def test_an_instance_tells_its_rank() -> None:
    assert [rank_of_instance(name) for name in ("rank 3", "rank 3 GPU 0", "rank", "ranker 3", "")] == [
        3,
        3,
        -1,
        -1,
        -1,
    ]


@pytest.mark.parametrize(
    ("field", "said", "instances"),
    [
        ("rank", "result shown", ["", ""]),
        ("rank", "step 7 loss=2.31", ["rank 1", "rank 2"]),
        ("rank", "init_process_group world_size=2", ["rank 1", "rank 2"]),
        ("global_rank", "started", ["rank 1", "rank 2"]),
    ],
)
def test_a_field_names_a_process_only_where_its_lines_speak_of_training(
    field: str, said: str, instances: list[str]
) -> None:
    """The place of a search result is a rank as well."""
    lines = (
        f'{{"ts":"2026-11-20T03:00:0{n}Z","level":"INFO","{field}":{n},"msg":"{said}"}}\n' for n in (1, 2)
    )
    store = read_with(json_log, "".join(lines).encode())
    assert [store.resources[code].instance for code in store.logs.resource] == instances
    assert [row.kind for row in store.correlation.rows] == ["job"] * any(instances)


@pytest.mark.parametrize(
    ("labels", "told"), [(("0: ", "1: "), ("rank 0", "rank 1")), (("gpu-3: ", "gpu-4: "), ("gpu-3", "gpu-4"))]
)
def test_labels_before_all_lines_tell_the_task_or_the_host(
    labels: tuple[str, str], told: tuple[str, str]
) -> None:
    lines = [
        "{0}2026-11-20 03:00:00,000 ERROR step failed", "{1}2026-11-20 03:00:00,100 INFO step 7", "{0}",
        "{0}Traceback (most recent call last):", "{1}2026-11-20 03:00:00,200 INFO step 8", "{0}ValueError: zero",
    ]  # fmt: skip
    store = read_with(text_log, "\n".join(lines).format(*labels).encode() + b"\n")
    assert messages_of(store) == ["step failed", "step 7", "step 8"]
    resources = [store.resources[code] for code in store.logs.resource]
    assert [one.instance or one.host for one in resources] == [told[0], told[1], told[1]]
    assert details_of(store)[0].exception_message == "zero"


def test_names_before_lines_that_are_no_log_are_no_labels() -> None:
    data = b"step1: building\nstep2: done\n2026-11-20 03:00:00,000 ERROR step2 failed\n"
    assert messages_of(read_with(text_log, data)) == ["step1: building\nstep2: done", "step2 failed"]
