"""Which rows of a trace are visible when some are folded.

Rows are in pre-order, so a folded row hides the slice ``(row, row + size)``. Only the outermost folded rows
count; with k of them, a visible position is found in O(log k), however many rows there are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Folding:
    """The visible rows of a slice of the store.

    Attributes:
        first, last: the slice of span rows.
        folded: every folded row, also those hidden by another.
        outer: int64 (k,), the folded rows that are visible, ascending.
        hidden: int64 (k + 1,), rows hidden before each of them; the total last.
    """

    first: int
    last: int
    folded: frozenset[int]
    outer: Rows
    hidden: Rows

    def __len__(self) -> int:
        return self.last - self.first - int(self.hidden[-1])

    def row(self, position: int) -> int:
        """The span row at a visible position."""
        return int(self.rows(position, 1)[0])

    def rows(self, position: int, count: int) -> Rows:
        """Span rows of the visible positions ``[position, position + count)``, clipped to what there is."""
        begin, end = max(position, 0), min(position + count, len(self))
        wanted = np.arange(begin, max(begin, end), dtype=np.int64)
        before = np.searchsorted(self.outer - self.first - self.hidden[:-1], wanted, "left")
        return wanted + self.first + self.hidden[before]

    def position(self, row: int) -> int:
        """The visible position of a row, or of the folded row that hides it."""
        at = int(np.searchsorted(self.outer, row, "right")) - 1
        if at >= 0:
            hidden_here = int(self.hidden[at + 1] - self.hidden[at])
            if row <= int(self.outer[at]) + hidden_here:
                row = int(self.outer[at])
            else:
                at += 1
        before = int(self.hidden[at]) if at >= 0 else 0
        return row - self.first - before

    def is_visible(self, row: int) -> bool:
        """Whether no folded row hides this one."""
        return self.first <= row < self.last and self.row(self.position(row)) == row


def fold(first: int, last: int, folded: Iterable[int], size: NDArray[np.int32]) -> Folding:
    """The visible rows of ``[first, last)`` with these rows folded; leaves cannot be folded."""
    kept = frozenset(row for row in folded if first <= row < last and size[row] > 1)
    ordered = np.array(sorted(kept), np.int64)
    if len(ordered):
        ends = ordered + size[ordered]
        reach = np.concatenate(([first], np.maximum.accumulate(ends)[:-1]))
        ordered = ordered[ordered >= reach]
    hidden = np.concatenate(([0], np.cumsum(size[ordered].astype(np.int64) - 1)))
    return Folding(first, last, kept, ordered, hidden)


def unfolded_to(folding: Folding, row: int, parent: NDArray[np.int32], size: NDArray[np.int32]) -> Folding:
    """The same with every ancestor of ``row`` unfolded, so that it can be seen."""
    open_rows = set()
    above = int(parent[row])
    while above >= folding.first:
        open_rows.add(above)
        above = int(parent[above])
    if not open_rows & folding.folded:
        return folding
    return fold(folding.first, folding.last, folding.folded - open_rows, size)


def folded_at_depth(
    first: int, last: int, depth: NDArray[np.int32], size: NDArray[np.int32], level: int
) -> Rows:
    """Rows with children at ``level`` levels below the first row: folding them shows the levels above."""
    base = int(depth[first]) if last > first else 0
    rows = np.arange(first, last, dtype=np.int64)
    return rows[(depth[first:last] - base >= level) & (size[first:last] > 1)]
