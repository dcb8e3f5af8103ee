"""What stretch of a bundle is compared, and when something may have begun within it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST = 9
_NEAR_NS = 60 * 10**9
_EVER = 1 << 62


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time in which something began.

    Attributes:
        moments_ns: when it may have begun: near the time that was told, or a few moments spread over all.
        begin_ns, end_ns: what began outside is not compared.
    """

    moments_ns: tuple[int, ...] = ()
    begin_ns: int = 0
    end_ns: int = _EVER

    def holds(self, start_ns: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Bool: which of these times lie in it (0, a time that is not known, does not)."""
        return np.asarray((start_ns > 0) & (start_ns >= self.begin_ns) & (start_ns <= self.end_ns))


WHOLE = Period()


def period_of(start_ns: NDArray[np.int64], incident_ns: int | None, window_ns: int = 0) -> Period:
    """The period among what began at some times.

    What was told is seldom told to the second, and a fault takes its time to show: moments near it are tried too.

    Args:
        start_ns: when each began, 0 where that is not known.
        incident_ns: when the incident began, None where nobody says so.
        window_ns: how far from it to look, 0 for the whole bundle.
    """
    whole = WHOLE
    if incident_ns is not None and window_ns:
        whole = Period((), incident_ns - window_ns, incident_ns + window_ns)
    known = np.sort(start_ns[whole.holds(start_ns)])
    if not len(known):
        return whole
    spread = np.unique(known[(np.linspace(0.1, 0.9, MOST) * (len(known) - 1)).astype(np.int64)]).tolist()
    if incident_ns is not None:
        spread = [incident_ns, *(time for time in spread if abs(time - incident_ns) <= _NEAR_NS)]
    return Period(tuple(spread), whole.begin_ns, whole.end_ns)
