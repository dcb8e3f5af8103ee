"""The time axis of a waterfall: as time goes, or with the stretches left out of it in which nothing worked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from explorer.layout import numbers
from explorer.layout.numbers import Ticks

Longs = NDArray[np.int64]
Floats = NDArray[np.float64]
BUCKETS = 4096
LEAST_SHARE = 0.02
"""A gap shorter than this share of the trace is not worth a break in the axis."""
BREAK_SHARE = 0.025
"""What a break takes of the time that is left."""
MOST_GAPS = 40
Gaps = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class TimeAxis:
    """Times of a trace as places along its axis, ns either way.

    Attributes:
        begin, end: the whole trace, ns since the epoch.
        gaps: begin and end of each stretch drawn as a break, ascending; without any, places are times.
    """

    begin: int
    end: int
    gaps: Gaps = ()

    def place(self, time: int) -> int:
        """Where a time lies."""
        return int(self.places(np.array([time], np.int64))[0]) if self.gaps else int(time)

    def places(self, times: Longs) -> Longs:
        """Where times lie: int64 of the same shape."""
        return self._moved(times, *self._knots) if self.gaps else times

    def time(self, place: int) -> int:
        """The time at a place."""
        real, shown = self._knots
        return int(self._moved(np.array([place], np.int64), shown, real)[0]) if self.gaps else int(place)

    @property
    def extent(self) -> tuple[int, int]:
        """First and last place."""
        return self.place(self.begin), self.place(self.end)

    def _moved(self, values: Longs, known: Floats, wanted: Floats) -> Longs:
        """Through the knots; beyond them as far from the outermost as before. Offsets are exact in floats."""
        offset = values - self.begin
        inside = np.clip(offset, int(known[0]), int(known[-1]))
        moved = np.interp(inside, known, wanted).round().astype(np.int64)
        return np.asarray(moved + (offset - inside) + self.begin, np.int64)

    @cached_property
    def _knots(self) -> tuple[Floats, Floats]:
        """Offsets from the begin at which the axis bends: in time, and in place."""
        real = [0, *(edge - self.begin for gap in self.gaps for edge in gap), self.end - self.begin]
        idle = sum(end - begin for begin, end in self.gaps)
        wide = max(int((real[-1] - idle) * BREAK_SHARE), 1)
        steps = [wide if number % 2 else b - a for number, (a, b) in enumerate(pairwise(real))]
        return np.array(real, float), np.array(np.concatenate(([0], np.cumsum(steps))), float)

    def ticks(self, view: tuple[int, int], about: int) -> Ticks:
        """Marks of the visible time ``view`` at humane offsets from the begin, none within a break.

        Returns:
            Times since the epoch, and labels.
        """
        first, last = (self.place(at) for at in view)
        step_from = view[0] - self.begin
        made = numbers.ticks(step_from, view[1] - self.begin, about)
        if not self.gaps:
            return tuple((at + self.begin, words) for at, words in made)
        share = max((last - first) / max(view[1] - view[0], 1), 1e-6)
        made = numbers.ticks(step_from, view[1] - self.begin, min(int(about / share), 4000))
        marks, reach, room = [], -1, (last - first) // max(about * 2, 1)
        for at, words in made:
            time = at + self.begin
            place = self.place(time)
            if (reach < 0 or place - reach >= room) and not any(a < time < b for a, b in self.gaps):
                marks.append((time, words))
                reach = place
        return tuple(marks)


def idle_gaps(start: Longs, end: Longs, leaf: NDArray[np.bool_], extent: tuple[int, int]) -> Gaps:
    """Stretches of a trace in which no span without children ran, and none began or ended: the others only waited, as
    far as was recorded. Where spans begin within one another in turn, as down a chain, something goes on.

    Args:
        start, end: (n,) ns; leaf: (n,), spans without children; extent: begin and end of the trace, ns.

    Returns:
        Begin and end, ns, of the longest stretches of at least :data:`LEAST_SHARE`, ascending.
    """
    begin, length = extent[0], max(extent[1] - extent[0], 1)
    first, last = (
        np.clip((times - begin) / length * BUCKETS, 0, BUCKETS - 1).astype(np.int64) for times in (start, end)
    )
    steps = np.bincount(first[leaf], minlength=BUCKETS + 1) - np.bincount(
        last[leaf] + 1, minlength=BUCKETS + 1
    )
    idle = np.cumsum(steps[:BUCKETS]) == 0
    idle[first] = idle[last] = False
    edges = np.flatnonzero(np.diff(np.concatenate(([0], idle.astype(np.int8), [0]))))
    begins, stops = edges[::2], edges[1::2]
    found = np.flatnonzero(stops - begins >= LEAST_SHARE * BUCKETS)
    found = np.sort(found[np.argsort(begins[found] - stops[found], kind="stable")[:MOST_GAPS]])
    bucket = length / BUCKETS
    return tuple((begin + int(begins[i] * bucket), begin + int(stops[i] * bucket)) for i in found.tolist())
