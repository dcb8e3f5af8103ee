"""The layered graph made proper: every edge between neighbouring columns, long ones cut into pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from explorer.layout.layered.ranks import Edge

# Beyond this many pieces the longest edges run above the drawing instead: 2,000 services that all
# call one database across 50 columns would otherwise cost minutes and still show nothing but lines.
MOST_PIECES = 8_000


@dataclass(frozen=True, slots=True)
class Proper:
    """Vertices ``0 .. nodes - 1`` are nodes, the others are where a long edge passes a column.

    Attributes:
        nodes: how many vertices are nodes.
        layer: column of each vertex.
        before, after: neighbours of each vertex in the column to the left, to the right; repeated
            where several edges join the same two.
        chains: per edge its vertices from left to right; empty for self loops, edges within one
            column, and edges that run above the drawing.
    """

    nodes: int
    layer: list[int]
    before: list[list[int]]
    after: list[list[int]]
    chains: list[list[int]]


def proper(layer: Sequence[int], edges: Sequence[Edge]) -> Proper:
    """Cut each edge at the columns it passes; an edge may be given in either direction."""
    columns = list(layer)
    before: list[list[int]] = [[] for _ in columns]
    after: list[list[int]] = [[] for _ in columns]
    cut = _short_enough(layer, edges)
    chains: list[list[int]] = []
    for (tail, head), pieces in zip(edges, cut, strict=True):
        left, right = (tail, head) if layer[tail] < layer[head] else (head, tail)
        chain: list[int] = []
        if pieces:
            middle = range(len(columns), len(columns) + layer[right] - layer[left] - 1)
            chain = [left, *middle, right]
            columns.extend(range(layer[left] + 1, layer[right]))
            before.extend([] for _ in middle)
            after.extend([] for _ in middle)
            for one, other in pairwise(chain):
                after[one].append(other)
                before[other].append(one)
        chains.append(chain)
    return Proper(len(layer), columns, before, after, chains)


def first_order(graph: Proper) -> list[list[int]]:
    """The vertices of each column as a depth-first walk from the left meets them: trees do not cross."""
    columns: list[list[int]] = [[] for _ in range(max(graph.layer, default=-1) + 1)]
    seen = bytearray(len(graph.layer))
    for start in sorted(range(graph.nodes), key=graph.layer.__getitem__):
        stack = [start]
        while stack:
            vertex = stack.pop()
            if not seen[vertex]:
                seen[vertex] = 1
                columns[graph.layer[vertex]].append(vertex)
                stack.extend(reversed(graph.after[vertex]))
    return columns


def _short_enough(layer: Sequence[int], edges: Sequence[Edge]) -> list[bool]:
    spans = [abs(layer[tail] - layer[head]) for tail, head in edges]
    kept = [span > 0 for span in spans]
    pieces = sum(spans)
    for index in sorted(range(len(edges)), key=spans.__getitem__, reverse=True):
        if pieces <= MOST_PIECES or spans[index] < 2:
            break
        kept[index] = False
        pieces -= spans[index]
    return kept
