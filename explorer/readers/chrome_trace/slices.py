"""Slices out of trace events: beginnings joined with their ends, and what lies within what.

The format has no parent ids: slices of one thread nest by time, asynchronous ones by their id.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct

from explorer.readers.chrome_trace.shapes import NO_RAW, Event
from explorer.readers.chrome_trace.times import ABSENT

ROUNDED_NS: Final = 1000
"""Writers round begin and duration to µs apart from each other: an end may stand out so far."""

ENDLESS: Final = 1 << 62


class Slice(Struct, gc=False):
    """One stretch of time.

    Attributes:
        index: ordinal of the event that begins it.
        last: ordinal of the event that ends it, -1 where it is the same one or there is none.
        lane: number of its thread, or of its asynchronous id.
        start: ns; :data:`ABSENT` where it is not said.
        duration: ns; None where it does not end.
        parent: ordinal of the event that begins the slice around it, -1 for none.
    """

    index: int
    lane: int
    start: int
    duration: int | None
    last: int = -1
    parent: int = -1

    @property
    def end(self) -> int:
        """When it ends, far away where it does not."""
        return ENDLESS if self.duration is None else min(self.start + self.duration, ENDLESS)


class Lanes(dict[tuple[bytes, ...], int]):
    """Threads and asynchronous ids to numbers."""

    def __missing__(self, key: tuple[bytes, ...]) -> int:
        number = self[key] = len(self)
        return number


def thread_of(event: Event) -> tuple[bytes, ...]:
    """The lane of what happens on a thread."""
    return bytes(event.pid), bytes(event.tid)


def async_of(event: Event) -> tuple[bytes, ...]:
    """The lane of what is asynchronous: its category and id, which may be local to the process."""
    local = bytes(event.pid) if b'"local"' in bytes(event.id2) else b""
    return b"async", event.cat.encode(), bytes(event.id2 if event.id2 is not NO_RAW else event.id), local


def legacy_of(event: Event) -> tuple[bytes, ...]:
    """The lane of the old asynchronous events (phases S, T, p and F), which are told apart by name, too."""
    return *async_of(event), event.name.encode()


_LANE: Final = {"B": thread_of, "E": thread_of, "b": async_of, "e": async_of, "S": legacy_of, "F": legacy_of}


def paired(
    events: Sequence[Event], which: Sequence[int], times: Sequence[int], lanes: Lanes
) -> tuple[list[Slice], int]:
    """Slices of beginnings and ends (phases B E, b e, S F), and how many ends have no beginning.

    An end closes what was begun last on its lane, whatever name it states. ``which`` are ordinals of such events.
    """
    found: list[Slice] = []
    open_: dict[int, list[Slice]] = {}
    lost = 0
    for i in sorted(which, key=times.__getitem__):
        event = events[i]
        lane = lanes[_LANE[event.ph](event)]
        stack = open_.setdefault(lane, [])
        if event.ph in "BbS":
            stack.append(Slice(i, lane, times[i], None))
            found.append(stack[-1])
        elif stack:
            last = stack.pop()
            last.last, last.duration = i, times[i] - last.start
        else:
            lost += 1
    return found, lost


def nest(slices: Sequence[Slice]) -> list[Slice]:
    """Give each slice its parent: the shortest of its lane that holds it. Returns them by lane and start."""
    lane = np.array([one.lane for one in slices], np.int64)
    start = np.array([one.start for one in slices], np.int64)
    end = np.array([one.end for one in slices], np.int64)
    index = np.array([one.index for one in slices], np.int64)
    ordered = [slices[i] for i in np.lexsort((index, -end, start, lane)).tolist()]
    stack: list[tuple[int, int]] = []  # end and ordinal of what is open
    before = -1
    for one in ordered:
        if one.lane != before:
            before, stack = one.lane, []
        end_ns, start_ns = one.end, one.start
        while stack and not _holds(stack[-1][0], start_ns, end_ns):
            stack.pop()
        if stack and start_ns != ABSENT:
            one.parent = stack[-1][1]
        stack.append((end_ns, one.index))
    return ordered


def _holds(outer_end: int, start: int, end: int) -> bool:
    """Whether what began earlier and ends at ``outer_end`` holds a slice; one that stands out mostly lies within."""
    return end <= outer_end or 0 < end - outer_end < min(outer_end - start, ROUNDED_NS)


class Finder:
    """Finds the slice at a time of a thread.

    Args:
        ordered: as :func:`nest` returns them.
    """

    def __init__(self, ordered: Sequence[Slice]) -> None:
        self._ordered = ordered
        self._by_index = {one.index: one for one in ordered}
        lane = np.array([one.lane for one in ordered], np.int64)
        self._starts = np.array([one.start for one in ordered], np.int64)
        lanes = int(lane.max(initial=-1)) + 2
        self._first = np.searchsorted(lane, np.arange(lanes + 1))

    def around(self, lane: int, time: int) -> Slice | None:
        """The innermost slice of the lane that is open at that time."""
        at = self._position(lane, time, "right")
        if at is None or at == 0 or at - 1 < self._first[lane]:
            return None
        one: Slice | None = self._ordered[at - 1]
        while one is not None and one.end < time:
            one = self._by_index.get(one.parent)
        return one

    def after(self, lane: int, time: int) -> Slice | None:
        """The first slice of the lane that begins then or later."""
        at = self._position(lane, time, "left")
        return self._ordered[at] if at is not None and at < self._first[lane + 1] else None

    def _position(self, lane: int, time: int, side: str) -> int | None:
        if lane + 1 >= len(self._first):
            return None
        begin, end = int(self._first[lane]), int(self._first[lane + 1])
        return begin + int(np.searchsorted(self._starts[begin:end], time, side=side))  # type: ignore[call-overload]
