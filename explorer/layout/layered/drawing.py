"""From sizes and calls to a finished drawing: parts, each laid out, then packed, pinned and labelled."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from explorer.errors import Cancelled
from explorer.layout.layered.labels import anchors
from explorer.layout.layered.pack import parts, shelves
from explorer.layout.layered.part import Call, grid
from explorer.layout.layered.pins import direct, pin
from explorer.layout.layered.ranks import Edge
from explorer.layout.layered.routes import routes
from explorer.layout.layered.shapes import NOTHING, FloatArray, Placement, Size, Spacing


def place(
    nodes: Sequence[Size],
    edges: Sequence[Edge],
    *,
    options: Spacing | None = None,
    labels: Sequence[Size] | None = None,
    weights: Sequence[float] | None = None,
    loose: Collection[int] = (),
    pinned: Mapping[int, tuple[float, float]] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Placement:
    """Lay out a directed graph in columns, callers left of what they call.

    The order of ``nodes`` and ``edges`` counts where nothing else decides: give them as they were first
    called, and siblings stand in that order. Any graph will do: cycles, calls to oneself, several calls
    between the same two, parts that nothing joins.

    Args:
        nodes: size of each box.
        edges: caller and callee of each call, as numbers of nodes.
        options: the distances.
        labels: size of each call's text; none by default.
        weights: how much each call should be straight, 1 by default; 4 or so for the failure path.
        loose: numbers of edges that are drawn but do not push nodes into other columns.
        pinned: upper left corner of nodes that a user has dragged, kept exactly as given.
        cancelled: asked now and then.

    Returns:
        The drawing.

    Raises:
        Cancelled: ``cancelled`` said so.
    """
    spacing = options or Spacing()
    calls = [
        Call(edge, label, weight, index in loose)
        for index, (edge, label, weight) in enumerate(
            zip(edges, labels or [NOTHING] * len(edges), weights or [1.0] * len(edges), strict=True)
        )
    ]

    def check() -> None:
        if cancelled is not None and cancelled():
            raise Cancelled("Drawing the call graph was stopped.")

    members = parts(len(nodes), edges)
    drawn = [
        _draw([nodes[node] for node in part], inner, spacing, check)
        for part, inner in zip(members, _calls_of(members, calls), strict=True)
    ]
    spots, total = shelves([part.size for part in drawn], spacing.part_gap, spacing.aspect)
    joined = _join(drawn, members, _numbers_of(members, edges), spots, spacing)
    size = Size(total.width + 2 * spacing.margin, total.height + 2 * spacing.margin)
    if pinned:
        joined, size = _pinned(joined, nodes, calls, pinned, spacing)
    return _placement(joined, nodes, size)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A drawing or a part of one: corners ``[nodes, 2]``, and per call its route and its label's centre."""

    corners: FloatArray
    layers: npt.NDArray[np.int64]
    routes: list[FloatArray]
    anchors: FloatArray
    turned: npt.NDArray[np.bool_]
    size: Size
    crossings: int


def _calls_of(members: list[list[int]], calls: Sequence[Call]) -> list[list[Call]]:
    """The calls of each part, their ends numbered within it."""
    part = {node: (number, place) for number, nodes in enumerate(members) for place, node in enumerate(nodes)}
    inner: list[list[Call]] = [[] for _ in members]
    for call in calls:
        number, tail = part[call.edge[0]]
        inner[number].append(replace(call, edge=(tail, part[call.edge[1]][1])))
    return inner


def _numbers_of(members: list[list[int]], edges: Sequence[Edge]) -> list[list[int]]:
    part = {node: number for number, nodes in enumerate(members) for node in nodes}
    numbers: list[list[int]] = [[] for _ in members]
    for index, (tail, _) in enumerate(edges):
        numbers[part[tail]].append(index)
    return numbers


