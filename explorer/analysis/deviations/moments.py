"""The moments of a period, each with the traces that began after it, and stretches of it that may be all there was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.facts import Facts
from explorer.analysis.weighing.period import EVER, Period

FEWEST_TRACES = 24
"""Traces below which nothing is said about what changed."""
_FEWEST_SIDE = 6


@dataclass(frozen=True)
class Split:
    """A stretch of time (ns) and the traces that began in it: bool (traces,)."""

    time_ns: int
    end_ns: int
    after: NDArray[np.bool_]


def splits(facts: Facts, period: Period) -> tuple[list[Split], list[Split]]:
    """The moments to try, and the stretches where none of them tells; none where the period holds too little."""
    start = facts.store.traces.start
    within = period.holds(start)
    if int(within.sum()) < FEWEST_TRACES:
        return [], []

    def tried(some: Iterable[tuple[int, int]]) -> list[Split]:
        found = [Split(begin, end, (start >= begin) & (start < end)) for begin, end in some]
        return [
            one for one in found if _FEWEST_SIDE <= (one.after & within).sum() <= within.sum() - _FEWEST_SIDE
        ]

    return tried((moment, EVER) for moment in period.moments_ns), tried(period.stretches_ns)
