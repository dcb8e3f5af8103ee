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
from explorer.bundle.breaks import first_break
from explorer.bundle.hugepages import large_bytes
from explorer.bundle.member import READ_BYTES
from explorer.bundle.nesting import BLANK, before_blanks
from explorer.bundle.window import Window

HEAD_BYTES: Final = 4096
"""So much of a value tells what it is."""

_ENOUGH: Final = 256
_COMMA: Final = 0x2C
_OPENERS: Final = (0x7B, 0x5B)
_CLOSERS: Final = (0x7D, 0x5D)

_OPENING: Final = re.compile(
    rb'\{\s*(?:["}]|//|/\*|$)|\[[\s\[]*(?:["{\]]|$|-?\d+(?:\.\d+)?\s*,\s*["{]|(?:null|true|false)\s*,\s*["{\[nt])'
)

_REMARKED: Final = re.compile(rb'((?:[^"/]++|"[^"\\]*+(?:\\.[^"\\]*+)*"|/(?![/*]))*)(?://.*|/\*.*\*/)')
"""A line of JSON that ends in a comment."""


def opens_json(data: bytes, at: int = 0) -> bool:
    """Whether an object or array seems to begin at ``at``. ``[2024-01-01`` and ``[INFO]`` are text."""
    return bool(_OPENING.match(data, at, at + HEAD_BYTES))


@dataclass(frozen=True, slots=True)
class Value:
    """A value as far as it was read.

    Attributes:
        data: its bytes.
        end: ``closed``; ``cut`` where the stream ends first; ``broken`` where it is left (see above);
            ``line`` where it is no value at all but a line of text, and nothing was read.
        missing: bytes of it beyond the limit, which are not in ``data``.
        torn: offset of a newline that seems to stand within a text of it, -1 for none; nothing was read then.
    """

    data: bytes
    end: Literal["closed", "cut", "broken", "line"]
    missing: int = 0
    torn: int = -1


def read_value(window: Window, limit: int, expected: int = 0, *, joined: bool = False) -> Value:
    """Read the object or array that begins at the window's place, at most ``limit`` bytes of it.

    Args:
        expected: bytes that there are likely to be; 0: nobody knows.
        joined: no newline stands within a text of it.
    """
    return _Reading(window, limit, expected).value(joined=joined)


def read_rest(window: Window, limit: int, expected: int = 0) -> bytes | None:
    """Read all that is left, as far as it may be one value, without looking where that ends.

    White space behind it stays to be read. None where it is larger than the limit or the first line is all of a
    value; then nothing was read.
    """
    return _Reading(window, limit, expected).rest()


class _Reading:
    def __init__(self, window: Window, limit: int, expected: int) -> None:
        self._window = window
        self._limit = limit
        # Gives its buffer away without a copy, which counts with large documents.
        self._data = io.BytesIO(large_bytes(min(expected, limit)))
        self._missing = 0
        self._state = State()
        self._scratch = Scratch()
        self._last = b""  # the last bytes without the white space behind them
        self._starts_line = False
        self._first_line = True

    def value(self, *, joined: bool) -> Value:
        """Read on until the value ends in one way or another."""
        while chunk := self._window.read(READ_BYTES):
            found = structure(chunk, self._state, self._scratch)
            ends = found.ends()
            end = int(ends[0]) if len(ends) else len(chunk)
            newline = self._first_newline(chunk[:end])
            torn = -1 if joined or self._missing else first_break(chunk, found.unclosed[found.unclosed < end])
            if torn >= 0:
                torn += self._data.tell()
                self._give_back(chunk)
                return Value(b"", "line", torn=torn)
            if newline >= 0 and (newline in found.unclosed or not self._goes_on(chunk, newline)):
                self._give_back(chunk)
                return Value(b"", "line")
            broken = self._broken_line(chunk, end)
            if broken is not None:
                return self._ended(chunk, broken, "broken")
            if len(ends):
                return self._ended(chunk, end, "closed")
            self._take(chunk)
            self._state = found.after
        return Value(self._taken(), "cut", self._missing)

    def rest(self) -> bytes | None:
        """All that is left (see :func:`read_rest`)."""
        blanks = b""
        while chunk := self._window.read(READ_BYTES):
            newline = self._first_newline(chunk)
            too_large = self._data.tell() + len(chunk) > self._limit
            if too_large or (newline >= 0 and not self._goes_on(chunk, newline)):
                self._give_back(chunk)
                return None
            self._take(chunk)
            blanks = chunk[len(chunk.rstrip(BLANK)) :]
        self._data.seek(self._data.tell() - len(blanks))
        self._window.unread(blanks)
        return self._taken()

    def _first_newline(self, chunk: bytes) -> int:
        """Where the first line ends; -1 where it does not, or did before."""
        newline = chunk.find(b"\n") if self._first_line else -1
        self._first_line = self._first_line and newline < 0
        return newline

    def _give_back(self, chunk: bytes) -> None:
        self._window.unread(chunk)
        self._window.unread(self._taken())

    def _taken(self) -> bytes:
        self._data.truncate()
        return self._data.getvalue()

    def _take(self, chunk: bytes) -> None:
        room = max(0, self._limit - self._data.tell())
        self._data.write(chunk[:room] if len(chunk) > room else chunk)
        self._missing += max(0, len(chunk) - room)
        self._last = (self._last + chunk[-_ENOUGH:]).rstrip(BLANK)[-_ENOUGH:]
        self._starts_line = chunk.endswith(b"\n")

    def _ended(self, chunk: bytes, at: int, end: Literal["closed", "broken"]) -> Value:
        self._window.unread(chunk[at:])
        self._take(chunk[:at])
        return Value(self._taken(), end, self._missing)

    def _goes_on(self, chunk: bytes, newline: int) -> bool:
        """Whether the value can go on behind its first line."""
        following = chunk[newline:].lstrip(BLANK) or self._window.peek(256).lstrip(BLANK)
        return may_follow(chunk[:newline].rstrip(BLANK) or self._last, following)

    def _broken_line(self, chunk: bytes, end: int) -> int | None:
        """Offset of the first line before ``end`` that cannot belong to the value; None if there is none."""
        if self._starts_line and chunk[0] > 0x20 and not may_follow(self._last, chunk):
            return 0
        if b"\n" not in chunk:
            return None
        broken = broken_lines(chunk, self._scratch)
        return int(broken[0]) if len(broken) and broken[0] < end else None


