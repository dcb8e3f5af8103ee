"""Heights: parents centred on their children, long edges straight, nothing overlapping.

The sum of squared differences of height over all edges is made small, column by column; within a column
the order and the distances are constraints, so each step is an isotonic regression, solved exactly by
pooling adjacent violators (Ayer et al. 1955). Then plain differences are added to the squared ones (by
reweighting, as for a robust regression), little by little: what is nearly straight becomes straight, and
a parent stays in the middle of its children, where the plain differences do not care.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from explorer.layout.layered.order import Columns
from explorer.layout.layered.proper import Proper

Pulls = list[list[tuple[int, float]]]  # of each vertex: its neighbours, and how much they draw it

# Edges between two passing points should be straightest, edges between two nodes may bend (Gansner 1993).
_STRAIGHT = (1.0, 2.0, 8.0)
_ROUNDS = 2_400  # vertices times rounds
_MOST_ROUNDS = 60
_STILL = 0.05  # pixels that nothing moves any more: done
BIAS = 24.0  # pixels of difference at which plain and squared differences weigh about the same
LEVEL = 5.0  # pixels of difference up to which a line is meant to be level


@dataclass(frozen=True, slots=True)
class Extents:
    """Room each vertex needs above and below its line, and the gap demanded between two of a column."""

    above: Sequence[float]
    below: Sequence[float]
    gap: Callable[[int, int], float]


def balance(
    graph: Proper, columns: Columns, extents: Extents, weights: Sequence[float], check: Callable[[], None]
) -> list[float]:
    """The height of each vertex.

    Args:
        graph: the proper graph.
        columns: the vertices of each column from top to bottom.
        extents: the room that vertices need.
        weights: of each edge: how much it should be straight.
        check: called once a sweep; raises to stop.
    """
    pulls = _pulls(graph, weights)
    offsets = [_offsets(column, extents) for column in columns]
    heights = [0.0] * len(graph.layer)
    for column, offset in zip(columns, offsets, strict=True):
        middle = offset[-1] / 2 if offset else 0.0
        for vertex, distance in zip(column, offset, strict=True):
            heights[vertex] = distance - middle
    rounds = min(_MOST_ROUNDS, max(4, _ROUNDS // max(len(graph.layer), 1)))
    lines = list(zip(columns, offsets, strict=True))
    squares = [(0.0, 1.0)] * rounds
    plain = [(BIAS, BIAS * 0.8**turn) for turn in range(rounds // 2)]
    for steps in (squares, plain):
        for bias, slack in steps:
            check()
            both_ways = (*lines, *reversed(lines))
            moved = [_settle(column, offset, pulls, heights, bias, slack) for column, offset in both_ways]
            if max(moved) < _STILL:
                break
    for column, offset in lines[1:]:
        _level(column, offset, graph, pulls, heights)
    return heights


def _pulls(graph: Proper, weights: Sequence[float]) -> Pulls:
    pulls: Pulls = [[] for _ in graph.layer]
    for chain, weight in zip(graph.chains, weights, strict=True):
        for one, other in pairwise(chain):
            strength = weight * _STRAIGHT[(one >= graph.nodes) + (other >= graph.nodes)]
            pulls[one].append((other, strength))
            pulls[other].append((one, strength))
    return pulls


def _offsets(column: list[int], extents: Extents) -> list[float]:
    """Least distance of each vertex of a column from its first."""
    offsets = [0.0] * len(column)
    for index in range(1, len(column)):
        upper, lower = column[index - 1], column[index]
        room = extents.below[upper] + extents.gap(upper, lower) + extents.above[lower]
        offsets[index] = offsets[index - 1] + room
    return offsets


def _settle(
    column: list[int], offsets: list[float], pulls: Pulls, heights: list[float], bias: float, slack: float
) -> float:
    """Move the vertices of one column as near to where they are wanted as order and distances allow."""
    targets, strengths = [], []
    for vertex, offset in zip(column, offsets, strict=True):
        now = heights[vertex]
        total, moment = 1e-3, 1e-3 * now
        for other, weight in pulls[vertex]:
            height = heights[other]
            strength = weight * (1 + bias / (abs(height - now) + slack)) if bias else weight
            total += strength
            moment += strength * height
        targets.append(moment / total - offset)
        strengths.append(total)
    moved = 0.0
    for vertex, level, offset in zip(column, isotonic(targets, strengths), offsets, strict=True):
        moved = max(moved, abs(heights[vertex] - level - offset))
        heights[vertex] = level + offset
    return moved


def _level(
    column: list[int], offsets: list[float], graph: Proper, pulls: Pulls, heights: list[float]
) -> None:
    """Straighten the lines into a column that are all but level; the others may bend a little more."""
    targets, strengths = [], []
    for vertex, offset in zip(column, offsets, strict=True):
        near = [
            (-weight, abs(heights[other] - heights[vertex]), heights[other])
            for other, weight in pulls[vertex]
            if graph.layer[other] < graph.layer[vertex] and abs(heights[other] - heights[vertex]) < LEVEL
        ]
        targets.append((min(near)[2] if near else heights[vertex]) - offset)
        strengths.append(1.0 if near else 1e-3)
    for vertex, level, offset in zip(column, isotonic(targets, strengths), offsets, strict=True):
        heights[vertex] = level + offset


def isotonic(targets: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The non-decreasing sequence nearest to ``targets`` in weighted least squares; weights above 0."""
    blocks: list[tuple[float, float, int]] = []  # level, weight, length
    for target, weight in zip(targets, weights, strict=True):
        level, total, length = target, weight, 1
        while blocks and blocks[-1][0] > level:
            other, more, longer = blocks.pop()
            level = (level * total + other * more) / (total + more)
            total += more
            length += longer
        blocks.append((level, total, length))
    return [level for level, _, length in blocks for _ in range(length)]
