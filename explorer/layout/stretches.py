"""The stretches of time in which a bundle has anything: years between two exports would hide what is in each."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.int64]

_SAMPLE = 20_000
"""Times looked at; they lie evenly among all of them."""
_SHORT = 3_600 * 10**9
"""Whatever lies within an hour is one stretch."""
_BUCKETS, _BUSY = 400, 8
"""A stretch with anything in more than so many of its parts is seen as it is."""
_GAP = 10
"""A gap is as long as one such part of the stretch at least."""
_WORTH = 20
"""Times that a stretch holds for whose sake others are shown apart."""
_ROOM = 50
"""Part of its length by which a stretch is shown wider; one moment is shown with half a minute on both sides."""
_MOMENT = 30 * 10**9


class Stretch(NamedTuple):
    """A stretch of time, ns, and the share of all times that lies in it."""

    begin: int
    end: int
    share: float


def stretches(times: Times, whole: tuple[int, int] = (0, 0)) -> tuple[Stretch, ...]:
    """The stretches that hold any of the times, in their order; none where the whole can be shown as it is.

    Args:
        times: (n,) ns in any order; those up to 0 are none.
        whole: begin and end of all that there is besides, ns.
    """
    some = np.sort(times[:: max(len(times) // _SAMPLE, 1)])
    some = some[some > 0]
    if not len(some):
        return ()
    ends = np.array([time for time in whole if time > 0], np.int64)
    done, waiting = [], [np.sort(np.concatenate([some, ends]))]
    while waiting:
        part = waiting.pop()
        pieces = _pieces(part)
        if max(map(len, pieces)) < _WORTH or len(pieces) == 1:
            done.append(part)
        else:
            waiting += pieces
    if len(done) == 1:
        return ()
    held = [
        some[slice(*np.searchsorted(some, [part[0], part[-1] + 1]))]
        for part in sorted(done, key=lambda one: one[0])
    ]
    return tuple(Stretch(int(part[0]), int(part[-1]), len(part) / len(some)) for part in held if len(part))


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


def chosen(known: tuple[Stretch, ...], near: int) -> int:
    """Number of the stretch shown: the one that holds a time, or else the fullest."""
    for number, one in enumerate(known):
        if one.begin <= near <= one.end:
            return number
    return max(range(len(known)), key=lambda number: known[number].share)


def roomy(one: Stretch) -> tuple[int, int]:
    """Begin and end between which a stretch is shown."""
    room = (one.end - one.begin) // _ROOM or _MOMENT
    return one.begin - room, one.end + room
