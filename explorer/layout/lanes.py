"""Metric series as lanes under one another: what is drawn of each, in which range of values, over which time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.rates import FARTHEST, values_of
from explorer.layout.seriestitles import series_titles
from explorer.layout.seriesunit import series_unit
from explorer.layout.strip import nearest_point
from explorer.layout.values import measured, value_ticks
from explorer.model.store import Store

Longs = NDArray[np.int64]
Floats = NDArray[np.float64]

_WIDE: Final = 4
"""Where the bundle is that many times as long as its series, only their time is shown."""
_MOMENT: Final = 10**9
_ROOM: Final = 0.08
"""Part of the range of values that is left free above and below."""


@dataclass(frozen=True)
class SeriesLane:
    """One series.

    Attributes:
        series: its number in the store.
        times, values: int64 ns and float64, of the same length; counters as a rate.
        low, high: values at foot and head.
        ticks: values that are marked, ascending, and how they are written.
    """

    series: int
    title: str
    unit: str
    service: str
    times: Longs
    values: Floats
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]

    def words(self, at: int) -> str:
        """Name and unit, and the value nearest to a time (-1: none)."""
        place = nearest_point(self.times, at) if at >= 0 else -1
        if place < 0:
            return f"{self.title}{f' ({self.unit})' if self.unit else ''}"
        return f"{self.title}: {measured(float(self.values[place]), self.unit)}"


def series_lane(store: Store, number: int) -> SeriesLane:
    """A series as a lane."""
    series = store.series[number]
    times, values = values_of(store, series)
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    low, high = max(low, -FARTHEST), min(high, FARTHEST)
    if high - low < 1 / FARTHEST:
        around = abs(low) / 2 if abs(low) > 1 / FARTHEST else 0.5
        low, high = low - around, high + around
    room = (high - low) * _ROOM
    return SeriesLane(
        number, series_titles(store)[number], series_unit(series), series.service, times, values,
        low - room, high + room, value_ticks(low, high),
    )  # fmt: skip


def lanes_extent(lanes: Sequence[SeriesLane], bounds: tuple[int, int]) -> tuple[int, int]:
    """Begin and end of what lanes show unasked: the whole bundle, or their own time where that is much shorter."""
    known = [lane.times for lane in lanes if len(lane.times)]
    if not known:
        return bounds[0], max(bounds[1], bounds[0] + 1)
    begin, end = min(int(one[0]) for one in known), max(int(one[-1]) for one in known)
    if bounds[1] - bounds[0] <= _WIDE * (end - begin):
        begin, end = min(begin, bounds[0]), max(end, bounds[1])
    room = (end - begin) // 100 or _MOMENT
    return begin - room, end + room


def thinned(lane: SeriesLane, view: tuple[int, int], width: int) -> tuple[Longs, Floats]:
    """The points of a lane in a range of time and one beyond each end: no more than its extremes in each pixel."""
    first = max(int(np.searchsorted(lane.times, view[0])) - 1, 0)
    last = min(int(np.searchsorted(lane.times, view[1], "right")) + 1, len(lane.times))
    times, values = lane.times[first:last], lane.values[first:last]
    if len(times) <= 4 * width:
        return times, values
    pixel = ((times - view[0]) / (view[1] - view[0]) * width).astype(np.int64)
    begins = np.flatnonzero(np.diff(pixel, prepend=pixel[0] - 1))
    order = np.lexsort((values, pixel))
    ends = np.append(begins[1:], len(times)) - 1
    kept = np.unique(np.concatenate((begins, order[begins], order[ends], ends)))
    return times[kept], values[kept]
