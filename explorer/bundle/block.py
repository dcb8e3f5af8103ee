"""A piece of text: where JSON documents that are spread over lines begin and end in it, and where to cut it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from explorer.bundle.brackets import Positions, Scratch, State, Structure, structure
from explorer.bundle.breaks import first_break
from explorer.bundle.document import HEAD_BYTES, broken_lines, may_follow, opens_json
from explorer.bundle.nesting import BLANK

NEAR_BYTES: Final = 256 << 10
"""So far back a line is searched that begins a record; longer stack traces are cut."""

_ENOUGH: Final = 160

_CONTINUES: Final = re.compile(
    rb"\s|$|[)\]}]|at |\.\.\.|---|"
    rb"(?:Caused by|Suppressed|Traceback \(most recent|During handling of|The above exception|goroutine )|"
    rb"[A-Za-z_][\w.$]*(?:Error|Exception|Warning|Interrupt|Exit|Throwable)\b"
)
_CONTENT: Final = re.compile(rb"[^ \t\r\n\x1e]")
_ON_LINE: Final = re.compile(rb"[^ \t\r]")
_CONTAINERS: Final = (0x7B, 0x5B)
_BRACE: Final = np.uint8(0x7B)
_BETWEEN_BRACKETS: Final = np.uint8(0x20)
"""The bit that tells `{` from `[`, and `}` from `]`."""

_LONG: Final = 4 << 10
"""Bytes of a line from which on one search a line costs less than comparing every byte."""


def no_positions() -> Positions:
    """None at all."""
    return np.empty(0, np.int64)


def positions(mask: NDArray[np.bool_]) -> Positions:
    """As :func:`np.flatnonzero` where few are set: eight at a time are looked at first."""
    whole = len(mask) // 8 * 8
    words = mask[:whole].view(np.uint64)
    at = np.flatnonzero(words != 0)
    found = words[at]
    if len(at) * 8 > whole or (np.bitwise_count(found) > 1).any():
        return np.flatnonzero(mask)
    first = at * 8 + (np.bitwise_count(found - np.uint64(1)) >> 3)
    return np.concatenate((first, np.flatnonzero(mask[whole:]) + whole))


def newlines_of(data: bytes) -> Positions:
    """Offsets of all newlines, (n,)."""
    found: list[int] = []
    at = data.find(b"\n")
    while at >= 0:
        found.append(at)
        if len(found) == 64 and at < 64 * _LONG:
            return positions(np.frombuffer(data, np.uint8) == 10)
        at = data.find(b"\n", at + 1)
    return np.array(found, np.int64)


def last_record(data: bytes) -> int:
    """Where the last line begins that is no continuation of others, as far as it can be told; 0 if it is far back."""
    last = begin = data.rfind(b"\n") + 1
    if len(data) - begin < _ENOUGH:  # too little of the line to tell
        begin = data.rfind(b"\n", 0, max(0, begin - 1)) + 1
    while begin > 0 and last - begin < NEAR_BYTES:
        if not _CONTINUES.match(data[begin : begin + _ENOUGH]):
            return begin
        begin = data.rfind(b"\n", 0, begin - 1) + 1
    return 0


@dataclass(frozen=True, slots=True)
class Found:
    """What begins at a place of a block.

    Attributes:
        kind: ``document``; ``broken``: one that is cut short; ``line``: at least a line of text or of JSON;
            ``open``: the block does not tell.
        end: behind a document.
        torn: offset of the first newline in it that seems to stand within a text, -1 for none.
    """

    kind: Literal["document", "broken", "line", "open"]
    end: int = -1
    torn: int = -1


class Block:
    """Consecutive bytes of a text that begin where a record begins.

    Attributes:
        data: the bytes.
        ended: nothing follows them.

    Args:
        following: what begins a record right behind them, as far as that is known.
    """

    def __init__(self, data: bytes, scratch: Scratch, *, ended: bool, following: bytes = b"") -> None:
        self.data = data
        self.ended = ended
        self._scratch = scratch
        self._following = following

    @cached_property
    def newlines(self) -> Positions:
        """Offsets of all newlines."""
        return newlines_of(self.data)

    def newlines_in(self, begin: int, end: int) -> Positions:
        """Offsets of the newlines in ``data[begin:end]``, counted from ``begin``."""
        first, last = np.searchsorted(self.newlines, (begin, end))
        return self.newlines[first:last] - begin

    @cached_property
    def _nesting(self) -> Structure:
        return structure(self.data, State(), self._scratch)

    @cached_property
    def _closers(self) -> tuple[Positions, NDArray[np.int64]]:
        """Offsets of the closing brackets, and the depth behind each, counted from the start of the block."""
        at = self._nesting.positions(self._nesting.closes)
        return at, self._nesting.depth_behind(at)

    @cached_property
    def _broken_lines(self) -> Positions:
        return broken_lines(self.data, self._scratch)

    @cached_property
    def _openings(self) -> Positions:
        """Offsets of the lines that begin with a bracket and do not end with its counterpart."""
        data, newlines = np.frombuffer(self.data, np.uint8), self.newlines
        starts = np.concatenate(([0], newlines + 1))[: len(newlines)]  # the last line has no end here
        chosen = (data[starts] | _BETWEEN_BRACKETS) == _BRACE
        begin, end = starts[chosen], newlines[chosen]
        last = data[end - 1]
        last = np.where((last == 13) & (end - 2 > begin), data[end - 2], last)
        openings: Positions = begin[last != data[begin] + 2]  # `}` and `]` are `{` and `[` plus two
        return openings

    def content(self, begin: int, between: bytes) -> int | None:
        """Offset of the first byte at or behind ``begin`` that is not among ``between``; None if there is none."""
        at, size = begin, 16
        while at < len(self.data):
            piece = self.data[at : at + size]
            rest = piece.lstrip(between)
            if rest:
                return at + len(piece) - len(rest)
            at, size = at + size, size * 4
        return None

    def line_begin(self, at: int, least: int) -> int:
        """Where the line that holds ``at`` begins, but not before ``least``; its indentation is bounded."""
        return max(least, at - HEAD_BYTES, self.data.rfind(b"\n", least, at) + 1)

    def value(self, begin: int) -> Found:
        """What the bracket at ``begin`` opens."""
        newline = self._newline(begin)
        end = self._end_of_value(begin, newline)
        if end is not None and (newline < 0 or end <= newline):
            return self._on_one_line(end)
        if newline < 0:
            return Found("open")
        if not self._goes_on(newline):
            return Found("line", torn=self._torn(begin, newline + 1))
        at = int(np.searchsorted(self._broken_lines, newline))
        broken = int(self._broken_lines[at]) if at < len(self._broken_lines) else len(self.data)
        if broken < (len(self.data) if end is None else end):
            return Found("broken", broken, self._torn(begin, broken))
        torn = self._torn(begin, len(self.data) if end is None else end)
        return Found("open", torn=torn) if end is None else Found("document", end, torn)

    def next_document(self, begin: int) -> int | None:
        """Offset of the first line at or behind ``begin`` that begins a document of several lines."""
        for i in range(int(np.searchsorted(self._openings, begin)), len(self._openings)):
            at = int(self._openings[i])
            newline = self._newline(at)
            if opens_json(self.data, at) and self._goes_on(newline):
                end = self._end_of_value(at, newline)
                if end is None or end > newline:
                    return at
        return None

    def cut(self) -> int:
        """Behind the last line that is complete together with those that continue it; 0 if there is none."""
        if self._following:
            return len(self.data)
        return last_record(self.data) or self.data.rfind(b"\n") + 1

    def longer_lines(self, begin: int, end: int, limit: int) -> list[tuple[int, int]]:
        """Begin and end of the lines of plain text in ``data[begin:end]`` that are longer than ``limit`` bytes."""
        if end - begin <= limit:
            return []
        inner = self.newlines[np.searchsorted(self.newlines, begin) : np.searchsorted(self.newlines, end)]
        edges = np.concatenate(([begin], inner + 1, [end]))
        found = [(int(edges[i]), int(edges[i + 1])) for i in np.flatnonzero(np.diff(edges) > limit)]
        return [line for line in found if self.data[line[0]] not in _CONTAINERS]

    def _on_one_line(self, end: int) -> Found:
        """What a value is that ends at ``end``, on its first line."""
        rest = _ON_LINE.search(self.data, end)
        if rest and rest[0] != b"\n":
            separate = rest[0] in b",;\x1e" or opens_json(self.data, rest.start())
            return Found("document", end) if separate else Found("line")
        if self._following or _CONTENT.search(self.data, end):
            return Found("line")
        return Found("document", end) if self.ended else Found("open")

    def _end_of_value(self, begin: int, newline: int) -> int | None:
        if "_nesting" not in self.__dict__ and begin < newline < begin + len(self.data) // 2:
            ends = structure(self.data[begin:newline], State(), self._scratch).ends()
            if len(ends):
                return begin + int(ends[0])
        at, depth = self._closers
        outside = int(self._nesting.depth_behind(np.array([begin]))[0]) - 1
        first, count = int(np.searchsorted(at, begin)), 64
        while first < len(at):
            closing = np.flatnonzero(depth[first : first + count] <= outside)
            if len(closing):
                return int(at[first + closing[0]]) + 1
            first, count = first + count, count * 4
        return None

    def _torn(self, begin: int, end: int) -> int:
        """See :class:`Found`, for a value that was looked at from ``begin`` to ``end``."""
        unclosed = self._nesting.unclosed
        first, last = np.searchsorted(unclosed, (begin, end))
        return first_break(self.data, unclosed[first:last])

    def _newline(self, begin: int) -> int:
        """Offset of the first newline at or behind ``begin``, -1 if there is none."""
        at = int(np.searchsorted(self.newlines, begin))
        return int(self.newlines[at]) if at < len(self.newlines) else -1

    def _goes_on(self, newline: int) -> bool:
        """Whether a value that is open at that newline can go on behind it."""
        following = _CONTENT.search(self.data, newline, newline + HEAD_BYTES)
        line = self.data[max(0, newline - _ENOUGH) : newline].rstrip(BLANK)
        if not may_follow(line, following[0] if following else self._following[:1]):
            return False
        unclosed = self._nesting.unclosed
        at = np.searchsorted(unclosed, newline)
        return not (at < len(unclosed) and unclosed[at] == newline)
