"""Stack traces of which each line wears the prefix of its record again: TorchServe's, vLLM's, those sent line by line.

A prefix is the same where its digits may differ: times go on while a trace is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from explorer.decoding.logs import severity as levels
from explorer.decoding.logs.alone import RAISED
from explorer.decoding.logs.lines import LineKind, Lines, LineValues

_TRACEBACK: Final = b"Traceback (most recent call last):"
_FRAMES: Final = (b"\tat ", b"    at ")
_BLANKS: Final = int.from_bytes(b"  ", "little")
_BEHIND_BLANKS: Final = tuple(int.from_bytes(two, "little") for two in (b"at", b" a"))
_FRAME: Final = re.compile(rb"[ \t]+at (?:async )?[\w.$/<>\[\]]+(?: \[as \w+\])? ?\(")
_CHAINED: Final = (b"During handling of the above exception", b"The above exception was the direct cause")
_CAUSE: Final = re.compile(rb"Caused by: |Suppressed: |\s*\.\.\. \d+ (?:more|common frames)")
_DIGITS: Final = bytes.maketrans(b"123456789", b"000000000")
BETWEEN: Final = 8
"""Lines of others between two of a trace: workers write at once."""
SHORTEST: Final = 4
"""Bytes of the shortest prefix."""


@dataclass(frozen=True, slots=True)
class Open:
    """What stands before a line: the line and its severity; where it is of a trace, the prefix that its lines wear.

    ``raised``: it names the exception of a traceback; ``frames``: the trace is no traceback, but has frames below it.
    ``between``: lines of others since the last of the trace.
    """

    line: bytes = b""
    severity: int = 0
    prefix: bytes = b""
    raised: bool = False
    frames: bool = False
    between: int = 0


def join_repeated(lines: Lines, values: LineValues, before: Open) -> Open:
    """Make lines of stack traces go on the record before them, though each begins as records do.

    Args:
        before: what stands before the first line.

    Returns:
        What stands before the line after the last.
    """
    if not len(lines):
        return before
    last = Open(lines[len(lines) - 1], int(values.severity[-1]))
    if not (values.kind == LineKind.TEXT).any():
        return last
    joining = _Joining(lines, values, before, last)
    if before.prefix:
        joining.go_on(0, before)
    if not (values.kind == LineKind.TEXT).any():
        return joining.last
    for row, column in _hits(lines, values, (_TRACEBACK,)):
        if values.kind[row] == LineKind.TEXT and column >= SHORTEST:
            joining.traceback(row, column)
    tabs, blanks = _FRAMES
    may_stand = ((tabs, b"\t" in lines.data), (blanks, _may_be_indented(lines)))
    for row, _ in _hits(lines, values, tuple(frame for frame, may in may_stand if may)):
        if values.kind[row] == LineKind.TEXT:
            joining.frame(row)
    return joining.last


def _may_be_indented(lines: Lines) -> bool:
    """Whether frames may stand behind blanks: two bytes at a time tell it in a third of the time a search takes.

    Wherever a frame begins, two blanks at an even place have ``at``, or a third blank and ``a``, behind them.
    """
    pairs = np.frombuffer(lines.data, "<u2", len(lines.data) // 2)[
        int(lines.starts[0]) // 2 : (int(lines.ends[-1]) + 1) // 2
    ]
    following = pairs[np.flatnonzero(pairs[:-1] == _BLANKS) + 1]
    return any((following == one).any() for one in _BEHIND_BLANKS)


def _hits(lines: Lines, values: LineValues, words: tuple[bytes, ...]) -> Iterator[tuple[int, int]]:
    """Rows that begin a record and hold one of some words, with its place in the line, ascending."""
    found, end = [], int(lines.ends[-1])
    for word in words:
        at = lines.data.find(word, int(lines.starts[0]), end)
        while at >= 0:
            found.append(at)
            at = lines.data.find(word, at + len(word), end)
    places = np.sort(np.array(found, np.int64))
    rows = np.searchsorted(lines.starts, places, "right") - 1
    own = (places < lines.ends[rows]) & (values.kind[rows] == LineKind.TEXT)
    yield from zip(rows[own].tolist(), (places - lines.starts[rows])[own].tolist(), strict=True)


@dataclass(slots=True)
class _Joining:
    lines: Lines
    values: LineValues
    before: Open
    last: Open

    def go_on(self, row: int, trace: Open) -> None:
        """Join what goes on a trace, from a row on."""
        follow = self._causes if trace.frames else self._traceback
        follow(row, trace)

    def traceback(self, row: int, column: int) -> None:
        """A traceback begins at a column of a row: alone, or below the error that it belongs to."""
        prefix = self.lines[row][:column]
        line, severity = self._above(row)
        if severity >= levels.WARN and behind(prefix, line) is not None:
            self._join(row)
        elif self.values.severity[row] < levels.WARN:
            self.values.severity[row] = levels.ERROR
        self._traceback(row + 1, Open(prefix=prefix))

    def _traceback(self, row: int, trace: Open) -> None:
        raised, between = trace.raised, trace.between
        for i in range(row, len(self.lines)):
            rest = behind(trace.prefix, self.lines[i])
            if rest is None or self.values.kind[i] != LineKind.TEXT:
                between += 1
                if raised or between > BETWEEN:
                    return
                continue
            goes_on = not rest.strip() or rest.startswith((*_CHAINED, _TRACEBACK))
            indented = rest[:1].isspace()
            if not goes_on and (raised or not (indented or RAISED.match(rest))):
                return
            raised = not goes_on and not indented if not raised else not rest.startswith(_TRACEBACK)
            if between:  # a record is one stretch of bytes: the trace goes on in another
                self.values.severity[i] = max(int(self.values.severity[i]), levels.ERROR)
            else:
                self._join(i)
            between = 0
        self._leave_open(replace(trace, raised=raised, between=between))

    def frame(self, row: int) -> None:
        """A frame of Java, .NET or JavaScript goes on the line before it, and what is said of causes goes on it."""
        match = _FRAME.search(self.lines[row])
        if match is None or match.start() < SHORTEST:
            return
        prefix = self.lines[row][: match.start()]
        if behind(prefix, self._above(row)[0]):
            self._join(row)
            self._causes(row + 1, Open(prefix=prefix, frames=True))

    def _causes(self, row: int, trace: Open) -> None:
        for i in range(row, len(self.lines)):
            rest = behind(trace.prefix, self.lines[i])
            if rest is None or self.values.kind[i] != LineKind.TEXT or not _CAUSE.match(rest.lstrip(b" ")):
                return
            self._join(i)
        self._leave_open(trace)

    def _above(self, row: int) -> tuple[bytes, int]:
        if row:
            return self.lines[row - 1], int(self.values.severity[row - 1])
        return self.before.line, self.before.severity

    def _join(self, row: int) -> None:
        self.values.kind[row] = LineKind.UNKNOWN

    def _leave_open(self, trace: Open) -> None:
        self.last = replace(trace, line=self.last.line, severity=self.last.severity)


def behind(prefix: bytes, line: bytes) -> bytes | None:
    """What stands in a line behind a prefix, whose digits may differ; None where it begins otherwise."""
    worn = line[: len(prefix)].translate(_DIGITS)
    mask = prefix.translate(_DIGITS)
    if worn == mask:
        return line[len(prefix) :]
    return b"" if worn == mask.rstrip() else None
