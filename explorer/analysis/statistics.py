"""Spans by service and operation: how many, how many failed, how long they took; of any set of ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.timing import self_times
from explorer.model.schema import SpanFlag
from explorer.model.store import Store

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
QUANTILES: Final = (0.5, 0.95, 0.99)
_DENSE: Final = 1 << 16


@dataclass(frozen=True, eq=False)
class Statistics:
    """One row for each service and operation, those with the most self time first. All arrays have shape (n,).

    Attributes:
        service, operation: codes of the store's tables.
        count: spans; ``errors``: those that failed themselves.
        total: sum of durations, ns; ``self_time``: of what their children do not cover, ns.
        quantiles: int64 (3, n): p50, p95, p99 of the durations, ns, by nearest rank, so that each is the duration
            of some span; -1 where no span has an end.
        slowest: row of the span that took longest.
        spans: how many spans were looked at.
    """

    service: Ints
    operation: Ints
    count: Longs
    errors: Longs
    total: Longs
    self_time: Longs
    quantiles: Longs
    slowest: Longs
    spans: int

    def __len__(self) -> int:
        return len(self.count)


def spans_of(store: Store, ids: NDArray[np.integer] | None) -> Longs:
    """Rows of the spans of these id rows, ascending; of all spans for None."""
    if ids is None:
        return np.arange(len(store.spans), dtype=np.int64)
    wanted = np.zeros(len(store.correlation.rows) + 1, bool)  # one more, for -1
    wanted[ids] = True
    traces = np.flatnonzero(wanted[store.correlation.of_trace])
    if len(traces) == 1:
        rows = store.traces.rows(int(traces[0]))
        return np.arange(rows.start, rows.stop, dtype=np.int64)
    chosen = np.zeros(len(store.traces), bool)
    chosen[traces] = True
    return np.flatnonzero(np.repeat(chosen, np.diff(store.traces.first)))


def statistics(store: Store, rows: Longs, own: Longs | None = None) -> Statistics:
    """The figures of some spans.

    A span without an end counts, but not in the quantiles.

    Args:
        store: where they are.
        rows: int64, of whole traces, or their self times are those within the whole trace all the same.
        own: self time of every span of the store where the caller has it, int64 (spans,) ns.
    """
    spans = store.spans
    kinds, group = kinds_of(store, rows)
    size = len(kinds)
    duration = np.maximum(spans.duration[rows], 0)
    count = np.bincount(group, minlength=size)
    order = _by_group(group, duration, size)
    begin = np.cumsum(count) - count
    mine = _summed((own if own is not None else self_times(spans))[rows[order]], begin)
    ended = np.flatnonzero((spans.flags[rows] & np.uint16(SpanFlag.UNFINISHED)) == 0)
    timed = order if len(ended) == len(rows) else ended[_by_group(group[ended], duration[ended], size)]
    service, operation = np.divmod(kinds, max(len(store.operations), 1))
    ranked = np.argsort(-mine, kind="stable")
    return Statistics(
        service[ranked].astype(np.int32), operation[ranked].astype(np.int32), count[ranked],
        np.bincount(group[spans.failed[rows]], minlength=size)[ranked],
        _summed(duration[order], begin)[ranked], mine[ranked],
        _quantiles(duration[timed], group[timed], size)[:, ranked],
        rows[order[begin + count - 1]][ranked], len(rows),
    )  # fmt: skip


def kinds_of(store: Store, rows: Longs) -> tuple[Longs, Longs]:
    """The pairs of service and operation of some spans, ascending, and the place among them of each span's.

    A pair is one number: the service's code times the number of operations, plus the operation's.
    """
    spans, across = store.spans, max(len(store.operations), 1)
    key = spans.service[rows].astype(np.int64) * across + spans.name[rows]
    if across * max(len(store.services), 1) > max(4 * len(rows), _DENSE):
        kinds, group = np.unique(key, return_inverse=True)
        return kinds, group
    used = np.bincount(key, minlength=1) > 0  # all that there could be is few: no need to sort
    return np.flatnonzero(used), (np.cumsum(used) - 1)[key]


def _summed(values: Longs, begin: Longs) -> Longs:
    """Sums of runs, exact: through weights of bincount they would be floating."""
    return np.add.reduceat(values, begin) if len(begin) else np.zeros(0, np.int64)


def _by_group(group: Longs, duration: Longs, size: int) -> Longs:
    """The order by group, then duration."""
    order = np.argsort(duration)
    narrow = np.uint16 if size <= 1 << 16 else np.int64  # a radix sort, several times as fast
    return order[np.argsort(group[order].astype(narrow), kind="stable")]


def _quantiles(duration: Longs, group: Longs, size: int) -> Longs:
    """Nearest-rank quantiles of runs: durations ascending within each group, groups ascending."""
    count = np.bincount(group, minlength=size)
    before = np.cumsum(count) - count
    found = np.full((len(QUANTILES), size), -1, np.int64)
    there = count > 0
    for number, quantile in enumerate(QUANTILES):
        # In whole numbers, or p95 of 20 spans would be the 20th by a rounding error.
        rank = -(-count * round(quantile * 100) // 100)
        found[number, there] = duration[(before + np.maximum(rank, 1) - 1)[there]]
    return found
