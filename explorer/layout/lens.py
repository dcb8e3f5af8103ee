"""A lens on a trace: only the rows asked for and those above them are visible; what was folded stays as it was."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.facts import facts_of
from explorer.layout.folding import Folding
from explorer.model.store import Store

Rows = NDArray[np.int64]
SLOW_HEALTHY = 5
"""Healthy spans of an operation from which on what is usual of it is known."""
SLOW_FACTOR = 2
MOST_BUSY = 20
BUSY_SHARE = 0.5


@dataclass(frozen=True)
class Lens:
    """The visible rows of a slice under a lens; asked like a :class:`~explorer.layout.folding.Folding`.

    Attributes:
        first, last: the slice of span rows.
        shown: int64, the visible rows, ascending; ``matched``: those of them that were asked for.
    """

    first: int
    last: int
    shown: Rows
    matched: Rows

    def __len__(self) -> int:
        return len(self.shown)

    def row(self, position: int) -> int:
        """The span row at a visible position."""
        return int(self.shown[position])

    def rows(self, position: int, count: int) -> Rows:
        """Span rows of the visible positions ``[position, position + count)``, clipped to what there is."""
        return self.shown[max(position, 0) : max(position + count, 0)]

    def position(self, row: int) -> int:
        """The visible position of a row, or of the next visible one above it; 0 where there is none."""
        return max(int(np.searchsorted(self.shown, row, "right")) - 1, 0)

    def is_visible(self, row: int) -> bool:
        """Whether a row is shown."""
        return len(self.shown) > 0 and self.row(self.position(row)) == row

    def is_folded(self, _row: int) -> bool:
        """Nothing is folded under a lens."""
        return False

    def group(self, _row: int) -> tuple[int, int]:
        """Siblings stand for themselves under a lens."""
        return 0, 0

    def is_match(self, row: int) -> bool:
        """Whether a row was asked for, not only shown because it stands above one."""
        at = int(np.searchsorted(self.matched, row))
        return at < len(self.matched) and int(self.matched[at]) == row


Shown = Folding | Lens


def lens(first: int, last: int, matched: Rows, size: NDArray[np.int32]) -> Lens:
    """The rows asked for with all above them: those in whose subtree one lies."""
    asked = np.zeros(last - first + 1, np.int64)
    asked[matched - first + 1] = 1
    below = np.cumsum(asked)
    rows = np.arange(last - first)
    holds = below[np.minimum(rows + size[first:last], last - first)] > below[rows]
    return Lens(first, last, np.flatnonzero(holds) + first, matched)


def slow_rows(store: Store, first: int, last: int) -> Rows:
    """Spans slow for what they do: over the 95th percentile and twice the median of their operation in healthy ids.

    Where healthy ids tell nothing, the spans with most time of their own: the fewest that make up half of it,
    at most twenty.
    """
    facts, spans, rows = facts_of(store), store.spans, slice(first, last)
    key = spans.service[rows].astype(np.int64) * max(len(store.operations), 1) + spans.name[rows]
    kinds, inverse = np.unique(key, return_inverse=True)
    limit = np.full(len(kinds), np.iinfo(np.int64).max)
    for at, one in enumerate(kinds.tolist()):
        count, median, high = facts.usual.get(divmod(one, max(len(store.operations), 1)), (0, 0, 0))
        if count >= SLOW_HEALTHY:
            limit[at] = max(high, SLOW_FACTOR * median)
    found = np.flatnonzero(spans.duration[rows] > limit[inverse]) + first
    if len(found):
        return found
    own = facts.self_ns[rows]
    busiest = np.argsort(-own, kind="stable")[:MOST_BUSY]
    reached = np.cumsum(own[busiest]) - own[busiest]
    return np.sort(busiest[(reached < BUSY_SHARE * own.sum()) & (own[busiest] > 0)]) + first
