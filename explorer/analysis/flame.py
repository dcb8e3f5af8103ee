"""Call paths: spans with the same services and operations above them, counted and timed together.

The aggregated stacks of a flame graph (Gregg, "The Flame Graph", CACM 59(6), 2016), for spans instead of
sampled frames. What makes a box wide is additive down the tree: self time, spans or errors, so that children
never reach beyond their parent, however many of them ran at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.statistics import kinds_of
from explorer.analysis.timing import self_times
from explorer.model.store import Store

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Measure = Literal["time", "spans", "errors"]
DEEPEST: Final = 1000
"""Levels that are told apart; what lies deeper is counted and said."""


@dataclass(frozen=True, eq=False)
class Flame:
    """Call paths by level: those of level d are ``[first[d], first[d + 1])``; a parent comes before its children.

    Attributes:
        parent: int32 (n,), -1 for those at the top.
        service, operation: int32 (n,), codes of the store's tables.
        count, errors: int64 (n,), spans of that path, and those that failed themselves.
        total, self_time: int64 (n,), ns, sums over its spans.
        slowest: int64 (n,), row of the span that took longest.
        first: int64 (levels + 1,).
        deeper: spans below :data:`DEEPEST` levels, which are in no path.
    """

    parent: Ints
    service: Ints
    operation: Ints
    count: Longs
    errors: Longs
    total: Longs
    self_time: Longs
    slowest: Longs
    first: Longs
    deeper: int

    def __len__(self) -> int:
        return len(self.parent)

    def level(self, number: int) -> slice:
        """The paths of a level."""
        return slice(int(self.first[number]), int(self.first[number + 1]))

    @property
    def levels(self) -> int:
        """How many levels there are."""
        return len(self.first) - 1

    def values(self, measure: Measure) -> Longs:
        """What makes each path wide, with all below it: int64 (n,)."""
        own = {"time": self.self_time, "spans": self.count, "errors": self.errors}[measure].copy()
        for number in range(self.levels - 1, 0, -1):
            part = self.level(number)
            np.add.at(own, self.parent[part], own[part])
        return own

    def ancestors(self, node: int) -> list[int]:
        """The paths above one, top first, itself last."""
        found = [node]
        while (above := int(self.parent[found[-1]])) >= 0:
            found.append(above)
        return found[::-1]


def flame(store: Store, rows: Longs, own: Longs | None = None) -> Flame:
    """The call paths of whole traces.

    Args:
        store: where they are.
        rows: int64, ascending, all spans of some traces.
        own: self time of every span of the store where the caller has it, int64 (spans,) ns.
    """
    spans = store.spans
    own = own if own is not None else self_times(spans)
    kinds, code = kinds_of(store, rows)
    kind = np.zeros(len(spans), np.int64)
    kind[rows] = code
    depth = spans.depth[rows]
    levels = min(int(depth.max()) + 1 if len(rows) else 0, DEEPEST)
    by_level = rows[np.argsort(depth, kind="stable")]
    ends = np.cumsum(np.bincount(depth, minlength=levels)[:levels])
    path_of = np.full(len(spans), -1, np.int32)
    parts: list[tuple[NDArray[np.integer], ...]] = []
    first, begin = [0], 0
    for end in ends.tolist():
        level = by_level[begin:end]
        above = spans.parent[level]
        parent = np.where(above >= 0, path_of[above], -1)
        found, sample, path = _paths(parent, kind[level], len(kinds))
        path_of[level] = path + first[-1]
        parts.append((parent[sample], level[sample], *_sums(store, level, path, own, found)))
        first.append(first[-1] + found)
        begin = end
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)] if parts else [_NONE] * 7
    parents, samples, count, errors, total, self_time, slowest = columns
    return Flame(
        parents.astype(np.int32), spans.service[samples], spans.name[samples], count, errors, total, self_time,
        slowest, np.array(first, np.int64), len(rows) - (int(ends[-1]) if len(ends) else 0),
    )  # fmt: skip


_NONE: Final = np.empty(0, np.int64)


def _paths(parent: Ints, kind: Longs, kinds: int) -> tuple[int, Longs, Longs]:
    """How many paths the spans of a level form, a span of each, and the number of each span's."""
    if len(parent) == 1:
        return 1, np.zeros(1, np.int64), np.zeros(1, np.int64)
    paths, path = np.unique((parent.astype(np.int64) + 1) * kinds + kind, return_inverse=True)
    sample = np.empty(len(paths), np.int64)
    sample[path] = np.arange(len(path))
    return len(paths), sample, path


def _sums(
    store: Store, level: Longs, path: Longs, own: Longs, paths: int
) -> tuple[Longs, Longs, Longs, Longs, Longs]:
    """Spans, errors, durations and self times of each path of a level, and its slowest span."""
    spans = store.spans
    duration = np.maximum(spans.duration[level], 0)
    total, self_time = np.zeros(paths, np.int64), np.zeros(paths, np.int64)
    np.add.at(total, path, duration)
    np.add.at(self_time, path, own[level])
    slowest = np.empty(paths, np.int64)
    order = np.argsort(duration)
    slowest[path[order]] = level[order]  # of several, the last one stays
    return np.bincount(path, minlength=paths), np.bincount(path[spans.failed[level]], minlength=paths), total, \
        self_time, slowest  # fmt: skip
