"""The moments of a period, each with the traces that began after it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.facts import Facts
from explorer.analysis.weighing.period import Period

FEWEST_TRACES = 24
"""Traces below which nothing is said about what changed."""
_FEWEST_SIDE = 6


@dataclass(frozen=True)
class Split:
    """A moment (ns) and the traces that began at or after it: bool (traces,)."""

    time_ns: int
    after: NDArray[np.bool_]


def splits(facts: Facts, period: Period) -> list[Split]:
    """The moments to try; none where the period holds too little."""
    start = facts.store.traces.start
    within = period.holds(start)
    if int(within.sum()) < FEWEST_TRACES:
        return []
    found = [Split(time, start >= time) for time in period.moments_ns]
    return [
        one
        for one in found
        if min(int((one.after & within).sum()), int((~one.after & within).sum())) >= _FEWEST_SIDE
    ]
