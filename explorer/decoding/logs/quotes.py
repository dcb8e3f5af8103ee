"""Where the quotes of JSON lines stand, and which lines are written so plainly that this tells their structure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.decoding.logs.lines import Lines
from explorer.decoding.logs.words import words_at

Longs = NDArray[np.int64]
Mask = NDArray[np.bool_]
Bytes = NDArray[np.uint8]

_QUOTE: Final = 0x22
_SLASH: Final = 0x5C
_BLANK: Final = 0x20
_WORD: Final = 64
_ESCAPES: Final = np.zeros(256, bool)
_ESCAPES[np.frombuffer(b'"\\/bfnrt', np.uint8)] = True
_HIGH: Final = np.uint64(0x8080808080808080)
_MANY: Final = 16
"""Where a word in so many holds other characters than ASCII, all bytes are decoded to see whether they are UTF-8."""


@dataclass(frozen=True, slots=True)
class Quotes:
    r"""Quotes that are not escaped.

    Attributes:
        bits: a bit for each byte of the data, the lowest first, set where a quote stands; one stands behind the end.
        plain: bool (n,), lines without control characters, ``\u`` and bytes that are no UTF-8.
        slashes: int64, where backslashes stand.
        slashed: bool (n,), lines that have some.
    """

    bits: bytes
    plain: Mask
    slashes: Longs
    slashed: Mask

    @staticmethod
    def of(lines: Lines) -> Quotes:
        """The quotes of lines, of which there must be one; what lies between them is looked at as well."""
        end = int(lines.ends[-1])
        buffer = np.frombuffer(lines.data, np.uint8)[:end]
        plain, slashed = np.ones(len(lines), bool), np.zeros(len(lines), bool)
        is_quote = buffer == _QUOTE
        slashes = np.empty(0, np.int64)
        if lines.data.find(b"\\", 0, end) >= 0:
            slashes = np.flatnonzero(buffer == _SLASH)
            escaped = _escaped(slashes)
            escaped = escaped[escaped < end]
            is_quote[escaped] = False
            plain[_rows_of(lines, escaped[~_ESCAPES[buffer[escaped]]])] = False
            slashed[_rows_of(lines, slashes)] = True
        if np.count_nonzero(buffer < _BLANK) != _controls_between(buffer, lines):
            plain[_rows_of(lines, np.flatnonzero(buffer < _BLANK))] = False
        if not lines.data.isascii():
            _find_wrong_text(plain, lines, end)
        bits = np.packbits(is_quote, bitorder="little").tobytes() + b"\xff" * (_WORD // 4)
        return Quotes(bits, plain, slashes, slashed)

    def behind(self, begins: Longs, end: int) -> Longs:
        """The first quote at or behind each place, or ``end`` if there is none before that."""
        found = self._near(begins)
        far = np.flatnonzero(found < 0)
        at = begins[far]
        while len(far):
            at = (at | 7) + (_WORD - 7)
            near = np.where(at < end, self._near(np.minimum(at, end)), end)
            found[far] = near
            further = near < 0
            far, at = far[further], at[further]
        return np.minimum(found, end)

    def _near(self, begins: Longs) -> Longs:
        """The same for quotes that are at most 56 bytes away; -1 for others."""
        words = words_at(self.bits, begins >> 3, 1)[:, 0] >> (begins & 7).view(np.uint64)
        lowest = words & -words
        found: Longs = begins + np.bitwise_count(lowest - np.uint64(1))
        found[words == 0] = -1
        return found

    def have_slashes(self, rows: Longs, begins: Longs, ends: Longs) -> Mask:
        """Bool (n,): whether a backslash stands in each stretch, each of which lies in one of the rows."""
        if not len(self.slashes):
            return np.zeros(len(begins), bool)
        found = self.slashed[rows]
        some = np.flatnonzero(found)
        first, last = np.searchsorted(self.slashes, (begins[some], ends[some]))
        found[some] = first < last
        return found


def _escaped(slashes: Longs) -> Longs:
    """Places behind the backslashes that escape what follows: every other one of a run."""
    number = np.arange(len(slashes))
    begins = np.ones(len(slashes), bool)
    begins[1:] = slashes[1:] != slashes[:-1] + 1
    of_run = number - np.maximum.accumulate(np.where(begins, number, 0))
    places: Longs = slashes[of_run % 2 == 0] + 1
    return places


def _rows_of(lines: Lines, places: Longs) -> Longs:
    """The lines in which some of the places lie, in order, some of them several times."""
    row = np.searchsorted(lines.starts, places, "right") - 1
    inside = (row >= 0) & (places < lines.ends[np.maximum(row, 0)])
    found: Longs = row[inside]
    return found


def _controls_between(buffer: Bytes, lines: Lines) -> int:
    """How many control characters end lines, but the last: one each, or two where a carriage return stands there."""
    gaps = lines.starts[1:] - lines.ends[:-1]
    first = int(np.count_nonzero(buffer[lines.ends[:-1]] < _BLANK))
    two = lines.ends[:-1][gaps == 2] + 1
    return first + int(np.count_nonzero(buffer[two] < _BLANK))


def _find_wrong_text(plain: Mask, lines: Lines, end: int) -> None:
    """Mark lines that are no UTF-8; where few have other characters than ASCII, only those are looked at."""
    words = np.flatnonzero((np.frombuffer(lines.data, np.uint64, end // 8) & _HIGH) > 0)
    last = end // 8 * 8
    if len(words) * _MANY * 8 < end:
        touched = np.concatenate((words * 8, words * 8 + 7, [last] * (not lines.data[last:end].isascii())))
        rows = np.unique(np.searchsorted(lines.starts, touched, "right") - 1)
        rows = rows[rows >= 0]
        looked_at = b"\n".join(lines.take(rows).texts())
    else:
        rows, looked_at = np.arange(len(lines)), lines.data[:end]
    if not _is_utf8(looked_at):
        plain[rows] &= [_is_utf8(line) for line in lines.take(rows).texts()]


def _is_utf8(data: bytes) -> bool:
    try:
        str(data, "utf-8")
    except UnicodeDecodeError:
        return False
    return True
