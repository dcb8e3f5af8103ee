"""How likely a difference is by chance: the rank sum test and the hypergeometric law, for many entities at once.

Both are laws of the very statistic when the labels *before* and *after* are dealt out anew among the traces, so
that no sampling of permutations is needed (Wilcoxon 1945, Mann & Whitney 1947; Fisher 1935; Benjamini & Hochberg
1995 for many at once).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from explorer.model.sorting import order_within

Longs = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

SURE = 0.01
"""False discovery rate at which a deviation counts."""


def ranks_within(group: Longs, value: Floats) -> Floats:
    """float64 (k,): rank of each value within its group, from 1; equal values share the mean of their ranks."""
    order = order_within(group, value)
    ordered, values = group[order], value[order]
    leads = np.concatenate(([True], ordered[1:] != ordered[:-1])) if len(order) else np.empty(0, bool)
    first = np.maximum.accumulate(np.where(leads, np.arange(len(order)), 0))
    place = np.arange(len(order)) - first + 1.0
    ties = leads | np.concatenate(([True], values[1:] != values[:-1]))[: len(order)]
    run = np.cumsum(ties) - 1
    mean = np.bincount(run, weights=place) / np.bincount(run) if len(order) else place
    out = np.empty(len(order))
    out[order] = mean[run]
    return out


def rank_sum(group: Longs, rank: Floats, after: Mask, groups: int) -> tuple[Floats, Longs, Longs]:
    """For each group: normal deviate of the rank sum of its values ``after``, and how many lie before and after.

    Where a side is empty the deviate is 0.
    """
    whole, late = np.bincount(group, minlength=groups), group[after]
    later = np.bincount(late, minlength=groups)
    sums = np.bincount(late, weights=rank[after], minlength=groups)
    earlier = whole - later
    spread = np.sqrt(earlier * later * (whole + 1.0) / 12.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        deviate = (sums - later * (whole + 1.0) / 2.0) / spread
    return np.where(spread > 0, deviate, 0.0), earlier, later


def tail_of_normal(deviate: Floats) -> Floats:
    """One-sided p of normal deviates."""
    return np.array([0.5 * math.erfc(z / math.sqrt(2)) for z in deviate.tolist()])


def tail_of_counts(hits: int, drawn: int, marked: int, whole: int) -> float:
    """Chance to find at least ``hits`` of ``marked`` among ``drawn`` out of ``whole`` (hypergeometric, upper tail)."""
    most = min(drawn, marked)
    if hits > most:
        return 0.0
    base = _log_choose(whole, drawn)
    terms = [
        _log_choose(marked, k) + _log_choose(whole - marked, drawn - k) - base
        for k in range(max(hits, drawn + marked - whole), most + 1)
    ]
    return min(1.0, math.fsum(math.exp(term) for term in terms))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def discoveries(p: Floats, rate: float = SURE, tests: int = 0) -> Mask:
    """Which of several p values count at a false discovery rate; ``tests``: how many were made, if more than given."""
    count = max(tests, len(p))
    order = np.argsort(p, kind="stable")
    below = np.flatnonzero(p[order] <= rate * (np.arange(len(p)) + 1) / max(count, 1))
    out = np.zeros(len(p), bool)
    if len(below):
        out[order[: below[-1] + 1]] = True
    return out
