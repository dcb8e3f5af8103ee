"""Line breaks within the texts of JSON, which nobody may write and some do: read as spaces.

Elsewhere a newline ends a text (see :mod:`explorer.bundle.brackets`), so that an unclosed quote spoils one line and
not the rest. A break within a text is told from that by what stands behind the next quote: where a text ends, JSON
goes on with a comma, a colon or a closing bracket.
"""

from __future__ import annotations

import io
import re
from bisect import bisect_left
from typing import Final

import numpy as np

from explorer.bundle.brackets import Positions, quotes_of
from explorer.bundle.member import READ_BYTES, ByteStream

LONGEST: Final = 1 << 20
"""A text that goes on for longer behind a newline is taken for one that is not closed."""

_END: Final = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*(")[ \t\r\n]*', re.DOTALL)
_BEHIND_A_TEXT: Final = b",:]}"


def ends_behind(data: bytes, newline: int) -> int | None:
    """Where the text ends in which that newline stands; 0 where it does not, None where ``data`` does not tell."""
    end = _END.match(data, newline, newline + LONGEST)
    if end is None or end.end() == len(data):
        return 0 if len(data) - newline >= LONGEST else None
    return end.end(1) if data[end.end()] in _BEHIND_A_TEXT else 0


def first_break(data: bytes, newlines: Positions) -> int:
    """The first of the newlines behind which the text ends that it stands in; -1 where there is none."""
    return next((at for at in newlines.tolist() if ends_behind(data, at)), -1)


def joined(data: bytes) -> bytes:
    """A document with spaces for the newlines within its texts, byte for byte as long."""
    stream, pieces = Joined(io.BytesIO(data)), []
    while piece := stream.read(READ_BYTES):
        pieces.append(piece)
    return b"".join(pieces)


class Joined:
    """A stream that begins outside a text, with spaces for the newlines within the texts of its JSON."""

    def __init__(self, below: ByteStream) -> None:
        self._below = below
        self._in_text = self._escaped = False
        self._rest = b""
        self._held = b""

    def read(self, size: int, /) -> bytes:
        """As :class:`explorer.bundle.member.ByteStream`."""
        more = b"-"
        while more and not self._held:
            more = self._below.read(READ_BYTES)
            self._held = self._joined(self._rest + more, ended=not more)
        out, self._held = self._held[:size], self._held[size:]
        return out

    def _joined(self, data: bytes, *, ended: bool) -> bytes:
        """As much of the bytes as can be told; what cannot is kept."""
        quotes, escaped = quotes_of(data, self._escaped)
        newlines = np.flatnonzero(np.frombuffer(data, np.uint8) == 10)
        at = np.flatnonzero(quotes)
        odd = (np.searchsorted(at, newlines) + self._in_text) & 1
        within = [
            newlines[odd == closed].tolist() for closed in (1, 0)
        ]  # by texts that a newline closed: even, odd
        text, place, closed = bytearray(data), 0, 0
        while (i := bisect_left(within[closed], place)) < len(within[closed]):
            place = within[closed][i]
            end = ends_behind(data, place)
            if end is None and not ended:
                self._rest, self._in_text, self._escaped = data[place:], True, False
                return bytes(text[:place])
            if end:
                text[place:end] = text[place:end].replace(b"\n", b" ")
            else:
                closed = 1 - closed
            place = end or place + 1
        self._rest, self._in_text, self._escaped = b"", bool((len(at) + self._in_text + closed) & 1), escaped
        return bytes(text)
