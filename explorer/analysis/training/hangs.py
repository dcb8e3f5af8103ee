"""Collectives in which ranks waited in vain: who was there, and who was missing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from explorer.analysis.training.jobs import Job
from explorer.analysis.training.words import WATCHDOG, collective_of, named_missing

_FEWEST_LATER = 3
"""Steps that others went on after a rank's last line, so that it did not merely end a moment before them."""
_QUIET = 10.0
"""How many times its usual pause a rank must be silent."""


@dataclass(frozen=True, slots=True)
class Hang:
    """Ranks that waited, and those that they waited for.

    Attributes:
        waiting: ranks that say that they waited; ``missing``: whom they waited for, empty where nobody can tell.
        log: the first line that tells of it, -1 for none; ``time_ns``: its time.
        named: a line names who was missing; ``behind``: the missing ones say themselves that they are further back.
        collective: kind and number, ``""`` where it is not said.
    """

    waiting: tuple[int, ...]
    missing: tuple[int, ...]
    log: int
    time_ns: int
    named: bool = False
    behind: bool = False
    collective: str = ""


def hang_of(job: Job) -> Hang | None:
    """The first collective that stood still; None where none did."""
    reading, times = job.facts.reading, job.facts.store.logs.time
    waiting: dict[int, tuple[int, str, int]] = {}
    named: Counter[int] = Counter()
    first = -1
    for row, rank in job.loud:
        text = reading.message(row)
        missing = named_missing(text)
        named.update(missing)
        if WATCHDOG.search(text) and rank >= 0 and rank not in waiting:
            waiting[rank] = (*collective_of(text), row)
        if first < 0 and (missing or (WATCHDOG.search(text) and rank >= 0)):
            first = row
    if first < 0:
        return None
    ranks = tuple(sorted(waiting))
    told = _collective(list(waiting.values()))
    time = int(times[first])
    if named:
        most = max(named.values())
        found = tuple(sorted(rank for rank, count in named.items() if count == most))
        return Hang(ranks, found, first, time, named=True, collective=told)
    absent = tuple(rank for rank in job.world if rank not in waiting)
    if absent and len(absent) <= len(ranks):
        return Hang(ranks, absent, first, time, collective=told)
    late = _behind({rank: number for rank, (number, _, _) in waiting.items()})
    return Hang(
        tuple(r for r in ranks if r not in late), late, first, time, behind=bool(late), collective=told
    )


def _behind(numbers: dict[int, int]) -> tuple[int, ...]:
    """Ranks that waited in an earlier collective than most."""
    counted = Counter(number for number in numbers.values() if number >= 0)
    if len(counted) < 2:
        return ()
    usual = counted.most_common(1)[0][0]
    late = tuple(sorted(rank for rank, number in numbers.items() if 0 <= number < usual))
    return late if len(late) * 2 < len(numbers) else ()


def _collective(told: list[tuple[int, str, int]]) -> str:
    """``ALLREDUCE 3214`` of most ranks."""
    counted = Counter((number, kind) for number, kind, _ in told if number >= 0)
    if not counted:
        return ""
    number, kind = counted.most_common(1)[0][0]
    return f"{kind.lstrip('_') or 'collective'} {number}"


def gone_silent(job: Job) -> tuple[int, ...]:
    """Ranks that stopped writing of their steps while the others went on; one that tells none may work all the same."""
    times = job.facts.store.logs.time
    last = {rank: job.last_of(rank) for rank in job.ranks}
    furthest = max(step for _, step in last.values())
    found: list[int] = []
    for rank, (row, step) in last.items():
        mine = times[job.rows[job.rank == rank]]
        if len(mine) < _FEWEST_LATER or step < 0 or furthest - step < _FEWEST_LATER:
            continue
        pause = max(float(np.median(np.diff(mine))), 1e6)
        others = [int(times[other]) for name, (other, _) in last.items() if name != rank]
        if float(np.median(others)) - int(times[row]) > _QUIET * pause:
            found.append(rank)
    return tuple(found) if len(found) * 2 < len(last) else ()
