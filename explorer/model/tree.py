"""Parent links to pre-order, without recursion and without a Python object per span.

Method (`perf`, section 3): rows sorted by (trace, start); children as compressed rows; levels from the
roots down; subtree sizes from the leaves up; pre-order ranks from the roots down. Trees deeper than
:data:`DEEP` go through an iterative depth-first walk instead, since a level costs several numpy calls.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.model.sorting import order_by

Rows = NDArray[np.int64]
Children = tuple[Rows, Rows]
"""Child rows by parent, and the first position of each parent's, length n + 1."""

DEEP = 2000
"""Levels above which the walk is cheaper than the level-wise method."""


@dataclass(frozen=True, slots=True)
class Forest:
    """Pre-order of a forest.

    Attributes:
        order: int64 (n,), input row at each pre-order position.
        parent: int64 (n,), position of the parent in pre-order, -1 for roots.
        depth: int32 (n,), 0 for roots. In pre-order.
        size: int64 (n,), rows of the subtree, itself included. In pre-order.
        cut: int64, input rows whose parent link closed a cycle and was cut.
    """

    order: Rows
    parent: Rows
    depth: NDArray[np.int32]
    size: Rows
    cut: Rows


def forest(parent: Rows, trace: NDArray[np.int32], start: NDArray[np.int64]) -> Forest:
    """Pre-order of rows grouped by trace, siblings and roots by start, ties in input order.

    Args:
        parent: (n,) input row of the parent, -1 for none; cycles are allowed and are cut at their earliest row.
        trace: (n,) rank of the trace; traces come out contiguous, in this order.
        start: (n,) start in ns.
    """
    count = len(parent)
    by_start = order_by(trace, start)
    position = np.empty(count, np.int64)
    position[by_start] = np.arange(count)
    above = parent[by_start]
    above = np.where(above >= 0, position[np.maximum(above, 0)], -1)
    children, cut = _children(above), np.empty(0, np.int64)
    levels = _levels(above, children)
    if levels is None or sum(map(len, levels)) < count:  # what lies in a circle is reached from no root
        above, cut = _without_cycles(above)
        if len(cut):
            children = _children(above)
            levels = _levels(above, children)
    if levels is None:
        rank, size, depth = _walk(above, children)
    else:
        rank, size, depth = _by_levels(above, levels, children)
    order = np.empty(count, np.int64)
    order[rank] = by_start
    out_parent = np.full(count, -1, np.int64)
    out_parent[rank] = np.where(above >= 0, rank[np.maximum(above, 0)], -1)
    out_depth, out_size = np.empty(count, np.int32), np.empty(count, np.int64)
    out_depth[rank], out_size[rank] = depth, size
    return Forest(order, out_parent, out_depth, out_size, by_start[cut])


def _children(parent: Rows) -> Children:
    """Children in parent order."""
    has = np.flatnonzero(parent >= 0)
    child = has[np.argsort(parent[has], kind="stable")]
    first = np.zeros(len(parent) + 1, np.int64)
    np.cumsum(np.bincount(parent[has], minlength=len(parent)), out=first[1:])
    return child, first


def _expand(rows: Rows, child: Rows, first: Rows) -> Rows:
    """All children of ``rows``, in order."""
    counts = first[rows + 1] - first[rows]
    total = int(counts.sum())
    if not total:
        return np.empty(0, np.int64)
    begin = np.repeat(first[rows] - (np.cumsum(counts) - counts), counts)
    return child[begin + np.arange(total)]


def _levels(parent: Rows, children: Children) -> list[Rows] | None:
    """Rows by depth, None where the forest is deeper than :data:`DEEP`."""
    child, first = children
    level = np.flatnonzero(parent < 0)
    levels = []
    while len(level):
        levels.append(level)
        if len(levels) > DEEP:
            return None
        level = _expand(level, child, first)
    return levels


def _by_levels(parent: Rows, levels: list[Rows], children: Children) -> tuple[Rows, Rows, NDArray[np.int32]]:
    count = len(parent)
    size = np.ones(count, np.int64)
    for level in reversed(levels[1:]):
        np.add.at(size, parent[level], size[level])
    child, first = children
    before = np.zeros(len(child) + 1, np.int64)
    np.cumsum(size[child], out=before[1:])
    offset = np.zeros(count, np.int64)
    offset[child] = before[:-1] - before[first[parent[child]]]
    rank, depth = np.zeros(count, np.int64), np.zeros(count, np.int32)
    roots = levels[0] if levels else np.empty(0, np.int64)
    rank[roots] = np.cumsum(size[roots]) - size[roots]
    for number, level in enumerate(levels[1:], 1):
        rank[level] = rank[parent[level]] + 1 + offset[level]
        depth[level] = number
    return rank, size, depth


def _walk(parent: Rows, children: Children) -> tuple[Rows, Rows, NDArray[np.int32]]:
    """The same by an iterative depth-first walk (deep chains)."""
    count = len(parent)
    child_array, first_array = children
    child, first, above = child_array.tolist(), first_array.tolist(), parent.tolist()
    rank, depth, size = [0] * count, [0] * count, [1] * count
    visited: list[int] = []
    stack = np.flatnonzero(parent < 0)[::-1].tolist()
    while stack:
        row = stack.pop()
        rank[row] = len(visited)
        visited.append(row)
        up = above[row]
        if up >= 0:
            depth[row] = depth[up] + 1
        stack.extend(reversed(child[first[row] : first[row + 1]]))
    for row in reversed(visited):
        if above[row] >= 0:
            size[above[row]] += size[row]
    return np.array(rank, np.int64), np.array(size, np.int64), np.array(depth, np.int32)


def _without_cycles(parent: Rows) -> tuple[Rows, Rows]:
    """Cut one link of every cycle, at its first row; returns (parents, cut rows).

    Pointer doubling finds the rows that never reach a root; only those are walked one by one.
    """
    up = parent.copy()
    for _ in range(max(1, int(np.ceil(np.log2(len(parent) + 1))))):
        if not (up >= 0).any():
            return parent, np.empty(0, np.int64)
        up = np.where(up >= 0, up[np.maximum(up, 0)], -1)
    if not (up >= 0).any():
        return parent, np.empty(0, np.int64)
    seen: dict[int, int] = {}
    cut: list[int] = []
    for begin in np.flatnonzero(up >= 0).tolist():
        row, path = begin, []
        while row not in seen and row >= 0:
            seen[row] = begin
            path.append(row)
            row = int(parent[row])
        if row >= 0 and seen[row] == begin:
            cut.append(min(path[path.index(row) :]))
    parent = parent.copy()
    parent[cut] = -1
    return parent, np.array(cut, np.int64)
