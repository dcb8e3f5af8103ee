"""One connected part of the drawing: its nodes and edges, and where the steps have put them so far."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from explorer.layout.layered.balance import Extents, balance
from explorer.layout.layered.order import Columns, order
from explorer.layout.layered.proper import Proper, first_order, proper
from explorer.layout.layered.ranks import Edge, align, backward, ranks
from explorer.layout.layered.shapes import Size, Spacing
from explorer.layout.layered.simplex import shortened

LOOP_HEIGHT = 20.0  # of the arch of a call to itself, above its box


@dataclass(frozen=True, slots=True)
class Call:
    """One edge to draw.

    Attributes:
        edge: caller and callee, numbers within the part.
        label: size of its text, zero for none.
        weight: how much it should be straight.
        loose: it must not push the two apart.
    """

    edge: Edge
    label: Size
    weight: float
    loose: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """A part with every vertex in its column and at its height; see :class:`Proper` for vertices.

    Attributes:
        graph, columns: the vertices, in order.
        heights: of each vertex, the height of its line, which is the middle of a node's box.
        left, right: the edges of each column of boxes.
        crossings: pairs of lines that cross.
    """

    graph: Proper
    columns: Columns
    heights: list[float]
    left: list[float]
    right: list[float]
    crossings: int


def grid(sizes: Sequence[Size], calls: Sequence[Call], options: Spacing, check: Callable[[], None]) -> Grid:
    """Columns, order, heights and widths of one connected part."""
    edges = [call.edge for call in calls]
    graph = proper(_layers(len(sizes), calls), edges)
    columns, crossings = order(graph, first_order(graph), check)
    heights = balance(
        graph, columns, _extents(graph, sizes, calls, options), [c.weight for c in calls], check
    )
    left, right = _walls(graph, columns, heights, sizes, calls, options)
    return Grid(graph, columns, heights, left, right, crossings)


def bulge(call: Call, options: Spacing) -> float:
    """How far a line between two boxes of one column swings out, so that its label is off the boxes."""
    return max(options.layer_gap * 0.4, call.label.width / 2 + options.label_gap / 2)


def _layers(count: int, calls: Sequence[Call]) -> list[int]:
    firm = [call.edge for call in calls if not call.loose and call.edge[0] != call.edge[1]]
    turned = [
        (head, tail) if back else (tail, head)
        for (tail, head), back in zip(firm, backward(count, firm), strict=True)
    ]
    return align(shortened(ranks(count, turned), turned), turned, [call.edge for call in calls if call.loose])


def _extents(graph: Proper, sizes: Sequence[Size], calls: Sequence[Call], options: Spacing) -> Extents:
    line = [0.0] * (len(graph.layer) - graph.nodes)
    above = [size.height / 2 for size in sizes] + line
    below = above[:]
    for call in calls:
        if call.edge[0] == call.edge[1]:
            above[call.edge[0]] += LOOP_HEIGHT + call.label.height

    def gap(upper: int, lower: int) -> float:
        lines = (upper >= graph.nodes) + (lower >= graph.nodes)
        return (options.node_gap, (options.node_gap + options.edge_gap) / 2, options.edge_gap)[lines]

    return Extents(above, below, gap)


def _walls(
    graph: Proper,
    columns: Columns,
    heights: list[float],
    sizes: Sequence[Size],
    calls: Sequence[Call],
    options: Spacing,
) -> tuple[list[float], list[float]]:
    """Left and right edge of each column; gaps are as wide as their labels and steepest lines need."""
    gaps = [options.layer_gap] * len(columns)
    for call, chain in zip(calls, graph.chains, strict=True):
        tail, head = call.edge
        for one, other in pairwise(chain):
            steep = abs(heights[one] - heights[other]) / 8
            gap = graph.layer[one]
            gaps[gap] = max(gaps[gap], min(steep, 3 * options.layer_gap))
        if tail != head and len(chain) <= 2:
            gap = min(graph.layer[tail], graph.layer[head])
            room = call.label.width + 2 * options.label_gap
            flat = graph.layer[tail] == graph.layer[head]
            gaps[gap] = max(gaps[gap], bulge(call, options) + room / 2 if flat else room)
    left, right, wall = [], [], 0.0
    for column, gap_after in zip(columns, gaps, strict=True):
        left.append(wall)
        wall += max((sizes[vertex].width for vertex in column if vertex < graph.nodes), default=0.0)
        right.append(wall)
        wall += gap_after
    return left, right
