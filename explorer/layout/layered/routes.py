"""The curves of calls: joined cubic Béziers that never enter a box.

Between two columns a curve leaves and arrives level, so it stays within the gap; past a column it keeps
to the height that ``balance`` gave it among the boxes. That is why no box is ever crossed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from explorer.layout.layered.part import LOOP_HEIGHT, Call, Grid, bulge
from explorer.layout.layered.ports import ports
from explorer.layout.layered.shapes import FloatArray, Size, Spacing

Point = tuple[float, float]


def routes(grid: Grid, sizes: Sequence[Size], calls: Sequence[Call], options: Spacing) -> list[FloatArray]:
    """Control points ``[3k + 1, 2]`` of each call's route, from caller to callee."""
    starts, ends = ports(grid, sizes, calls, options)
    loops: dict[int, float] = {}
    ceiling = _ceiling(grid, sizes) - options.edge_gap
    drawn = []
    for index, (call, chain) in enumerate(zip(calls, grid.graph.chains, strict=True)):
        tail, head = call.edge
        if tail == head:
            rise = loops.get(tail, 0.0) + LOOP_HEIGHT + call.label.height
            loops[tail] = rise
            drawn.append(_loop(grid, tail, sizes[tail], rise - call.label.height / 2))
            continue
        layer = grid.graph.layer
        if layer[tail] == layer[head]:
            drawn.append(_within_column(grid, call, sizes, starts[index], ends[index], options))
            continue
        path = _Path(grid, sizes)
        if chain:
            path.through(chain, starts[index], ends[index])
        else:
            path.over(call, starts[index], ends[index], ceiling)
        drawn.append(path.points(turned=layer[tail] > layer[head]))
    return drawn


class _Path:
    """A route while it is drawn from left to right."""

    def __init__(self, grid: Grid, sizes: Sequence[Size]) -> None:
        self._grid = grid
        self._sizes = sizes
        self._points: list[Point] = []

    def through(self, chain: Sequence[int], start: float, end: float) -> None:
        """Along the vertices of a chain; ``start`` and ``end`` are heights at its two boxes."""
        grid, layer = self._grid, self._grid.graph.layer
        first = chain[0]
        self._points.append((grid.left[layer[first]] + self._sizes[first].width, start))
        self._line((grid.right[layer[first]], start))
        for vertex in chain[1:-1]:
            height = grid.heights[vertex]
            self._curve((grid.left[layer[vertex]], height))
            self._line((grid.right[layer[vertex]], height))
        self._curve((grid.left[layer[chain[-1]]], end))

    def over(self, call: Call, start: float, end: float, ceiling: float) -> None:
        """Above all boxes, for edges too long to be led between them."""
        grid, layer = self._grid, self._grid.graph.layer
        first, last = sorted(call.edge, key=layer.__getitem__)
        self._points.append((grid.left[layer[first]] + self._sizes[first].width, start))
        self._line((grid.right[layer[first]], start))
        self._curve((grid.left[layer[first] + 1], ceiling))
        self._line((grid.right[layer[last] - 1], ceiling))
        self._curve((grid.left[layer[last]], end))

    def points(self, *, turned: bool) -> FloatArray:
        """What was drawn, from caller to callee."""
        return np.array(self._points[::-1] if turned else self._points, dtype=np.float64)

    def _line(self, to: Point) -> None:
        x, y = self._points[-1]
        if to[0] - x > 0.01:
            third = (to[0] - x) / 3
            self._points += [(x + third, y), (to[0] - third, to[1]), to]

    def _curve(self, to: Point) -> None:
        x, y = self._points[-1]
        middle = (x + to[0]) / 2
        self._points += [(middle, y), (middle, to[1]), to]


def _ceiling(grid: Grid, sizes: Sequence[Size]) -> float:
    lines = list(grid.heights[grid.graph.nodes :])
    return min([grid.heights[node] - size.height / 2 for node, size in enumerate(sizes)] + lines)


def _loop(grid: Grid, node: int, size: Size, rise: float) -> FloatArray:
    """A call to itself: an arch above the box, from its right half to its left half."""
    left = grid.left[grid.graph.layer[node]]
    top = grid.heights[node] - size.height / 2
    reach = min(size.width / 2, 28.0)
    middle = left + size.width / 2
    peak = top - rise / 0.75
    return np.array(
        [(middle + reach / 2, top), (middle + reach, peak), (middle - reach, peak), (middle - reach / 2, top)]
    )


def _within_column(
    grid: Grid, call: Call, sizes: Sequence[Size], start: float, end: float, options: Spacing
) -> FloatArray:
    """Between two boxes of one column: straight down or up to a neighbour, else round on the right."""
    tail, head = call.edge
    layer = grid.graph.layer[tail]
    column = grid.columns[layer]
    wall = grid.right[layer]
    if abs(column.index(tail) - column.index(head)) == 1:
        down = 1.0 if grid.heights[tail] < grid.heights[head] else -1.0
        x = grid.left[layer] + min(sizes[tail].width, sizes[head].width) / 2
        y = grid.heights[tail] + down * sizes[tail].height / 2
        far = grid.heights[head] - down * sizes[head].height / 2
        third = (far - y) / 3
        return np.array([(x, y), (x, y + third), (x, far - third), (x, far)])
    peak = wall + bulge(call, options) / 0.75  # a cubic reaches three quarters of the way to its inner points
    points = _stub(grid.left[layer] + sizes[tail].width, wall, start)
    points += [(peak, start), (peak, end)]
    points += _stub(grid.left[layer] + sizes[head].width, wall, end)[::-1]
    return np.array(points, dtype=np.float64)


def _stub(side: float, wall: float, height: float) -> list[Point]:
    """A straight piece from a box's side to the column's edge, or the point where both are one."""
    third = (wall - side) / 3
    if third < 0.01:
        return [(wall, height)]
    return [(side, height), (side + third, height), (wall - third, height), (wall, height)]
