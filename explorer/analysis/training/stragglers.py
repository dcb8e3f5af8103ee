"""The rank that keeps the others waiting: slower in what it does itself, while all share their steps."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.facts import Facts
from explorer.analysis.training.jobs import Job
from explorer.analysis.training.words import figures_of, is_waiting, is_whole_step, step_of
from explorer.model.ranks import rank_of_instance

Floats = NDArray[np.float64]

_RATIO = 1.3
"""How many times as long as the others' median it must take."""
_SPREAD = 6.0
"""How many times the others' spread (median absolute deviation) it must lie away."""
_WAITED_FOR = 1.02
"""The same where the others can be seen to wait."""
_FEWEST_RANKS, _FEWEST_VALUES = 3, 4
_LAG_SHARE = 0.15
"""Part of a step by which its lines must come after those of the others."""
_LEAST_SHARE = 0.05
"""Part of all time that an operation must take to be told."""


@dataclass(frozen=True, slots=True)
class Straggler:
    """A slow rank.

    Attributes:
        what: what is slow, as its figure or operation is called; ``own``, ``usual``: its median and that of the others.
        unit: ``ms``, ``/s``, or ``""`` where the figure does not say.
        log: a log record (``span``: a span) that shows it; ``share``: part of its values above all others'.
        waits: (its own, usual) ms of waiting for the others, None where that is not known.
    """

    rank: int
    what: str
    own: float
    usual: float
    unit: str
    log: int = -1
    span: int = -1
    time_ns: int = 0
    share: float = 1.0
    ranks: int = 0
    waits: tuple[float, float] | None = None


def straggler_of(job: Job) -> Straggler | None:
    """The slow rank, by the figures that ranks state, else by when their lines about a step come."""
    values: dict[str, dict[int, list[tuple[float, int]]]] = defaultdict(lambda: defaultdict(list))
    rates: set[str] = set()
    arrived: dict[int, dict[int, int]] = defaultdict(dict)
    times = job.facts.store.logs.time
    for row, rank in job.told:
        if rank < 0:
            continue
        detail = job.facts.reading.log(row)
        step = step_of(detail.message)
        if step >= 0:
            arrived[step].setdefault(rank, int(times[row]))
        for one in figures_of(detail.message, detail.attributes):
            values[one.name][rank].append((one.value, row))
            rates |= {one.name} if one.is_rate else set()
    found = [_slowest(job, name, some, is_rate=name in rates) for name, some in values.items()]
    known = [one for one in found if one is not None]
    if known:
        return max(known, key=_ratio)
    return _late(job, arrived)


def _ratio(one: Straggler) -> float:
    return max(one.own / one.usual, one.usual / one.own)


def _slowest(
    job: Job, name: str, values: dict[int, list[tuple[float, int]]], *, is_rate: bool
) -> Straggler | None:
    """The one rank whose values lie apart from those of all others."""
    kept = {rank: some for rank, some in values.items() if len(some) >= _FEWEST_VALUES}
    if len(kept) < _FEWEST_RANKS:
        return None
    ranks = sorted(kept)
    middle = np.array([np.median([value for value, _ in kept[rank]]) for rank in ranks])
    at = _apart(-middle if is_rate else middle, middle)
    if at < 0:
        return None
    others = np.delete(middle, at)
    usual, own = float(np.median(others)), float(middle[at])
    mine = kept[ranks[at]]
    beyond = [value < others.min() if is_rate else value > others.max() for value, _ in mine]
    row = (min if is_rate else max)(mine)[1]
    unit = "/s" if is_rate else ""
    time = int(job.facts.store.logs.time[mine[beyond.index(True)][1]]) if any(beyond) else 0
    return Straggler(
        ranks[at],
        name,
        own,
        usual,
        unit,
        log=row,
        time_ns=time,
        share=float(np.mean(beyond)),
        ranks=len(ranks),
    )


def _apart(ordered: Floats, middle: Floats) -> int:
    """Place of the highest of some medians, where it lies far from all others; -1 where none does."""
    at = int(np.argmax(ordered))
    others = np.delete(middle, at)
    usual = float(np.median(others))
    spread = float(np.median(np.abs(others - usual))) + 0.01 * usual
    ratio = max(middle[at] / usual, usual / middle[at]) if usual > 0 and middle[at] > 0 else 0.0
    far = abs(middle[at] - usual) > _SPREAD * spread
    next_ratio = max(others.max() / usual, 1.0) if ordered[at] > 0 else max(usual / others.min(), 1.0)
    return at if ratio >= _RATIO and far and ratio > 1.2 * next_ratio else -1


