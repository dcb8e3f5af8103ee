"""A deviation: something that is otherwise after a moment than before it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Deviation:
    """One deviation of one service.

    Attributes:
        kind: ``gap``, ``standing`` (a gap that was there all along), ``self``, ``starved``, ``resource``,
            ``host``, ``chatty``, ``load``, ``lines``, ``cut``, ``figure``, ``queue`` (messages wait), ``silent``
            (they are not taken) or ``refused`` (requests are, for what they ask).
        service: code of the service at fault.
        p: chance to see this much, over all moments tried.
        strength: robust size of the effect, for the order among deviations of one kind.
        time_ns: when it set in; ``end_ns``: when it was over, 0 where it was not within the records.
        traces: int64, traces (rows) that show it, worst first.
        row: a span that shows it; -1 for none. ``log``, ``series``: a log record, a metric that show it.
        host: the host at fault, if it is one.
        before, after: typical figures (ms, or calls a trace, or shares); ``operation``: where it is one operation.
        text: the reason in one line.
        beside: names of other services that began to work slower where it runs: their host may be at fault.
    """

    kind: str
    service: int
    p: float
    strength: float
    time_ns: int
    traces: NDArray[np.int64]
    row: int
    before: float
    after: float
    text: str
    operation: str = ""
    log: int = -1
    series: int = -1
    host: str = ""
    beside: tuple[str, ...] = ()
    end_ns: int = 0
