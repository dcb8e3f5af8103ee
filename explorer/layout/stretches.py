"""The time axis of a whole bundle: the stretches that hold anything stand side by side, for years between two exports
would hide what is in each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.layout.numbers import Ticks, clock, clock_ticks, date

Times = NDArray[np.int64]
Floats = NDArray[np.float64]

_SAMPLE = 20_000
"""Times looked at; they lie evenly among all of them."""
_SHORT = 3_600 * 10**9
"""Whatever lies within an hour is one stretch."""
_BUCKETS, _BUSY = 400, 40
"""A stretch with anything in more than so many of its parts is seen as it is."""
_GAP = 10
"""A gap is as long as one such part of the stretch at least."""
_MOST = 8
"""Stretches that are told apart."""
_ROOM = 50
"""Part of its length by which one of several stretches is shown wider; a moment has a second on both sides."""
_MOMENT = 10**9
_BREAK = 0.016
"""Part of the axis that a break takes."""
_LEAST = 0.07
"""Part of the axis that a stretch takes at least."""


class Stretch(NamedTuple):
    """A stretch of time, ns, and where it lies on the axis, as fractions of it."""

    begin: int
    end: int
    left: float
    right: float


@dataclass(frozen=True)
class Axis:
    """Times as fractions of a width. ``stretches`` are in order, and what lies between them is left out."""

    stretches: tuple[Stretch, ...]

    @property
    def begin(self) -> int:
        """First time, ns."""
        return self.stretches[0].begin

    @property
    def end(self) -> int:
        """Last time, ns."""
        return self.stretches[-1].end

    def place(self, time: int) -> float:
        """Where a time lies, 0 to 1; what lies in a break, at its left."""
        one = self.stretches[max(int(np.searchsorted(self._begins, time, "right")) - 1, 0)]
        within = min(max(time - one.begin, 0), one.end - one.begin) / (one.end - one.begin)
        return one.left + within * (one.right - one.left)

    def places(self, times: Times) -> Floats:
        """Where times lie, NaN for those in breaks and beyond the ends: float64 of the same shape."""
        number = self.numbers(times)
        length, left, right = np.array(
            [(one.end - one.begin, one.left, one.right) for one in self.stretches], float
        )[number].T
        within = (times - self._begins[number]) / length
        found = left + within * (right - left)
        return np.where((within >= 0) & (within <= 1), found, np.nan)

    def numbers(self, times: Times) -> Times:
        """Which stretch times lie in, or behind: int64 of the same shape."""
        return np.maximum(np.searchsorted(self._begins, times, "right") - 1, 0)

    def time(self, place: float) -> int:
        """The time at a fraction of the width; of a break, that where it begins."""
        one = next((one for one in reversed(self.stretches) if one.left <= place), self.stretches[0])
        within = min(max((place - one.left) / (one.right - one.left), 0.0), 1.0)
        return one.begin + int(within * (one.end - one.begin))

    def edges(self, count: int) -> Times:
        """The times at which so many equal parts of the width begin and end: int64 (count + 1,)."""
        if len(self.stretches) > 1:
            return np.array([self.time(number / count) for number in range(count + 1)], np.int64)
        # Whole numbers: nanoseconds of years are too many for the digits of a float.
        at, (each, rest) = np.arange(count + 1), divmod(self.end - self.begin, count)
        return np.asarray(self.begin + at * each + at * rest // count, np.int64)

    def holds(self, time: int) -> bool:
        """Whether a time lies in one of the stretches."""
        return any(one.begin <= time <= one.end for one in self.stretches)

    def breaks(self) -> list[tuple[float, float, int]]:
        """Left and right end of each break, as fractions, and how much time it leaves out, ns."""
        return [(one.right, other.left, other.begin - one.end) for one, other in pairwise(self.stretches)]

    def ticks(self, about: int, *, utc: bool) -> Ticks:
        """Marks at round times, at most about so many; each of several stretches says first on which day."""
        if len(self.stretches) == 1:
            return clock_ticks(self.begin, self.end, about, utc=utc)
        marks: list[tuple[int, str]] = []
        said = ""
        for one in self.stretches:
            room = int(about * (one.right - one.left))
            made = clock_ticks(one.begin, one.end, room, utc=utc) if room > 2 else ()
            first = made[0][0] if made else (one.begin + one.end) // 2
            day = date(first, utc)
            marks += [(first, clock(first, utc, 0)[:5] if day == said else day), *made[1:]]
            said = day
        return tuple(marks)

    @cached_property
    def _begins(self) -> Times:
        return np.array([one.begin for one in self.stretches], np.int64)


def whole_axis(begin: int, end: int) -> Axis:
    """All of a time as it goes; a moment, with a second on both sides."""
    if end <= begin:
        begin, end = begin - _MOMENT, begin + _MOMENT
    return Axis((Stretch(begin, end, 0.0, 1.0),))


def broken_axis(times: Times, others: Sequence[Times], bounds: tuple[int, int]) -> Axis:
    """The axis of a bundle.

    Args:
        times: (n,) ns in any order, those up to 0 are none: a stretch holds some of them, and is the wider the more.
        others: what else is on the axis; it says how far stretches reach.
        bounds: begin and end of the axis where the whole can be shown as it is.
    """
    mine = _sampled(times)
    if not len(mine):
        return whole_axis(*bounds)
    done, waiting = [], [np.sort(np.concatenate([mine, *map(_sampled, others)]))]
    while waiting:
        part = waiting.pop()
        pieces = _pieces(part)
        if len(pieces) == 1:
            done.append(part)
        else:
            waiting += pieces
    if len(done) == 1:
        return whole_axis(*bounds)
    ends = sorted((int(part[0]), int(part[-1])) for part in done)
    held = [np.diff(np.searchsorted(mine, [begin, end + 1]))[0] for begin, end in ends]
    ends = _joined([one for one, count in zip(ends, held, strict=True) if count])
    if len(ends) == 1:
        return whole_axis(*ends[0])
    weights = np.sqrt([np.diff(np.searchsorted(mine, [begin, end + 1]))[0] for begin, end in ends])
    return _side_by_side(ends, weights)


def _sampled(times: Times) -> Times:
    some = np.sort(times[:: max(len(times) // _SAMPLE, 1)])
    return np.asarray(some[some > 0], np.int64)


def _pieces(part: Times) -> list[Times]:
    """Times in order cut at their long gaps, where they fill next to nothing of their time."""
    length = int(part[-1] - part[0])
    if length < _SHORT:
        return [part]
    # In floats: nanoseconds of some months times the buckets do not fit 64 bits.
    busy = np.unique(((part - part[0]) / length * (_BUCKETS - 1)).astype(np.int64))
    if len(busy) > _BUSY:
        return [part]
    return np.split(part, np.flatnonzero(np.diff(part) > length / _GAP) + 1)


def _joined(ends: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """No more than :data:`_MOST`, those joined between which the least time lies."""
    gaps = [after[0] - before[1] for before, after in pairwise(ends)]
    cuts = sorted(np.argsort(gaps)[::-1][: _MOST - 1].tolist()) if gaps else []
    firsts, lasts = [0, *(cut + 1 for cut in cuts)], [*cuts, len(ends) - 1]
    return [(ends[first][0], ends[last][1]) for first, last in zip(firsts, lasts, strict=True)]


def _side_by_side(ends: list[tuple[int, int]], weights: Floats) -> Axis:
    count = len(ends)
    free = 1.0 - _BREAK * (count - 1)
    wide = np.maximum(weights / weights.sum() * free, _LEAST)
    wide *= free / wide.sum()
    left, found = 0.0, []
    for (begin, end), width in zip(ends, wide.tolist(), strict=True):
        room = (end - begin) // _ROOM or _MOMENT
        found.append(Stretch(begin - room, end + room, left, left + width))
        left += width + _BREAK
    return Axis(tuple(found))
