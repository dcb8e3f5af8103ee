"""The nesting of a JSON document or of the beginning of one, without parsing it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from explorer.bundle.brackets import Positions, Scratch, State, Structure, structure

DEEPEST: Final = 1024
"""Documents that are open deeper than this are given up: no parser in use here reads them."""

CHUNK_BYTES: Final = 1 << 20

BLANK: Final = b" \t\r\n"
_COMMA: Final = 0x2C
_LONGEST_NAME: Final = 256


class Nesting:
    """The brackets of ``data[begin:end]``, looked at chunk by chunk, so that the memory stays small.

    Attributes:
        after: state at the end.
    """

    def __init__(self, data: bytes, end: int, begin: int = 0) -> None:
        self.data = data
        self.end = end
        self._scratch = Scratch()
        self._begins = range(begin, end, CHUNK_BYTES)
        self._states: list[State] = []
        self._lowest: list[int] = []
        self.after = State()
        for at in self._begins:
            self._states.append(self.after)
            found = structure(self._chunk(at), self.after, self._scratch)
            self._lowest.append(int(found.lowest().min()))
            self.after = found.after

    def open_brackets(self) -> list[int]:
        """Offsets of the brackets that are open at the end, outermost first; none if there are too many."""
        level = self.after.depth
        if not 0 < level <= DEEPEST:
            return []
        found: list[int] = []
        number = len(self._states) - 1
        while level and number >= 0:  # the last bracket with which the depth rose to a level opened it
            if self._lowest[number] < level:
                nesting = self._structure(number)
                while level and (at := _last_rise(nesting, level)) is not None:
                    found.append(self._begins[number] + at)
                    level -= 1
            number -= 1
        return [] if level else found[::-1]

    def openers(self, depths: tuple[int, ...]) -> Iterator[tuple[int, int]]:
        """Offset and depth of the brackets that open one of the ``depths``, rising."""
        for number, lowest in enumerate(self._lowest):
            if lowest >= max(depths):
                continue
            nesting = self._structure(number)
            words = np.flatnonzero((nesting.opens != 0) & (nesting.lowest() < max(depths)))
            step, depth = nesting.steps(words)
            row, column = np.nonzero((step > 0) & np.isin(depth, depths))
            offsets = self._begins[number] + words[row] * 64 + column
            yield from zip(offsets.tolist(), depth[row, column].tolist(), strict=True)

    def last_comma(self, depth: int, behind: int) -> int | None:
        """Offset of the last comma at that depth and not before ``behind``."""
        for number in range(len(self._states) - 1, -1, -1):
            begin = self._begins[number]
            if begin + CHUNK_BYTES <= behind:
                return None
            if self._lowest[number] <= depth:
                nesting = self._structure(number)
                at = nesting.outside(np.frombuffer(self._chunk(begin), np.uint8) == _COMMA)
                at = at[(nesting.depth_behind(at) == depth) & (at + begin >= behind)]
                if len(at):
                    return begin + int(at[-1])
        return None

    def _chunk(self, begin: int) -> bytes:
        return self.data[begin : min(self.end, begin + CHUNK_BYTES)]

    def _structure(self, number: int) -> Structure:
        return structure(self._chunk(self._begins[number]), self._states[number], self._scratch)


def _last_rise(nesting: Structure, level: int) -> int | None:
    words: Positions = np.flatnonzero((nesting.opens != 0) & (nesting.lowest() < level))
    end, count = len(words), 16
    while end > 0:  # mostly it is one of the last
        chosen = words[max(0, end - count) : end]
        step, depth = nesting.steps(chosen)
        row, column = np.nonzero((step > 0) & (depth == level))
        if len(row):
            return int(chosen[row[-1]] * 64 + column[-1])
        end, count = end - count, count * 4
    return None


def end_of_value(data: bytes, begin: int) -> int | None:
    """Offset behind the object or array that begins at ``begin``; None if it does not end."""
    state, scratch = State(), Scratch()
    for at in range(begin, len(data), CHUNK_BYTES):
        found = structure(data[at : at + CHUNK_BYTES], state, scratch)
        ends = found.ends()
        if len(ends):
            return at + int(ends[0])
        state = found.after
    return None


def key_before(data: bytes, at: int) -> tuple[int, bytes]:
    """Where the member begins whose value begins at ``at``, and its name; ``(at, b"")`` where it has none."""
    colon = before_blanks(data, at) - 1
    close = before_blanks(data, colon) - 1 if colon > 0 and data[colon : colon + 1] == b":" else -1
    if close < 1 or data[close : close + 1] != b'"':
        return at, b""
    first = max(0, close - _LONGEST_NAME)
    quote = data.rfind(b'"', first, close)
    while quote > 0 and (quote - len(data[first:quote].rstrip(b"\\")) - first) & 1:
        quote = data.rfind(b'"', first, quote)
    return (quote, data[quote + 1 : close]) if quote >= 0 else (at, b"")


def before_blanks(data: bytes, at: int) -> int:
    """Offset behind the last byte before ``at`` that is no white space."""
    window = 64
    while True:
        first = max(0, at - window)
        kept = data[first:at].rstrip(BLANK)
        if kept or not first:
            return first + len(kept)
        window *= 16


def behind_blanks(data: bytes, at: int, end: int) -> int:
    """Offset of the first byte from ``at`` on that is no white space, at most ``end``."""
    window = 64
    while True:
        last = min(end, at + window)
        kept = data[at:last].lstrip(BLANK)
        if kept or last == end:
            return last - len(kept)
        window *= 16
