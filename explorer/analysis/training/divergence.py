"""Where a loss first was no number, and what stood before it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from explorer.analysis.patterns import WARN
from explorer.analysis.quality import Complaint, of_line
from explorer.analysis.training.jobs import Job
from explorer.analysis.training.words import gradient_of, loss_of, step_of

_MANY_TIMES = 10.0
"""How many times its usual height a norm must reach before it counts as a sign."""
_FEWEST = 5
_BEFORE = 8
"""Lines of norms before the first that is no number."""
_NEAR_NS = 600 * 10**9


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first loss that was no number.

    Attributes:
        ranks: that had it at that step, first; ``watched``: all that state a loss.
        before: the last loss that was one, NaN for none; ``gradient``: (usual, highest just before), None for none.
        complaint: what a rank said about its data just before, with the log row and the rank.
    """

    ranks: tuple[int, ...]
    watched: tuple[int, ...]
    log: int
    time_ns: int
    step: int
    before: float
    last_log: int
    gradient: tuple[float, float, int] | None
    complaint: tuple[Complaint, int, int] | None


def divergence_of(job: Job) -> Divergence | None:
    """The first loss that was no number; None where all are, or where it never was one."""
    times = job.facts.store.logs.time
    first: dict[int, tuple[int, int]] = {}
    last: dict[int, tuple[float, int]] = {}
    norms: list[tuple[float, int]] = []
    for row, rank in job.told:
        text = _words(job, row)
        norm = gradient_of(text)
        if norm is not None and not first:
            norms.append((norm, row))
        loss = loss_of(text)
        if loss is None:
            continue
        if math.isfinite(loss):
            last.setdefault(rank, (loss, row))
            if rank not in first:
                last[rank] = (loss, row)
            else:
                first.pop(rank)  # one batch that was skipped is no divergence
        elif rank not in first:
            first[rank] = (step_of(text), row)
    if not first or not any(rank in last for rank in first):
        return None
    steps = {rank: step for rank, (step, _) in first.items() if step >= 0}
    begin = min(first.values(), key=lambda one: (one[0] if one[0] >= 0 else math.inf, times[one[1]]))
    ranks = [rank for rank in first if (steps.get(rank, -1) == begin[0] if steps else first[rank] == begin)]
    rank, (step, row) = next((rank, one) for rank, one in first.items() if one == begin)
    before, last_log = last.get(rank, (math.nan, -1))
    return Divergence(
        tuple(sorted(one for one in ranks if one >= 0)), tuple(sorted(one for one in last if one >= 0)),
        row, int(times[row]), step, before, last_log, _grown(norms), _complaint(job, row),
    )  # fmt: skip


def _words(job: Job, row: int) -> str:
    """A line with the fields of it that tell a step, a loss or a norm: JSON logs keep them apart."""
    detail = job.facts.reading.log(row)
    told = [
        f"{name}={value}" for name, value in detail.attributes
        if any(word in name.lower() for word in ("loss", "norm", "step", "iter", "batch"))
    ]  # fmt: skip
    return " ".join((detail.message, *told))


def _grown(norms: Sequence[tuple[float, int]]) -> tuple[float, float, int] | None:
    """The usual norm, the highest of the last ones, and where that stands; None where they did not grow."""
    if len(norms) < _FEWEST:
        return None
    ordered = [
        (math.inf if math.isnan(norm) else norm, row) for norm, row in norms
    ]  # no number is beyond all
    usual = median(norm for norm, _ in ordered)
    highest, row = max(ordered[-_BEFORE:], key=lambda one: one[0])
    return (usual, highest, row) if highest > _MANY_TIMES * usual > 0 else None


def _complaint(job: Job, first: int) -> tuple[Complaint, int, int] | None:
    """The last warning about data before a line."""
    logs = job.facts.store.logs
    found = None
    for row, rank in job.loud:
        if row >= first or logs.severity[row] < WARN or logs.time[first] - logs.time[row] > _NEAR_NS:
            continue
        text = job.facts.reading.message(row)
        said = of_line(text, warned=True) if loss_of(text) is None and gradient_of(text) is None else None
        if said is not None and said.word:
            found = said, row, rank
    return found
