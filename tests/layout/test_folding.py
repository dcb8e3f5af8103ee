"""Folding against a plain list of visible rows."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.layout.folding import fold, folded_at_depth, unfolded_to


@st.composite
def trees(draw: st.DrawFn) -> tuple[list[int], list[int], list[int]]:
    """A random tree in pre-order as (parent, depth, size)."""
    count = draw(st.integers(1, 30))
    parent, depth = [-1], [0]
    for row in range(1, count):
        deeper = draw(st.integers(1, depth[-1] + 1))
        up = row - 1
        while depth[up] != deeper - 1:
            up = parent[up]
        parent.append(up)
        depth.append(deeper)
    size = [1] * count
    for row in range(count - 1, 0, -1):
        size[parent[row]] += size[row]
    return parent, depth, size


def plainly_visible(folded: set[int], parent: list[int], size: list[int]) -> list[int]:
    shown = []
    for row in range(len(parent)):
        above = parent[row]
        while above >= 0 and not (above in folded and size[above] > 1):
            above = parent[above]
        if above < 0:
            shown.append(row)
    return shown


@given(trees(), st.sets(st.integers(0, 29)))
@settings(max_examples=300, deadline=None)
def test_rows_and_positions(made: tuple[list[int], list[int], list[int]], folded: set[int]) -> None:
    parent, _, size = made
    shown = plainly_visible(folded, parent, size)
    folding = fold(0, len(parent), folded, np.array(size, np.int32))
    assert len(folding) == len(shown)
    assert folding.rows(0, 100).tolist() == shown
    for position, row in enumerate(shown):
        assert folding.row(position) == row
        assert folding.position(row) == position
        assert folding.is_visible(row)
    for row in set(range(len(parent))) - set(shown):
        assert not folding.is_visible(row)
        hider = shown[folding.position(row)]
        assert hider < row < hider + size[hider]


@given(trees(), st.sets(st.integers(0, 29)), st.integers(0, 29))
@settings(max_examples=200, deadline=None)
def test_a_row_can_be_brought_to_sight(
    made: tuple[list[int], list[int], list[int]], folded: set[int], row: int
) -> None:
    parent, _, size = made
    row %= len(parent)
    sizes = np.array(size, np.int32)
    opened = unfolded_to(fold(0, len(parent), folded, sizes), (row,), sizes)
    assert opened.is_visible(row)


def test_a_level_at_a_time() -> None:
    depth, size = np.array([0, 1, 2, 1, 2, 2], np.int32), np.array([6, 2, 1, 3, 1, 1], np.int32)
    folding = fold(0, 6, folded_at_depth(0, 6, depth, size, 1).tolist(), size)
    assert folding.rows(0, 10).tolist() == [0, 1, 3]
    assert len(fold(0, 6, folded_at_depth(0, 6, depth, size, 0).tolist(), size)) == 1
