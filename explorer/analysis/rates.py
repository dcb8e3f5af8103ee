"""Metric series as levels: gauges as they are, counters as their rate."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.model.records import Series
from explorer.model.store import Store

Floats = NDArray[np.float64]

FARTHEST: Final = 1e300
"""Values beyond are extremes that were never set: they leave no room to reckon with."""


def values_of(store: Store, series: Series) -> tuple[NDArray[np.int64], Floats]:
    """Times (ns) and values of a series; counters as their rate a second."""
    rows = slice(series.first, series.first + series.count)
    times, values = store.points["time"][rows], store.points["value"][rows]
    if series.kind != "counter" or len(values) < 2:
        return times, values
    seconds = np.maximum(np.diff(times) / 1e9, 1e-9)
    with np.errstate(over="ignore"):  # between extremes that were never set
        steps = np.diff(values)
    return times[1:], np.where(steps >= 0, steps, values[1:]) / seconds


def usable(values: Floats) -> NDArray[np.bool_]:
    """Which values can be reckoned with: bool of the same shape, not for NaN and what is beyond :data:`FARTHEST`."""
    return np.abs(values) < FARTHEST
