"""Where time went: self time of every span, and the critical path of one."""

from __future__ import annotations

from dataclasses import dataclass

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
    tree = _Tree(store.spans, root_row)
    segments: list[Segment] = []
    stack = [_Frame(root_row, tree.start[0], tree.end[0], tree.first[0], tree.first[1], tree.end[0])]
    while stack:
        frame = stack[-1]
        below = tree.next_child(frame)
        upto = below.at if below else frame.begin
        if frame.at > upto:
            segments.append(Segment(frame.row, upto, frame.at))
        if below is None:
            stack.pop()
            continue
        frame.at = below.begin
        stack.append(below)
    return tuple(reversed(segments))


@dataclass(slots=True)
class _Frame:
    """One span on the walk: what of it is not yet accounted for lies in [begin, at).

    Its children not yet looked at are positions [low, high) of the tree's children; ``limit`` is its end.
    """

    row: int
    begin: int
    at: int
    low: int
    high: int
    limit: int


class _Tree:
    """A subtree as plain lists (a walk touches single values): times by place, children by parent and end."""

    def __init__(self, spans: Spans, root: int) -> None:
        rows = slice(root, root + int(spans.size[root]))
        self.root = root
        self.start: list[int] = spans.start[rows].tolist()
        self.end: list[int] = spans.end[rows].tolist()
        kids = np.arange(root + 1, rows.stop)
        kids = kids[spans.kind[kids] != Kind.CONSUMER]
        order = np.lexsort((spans.start[kids], spans.end[kids], spans.parent[kids]))
        self.kids: list[int] = (kids[order] - root).tolist()
        parents = spans.parent[kids] - root
        counts = np.bincount(parents, minlength=rows.stop - root)
        self.first: list[int] = np.concatenate(([0], np.cumsum(counts))).tolist()

    def next_child(self, frame: _Frame) -> _Frame | None:
        """The last-finishing child of a frame not after its ``at``, clipped to it; None for none."""
        while frame.high > frame.low:
            frame.high -= 1
            kid = self.kids[frame.high]
            begin, end = max(self.start[kid], frame.begin), min(self.end[kid], frame.limit)
            if frame.begin < end <= frame.at and begin < end:
                return _Frame(kid + self.root, begin, end, self.first[kid], self.first[kid + 1], end)
        return None
