"""More requests than before, at the entry: what is slow after that is slow for it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.deviations.deviation import Deviation
from explorer.analysis.deviations.moments import Split
from explorer.analysis.facts import Facts

LEAST_RATIO = 2.5
"""How many times as many requests must come."""
_SURE = 1e-6
_FEWEST = 40
_STRETCHES = 8


def risen_load(facts: Facts, split: Split, looked: NDArray[np.bool_], tries: int) -> Deviation | None:
    """That many more requests come since a moment, evenly before and after it; None where they do not.

    The chance is that of a Poisson stream of one rate (normal approximation of the binomial law of its parts).
    """
    start = facts.store.traces.start
    rows = np.flatnonzero((start > 0) & looked)
    low, high = int(start[rows].min(initial=split.time_ns)), int(start[rows].max(initial=split.time_ns))
    before, after = (split.time_ns - low) / 1e9, (high - split.time_ns) / 1e9
    late = int(split.after[rows].sum())
    early = len(rows) - late
    if len(rows) < _FEWEST or min(before, after) <= 0 or early < 1:
        return None
    rates = early / before, late / after
    share = after / (before + after)
    deviate = (late - len(rows) * share) / math.sqrt(len(rows) * share * (1 - share))
    p = min(1.0, 0.5 * math.erfc(deviate / math.sqrt(2)) * tries)
    if rates[1] < LEAST_RATIO * rates[0] or p > _SURE or not _even(start[rows], low, split.time_ns, high):
        return None
    traces = rows[split.after[rows]]
    entries = facts.entries[traces]
    service = int(np.bincount(facts.store.spans.service[entries]).argmax())
    text = f"{rates[1]:.3g} requests a second came, {rates[0]:.3g} before"
    worst = traces[np.argsort(-facts.store.spans.duration[entries], kind="stable")].astype(np.int64)
    row = int(facts.entries[worst[0]])
    return Deviation("load", service, p, rates[1] / rates[0], split.time_ns, worst, row, *rates, text)


def _even(start: NDArray[np.int64], begin_ns: int, split_ns: int, end_ns: int) -> bool:
    """Whether each rate holds over its side, and is no single burst, nor the mean of records with holes between."""
    for low, high in ((begin_ns, split_ns), (split_ns, end_ns + 1)):
        counts, _ = np.histogram(start[(start >= low) & (start < high)], bins=_STRETCHES, range=(low, high))
        if not 0.5 * counts.mean() <= np.median(counts) <= 2 * counts.mean():
            return False
    return True
