"""Which rows of a trace are visible when some are folded and alike siblings are drawn as one.

Rows are in pre-order, so a folded row hides the slice ``(row, row + size)``, and a closed group of siblings the
slice from its first row to the end of its last sibling's subtree. Only the outermost of these count; with k of
them a visible position is found in O(log k), however many rows there are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.layout.siblings import NO_GROUPS, Groups

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Folding:
    """The visible rows of a slice of the store.

    Attributes:
        first, last: the slice of span rows.
        folded: int64, every folded row, ascending, also those hidden by another.
        groups: runs of alike siblings, each drawn as one row; ``opened``: first rows of those that are not.
        outer: int64 (k,), the folded rows and groups that are visible, ascending.
        hidden: int64 (k + 1,), rows hidden before each of them; the total last.
    """

    first: int
    last: int
    folded: Rows
    groups: Groups
    opened: Rows
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
        """The visible position of a row, or of the folded row or group that hides it."""
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
        """Whether nothing hides this row."""
        return self.first <= row < self.last and self.row(self.position(row)) == row

    def is_folded(self, row: int) -> bool:
        """Whether a row's subtree is folded."""
        return _holds(self.folded, row)

    def group(self, row: int) -> tuple[int, int]:
        """End and number of siblings of the closed group that begins at this row; (0, 0) for none."""
        at = self.groups.at(row)
        return self.groups.span(at) if at >= 0 and not _holds(self.opened, row) else (0, 0)


def _holds(ascending: Rows, value: int) -> bool:
    at = int(np.searchsorted(ascending, value))
    return at < len(ascending) and int(ascending[at]) == value


def holds(ascending: Rows, values: Rows) -> NDArray[np.bool_]:
    """Which values an ascending column holds."""
    if not len(ascending):
        return np.zeros(len(values), bool)
    at = np.minimum(np.searchsorted(ascending, values), len(ascending) - 1)
    return np.asarray(ascending[at] == values)


def fold(
    first: int, last: int, folded: Iterable[int] | Rows, size: NDArray[np.int32],
    groups: Groups = NO_GROUPS, opened: Iterable[int] | Rows = (),
) -> Folding:  # fmt: skip
    """The visible rows of ``[first, last)`` with these rows folded and all groups but ``opened`` closed.

    Leaves cannot be folded.
    """
    kept, open_rows = _ascending(folded), _ascending(opened)
    kept = kept[(kept >= first) & (kept < last)]
    kept = kept[size[kept] > 1]
    closed = ~np.isin(groups.head, open_rows) if len(open_rows) else slice(None)
    # A group that begins at a folded row hides more than that row: it comes first, and a stable sort keeps it there.
    rows = np.concatenate((groups.head[closed], kept))
    ends = np.concatenate((groups.end[closed], kept + size[kept]))
    order = np.argsort(rows, kind="stable")
    rows, ends = rows[order], ends[order]
    if len(rows):
        reach = np.concatenate(([first], np.maximum.accumulate(ends)[:-1]))
        shown = rows >= reach
        rows, ends = rows[shown], ends[shown]
    hidden = np.concatenate(([0], np.cumsum(ends - rows - 1)))
    return Folding(first, last, kept, groups, open_rows, rows, hidden)


def _ascending(rows: Iterable[int] | Rows) -> Rows:
    plain = rows if isinstance(rows, np.ndarray) else np.fromiter(rows, np.int64)
    return plain if len(plain) < 2 or (np.diff(plain) > 0).all() else np.unique(plain)


def toggled(folding: Folding, row: int, size: NDArray[np.int32]) -> Folding:
    """The same with a row folded that was not, or unfolded; a closed group that begins there is opened instead."""
    if folding.group(row)[1]:
        opened = np.append(folding.opened, row)
        return fold(folding.first, folding.last, folding.folded, size, folding.groups, opened)
    at = int(np.searchsorted(folding.folded, row))
    held = folding.is_folded(row)
    folded = np.delete(folding.folded, at) if held else np.insert(folding.folded, at, row)
    return fold(folding.first, folding.last, folded, size, folding.groups, folding.opened)


def closed_group(folding: Folding, row: int, size: NDArray[np.int32]) -> tuple[Folding, int]:
    """The same with the innermost opened group around a row closed, and its first row; -1 where there is none."""
    around = folding.opened[: int(np.searchsorted(folding.opened, row, "right"))]
    for head in around[::-1].tolist():
        at = folding.groups.at(head)
        if at >= 0 and row < folding.groups.span(at)[0]:
            opened = folding.opened[folding.opened != head]
            return fold(folding.first, folding.last, folding.folded, size, folding.groups, opened), head
    return folding, -1


def unfolded_to(
    folding: Folding, rows: Iterable[int], size: NDArray[np.int32], *, itself: bool = False
) -> Folding:
    """The same with everything unfolded that hides any of ``rows``.

    Args:
        itself: also open a closed group that begins at a row, so that the row stands for itself alone.
    """
    folded, groups = folding.folded, folding.groups
    hides, around = np.zeros(len(folded), bool), np.zeros(len(groups), bool)
    for row in rows:
        above = folded[: int(np.searchsorted(folded, row))]
        hides[: len(above)] |= above + size[above] > row
        around |= (groups.head < row + itself) & (groups.end > row)
    opens = groups.head[around & ~holds(folding.opened, groups.head)]
    if not hides.any() and not len(opens):
        return folding
    opened = np.sort(np.concatenate((folding.opened, opens)))
    return fold(folding.first, folding.last, folded[~hides], size, groups, opened)


def folded_at_depth(
    first: int, last: int, depth: NDArray[np.int32], size: NDArray[np.int32], level: int
) -> Rows:
    """Rows with children at ``level`` levels below the first row: folding them shows the levels above."""
    base = int(depth[first]) if last > first else 0
    rows = np.arange(first, last, dtype=np.int64)
    return rows[(depth[first:last] - base >= level) & (size[first:last] > 1)]
