"""When something may have begun: the moment that was told, or a few spread over the bundle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.facts import Facts

MOST = 9
FEWEST_TRACES = 24
"""Traces below which nothing is said about what changed."""
_FEWEST_SIDE = 6


@dataclass(frozen=True)
class Split:
    """A moment (ns) and the traces that began at or after it: bool (traces,)."""

    time_ns: int
    after: NDArray[np.bool_]


def splits(facts: Facts, incident_ns: int | None) -> list[Split]:
    """The moments to try, first first; none where the bundle holds too little."""
    start = facts.store.traces.start
    known = np.sort(start[start > 0])
    if len(known) < FEWEST_TRACES:
        return []
    if incident_ns is not None:
        times = np.array([incident_ns])
    else:
        times = np.unique(known[(np.linspace(0.1, 0.9, MOST) * (len(known) - 1)).astype(np.int64)])
    found = [Split(int(time), start >= time) for time in times.tolist()]
    return [one for one in found if min(int(one.after.sum()), int((~one.after).sum())) >= _FEWEST_SIDE]
