"""Where the messages of OTLP lie in a file, and their plain bytes.

Source: opentelemetry-collector-contrib exporter/fileexporter: one message after the other, each behind its length in
four bytes, most significant first; with compression each message is packed by itself (a frame of zstd).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explorer.bundle.codecs import new_frame

MAGIC: Final = b"\x28\xb5\x2f\xfd"
_PREFIX: Final = 4
_FIRST: Final = (b"\n", b"{", MAGIC[:1])
_RATIO: Final = 200
_FREE: Final = 16 << 20

Place = tuple[int, int]
"""Begin and end of a message without its length."""


def is_framed(data: bytes) -> bool:
    """Whether lengths stand before the messages."""
    size = int.from_bytes(data[:_PREFIX], "big")
    first = data[_PREFIX : _PREFIX + 1]
    return (
        0 < size < 1 << 31
        and first in _FIRST
        and (first != MAGIC[:1] or data[_PREFIX : 2 * _PREFIX] == MAGIC)
    )


def messages(data: bytes) -> Iterator[Place]:
    """Where the messages lie; the last one may be cut short."""
    if not is_framed(data):
        yield 0, len(data)
        return
    at = 0
    while at + _PREFIX < len(data):
        begin = at + _PREFIX
        at = begin + int.from_bytes(data[at:begin], "big")
        yield begin, min(at, len(data))


def is_cut(data: bytes) -> bool:
    """Whether the file ends within a message or its length."""
    if not is_framed(data):
        return False
    at = 0
    while at + _PREFIX <= len(data):
        at += _PREFIX + int.from_bytes(data[at : at + _PREFIX], "big")
    return at != len(data)


def plain(data: bytes, most: int = 1 << 32) -> tuple[bytes, bool]:
    """A message unpacked, and whether all of it came out.

    Args:
        data: its bytes in the file.
        most: bytes at most; what is packed more than 200 to 1 is also bounded, once 16 MiB came out.
    """
    if data[: len(MAGIC)] != MAGIC:
        return data, True
    frame = new_frame("zstd", lambda: None)
    limit = min(most, max(_FREE, _RATIO * len(data)))
    try:
        out = frame.decompress(data, limit)
    except Exception:  # noqa: BLE001 - the library's error has no common base
        return b"", False
    return out, frame.eof
