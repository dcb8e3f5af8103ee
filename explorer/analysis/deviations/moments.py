"""When something may have begun: the moment that was told, or a few spread over the bundle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.facts import Facts

MOST = 9
_NEAR_NS = 60 * 10**9
FEWEST_TRACES = 24
"""Traces below which nothing is said about what changed."""
_FEWEST_SIDE = 6


@dataclass(frozen=True)
class Split:
    """A moment (ns) and the traces that began at or after it: bool (traces,)."""

    time_ns: int
    after: NDArray[np.bool_]


def moments_ns(start: NDArray[np.int64], incident_ns: int | None) -> list[int]:
    """The moments to try among what began at ``start`` (ns, 0: not known).

    What was told is seldom told to the second, and a fault takes its time to show: moments near it are tried too.
    """
    known = np.sort(start[start > 0])
    if not len(known):
        return []
    spread = np.unique(known[(np.linspace(0.1, 0.9, MOST) * (len(known) - 1)).astype(np.int64)]).tolist()
    if incident_ns is None:
        return [int(time) for time in spread]
    return [incident_ns, *(int(time) for time in spread if abs(time - incident_ns) <= _NEAR_NS)]


def splits(facts: Facts, incident_ns: int | None) -> list[Split]:
    """The moments to try, first first; none where the bundle holds too little."""
    start = facts.store.traces.start
    if int((start > 0).sum()) < FEWEST_TRACES:
        return []
    found = [Split(time, start >= time) for time in moments_ns(start, incident_ns)]
    return [one for one in found if min(int(one.after.sum()), int((~one.after).sum())) >= _FEWEST_SIDE]
