"""Where time went: self time of every span, and the critical path of one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.results import Segment
from explorer.model.schema import Kind
from explorer.model.store import Spans, Store

Longs = NDArray[np.int64]

_MOST = 1 << 62


def self_times(spans: Spans) -> Longs:
    """Time of each span not covered by its children: int64 (n,) ns.

    Duration minus the union of the children's intervals, clipped to the parent. Consumers count as children
    as far as they lie within the parent. The union is a running maximum over siblings by start; families are kept
    apart by laying the parents end to end on one axis.
    """
    duration = np.maximum(spans.duration, 0)
    child, _ = spans.children
    if not len(child):
        return duration.copy()
    parent = spans.parent[child].astype(np.int64)
    # Laid end to end they must fit an int64: 146 years in all, which only broken clocks exceed.
    cap = _MOST if float(duration.sum(dtype=float)) < _MOST else _MOST // len(duration)
    length = np.minimum(duration, cap)
    offset = np.cumsum(length[parent] * _leads(parent)) - length[parent]
    begin = np.clip(spans.start[child] - spans.start[parent], 0, length[parent])
    end = np.clip(spans.end[child] - spans.start[parent], 0, length[parent])
    reached = np.maximum.accumulate(end + offset)
    before = np.concatenate(([0], reached[:-1]))
    before = np.where(_leads(parent), offset, np.maximum(before, offset))
    covered = np.maximum(end + offset - np.maximum(begin + offset, before), 0)
    total = np.zeros(len(duration), np.int64)
    np.add.at(total, parent, covered)
    return np.asarray(np.maximum(duration - total, 0), dtype=np.int64)


def self_time(spans: Spans, row: int) -> int:
    """Self time of one span, ns: as :func:`self_times`, looking at its subtree only."""
    duration = max(int(spans.duration[row]), 0)
    child = spans.children_of(row)
    begin = np.clip(spans.start[child] - spans.start[row], 0, duration)
    end = np.clip(spans.end[child] - spans.start[row], 0, duration)
    before = np.concatenate(([0], np.maximum.accumulate(end)[:-1])) if len(child) else begin
    return duration - int(np.maximum(end - np.maximum(begin, before), 0).sum())


def _leads(parent: Longs) -> NDArray[np.bool_]:
    """Where a new family begins, in rows sorted by parent."""
    return np.concatenate(([True], parent[1:] != parent[:-1]))


def critical_path(store: Store, root_row: int) -> tuple[Segment, ...]:
    """The chain of work that decided how long ``root_row`` took, by time.

    From the end of a span backwards: the child that finished last at or before that moment, then on from its
    start; what lies between belongs to the span itself (CRISP, Zhang et al., USENIX ATC 2022; as in Jaeger UI).
    Children are clipped to their parent; consumers, which nobody waits for, are left out.
    """
    spans = store.spans
    segments: list[Segment] = []
    begin, end = int(spans.start[root_row]), int(spans.end[root_row])
    stack = [_Frame(spans, root_row, begin, end)]
    while stack:
        frame = stack[-1]
        below = frame.next_child()
        upto = below[2] if below else frame.begin
        if frame.at > upto:
            segments.append(Segment(frame.row, upto, frame.at))
        if below is None:
            stack.pop()
            continue
        row, low, high = below
        frame.at = low
        stack.append(_Frame(spans, row, low, high))
    return tuple(reversed(segments))


class _Frame:
    """One span on the walk: what of it is not yet accounted for lies in [begin, at)."""

    __slots__ = ("at", "begin", "row", "_children")

    def __init__(self, spans: Spans, row: int, begin: int, end: int) -> None:
        self.row, self.begin, self.at = row, begin, end
        rows = spans.children_of(row)
        rows = rows[spans.kind[rows] != Kind.CONSUMER]
        low, high = np.maximum(spans.start[rows], begin), np.minimum(spans.end[rows], end)
        inside = np.flatnonzero(high > low)
        order = inside[np.lexsort((low[inside], high[inside]))]
        self._children = list(zip(rows[order].tolist(), low[order].tolist(), high[order].tolist(), strict=True))

    def next_child(self) -> tuple[int, int, int] | None:
        """The last-finishing child not after ``at``: (row, start, end)."""
        while self._children:
            child = self._children.pop()
            if child[2] <= self.at:
                return child
        return None
