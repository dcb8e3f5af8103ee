"""Where the level of a sequence changes, found unasked: the range of the rank sums, split by split.

The sums of the ranks less their mean, over time, are a Brownian bridge where the level does not change; its range
follows Kuiper's law (N. H. Kuiper 1960), and grows both where a level shifts for good (Pettitt 1979) and where it
leaves and comes back (Levin & Kline 1985). Ranks ask nothing of outliers and of the shape of the distribution.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.significance import ranks_within

Longs = NDArray[np.int64]
Floats = NDArray[np.float64]

FEWEST = 8
"""Values on either side of a change."""
_DEEPEST = 4


def chances(group: Longs, value: Floats) -> Floats:
    """For each group, chance that values in this order hold no change of level: float64 (groups,).

    Args:
        group: int64 (k,), ascending from 0 without holes.
        value: in order of time within each group.
    """
    if not len(group):
        return np.empty(0)
    count = np.bincount(group)
    first = np.concatenate(([0], np.cumsum(count)[:-1]))
    rank = ranks_within(group, value) - np.repeat((count + 1.0) / 2.0, count)
    total = np.cumsum(rank)
    bridge = total - np.repeat(total[first] - rank[first], count)
    spread = np.sqrt(np.add.reduceat(rank**2, first))
    high, low = np.maximum.reduceat(bridge, first), np.minimum.reduceat(bridge, first)
    reach = np.divide(
        np.maximum(high, 0) - np.minimum(low, 0), spread, out=np.zeros(len(count)), where=spread > 0
    )
    return chance(reach)


def chance(reach: Floats) -> Floats:
    """Kuiper's law: p that a Brownian bridge ranges so far."""
    square = reach**2
    return np.where(reach > 1.0, np.minimum(2.0 * (4.0 * square - 1.0) * np.exp(-2.0 * square), 1.0), 1.0)


def stretches(value: Floats, sure: float) -> list[tuple[int, int]]:
    """``[begin, end)`` of the stretches of one level each; one stretch where no change is surer than ``sure``."""
    return list(pairwise([0, *sorted(_splits(value, 0, sure, 0)), len(value)]))


def _splits(value: Floats, offset: int, sure: float, depth: int) -> list[int]:
    one = np.zeros(len(value), np.int64)
    if len(value) < 2 * FEWEST or depth >= _DEEPEST or float(chances(one, value)[0]) > sure:
        return []
    bridge = np.abs(np.cumsum(ranks_within(one, value) - (len(value) + 1.0) / 2.0))
    best = int(np.argmax(bridge[FEWEST - 1 : len(value) - FEWEST])) + FEWEST
    left = _splits(value[:best], offset, sure, depth + 1)
    right = _splits(value[best:], offset + best, sure, depth + 1)
    return [*left, offset + best, *right]