def may_follow(line: bytes, following: bytes) -> bool:
    """Whether JSON may go on from a line to the next one.

    Args:
        line: its end, without white space behind it.
        following: the beginning of what follows, without white space before it.
    """
    if not line or not following:
        return not following
    return _may_follow(line, following) or _behind_remark(line, following)


def _may_follow(line: bytes, following: bytes) -> bool:
    if (
        line.endswith(b",") and following[0] in b"{["
    ):  # in a list, behind another of its kind; not in an object
        return line[:-1].rstrip(BLANK).endswith((b"}", b"]"))
    return bool(_MAY_FOLLOW[line[-1], following[0]])


def _behind_remark(line: bytes, following: bytes) -> bool:
    """Whether JSON may go on so where a comment, as people write it by hand, is left out of account."""
    if following.startswith((b"//", b"/*")):
        return True
    match = _REMARKED.fullmatch(line, line.rfind(b"\n") + 1)
    return match is not None and (not match[1].strip() or _may_follow(match[1].rstrip(BLANK), following))


def broken_lines(chunk: bytes, scratch: Scratch) -> Positions:
    """Offsets of the lines that begin in the first column and cannot go on with JSON, without the chunk's first one."""
    data = np.frombuffer(chunk, np.uint8)
    newline, second = scratch.of(len(data) - 1)
    np.equal(data[:-1], 10, out=newline)
    visible = np.greater(data[1:], 0x20, out=second.view(np.bool_))
    at = np.flatnonzero(np.logical_and(newline, visible, out=newline))
    last = _last_before(chunk, data, at)
    first = data[at + 1]
    fits = _MAY_FOLLOW[data[last], first]
    listed = (data[last] == _COMMA) & np.isin(first, _OPENERS)
    fits[listed] = np.isin(data[last[listed] - 1], _CLOSERS)  # see may_follow
    broken = at[~fits & (last > 0)]
    if len(broken) and (b"//" in chunk or b"*/" in chunk):
        broken = np.array([i for i in broken.tolist() if not _remarked(chunk, i)], np.intp)
    return broken + 1


def _remarked(chunk: bytes, newline: int) -> bool:
    """Whether the line behind goes on with JSON, but for a comment at the end of the line before or in itself."""
    begin = max(chunk.rfind(b"\n", 0, newline) + 1, newline - HEAD_BYTES)
    return _behind_remark(chunk[begin:newline].rstrip(BLANK), chunk[newline + 1 : newline + 3])


def _last_before(chunk: bytes, data: NDArray[np.uint8], at: Positions) -> Positions:
    """Offset of the last byte before each of the newlines ``at`` that is not white space; below 1 if there is none."""
    last = at - 1
    last[(data[last] == 13) & (last > 0)] -= 1
    for i in np.flatnonzero(data[last] <= 0x20).tolist():
        last[i] = before_blanks(chunk, int(at[i])) - 1
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
