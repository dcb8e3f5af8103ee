"""Line numbers of places in files, for people who open the file beside what is said of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from explorer.model.raw import DECODED, ChangedError, RawBytes

_PIECE: Final = 4 << 20


def line_numbers(raw: RawBytes, file: int, offsets: Iterable[int]) -> dict[int, int]:
    """Number of the line, from 1, in which each offset of a file's unpacked content lies.

    Reads the file up to the last of them, once. Offsets that cannot be read any more, or that count bytes decoded
    from what cannot be read in part, are left out.
    """
    found: dict[int, int] = {}
    at, line = raw.first(file), 1
    try:
        for offset in sorted({one for one in offsets if 0 <= one < DECODED}):
            while at < offset:
                piece = raw.read(file, at, min(_PIECE, offset - at))
                if not piece:
                    return found
                line += piece.count(b"\n")
                at += len(piece)
            found[offset] = line
    except ChangedError:
        return found
    return found
