"""Where the quotes of JSON lines stand, and which lines are written so plainly that this tells their structure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.decoding.logs.lines import Lines

Longs = NDArray[np.int64]
Mask = NDArray[np.bool_]
Bytes = NDArray[np.uint8]

_QUOTE: Final = 0x22
_SLASH: Final = 0x5C
_BLANK: Final = 0x20
_ESCAPES: Final = np.zeros(256, bool)
_ESCAPES[np.frombuffer(b'"\\/bfnrt', np.uint8)] = True


@dataclass(frozen=True, slots=True)
class Quotes:
    r"""Quotes that are not escaped.

    Attributes:
        at: int64, where they stand in the data, ascending.
        first: int64 (n,), index in ``at`` of the first one of each line.
        count: int64 (n,), how many each line has.
        plain: bool (n,), lines without control characters, ``\u`` and bytes that are no UTF-8.
        slashes: int64, where backslashes stand.
    """

    at: Longs
    first: Longs
    count: Longs
    plain: Mask
    slashes: Longs

    @staticmethod
    def of(lines: Lines) -> Quotes:
        """The quotes of lines, of which there must be one; what lies between them is looked at as well."""
        end = int(lines.ends[-1])
        buffer = np.frombuffer(lines.data, np.uint8)[:end]
        plain = np.ones(len(lines), bool)
        is_quote = buffer == _QUOTE
        slashes = np.empty(0, np.int64)
        if lines.data.find(b"\\", 0, end) >= 0:
            slashes = np.flatnonzero(buffer == _SLASH)
            escaped = _escaped(slashes)
            escaped = escaped[escaped < end]
            is_quote[escaped] = False
            _unset(plain, lines, escaped[~_ESCAPES[buffer[escaped]]])
        controls = buffer < _BLANK
        if np.count_nonzero(controls) != len(lines) - 1:  # more than the line breaks
            _unset(plain, lines, np.flatnonzero(controls))
        if not _is_utf8(lines.data, end):
            _unset(plain, lines, np.flatnonzero(buffer > 0x7F))
        at = np.flatnonzero(is_quote)
        return Quotes(at, *_shared_out(at, lines), plain, slashes)

    def have_slashes(self, begins: Longs, ends: Longs) -> Mask:
        """Bool (n,): whether a backslash stands in each stretch."""
        if not len(self.slashes):
            return np.zeros(len(begins), bool)
        found: Mask = np.searchsorted(self.slashes, begins) < np.searchsorted(self.slashes, ends)
        return found


def _escaped(slashes: Longs) -> Longs:
    """Places behind the backslashes that escape what follows: every other one of a run."""
    number = np.arange(len(slashes))
    begins = np.ones(len(slashes), bool)
    begins[1:] = slashes[1:] != slashes[:-1] + 1
    of_run = number - np.maximum.accumulate(np.where(begins, number, 0))
    places: Longs = slashes[of_run % 2 == 0] + 1
    return places


def _unset(plain: Mask, lines: Lines, places: Longs) -> None:
    """Mark the lines in which some of the places lie."""
    row = np.searchsorted(lines.starts, places, "right") - 1
    inside = (row >= 0) & (places < lines.ends[np.maximum(row, 0)])
    plain[row[inside]] = False


def _is_utf8(data: bytes, end: int) -> bool:
    if data.isascii():
        return True
    try:
        str(memoryview(data)[:end], "utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _shared_out(at: Longs, lines: Lines) -> tuple[Longs, Longs]:
    """Index of the first quote of each line, and how many it has."""
    count, rest = divmod(len(at), len(lines))
    if not rest and count:  # nearly always all lines have as many
        places = at.reshape(len(lines), count)
        if (places[:, 0] >= lines.starts).all() and (places[:, -1] < lines.ends).all():
            return np.arange(0, len(at), count), np.full(len(lines), count, np.int64)
    first = np.searchsorted(at, lines.starts)
    return first, np.searchsorted(at, lines.ends) - first
