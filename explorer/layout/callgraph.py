"""A service call graph placed: boxes, curves and words, ready to paint."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import numpy as np

from explorer.analysis.results import CallGraph, GraphEdge, GraphNode
from explorer.layout.graphfocus import focused
from explorer.layout.layered import NOTHING, FloatArray, Placement, Size, Spacing, place
from explorer.layout.layered.labels import sample
from explorer.layout.layered.pins import direct

BOX_HEIGHT = 40.0
LEAST_WIDTH, MOST_WIDTH = 132.0, 220.0
TIGHT_HEIGHT = 34.0
TIGHT_LEAST_WIDTH, TIGHT_MOST_WIDTH = 96.0, 180.0
NAME_CHARACTER, RESULT_CHARACTER = 7.1, 6.7
"""Mean widths at 12 px Inter semibold and 11 px JetBrains Mono: boxes are sized without a font at hand."""
LABEL_HEIGHT = 15.0
SPACING = Spacing(layer_gap=56, node_gap=18, margin=14)
TIGHT = Spacing(layer_gap=36, node_gap=10, edge_gap=10, label_gap=9, margin=6)
"""Distances in a room too small for ``SPACING``."""
CROWDED = 150
"""Calls above which only those on the failure path are named, and the others drawn faintly."""
MOST_NODES = 60
"""Above so many services the neighbourhood of the failure path (or of the busiest) is drawn, the rest in boxes."""


@dataclass(frozen=True)
class GraphPicture:
    """What is painted.

    Attributes:
        nodes, edges: of the graph drawn, in its order.
        placement: where they lie.
        carried: dotted curves of bad data, each float64 (4, 2), and the node pairs.
        hidden: services left out.
        members: names of the services that a box stands for, by its index; ``owner``: whose neighbours they are.
        quiet: calls between services drawn that are shown only of the service pointed at.
        loose: size that it has, or would have, with distances as usual; ``tight``: whether it has smaller ones.
    """

    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]
    placement: Placement
    carried: tuple[FloatArray, ...]
    hidden: int
    members: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    owner: Mapping[int, str] = field(default_factory=dict)
    quiet: tuple[GraphEdge, ...] = ()
    loose: Size = NOTHING
    tight: bool = False

    def box(self, node: int) -> tuple[float, float, float, float]:
        """x, y, width, height of a node."""
        p = self.placement
        return float(p.x[node]), float(p.y[node]), float(p.width[node]), float(p.height[node])

    def middle(self, chosen: str | None = None) -> tuple[float, float]:
        """Middle of the boxes on the failure path; of the anchor where there is none."""
        p = self.placement
        path = [i for i, node in enumerate(self.nodes) if node.role is not None] or [self.anchor(chosen)]
        x, y = p.x[path] + p.width[path] / 2, p.y[path] + p.height[path] / 2
        return float(x.min() + x.max()) / 2, float(y.min() + y.max()) / 2

    def anchor(self, chosen: str | None = None) -> int:
        """The node to be seen in any case: ``chosen``, else where the failure began, else the first near mid-height."""
        p = self.placement
        off_middle = np.abs(p.y + p.height / 2 - p.total.height / 2)
        wanted = [self.named(chosen), *(i for i, node in enumerate(self.nodes) if node.role == "origin")]
        return next((i for i in wanted if i >= 0), int(np.lexsort((off_middle, p.x))[0]))

    def named(self, name: str | None) -> int:
        """The node of a service, -1 for none."""
        return next((i for i, node in enumerate(self.nodes) if node.name == name), -1)

    def node_at(self, x: float, y: float) -> int:
        """The node at a point, -1 for none."""
        p = self.placement
        inside = (p.x <= x) & (x <= p.x + p.width) & (p.y <= y) & (y <= p.y + p.height)
        found = np.flatnonzero(inside)
        return int(found[0]) if len(found) else -1

    def edge_at(self, x: float, y: float, reach: float) -> int:
        """The call whose curve passes a point within ``reach``, -1 for none."""
        best, nearest = -1, reach
        for at, route in enumerate(self.placement.routes):
            low, high = route.min(axis=0) - reach, route.max(axis=0) + reach
            if low[0] <= x <= high[0] and low[1] <= y <= high[1]:
                path = sample(route, max(int((high - low).sum() / 6), 8))
                off = float(np.hypot(path[:, 0] - x, path[:, 1] - y).min())
                if off < nearest:
                    best, nearest = at, off
        return best

    def quiet_of(self, node: int) -> tuple[tuple[GraphEdge, FloatArray], ...]:
        """The calls of a service that are not drawn, each with a curve."""
        p = self.placement
        boxes = np.column_stack((p.x, p.y, p.x + p.width, p.y + p.height))
        return tuple(
            (edge, direct(boxes[edge.source], boxes[edge.target]))
            for edge in self.quiet
            if node in (edge.source, edge.target) and edge.source != edge.target
        )


def picture(
    graph: CallGraph,
    *,
    focus: str = "",
    pinned: Mapping[str, tuple[float, float]] | None = None,
    most: int = MOST_NODES,
    opened: Collection[str] = (),
    room: Size | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> GraphPicture:
    """Place a graph; closer together where it does not fit into a room.

    Args:
        focus: service whose neighbourhood is drawn first where there are too many; "" for the failure path's.
        pinned: corner of boxes that the user moved, by service name.
        most: services up to which a graph is drawn whole; of more, a neighbourhood, the others in boxes.
        opened: services whose neighbours are all drawn by themselves.
        room: what there is for it, in its own pixels; None for as much as it likes.
        cancelled: asked now and then.
    """
    focus_on = focused(graph, focus, most, opened)
    shown = focus_on.graph
    nodes, edges = shown.nodes, shown.edges
    moved = pinned or {}
    fixed = {i: moved[node.name] for i, node in enumerate(nodes) if node.name in moved}

    def placed(*, tight: bool) -> Placement:
        return place(
            [box_size(node, tight=tight) for node in nodes],
            [(edge.source, edge.target) for edge in edges],
            options=TIGHT if tight else SPACING,
            labels=[
                _label_size(edge) if edge.on_path or len(edges) <= CROWDED else NOTHING for edge in edges
            ],
            weights=[4.0 if edge.on_path else 1.0 for edge in edges],
            pinned=fixed,
            cancelled=cancelled,
        )

    placement = placed(tight=False)
    loose = placement.total
    tight = room is not None and not fits(loose, room)
    if tight:
        placement = placed(tight=True)
    carried = tuple(_carried(placement, a, b) for a, b in shown.carried)
    return GraphPicture(
        nodes,
        edges,
        placement,
        carried,
        focus_on.hidden,
        focus_on.members,
        focus_on.owner,
        focus_on.quiet,
        loose,
        tight,
    )


def fits(size: Size, room: Size) -> bool:
    """Whether a drawing can be shown whole."""
    return size.width <= room.width and size.height <= room.height


def _label_size(edge: GraphEdge) -> Size:
    return Size(len(edge.label) * RESULT_CHARACTER, LABEL_HEIGHT if edge.label else 0)


def fitted(room: float, size: float, middle: float, needed: tuple[float, float] | None = None) -> float:
    """Where a drawing begins in a room: in its middle, or, if it is larger, so that ``middle`` is there.

    Args:
        needed: begin and end of what is to be seen in any case.
    """
    if size <= room:
        return (room - size) / 2
    at = room / 2 - middle
    if needed is not None:
        at = max(min(at, room - needed[1]), -needed[0])
    return min(max(at, room - size), 0.0)


def box_size(node: GraphNode, *, tight: bool = False) -> Size:
    """Size of a box by its words."""
    words = max(len(node.name) * NAME_CHARACTER, len(node.result) * RESULT_CHARACTER)
    least, most = (TIGHT_LEAST_WIDTH, TIGHT_MOST_WIDTH) if tight else (LEAST_WIDTH, MOST_WIDTH)
    return Size(min(max(words + 28, least), most), TIGHT_HEIGHT if tight else BOX_HEIGHT)


def _carried(placement: Placement, source: int, target: int) -> FloatArray:
    """A curve for data handed on: from box to box on the right, bowed outward, as no call goes."""
    x, y, w, h = placement.x, placement.y, placement.width, placement.height
    same_column = abs(float(x[source] - x[target])) < 40
    if same_column:
        x0, y0 = float(x[source] + w[source]), float(y[source] + h[source] * 0.75)
        x1, y1 = float(x[target] + w[target]), float(y[target] + h[target] * 0.25)
        bow = max(x0, x1) + 34.0  # beyond the wider box, or the curve turns sharply at its end
        return np.array([(x0, y0), (bow, y0 + 6), (bow, y1 - 6), (x1, y1)])
    x0, y0 = float(x[source] + w[source] / 2), float(y[source] + h[source])
    x1, y1 = float(x[target] + w[target] / 2), float(y[target])
    if y1 < y0:
        y0, y1 = float(y[source]), float(y[target] + h[target])
    drop = (y1 - y0) / 2
    return np.array([(x0, y0), (x0, y0 + drop), (x1, y1 - drop), (x1, y1)])
