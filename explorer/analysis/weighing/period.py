"""What stretch of a bundle is compared, and when something may have begun within it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST = 9
_LASTING = (1, 3)
"""Over how many of the moments a fault may have lasted that is over before the records end."""
_NEAR_NS = 60 * 10**9
EVER = 1 << 62
"""An end that nothing reaches."""


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time in which something began.

    Attributes:
        moments_ns: when it may have begun: near the time that was told, or a few moments spread over all.
        stretches_ns: from when to when it may have lasted, where it was over before the records end.
        begin_ns, end_ns: what began outside is not compared.
    """

    moments_ns: tuple[int, ...] = ()
    stretches_ns: tuple[tuple[int, int], ...] = ()
    begin_ns: int = 0
    end_ns: int = EVER

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
        whole = Period((), (), incident_ns - window_ns, incident_ns + window_ns)
    known = np.sort(start_ns[whole.holds(start_ns)])
    if not len(known):
        return whole
    spread = np.unique(known[(np.linspace(0.1, 0.9, MOST) * (len(known) - 1)).astype(np.int64)]).tolist()
    moments = spread
    if incident_ns is not None:
        moments = [incident_ns, *(time for time in spread if abs(time - incident_ns) <= _NEAR_NS)]
    stretches = [(begin, spread[at]) for begin in moments for at in _ends(spread, begin)]
    return Period(tuple(moments), tuple(stretches), whole.begin_ns, whole.end_ns)


def _ends(spread: Sequence[int], begin_ns: int) -> list[int]:
    """Places of the moments at which what began at one may have been over."""
    first = bisect_right(spread, begin_ns) - 1
    return [first + lasting for lasting in _LASTING if first + lasting < len(spread)]
