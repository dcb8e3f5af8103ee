"""Reads one JSON value from a stream: where it ends, or where it breaks off.

A value that is spread over lines is left, as cut short, where a line begins in the first column with something
that cannot follow the line before, such as text of a log, or the next document. Lines that begin with white
space are always taken for its own: what is wrong in them the parser will find.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from explorer.bundle.brackets import Positions, Scratch, State, structure
from explorer.bundle.member import READ_BYTES
from explorer.bundle.nesting import BLANK
from explorer.bundle.window import Window

_OPENING: Final = re.compile(rb'\{\s*(?:["}]|$)|\[[\s\[]*(?:["{\]]|$)')


def opens_json(head: bytes) -> bool:
    """Whether an object or array seems to begin here. ``[2024-01-01`` and ``[INFO]`` are text."""
    return bool(_OPENING.match(head))


@dataclass(frozen=True, slots=True)
class Value:
    """A value as far as it was read.

    Attributes:
        data: its bytes.
        end: ``closed``; ``cut`` where the stream ends first; ``broken`` where it is left (see above);
            ``line`` where it is no value at all but a line of text, and nothing was read.
        missing: bytes of it beyond the limit, which are not in ``data``.
    """

    data: bytes
    end: Literal["closed", "cut", "broken", "line"]
    missing: int = 0


def read_value(window: Window, limit: int) -> Value:
    """Read the object or array that begins at the window's place, at most ``limit`` bytes of it."""
    return _Reading(window, limit).value()


class _Reading:
    def __init__(self, window: Window, limit: int) -> None:
        self._window = window
        self._limit = limit
        self._data = io.BytesIO()  # gives its buffer away without a copy, which counts with large documents
        self._missing = 0
        self._state = State()
        self._scratch = Scratch()
        self._last = 0  # the last byte that is not white space
        self._starts_line = False
        self._first_line = True

    def value(self) -> Value:
        """Read on until the value ends in one way or another."""
        while chunk := self._window.read(READ_BYTES):
            found = structure(chunk, self._state, self._scratch)
            ends = found.ends()
            end = int(ends[0]) if len(ends) else len(chunk)
            newline = chunk.find(b"\n", 0, end) if self._first_line else -1
            if newline >= 0:
                self._first_line = False
                if newline in found.unclosed or not self._goes_on(chunk, newline):
                    self._window.unread(chunk)
                    self._window.unread(self._data.getvalue())
                    return Value(b"", "line")
            broken = self._broken_line(chunk, end)
            if broken is not None:
                return self._ended(chunk, broken, "broken")
            if len(ends):
                return self._ended(chunk, end, "closed")
            self._take(chunk)
            self._state = found.after
        return Value(self._data.getvalue(), "cut", self._missing)

    def _take(self, chunk: bytes) -> None:
        room = max(0, self._limit - self._data.tell())
        self._data.write(chunk[:room] if len(chunk) > room else chunk)
        self._missing += max(0, len(chunk) - room)
        seen = chunk.rstrip(BLANK)
        self._last = seen[-1] if seen else self._last
        self._starts_line = chunk.endswith(b"\n")

    def _ended(self, chunk: bytes, at: int, end: Literal["closed", "broken"]) -> Value:
        self._window.unread(chunk[at:])
        self._take(chunk[:at])
        return Value(self._data.getvalue(), end, self._missing)

    def _goes_on(self, chunk: bytes, newline: int) -> bool:
        """Whether the value can go on behind its first line."""
        following = chunk[newline:].lstrip(BLANK) or self._window.peek(256).lstrip(BLANK)
        seen = chunk[:newline].rstrip(BLANK)
        return may_follow(seen[-1] if seen else self._last, following)

    def _broken_line(self, chunk: bytes, end: int) -> int | None:
        """Offset of the first line before ``end`` that cannot belong to the value; None if there is none."""
        if self._starts_line and chunk[0] > 0x20 and not may_follow(self._last, chunk):
            return 0
        if b"\n" not in chunk:
            return None
        broken = broken_lines(chunk, self._last, self._scratch)
        return int(broken[0]) if len(broken) and broken[0] < end else None


def may_follow(last: int, following: bytes) -> bool:
    """Whether JSON on the line after one that ends with ``last`` may begin with ``following`` (no blanks before it)."""
    return not following or bool(_MAY_FOLLOW[last, following[0]])


def broken_lines(chunk: bytes, last: int, scratch: Scratch) -> Positions:
    """Offsets of the lines that begin in the first column and cannot go on with JSON, without the chunk's first one.

    Args:
        last: the last byte before the chunk that is not white space.
    """
    data = np.frombuffer(chunk, np.uint8)
    newline, second = scratch.of(len(data) - 1)
    np.equal(data[:-1], 10, out=newline)
    visible = np.greater(data[1:], 0x20, out=second.view(np.bool_))
    at = np.flatnonzero(np.logical_and(newline, visible, out=newline))
    return at[~_MAY_FOLLOW[_last_before(chunk, data, at, last), data[at + 1]]] + 1 if len(at) else at


def _last_before(chunk: bytes, data: NDArray[np.uint8], at: Positions, before: int) -> NDArray[np.uint8]:
    """The last byte before each of the newlines ``at`` that is not white space."""
    last = np.where(at > 0, data[at - 1], before).astype(np.uint8)
    returns = (last == 13) & (at > 1)
    last[returns] = data[at[returns] - 2]
    for i in np.flatnonzero(last <= 0x20).tolist():
        place = int(at[i]) - 1
        while place >= 0 and chunk[place] in BLANK:
            place -= 1
        last[i] = chunk[place] if place >= 0 else before
    return last


def _table() -> NDArray[np.bool_]:
    """Shape (256, 256): whether a line of JSON may begin with the second byte after one that ended with the first."""
    table = np.zeros((256, 256), np.bool_)
    values = list(b'{["-0123456789tfnNI')  # N and I: NaN and Infinity, which some writers put
    closing = list(b",]}")
    table[np.ix_(list(b"[,:"), values)] = True
    table[ord("["), ord("]")] = True
    table[ord("{"), list(b'"}')] = True
    table[np.ix_(list(b'"0123456789elyN]}'), closing)] = True  # e, l, y, N: true, null, Infinity, NaN
    table[ord('"'), ord(":")] = True
    return table


_MAY_FOLLOW: Final = _table()
