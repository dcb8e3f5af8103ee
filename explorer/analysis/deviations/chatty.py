"""Callers that call more often than before, each call as quick as ever."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.deviations.deviation import Deviation
from explorer.analysis.deviations.groupwise import quantile_of
from explorer.analysis.deviations.moments import Split
from explorer.analysis.facts import Facts
from explorer.analysis.significance import discoveries, rank_sum, ranks_within, tail_of_normal
from explorer.model.sorting import numbered

Longs = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

LEAST_RATIO = 3.0
"""How many times its usual number of calls a caller must make."""
_AS_QUICK = 1.5
_LEAST_PART = 0.2
"""Of the duration of its traces, what the added calls must take."""
_FEWEST = 4


@dataclass(frozen=True)
class CallCounts:
    """How often one kind of work makes one kind of call, one row for each stretch of work that makes it.

    Attributes:
        kind: int64 (w,), number of (calling service and operation, called operation), of ``kinds``.
        top: int64 (w,), first span of the calling service; ``count``: calls; ``taken``: float64, ms of all of them.
        sample: int64 (w,), a called span.
    """

    facts: Facts
    kind: Longs
    kinds: int
    top: Longs
    count: Longs
    taken: Floats
    sample: Longs

    @cached_property
    def rank(self) -> Floats:
        """Ranks of ``count`` within each kind."""
        return ranks_within(self.kind, self.count.astype(np.float64))


def counts_of(facts: Facts, looked: Mask) -> CallCounts:
    """Calls to other services, and single statements to what leaves no span of its own (a database, say)."""
    spans = facts.store.spans
    first = facts.first_of_service
    calls = (spans.size == 1) & (spans.parent >= 0)
    calls[facts.hops.caller] = True
    rows = np.flatnonzero(calls & looked[spans.trace])
    top = first[rows].astype(np.int64)
    _, work = numbered(facts.work[top])
    kinds, kind = numbered(work * np.int64(max(len(facts.store.operations), 1)) + spans.name[rows])
    pairs, first_at, place, count = np.unique(
        kind * np.int64(len(spans)) + top, return_index=True, return_inverse=True, return_counts=True
    )
    taken = np.bincount(place, weights=np.maximum(spans.duration[rows], 0) / 1e6).astype(np.float64)
    return CallCounts(
        facts, pairs // len(spans), len(kinds), pairs % len(spans), count, taken, rows[first_at]
    )


def chatty(counts: CallCounts, split: Split, tries: int) -> list[Deviation]:
    """Services that make many more calls for the same work, the most time lost first."""
    if not len(counts.kind):
        return []
    trace = counts.facts.store.spans.trace[counts.top]
    after = split.after[trace]
    deviate, early, late = rank_sum(counts.kind, counts.rank, after, counts.kinds)
    tested = np.flatnonzero((early >= _FEWEST) & (late >= _FEWEST))
    p = np.minimum(tail_of_normal(deviate[tested]) * tries, 1.0)
    clear = np.flatnonzero(discoveries(p)).tolist()
    if not clear:
        return []
    usual, _ = quantile_of(counts.kind[~after], counts.count[~after].astype(np.float64), counts.kinds, 0.5)
    now, _ = quantile_of(counts.kind[after], counts.count[after].astype(np.float64), counts.kinds, 0.5)
    found: list[Deviation] = []
    for at in clear:
        kind = int(tested[at])
        if now[kind] >= LEAST_RATIO * usual[kind]:
            one = _deviation(counts, split, kind, float(p[at]), float(usual[kind]), float(now[kind]))
            found.extend([one] if one is not None else [])
    return sorted(found, key=lambda one: -one.strength)


def _deviation(
    counts: CallCounts, split: Split, kind: int, p: float, usual: float, now: float
) -> Deviation | None:
    """The deviation of one kind of call; None where each call is slower too, or the time lost is little."""
    store, spans = counts.facts.store, counts.facts.store.spans
    own = counts.kind == kind
    after = split.after[spans.trace[counts.top]]
    each = counts.taken / counts.count
    if float(np.median(each[own & after])) > _AS_QUICK * max(float(np.median(each[own & ~after])), 0.01):
        return None
    many = np.flatnonzero(own & after & (counts.count >= LEAST_RATIO * usual))
    traces = spans.trace[counts.top[many]].astype(np.int64)
    lost = (counts.count[many] - usual) * each[many]
    whole = np.maximum(spans.duration[counts.facts.entries[traces]] / 1e6, 1e-3)
    if not len(many) or float(np.median(lost / whole)) < _LEAST_PART:
        return None
    order = np.argsort(-lost, kind="stable")
    worst = many[order[0]]
    top, sample = int(counts.top[worst]), int(counts.sample[worst])
    text = (f"{store.service(top)} {store.operation(top)} makes {now:,.0f} calls {store.operation(sample)} each time,"
            f" {usual:,.0f} before, each as quick as ever")  # fmt: skip
    return Deviation(
        "chatty", int(spans.service[top]), p, float(np.median(lost)), split.time_ns,
        np.asarray(list(dict.fromkeys(traces[order].tolist())), np.int64), top, usual, now, text, store.operation(top),
    )  # fmt: skip
