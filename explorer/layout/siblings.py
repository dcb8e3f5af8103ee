"""Alike siblings: runs of calls of one operation, one after another under one parent, that can be drawn as one row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.model.store import Spans

Rows = NDArray[np.int64]
LEAST = 5
"""So many alike siblings are a group; fewer are quicker read than opened."""
MOST_BELOW = 4
"""Rows that a sibling has with all below it, at most: what goes on below larger ones is not alike."""


@dataclass(frozen=True)
class Groups:
    """Runs of alike siblings; a run's rows, with all below them, are ``[head, end)``.

    Attributes:
        head: int64 (k,), first row of each, ascending; ``end``: int64 (k,); ``count``: int64 (k,) siblings.
    """

    head: Rows
    end: Rows
    count: Rows

    def __len__(self) -> int:
        return len(self.head)

    def at(self, row: int) -> int:
        """Number of the group that begins at a row, -1 for none."""
        found = int(np.searchsorted(self.head, row))
        return found if found < len(self.head) and int(self.head[found]) == row else -1

    def span(self, number: int) -> tuple[int, int]:
        """End and number of siblings of a group."""
        return int(self.end[number]), int(self.count[number])


_NONE = np.empty(0, np.int64)
NO_GROUPS = Groups(_NONE, _NONE, _NONE)


def alike_siblings(spans: Spans, first: int, last: int, least: int = LEAST) -> Groups:
    """Groups of at least ``least`` siblings in a row with one service and operation, in ``[first, last)``.

    Among rows of one depth, in pre-order, siblings stand together; so one stable sort by depth finds all runs.
    """
    if last - first <= least:
        return NO_GROUPS
    rows = slice(first, last)
    depth = spans.depth[rows] - int(spans.depth[first])
    # Of 16 bits numpy sorts by counting, which is ten times as fast; rows deeper than that are rare.
    order = np.argsort(np.minimum(depth, (1 << 16) - 1).astype(np.uint16), kind="stable")
    parent, service, name = (column[rows][order] for column in (spans.parent, spans.service, spans.name))
    small = spans.size[rows][order] <= MOST_BELOW
    alike = small[1:] & small[:-1]
    alike &= (parent[1:] == parent[:-1]) & (service[1:] == service[:-1]) & (name[1:] == name[:-1])
    edges = np.flatnonzero(np.diff(np.concatenate(([0], alike.astype(np.int8), [0]))))
    begins, stops = edges[::2], edges[1::2]
    long_enough = stops - begins + 1 >= least
    heads = order[begins[long_enough]] + first
    tails = order[stops[long_enough]] + first
    counts = stops[long_enough] - begins[long_enough] + 1
    by_row = np.argsort(heads)
    return Groups(heads[by_row], (tails + spans.size[tails])[by_row], counts[by_row])
