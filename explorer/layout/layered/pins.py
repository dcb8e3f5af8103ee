"""Nodes that a user has dragged: they stay where they were put, others step aside, lines follow."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from explorer.layout.layered.shapes import FloatArray


def pin(
    corners: FloatArray, sizes: FloatArray, pinned: Mapping[int, tuple[float, float]], gap: float
) -> FloatArray:
    """New upper left corners: those of ``pinned`` as given, the rest moved up or down where they overlap.

    Args:
        corners, sizes: ``[nodes, 2]``.
        pinned: upper left corner of each dragged node.
        gap: least distance between a dragged node and one that steps aside.
    """
    placed = corners.copy()
    for node, corner in pinned.items():
        placed[node] = corner
    settled = sorted(pinned)
    for node in sorted(set(range(len(corners))) - set(pinned), key=lambda node: (placed[node, 1], node)):
        placed[node, 1] = _free(placed, sizes, node, settled, gap)
        settled.append(node)
    return placed


def _free(placed: FloatArray, sizes: FloatArray, node: int, settled: list[int], gap: float) -> float:
    """The height nearest to a node's own at which it overlaps none that is settled."""
    low, high = placed[settled], placed[settled] + sizes[settled]
    left = placed[node, 0]
    beside = (low[:, 0] < left + sizes[node, 0]) & (high[:, 0] > left)
    tops, bottoms = low[beside, 1], high[beside, 1]
    height, own = sizes[node, 1], float(placed[node, 1])
    if not ((tops < own + height) & (bottoms > own)).any():
        return own
    tries = np.concatenate((tops - gap - height, bottoms + gap))
    free = ~((tops < tries[:, None] + height) & (bottoms > tries[:, None])).any(axis=1)
    return float(min(tries[free], key=lambda top: abs(top - own)))


def direct(tail: FloatArray, head: FloatArray) -> FloatArray:
    """One curve between the sides of two boxes (left, top, right, bottom) that face each other."""
    middle_tail, middle_head = (tail[:2] + tail[2:]) / 2, (head[:2] + head[2:]) / 2
    if head[0] > tail[2] or head[2] < tail[0]:
        start, end = (tail[2], head[0]) if head[0] > tail[2] else (tail[0], head[2])
        bend = (start + end) / 2
        rows = [
            (start, middle_tail[1]),
            (bend, middle_tail[1]),
            (bend, middle_head[1]),
            (end, middle_head[1]),
        ]
    else:
        start, end = (tail[3], head[1]) if middle_head[1] > middle_tail[1] else (tail[1], head[3])
        bend = (start + end) / 2
        rows = [
            (middle_tail[0], start),
            (middle_tail[0], bend),
            (middle_head[0], bend),
            (middle_head[0], end),
        ]
    return np.array(rows, dtype=np.float64)
