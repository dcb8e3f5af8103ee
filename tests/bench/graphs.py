"""The call graph's layout against graphviz dot: crossings of the drawn curves, overlaps of boxes, CPU time."""

from __future__ import annotations

import random
import resource
import shutil
import subprocess
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.results import CallGraph, GraphEdge, GraphNode
from explorer.layout.callgraph import SPACING, box_size, picture
from explorer.layout.layered import FloatArray, place

Box = tuple[float, float, float, float]
PIECES = 8
"""Straight pieces that a Bézier curve is cut into."""
INCH = 72.0


@dataclass(frozen=True)
class Drawn:
    """A drawing: boxes (x, y, width, height), a polyline an edge, and the CPU seconds it took."""

    boxes: tuple[Box, ...]
    lines: tuple[FloatArray, ...]
    seconds: float


def services(count: int, seed: int = 7) -> CallGraph:
    """A made-up call graph: a few gateways, each service called by a few of those before it, now and then a cycle."""
    made = random.Random(seed)
    pairs: dict[tuple[int, int], None] = {}
    for node in range(max(count // 40, 2), count):
        for _ in range(1 + (made.random() < 0.35) + (made.random() < 0.15)):
            low = max(0, node - count // 4)
            pairs[int(made.triangular(low, node, low)), node] = None
    for _ in range(count // 50):
        a, b = sorted(made.sample(range(count), 2))
        pairs[b, a] = None
    return _graph(count, list(pairs))


def dense(count: int) -> CallGraph:
    """Every service calls every other."""
    return _graph(count, [(a, b) for a in range(count) for b in range(count) if a != b])


def _graph(count: int, pairs: list[tuple[int, int]]) -> CallGraph:
    nodes = tuple(GraphNode(f"service-{at}", at, 10, 0, 10, 10**9, 10**8, "10 ok") for at in range(count))
    edges = tuple(GraphEdge(a, b, 3, 0, 10**7, 10**6, 10**6, label="3× 1 ms") for a, b in pairs)
    return CallGraph(nodes, edges)


def whole(graph: CallGraph) -> Drawn:
    """All of a graph laid out by the program's steps, unlabelled as it draws graphs of that size."""
    begun = time.process_time()
    pairs = [(edge.source, edge.target) for edge in graph.edges]
    made = place([box_size(node) for node in graph.nodes], pairs, options=SPACING)
    seconds = time.process_time() - begun
    boxes = tuple(
        zip(made.x.tolist(), made.y.tolist(), made.width.tolist(), made.height.tolist(), strict=True)
    )
    return Drawn(boxes, tuple(_polyline(route) for route in made.routes), seconds)


def shown(graph: CallGraph) -> tuple[int, float]:
    """Boxes that the program shows of a graph, and the CPU seconds until they are laid out."""
    begun = time.process_time()
    drawn = picture(graph)
    return len(drawn.nodes), time.process_time() - begun


def has_dot() -> bool:
    """Whether graphviz is there."""
    return shutil.which("dot") is not None


def dot(graph: CallGraph) -> Drawn:
    """As graphviz dot draws it: left to right, with the same boxes."""
    said = ["digraph {rankdir=LR; nodesep=0.25; ranksep=0.78; node [shape=box, fixedsize=true];"]
    for at, node in enumerate(graph.nodes):
        size = box_size(node)
        said.append(f"n{at} [width={size.width / INCH:.3f}, height={size.height / INCH:.3f}];")
    said += [f"n{edge.source} -> n{edge.target};" for edge in graph.edges]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [shutil.which("dot") or "dot", "-Tplain"]
    answer = subprocess.run(
        command, input="\n".join([*said, "}"]), capture_output=True, text=True, check=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    boxes, lines = [], []
    for words in (line.split() for line in answer.stdout.replace("\\\n", "").splitlines()):
        if words[0] == "node":
            x, y, width, height = (float(word) * INCH for word in words[2:6])
            boxes.append((x - width / 2, y - height / 2, width, height))
        elif words[0] == "edge":
            points = np.array([float(word) * INCH for word in words[4 : 4 + 2 * int(words[3])]]).reshape(
                -1, 2
            )
            lines.append(_polyline(points))
    return Drawn(tuple(boxes), tuple(lines), seconds)


def _polyline(route: FloatArray) -> FloatArray:
    """Points along joined cubic Bézier curves."""
    t = np.linspace(0, 1, PIECES + 1)[:, None]
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    parts = [
        sum(weight * route[at + k] for k, weight in enumerate(weights)) for at in range(0, len(route) - 3, 3)
    ]
    return np.concatenate(parts) if parts else route


def overlaps(drawn: Drawn) -> int:
    """Pairs of boxes that overlap."""
    x, y, w, h = np.array(drawn.boxes).T
    across = (x[:, None] < (x + w)[None]) & (x[None] < (x + w)[:, None])
    down = (y[:, None] < (y + h)[None]) & (y[None] < (y + h)[:, None])
    return int((np.triu(across & down, 1)).sum())


def crossings(graph: CallGraph, drawn: Drawn) -> int:
    """Pairs of curves that cross, of calls that have no service in common."""
    begins = np.concatenate([line[:-1] for line in drawn.lines])
    ends = np.concatenate([line[1:] for line in drawn.lines])
    owner = np.repeat(np.arange(len(drawn.lines)), [len(line) - 1 for line in drawn.lines])
    pairs = np.array([(edge.source, edge.target) for edge in graph.edges])
    found: set[tuple[int, int]] = set()
    for at in range(len(drawn.lines)):
        mine = np.flatnonzero(owner == at)
        others = np.flatnonzero(owner > at)
        apart = ~np.isin(pairs[owner[others]], pairs[at]).any(axis=1)
        others = others[apart]
        hit = _cross(begins[mine], ends[mine], begins[others], ends[others])
        found |= {(at, other) for other in owner[others[hit.any(axis=0)]].tolist()}
    return len(found)


def _cross(a: FloatArray, b: FloatArray, c: FloatArray, d: FloatArray) -> NDArray[np.bool_]:
    """Which pieces a-b cross which pieces c-d: bool (len(a), len(c))."""

    def side(p: FloatArray, q: FloatArray, r: FloatArray) -> FloatArray:
        return np.asarray((q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1])
                          - (q[..., 1] - p[..., 1]) * (r[..., 0] - p[..., 0]))  # fmt: skip

    a, b, c, d = a[:, None], b[:, None], c[None], d[None]
    apart = side(a, b, c) * side(a, b, d) < 0
    return np.asarray(apart & (side(c, d, a) * side(c, d, b) < 0))
