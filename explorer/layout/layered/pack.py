"""Parts that no call joins: found, and set side by side on shelves."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from explorer.layout.layered.ranks import Edge
from explorer.layout.layered.shapes import Size


def parts(count: int, edges: Iterable[Edge]) -> list[list[int]]:
    """The connected parts of a graph, each a sorted list of nodes, in the order of their first nodes."""
    root = list(range(count))

    def top(node: int) -> int:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for tail, head in edges:
        low, high = sorted((top(tail), top(head)))
        root[high] = low
    found: dict[int, list[int]] = {}
    for node in range(count):
        found.setdefault(top(node), []).append(node)
    return list(found.values())


def shelves(sizes: Sequence[Size], gap: float, aspect: float) -> tuple[list[tuple[float, float]], Size]:
    """Upper left corner of each box, and the size of all: largest first, in rows from left to right.

    Args:
        sizes: of the boxes.
        gap: between two boxes.
        aspect: width to height that the whole should have, if no box is wider than that.
    """
    area = sum((size.width + gap) * (size.height + gap) for size in sizes)
    limit = max(max((size.width for size in sizes), default=0.0), math.sqrt(area * aspect))
    corners = [(0.0, 0.0)] * len(sizes)
    left = top = row = width = 0.0
    for index in sorted(range(len(sizes)), key=lambda part: (-sizes[part].height, part)):
        size = sizes[index]
        if left and left + size.width > limit:
            left, top, row = 0.0, top + row + gap, 0.0
        corners[index] = (left, top)
        width = max(width, left + size.width)
        left, row = left + size.width + gap, max(row, size.height)
    return corners, Size(width, top + row)