def _late(job: Job, arrived: dict[int, dict[int, int]]) -> Straggler | None:
    """The rank whose lines about each step come later than those of the others, by a good part of a step."""
    steps = sorted(step for step, some in arrived.items() if len(some) >= _FEWEST_RANKS)
    if len(steps) < 2 * _FEWEST_VALUES:
        return None
    begun = np.array([np.median(list(arrived[step].values())) for step in steps])
    length = float(np.median(np.diff(begun))) if len(begun) > 1 else 0.0
    lag: dict[int, list[float]] = defaultdict(list)
    for step, middle in zip(steps, begun, strict=True):
        for rank, time in arrived[step].items():
            lag[rank].append(time - middle)
    if length <= 0 or len(lag) < _FEWEST_RANKS:
        return None
    middle = {rank: float(np.median(some)) for rank, some in lag.items() if len(some) >= _FEWEST_VALUES}
    if len(middle) < _FEWEST_RANKS:
        return None
    rank = max(middle, key=lambda one: middle[one])
    others = max(value for one, value in middle.items() if one != rank)
    if middle[rank] < _LAG_SHARE * length or middle[rank] < 4 * max(others, 1e6):
        return None
    row = next(row for row, who in job.told if who == rank and step_of(job.facts.reading.message(row)) >= 0)
    own, usual = (length + middle[rank]) / 1e6, length / 1e6
    time = int(job.facts.store.logs.time[row])
    return Straggler(rank, "", own, usual, "ms", log=row, time_ns=time, share=1.0, ranks=len(middle))


def slow_profile(facts: Facts) -> Straggler | None:
    """The slow rank in profiles of several: the one that waits least while the others wait for it."""
    spans, store = facts.store.spans, facts.store
    of_resource = np.array([rank_of_instance(one.instance) for one in store.resources] or [-1], np.int64)
    rank = of_resource[spans.resource] if len(spans) else np.empty(0, np.int64)
    ranks = np.unique(rank[rank >= 0])
    if len(ranks) < 2:
        return None
    waits = np.array([is_waiting(name) for name in store.operations], bool)[spans.name]
    whole = np.array([is_whole_step(name) for name in store.operations], bool)[spans.name]
    own = np.where((rank >= 0) & ~whole, facts.self_ns, 0).astype(np.float64) / 1e6
    waited = np.array([own[(rank == one) & waits].sum() for one in ranks.tolist()])
    worked = np.array([own[(rank == one) & ~waits].sum() for one in ranks.tolist()])
    at = int(np.argmax(worked))
    others, least = np.delete(worked, at), np.delete(waited, at)
    # With two ranks only the waiting tells which one is late; with more, the work must agree.
    late = waited[at] < 0.7 * np.median(least) if waited.any() else len(ranks) >= _FEWEST_RANKS
    ratio, lead = (_WAITED_FOR, 1.0) if waited.any() else (_RATIO, 1.1)
    if not late or worked[at] < ratio * np.median(others) or worked[at] <= lead * others.max():
        return None
    return _operation(facts, rank, ranks[at], own, waits, (float(waited[at]), float(np.median(least))))


def _operation(
    facts: Facts,
    rank: NDArray[np.int64],
    slow: int,
    own: Floats,
    waits: NDArray[np.bool_],
    waited: tuple[float, float],
) -> Straggler | None:
    """The operation in which a rank loses most against the others."""
    spans = facts.store.spans
    others = [int(one) for one in np.unique(rank[rank >= 0]) if one != slow]
    width = len(facts.store.operations)
    work = np.where(waits, 0.0, own)
    mine = np.bincount(spans.name[rank == slow], work[rank == slow], width)
    usual = np.median(
        [np.bincount(spans.name[rank == one], work[rank == one], width) for one in others], axis=0
    )
    lost = mine - usual
    name = int(np.argmax(lost))
    if lost[name] < _LEAST_SHARE * mine.sum() and lost[name] < 0.3 * (waited[1] - waited[0]):
        return None
    rows = np.flatnonzero((rank == slow) & (spans.name == name))
    row = int(rows[np.argmax(spans.duration[rows])])
    count = max(len(rows), 1)
    return Straggler(
        int(slow), facts.store.operations[name], float(mine[name]) / count, float(usual[name]) / count, "ms",
        span=row, time_ns=int(spans.start[row]), ranks=len(others) + 1, waits=waited,
    )  # fmt: skip
