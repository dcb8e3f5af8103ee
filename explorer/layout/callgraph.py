"""A service call graph placed: boxes, curves and words, ready to paint."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from explorer.analysis.results import CallGraph, GraphEdge, GraphNode
from explorer.layout.layered import NOTHING, FloatArray, Placement, Size, Spacing, place

BOX_HEIGHT = 40.0
LEAST_WIDTH, MOST_WIDTH = 132.0, 220.0
NAME_CHARACTER, RESULT_CHARACTER = 7.1, 6.7
"""Mean widths at 12 px Inter semibold and 11 px JetBrains Mono: boxes are sized without a font at hand."""
LABEL_HEIGHT = 15.0
CROWDED = 150
"""Calls above which only those on the failure path are named, and the others drawn faintly."""
MOST_NODES = 60
"""Above so many services only the neighbourhood of the failure path (or of the busiest) is drawn."""


@dataclass(frozen=True)
class GraphPicture:
    """What is painted.

    Attributes:
        nodes, edges: of the graph drawn, in its order.
        placement: where they lie.
        carried: dotted curves of bad data, each float64 (4, 2), and the node pairs.
        hidden: services left out.
    """

    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]
    placement: Placement
    carried: tuple[FloatArray, ...]
    hidden: int

    def box(self, node: int) -> tuple[float, float, float, float]:
        """x, y, width, height of a node."""
        p = self.placement
        return float(p.x[node]), float(p.y[node]), float(p.width[node]), float(p.height[node])

    def middle(self) -> tuple[float, float]:
        """Middle of the boxes on the failure path; of the anchor where there is none."""
        p = self.placement
        path = [i for i, node in enumerate(self.nodes) if node.role is not None] or [self.anchor()]
        x, y = p.x[path] + p.width[path] / 2, p.y[path] + p.height[path] / 2
        return float(x.min() + x.max()) / 2, float(y.min() + y.max()) / 2

    def anchor(self) -> int:
        """The node to be seen in any case: where the failure began, else the first one nearest to mid-height."""
        origin = next((i for i, node in enumerate(self.nodes) if node.role == "origin"), -1)
        p = self.placement
        off_middle = np.abs(p.y + p.height / 2 - p.total.height / 2)
        return origin if origin >= 0 else int(np.lexsort((off_middle, p.x))[0])

    def node_at(self, x: float, y: float) -> int:
        """The node at a point, -1 for none."""
        p = self.placement
        inside = (p.x <= x) & (x <= p.x + p.width) & (p.y <= y) & (y <= p.y + p.height)
        found = np.flatnonzero(inside)
        return int(found[0]) if len(found) else -1


def picture(
    graph: CallGraph,
    *,
    focus: str = "",
    pinned: Mapping[str, tuple[float, float]] | None = None,
    most: int = MOST_NODES,
    cancelled: Callable[[], bool] | None = None,
) -> GraphPicture:
    """Place a graph.

    Args:
        focus: service whose neighbourhood is drawn first where there are too many; "" for the failure path's.
        pinned: corner of boxes that the user moved, by service name.
        most: nodes drawn at most.
        cancelled: asked now and then.
    """
    shown = focused(graph, focus, most)
    nodes, edges = shown.nodes, shown.edges
    moved = pinned or {}
    placement = place(
        [box_size(node) for node in nodes],
        [(edge.source, edge.target) for edge in edges],
        options=Spacing(layer_gap=56, node_gap=18, margin=14),
        labels=[_label_size(edge) if edge.on_path or len(edges) <= CROWDED else NOTHING for edge in edges],
        weights=[4.0 if edge.on_path else 1.0 for edge in edges],
        pinned={i: moved[node.name] for i, node in enumerate(nodes) if node.name in moved},
        cancelled=cancelled,
    )
    carried = tuple(_carried(placement, a, b) for a, b in shown.carried)
    return GraphPicture(nodes, edges, placement, carried, len(graph.nodes) - len(nodes))


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


def box_size(node: GraphNode) -> Size:
    """Size of a box by its words."""
    words = max(len(node.name) * NAME_CHARACTER, len(node.result) * RESULT_CHARACTER)
    return Size(min(max(words + 28, LEAST_WIDTH), MOST_WIDTH), BOX_HEIGHT)


def focused(graph: CallGraph, focus: str, most: int) -> CallGraph:
    """The part of a graph around the failure path (or one service): nearest nodes first, at most ``most``."""
    if len(graph.nodes) <= most and not focus:
        return graph
    start = [i for i, node in enumerate(graph.nodes) if node.name == focus] if focus else []
    start = start or [i for i, node in enumerate(graph.nodes) if node.role is not None]
    if not start:
        start = [max(range(len(graph.nodes)), key=lambda i: (graph.nodes[i].failed, graph.nodes[i].calls))]
    near: dict[int, set[int]] = {}
    for edge in graph.edges:
        near.setdefault(edge.source, set()).add(edge.target)
        near.setdefault(edge.target, set()).add(edge.source)
    kept, queue = list(dict.fromkeys(start)), deque(start)
    while queue and len(kept) < most:
        for other in sorted(near.get(queue.popleft(), ()), key=lambda i: -graph.nodes[i].calls):
            if other not in kept and len(kept) < most:
                kept.append(other)
                queue.append(other)
    return _only(graph, sorted(kept))


def _only(graph: CallGraph, kept: list[int]) -> CallGraph:
    index = {old: new for new, old in enumerate(kept)}
    return CallGraph(
        tuple(graph.nodes[old] for old in kept),
        tuple(
            replace(edge, source=index[edge.source], target=index[edge.target])
            for edge in graph.edges
            if edge.source in index and edge.target in index
        ),
        tuple((index[a], index[b]) for a, b in graph.carried if a in index and b in index),
    )


def _carried(placement: Placement, source: int, target: int) -> FloatArray:
    """A curve for data handed on: from box to box on the right, bowed outward, as no call goes."""
    x, y, w, h = placement.x, placement.y, placement.width, placement.height
    same_column = abs(float(x[source] - x[target])) < 40
    if same_column:
        x0, y0 = float(x[source] + w[source]), float(y[source] + h[source] * 0.75)
        x1, y1 = float(x[target] + w[target]), float(y[target] + h[target] * 0.25)
        bow = 34.0
        return np.array([(x0, y0), (x0 + bow, y0 + 6), (x1 + bow, y1 - 6), (x1, y1)])
    x0, y0 = float(x[source] + w[source] / 2), float(y[source] + h[source])
    x1, y1 = float(x[target] + w[target] / 2), float(y[target])
    if y1 < y0:
        y0, y1 = float(y[source]), float(y[target] + h[target])
    drop = (y1 - y0) / 2
    return np.array([(x0, y0), (x0, y0 + drop), (x1, y1 - drop), (x1, y1)])