def _draw(sizes: Sequence[Size], calls: list[Call], options: Spacing, check: Callable[[], None]) -> _Drawn:
    """One connected part, its upper left corner at the origin."""
    placed = grid(sizes, calls, options, check)
    layer = np.array(placed.graph.layer[: len(sizes)], dtype=np.int64)
    corners = np.array(
        [
            (placed.left[column], placed.heights[node] - size.height / 2)
            for node, (column, size) in enumerate(zip(layer, sizes, strict=True))
        ]
    )
    lines = routes(placed, sizes, calls, options)
    extent = corners + _array(sizes)
    labels = [call.label for call in calls]
    centres = anchors(lines, labels, np.hstack((corners, extent)))
    half = _array(labels) / 2
    reach = np.concatenate([corners, extent, centres - half, centres + half, *lines])
    low, high = reach.min(axis=0), reach.max(axis=0)
    turned = np.array([layer[call.edge[0]] > layer[call.edge[1]] for call in calls], dtype=np.bool_)
    return _Drawn(
        corners - low,
        layer,
        [line - low for line in lines],
        centres - low,
        turned,
        Size(*(high - low).tolist()),
        placed.crossings,
    )


def _array(sizes: Sequence[Size]) -> FloatArray:
    return np.array([(size.width, size.height) for size in sizes], dtype=np.float64).reshape(-1, 2)


def _join(
    drawn: Sequence[_Drawn],
    members: list[list[int]],
    numbers: list[list[int]],
    spots: Sequence[tuple[float, float]],
    options: Spacing,
) -> _Drawn:
    """All parts in one drawing, in the numbers of the whole."""
    count, lines = sum(map(len, members)), sum(map(len, numbers))
    whole = _Drawn(
        np.zeros((count, 2)),
        np.zeros(count, dtype=np.int64),
        [np.zeros((1, 2))] * lines,
        np.zeros((lines, 2)),
        np.zeros(lines, dtype=np.bool_),
        Size(0.0, 0.0),
        sum(part.crossings for part in drawn),
    )
    for part, nodes, calls, spot in zip(drawn, members, numbers, spots, strict=True):
        shift = np.array(spot) + options.margin
        whole.corners[nodes] = part.corners + shift
        whole.layers[nodes] = part.layers
        whole.anchors[calls] = part.anchors + shift
        whole.turned[calls] = part.turned
        for number, line in zip(calls, part.routes, strict=True):
            whole.routes[number] = line + shift
    return whole


def _pinned(
    drawing: _Drawn,
    nodes: Sequence[Size],
    calls: Sequence[Call],
    pinned: Mapping[int, tuple[float, float]],
    options: Spacing,
) -> tuple[_Drawn, Size]:
    """The drawing with nodes where a user dragged them, and lines that follow."""
    sizes = _array(nodes)
    corners = pin(drawing.corners, sizes, pinned, options.node_gap)
    boxes = np.hstack((corners, corners + sizes))
    moved = (corners != drawing.corners).any(axis=1)
    lines = [
        direct(boxes[call.edge[0]], boxes[call.edge[1]]) if moved[list(call.edge)].any() else line
        for call, line in zip(calls, drawing.routes, strict=True)
    ]
    centres = anchors(lines, [call.label for call in calls], boxes)
    high = np.concatenate([boxes[:, 2:], *lines]).max(axis=0) + options.margin
    size = Size(*high.tolist())
    return replace(drawing, corners=corners, routes=lines, anchors=centres), size


def _placement(drawing: _Drawn, nodes: Sequence[Size], total: Size) -> Placement:
    sizes = _array(nodes)
    return Placement(
        x=drawing.corners[:, 0].copy(),
        y=drawing.corners[:, 1].copy(),
        width=sizes[:, 0].copy(),
        height=sizes[:, 1].copy(),
        layers=drawing.layers,
        routes=tuple(drawing.routes),
        label_x=drawing.anchors[:, 0].copy(),
        label_y=drawing.anchors[:, 1].copy(),
        reversed=drawing.turned,
        total=total,
        crossings=drawing.crossings,
    )
