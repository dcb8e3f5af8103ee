"""Cuts text into blocks of whole lines, so that what belongs together stays together."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from explorer.bundle.brackets import Positions, State, structure
from explorer.bundle.document import MAY_FOLLOW, opens_json
from explorer.bundle.limits import Limits
from explorer.bundle.nesting import BLANK
from explorer.bundle.window import Window

NEAR_BYTES: Final = 256 << 10
"""So far back a line is searched that begins a record; longer stack traces are cut."""

_ENOUGH: Final = 160
"""So much of a line tells whether it goes on with the record before."""

_CONTINUES: Final = re.compile(
    rb"\s|$|[)\]}]|at |\.\.\.|---|"
    rb"(?:Caused by|Suppressed|Traceback \(most recent|During handling of|The above exception|goroutine )|"
    rb"[A-Za-z_][\w.$]*(?:Error|Exception|Warning|Interrupt|Exit|Throwable)\b"
)
_CONTAINERS: Final = (0x7B, 0x5B)


@dataclass(frozen=True, slots=True)
class Lines:
    """Whole lines, or (with empty ``data``) one that was too long.

    Attributes:
        offset: of ``data[0]``, or of the line that was left out.
        data: bytes of the lines, with their newlines.
    """

    offset: int
    data: bytes


def blocks(window: Window, limits: Limits, block_bytes: int) -> Iterator[Lines]:
    """Blocks of lines, until the stream ends or a JSON document begins that is spread over lines.

    The first line is never looked at as the beginning of such a document.
    """
    first = True
    while True:
        data, ended, offset = *_block(window, limits, block_bytes), window.offset
        offset -= len(data)
        if not data:
            return
        if not ended and b"\n" not in data:
            _skip_line(window)
            yield Lines(offset, b"")
            continue
        cut = len(data) if ended else _cut(data)
        newlines = np.flatnonzero(np.frombuffer(data, np.uint8, cut) == 10)
        document = _document(data, newlines, cut, first=first)
        cut = cut if document is None else document
        window.unread(data[cut:])
        yield from _within_limit(data[:cut] if cut < len(data) else data, offset, newlines, limits)
        if document is not None:
            return
        first = False


def _block(window: Window, limits: Limits, block_bytes: int) -> tuple[bytes, bool]:
    """At least ``block_bytes`` with a newline in them, and whether the stream ended; of a line too long its start."""
    data = io.BytesIO()
    has_newline, bound = False, 0
    while data.tell() < block_bytes or not has_newline:
        piece = window.read()
        if not piece:
            return data.getvalue(), True
        bound = bound or (limits.document_bytes if piece[0] in _CONTAINERS else limits.record_bytes)
        has_newline = has_newline or b"\n" in piece
        data.write(piece)
        if not has_newline and data.tell() > max(bound, block_bytes):
            break
    return data.getvalue(), False


def _cut(data: bytes) -> int:
    """Behind the last line that is complete together with those that continue it."""
    last = begin = data.rfind(b"\n") + 1
    if len(data) - begin < _ENOUGH:  # too little of the next line to tell
        begin = data.rfind(b"\n", 0, begin - 1) + 1
    while begin > 0 and last - begin < NEAR_BYTES:
        if not _CONTINUES.match(data[begin : begin + _ENOUGH]):
            return begin
        begin = data.rfind(b"\n", 0, begin - 1) + 1
    return last


def _document(data: bytes, newlines: Positions, cut: int, *, first: bool) -> int | None:
    """Offset of the first line, not the very first of all, with which a document of several lines begins."""
    bytes_ = np.frombuffer(data, np.uint8)
    starts = newlines + 1 if first else np.concatenate(([0], newlines + 1))
    starts = starts[starts < cut]
    opening = starts[np.isin(bytes_[starts], _CONTAINERS)]
    if not len(opening) or not len(newlines):
        return None
    ends = newlines[np.searchsorted(newlines, opening).clip(max=len(newlines) - 1)]
    last = bytes_[ends - 1]
    last = np.where((last == 13) & (ends - 2 > opening), bytes_[ends - 2], last)
    open_ended = (ends > opening) & (last != bytes_[opening] + 2)  # `}` and `]` are `{` and `[` plus two
    for begin, end in zip(opening[open_ended].tolist(), ends[open_ended].tolist(), strict=True):
        if opens_json(data[begin : begin + 64]) and _goes_on(data, begin, end):
            return int(begin)
    return None


def _goes_on(data: bytes, begin: int, end: int) -> bool:
    """Whether the line ``data[begin:end]`` opens something that the next line can go on with."""
    following = data[end : end + 256].lstrip(BLANK)
    last = data[max(begin, end - 64) : end].rstrip(BLANK)[-1:]
    if not last or (following and not MAY_FOLLOW[last[0], following[0]]):
        return False
    found = structure(data[begin:end], State())
    return not found.after.in_string and found.after.depth > 0 and not len(found.ends())


def _within_limit(data: bytes, offset: int, newlines: Positions, limits: Limits) -> Iterator[Lines]:
    """The lines without those of text above the limit, each of which is told by an empty block."""
    if not data:
        return
    edges = np.concatenate(([0], newlines[newlines < len(data)] + 1, [len(data)]))
    begin = 0
    for i in np.flatnonzero(np.diff(edges) > limits.record_bytes).tolist():
        start, end = int(edges[i]), int(edges[i + 1])
        if data[start] in _CONTAINERS:
            continue
        if begin < start:
            yield Lines(offset + begin, data[begin:start])
        yield Lines(offset + start, b"")
        begin = end
    if begin < len(data):
        yield Lines(offset + begin, data[begin:] if begin else data)


def _skip_line(window: Window) -> None:
    while piece := window.read():
        newline = piece.find(b"\n") + 1
        if newline:
            window.unread(piece[newline:])
            return
