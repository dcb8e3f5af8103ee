"""Random call graphs, and what must hold of every drawing of one."""

from __future__ import annotations

import random

import numpy as np

from explorer.layout.layered import FloatArray, Placement, Size

BOX = Size(150.0, 41.0)
Edges = list[tuple[int, int]]


def call_graph(nodes: int, more: float, seed: int) -> Edges:
    """A tree of services with some more calls between them, one in twenty-five backwards."""
    chance = random.Random(seed)
    edges = [(chance.randrange(max(0, node // 2 - 3), node), node) for node in range(1, nodes)]
    for _ in range(int(nodes * more)):
        tail, head = sorted((chance.randrange(nodes), chance.randrange(nodes)))
        edges.append((head, tail) if chance.random() < 0.04 else (tail, head))
    return edges


def boxes(drawing: Placement) -> FloatArray:
    """Left, top, right, bottom of each node, ``[nodes, 4]``."""
    x, y, width, height = drawing.x, drawing.y, drawing.width, drawing.height
    return np.column_stack((x, y, x + width, y + height))


def overlaps(rectangles: FloatArray) -> list[tuple[int, int]]:
    """Pairs of rectangles that share area."""
    low = np.maximum(rectangles[:, None, :2], rectangles[None, :, :2])
    high = np.minimum(rectangles[:, None, 2:], rectangles[None, :, 2:])
    shared = (high - low > 1e-6).all(axis=2)
    return [(int(one), int(other)) for one, other in np.argwhere(np.triu(shared, 1))]


def points(route: FloatArray, steps: int = 24) -> FloatArray:
    """Points along a route, evenly in its parameter, ``[n, 2]``."""
    t = np.linspace(0, 1, steps)[:, None, None]
    one, two, three, four = route[:-1:3], route[1::3], route[2::3], route[3::3]
    curve = (1 - t) ** 3 * one + 3 * t * (1 - t) ** 2 * two + 3 * t**2 * (1 - t) * three + t**3 * four
    flat: FloatArray = curve.reshape(-1, 2)
    return flat


def pierced(drawing: Placement) -> list[tuple[int, int]]:
    """Routes that enter a box, and which."""
    rectangles = boxes(drawing)
    found = []
    for index, route in enumerate(drawing.routes):
        path = points(route)[:, None]
        inside = (path > rectangles[:, :2] + 0.01) & (path < rectangles[:, 2:] - 0.01)
        found += [(index, int(node)) for node in np.flatnonzero(inside.all(axis=2).any(axis=0))]
    return found


def ends_at_its_boxes(drawing: Placement, edges: Edges) -> bool:
    """Every route begins on the border of its caller's box and ends on that of its callee's."""
    rectangles = boxes(drawing)
    return all(
        on_border(route[0], rectangles[tail]) and on_border(route[-1], rectangles[head])
        for route, (tail, head) in zip(drawing.routes, edges, strict=True)
    )


def on_border(point: FloatArray, box: FloatArray) -> bool:
    """The point lies on the box's outline."""
    within = (point >= box[:2] - 1e-6).all() and (point <= box[2:] + 1e-6).all()
    on = (np.abs(point - box[:2]) < 1e-6).any() or (np.abs(point - box[2:]) < 1e-6).any()
    return bool(within and on)
