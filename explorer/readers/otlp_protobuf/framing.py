"""Where the messages of OTLP lie in a file, and their plain bytes.

Source: opentelemetry-collector-contrib exporter/fileexporter: one message after the other, each behind its length in
four bytes, most significant first; with compression each message is packed by itself (a frame of zstd). OpenTelemetry's
specification of files (protocol/file-exporter.md) wants lengths as Protocol Buffers write numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explorer.bundle.codecs import new_frame
from explorer.decoding.wire import WireError, varint
from explorer.readers.otlp_protobuf.decoding import signal_of

MAGIC: Final = b"\x28\xb5\x2f\xfd"
_PREFIX: Final = 4
_FIRST: Final = (b"\n", b"{", MAGIC[:1])
_RATIO: Final = 200
_FREE: Final = 16 << 20

Place = tuple[int, int]
"""Begin and end of a message without its length."""


def is_framed(data: bytes) -> bool:
    """Whether lengths stand before the messages."""
    return first_of(data) > 0


def first_of(data: bytes) -> int:
    """Where the first message begins, behind four bytes or behind a number; 0 where no length stands before it."""
    size, first = int.from_bytes(data[:_PREFIX], "big"), data[_PREFIX : _PREFIX + 1]
    if 0 < size < 1 << 31 and first in _FIRST and (first != MAGIC[:1] or data[_PREFIX:].startswith(MAGIC)):
        return _PREFIX
    try:
        size, at = varint(data, 0, _PREFIX)
    except (WireError, IndexError):
        return 0
    inner = data[at : at + size]
    return at if inner[:1] == b"\n" and signal_of(inner) and not signal_of(data) else 0


def messages(data: bytes) -> Iterator[Place]:
    """Where the messages lie; the last one may be cut short."""
    if not is_framed(data):
        yield 0, len(data)
        return
    for begin, end in _places(data):
        if begin < len(data):
            yield begin, min(end, len(data))


def is_cut(data: bytes) -> bool:
    """Whether the file ends within a message or its length."""
    return is_framed(data) and [0, *(end for _, end in _places(data))][-1] != len(data)


def _places(data: bytes) -> Iterator[Place]:
    """Where the messages would lie if none were cut; what is left of a length is a message too."""
    numbered, at = first_of(data) < _PREFIX, 0
    while at < len(data):
        begin, size = at + _PREFIX, int.from_bytes(data[at : at + _PREFIX], "big")
        if numbered:
            try:
                size, begin = varint(data, at, len(data))
            except WireError:
                begin, size = len(data) + 1, 0
        at = begin + size
        yield begin, at


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
