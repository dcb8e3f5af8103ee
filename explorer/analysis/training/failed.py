"""What a rank said of its own failure, before the others noticed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from explorer.analysis.categories.rules import Rules
from explorer.analysis.categories.signals import Signal
from explorer.analysis.categories.verdict import Verdict
from explorer.analysis.failure.faults import FIRM, decided
from explorer.analysis.patterns import WARN
from explorer.analysis.reading import log_signals
from explorer.analysis.training.jobs import Job
from explorer.analysis.training.words import SYMPTOM, Exit, exit_of
from explorer.analysis.wording import templated

_MOST_JUDGED = 60
_TOGETHER_NS = 30 * 10**9
"""Ranks that fail for the same reason do so at about the same time."""
_BEFORE_NS = 1800 * 10**9
"""How long before the first sign of trouble lines of hosts still count: collectives wait for ten minutes and more."""
_OF_A_HOST = 8
KILLED: Final = (-9, 137)
_CRASHED: Final = (-11, 139)


@dataclass(frozen=True, slots=True)
class Said:
    """A failure that is no mere effect.

    Attributes:
        ranks: that say the same, or of which it is said; empty where nobody can tell.
        code: how the process ended, 0 where only words tell; ``host``: whose kernel or node says it, ``""`` for none.
    """

    ranks: tuple[int, ...]
    log: int
    time_ns: int
    verdict: Verdict
    code: int = 0
    host: str = ""


def first_failure(job: Job, rules: Rules) -> Said | None:
    """The first failure that is none of those that follow from another; None where there is none."""
    times = job.facts.store.logs.time
    all_own = [(row, rank) for row, rank in job.errors if rank >= 0]
    own = [(row, rank) for row, rank in all_own if not SYMPTOM.search(_words(job, row))]
    # What one process says of the others is all there is where they wrote nothing.
    own = own or (all_own if job.alone else [])
    ended = _ended(job, rules)
    found = _of_ranks(job, rules, own)
    around = _of_hosts(job, rules, int(times[job.errors[0][0]])) if job.errors else None
    if found is not None and (ended is None or found.time_ns <= ended.time_ns or found.ranks == ended.ranks):
        # What the kernel says of the machine is why the process on it says anything.
        machine = (
            around is not None and found.verdict.category == "system" and around.time_ns <= found.time_ns
        )
        return replace(around, ranks=found.ranks) if around is not None and machine else found
    if around is not None and ended is not None and not around.ranks:
        return replace(around, ranks=ended.ranks)
    return around or ended


def _words(job: Job, row: int) -> str:
    """What a line says, and the exception within it: the stack around that names the group's functions too."""
    detail = job.facts.reading.log(row)
    said = f"{detail.exception_type}: {detail.exception_message}" if detail.exception_type else ""
    return f"{detail.message}\n{said}"


def _of_ranks(job: Job, rules: Rules, own: Sequence[tuple[int, int]]) -> Said | None:
    """The first error of a rank, with those that say the same at the same time."""
    reading, times = job.facts.reading, job.facts.store.logs.time
    best: Said | None = None
    for row, _ in own[:_MOST_JUDGED]:
        verdict = decided(tuple(log_signals(reading, [row])), rules)
        told = verdict.strength >= FIRM and verdict.category != "unknown" and not verdict.symptom
        if best is not None and (not told or best.verdict.strength >= FIRM):
            continue
        if best is not None and int(times[row]) - best.time_ns > _TOGETHER_NS:
            break
        same = templated(reading.message(row))
        ranks = {
            other
            for log, other in own
            if abs(int(times[log] - times[row])) <= _TOGETHER_NS and templated(reading.message(log)) == same
        }
        best = Said(tuple(sorted(ranks)), row, int(times[row]), verdict)
    return best


def _killed(job: Job) -> tuple[int, Exit, int] | None:
    """The first process that a launcher says was killed or crashed, not stopped with the others, and of which rank."""
    ended = [(row, rank, exit_of(job.facts.reading.message(row))) for row, rank in job.errors]
    badly = [
        (row, rank, one) for row, rank, one in ended if one is not None and one.code in (*KILLED, *_CRASHED)
    ]
    if not badly:
        return None
    row, rank, first = badly[0]
    # The number within a host is the rank only where there is one host.
    named = next((one.rank for _, _, one in badly if one.rank >= 0 and one.code == first.code), rank)
    return row, first, named if named >= 0 or len(job.world) > _OF_A_HOST else first.local


def _ended(job: Job, rules: Rules) -> Said | None:
    found = _killed(job)
    if found is None:
        return None
    row, ended, who = found
    verdict = decided((Signal("exit", "137" if ended.code in KILLED else "139"),), rules)
    time = int(job.facts.store.logs.time[row])
    return Said((who,) if who >= 0 else (), row, time, verdict, ended.code)


def _of_hosts(job: Job, rules: Rules, time_ns: int) -> Said | None:
    """What kernels, drivers and the cluster said shortly before, if it is of the system."""
    logs, reading = job.facts.store.logs, job.facts.reading
    low, high = logs.time.searchsorted((time_ns - _BEFORE_NS, time_ns + _TOGETHER_NS))
    rows = [row for row in range(int(low), int(high)) if logs.severity[row] >= WARN or not logs.severity[row]]
    mine = dict(zip(job.rows.tolist(), job.rank.tolist(), strict=True))
    for row in [row for row in rows if mine.get(row, -1) < 0][: 4 * _MOST_JUDGED]:
        text = reading.message(row)
        if SYMPTOM.search(text) or exit_of(text):
            continue
        verdict = decided(tuple(log_signals(reading, [row])), rules)
        if (
            verdict.category in ("system", "infrastructure")
            and verdict.strength >= FIRM
            and not verdict.symptom
        ):
            host = job.facts.store.resources[int(logs.resource[row])].host
            ranks = tuple(rank for rank in job.ranks if host and job.host_of(rank) == host)
            return Said(ranks if len(ranks) == 1 else (), row, int(logs.time[row]), verdict, host=host)
    return None
