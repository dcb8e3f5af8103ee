"""Pre-order against a plain walk, for any forest, with cycles, deep and wide."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.model import tree


def plain_walk(parent: list[int], trace: list[int], start: list[int]) -> list[int]:
    """Rows in pre-order, by the definition."""
    rows = sorted(range(len(parent)), key=lambda i: (trace[i], start[i], i))
    children: dict[int, list[int]] = {}
    for row in rows:
        children.setdefault(parent[row], []).append(row)
    order, stack = [], list(reversed(children.get(-1, [])))
    while stack:
        row = stack.pop()
        order.append(row)
        stack.extend(reversed(children.get(row, [])))
    return order


@st.composite
def forests(draw: st.DrawFn) -> tuple[list[int], list[int], list[int]]:
    count = draw(st.integers(0, 40))
    trace = draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    start = draw(st.lists(st.integers(0, 9), min_size=count, max_size=count))
    parent = []
    for row in range(count):
        same = [other for other in range(row) if trace[other] == trace[row]]
        parent.append(draw(st.sampled_from([-1, *same])))
    return parent, trace, start


@given(forests(), st.sampled_from([0, tree.DEEP]))
@settings(max_examples=300, deadline=None)
def test_order_depth_and_size(made: tuple[list[int], list[int], list[int]], deep: int) -> None:
    parent, trace, start = made
    before, tree.DEEP = tree.DEEP, deep
    try:
        found = tree.forest(np.array(parent, np.int64), np.array(trace, np.int32), np.array(start, np.int64))
    finally:
        tree.DEEP = before
    order = plain_walk(parent, trace, start)
    assert found.order.tolist() == order
    rank = {row: at for at, row in enumerate(order)}
    assert found.parent.tolist() == [rank.get(parent[row], -1) for row in order]
    for at, up in enumerate(found.parent.tolist()):
        assert found.depth[at] == (found.depth[up] + 1 if up >= 0 else 0)
        inside = [other for other in range(len(order)) if is_below(other, at, found.parent.tolist())]
        assert inside == list(range(at, at + int(found.size[at])))


def is_below(row: int, above: int, parent: list[int]) -> bool:
    while row >= 0:
        if row == above:
            return True
        row = parent[row]
    return False


@given(st.lists(st.integers(-1, 12), min_size=1, max_size=13))
@settings(max_examples=300, deadline=None)
def test_cycles_are_cut_and_nothing_is_lost(links: list[int]) -> None:
    count = len(links)
    parent = np.array([link if link < count else -1 for link in links], np.int64)
    start = np.arange(count, dtype=np.int64)
    found = tree.forest(parent, np.zeros(count, np.int32), start)
    assert sorted(found.order.tolist()) == list(range(count))
    assert (found.parent < np.arange(count)).all()
    for row in found.cut.tolist():
        seen, at = set(), int(parent[row])
        while at not in seen and at != row:
            seen.add(at)
            at = int(parent[at])
        assert at == row, "only links that close a cycle are cut"


@pytest.mark.parametrize("shape", ["chain", "fan"])
def test_a_hundred_thousand_deep_or_wide(shape: str) -> None:
    count = 100_000
    parent = np.arange(count) - 1 if shape == "chain" else np.where(np.arange(count) == 0, -1, 0)
    found = tree.forest(parent.astype(np.int64), np.zeros(count, np.int32), np.arange(count, dtype=np.int64))
    assert found.order.tolist() == list(range(count))
    assert int(found.depth.max()) == (count - 1 if shape == "chain" else 1)
    assert int(found.size[0]) == count
