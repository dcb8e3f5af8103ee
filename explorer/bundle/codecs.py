"""Decoders of one frame (gzip member, bzip2 or xz stream, zstd frame) with one common interface."""

from __future__ import annotations

import bz2
import lzma
import struct
import sys
import zlib
from collections.abc import Callable
from typing import Final, Protocol

from explorer.bundle.ledger import Damage
from explorer.bundle.magic import Kind

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

XZ_MEMORY: Final = 256 << 20
ZSTD_WINDOW_LOG: Final = 27
"""128 MiB, as the zstd library itself allows by default; a frame may ask for terabytes."""

_LONGEST_GZIP_HEADER: Final = 1 << 17


class Frame(Protocol):
    """A decoder of one frame, as ``bz2.BZ2Decompressor``."""

    @property
    def eof(self) -> bool:
        """The frame is complete."""
        ...

    @property
    def needs_input(self) -> bool:
        """No more comes out before more goes in."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What was put in beyond the end of the frame."""
        ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """Take ``data``; return at most ``max_length`` (above 0) bytes."""
        ...


class Inflate:
    """Raw DEFLATE (RFC 1951)."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        self._full = False

    @property
    def eof(self) -> bool:
        """As :class:`Frame`."""
        return self._inflate.eof

    @property
    def needs_input(self) -> bool:
        """As :class:`Frame`."""
        return not self._inflate.unconsumed_tail and not self._full

    @property
    def unused_data(self) -> bytes:
        """As :class:`Frame`."""
        return self._inflate.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """As :class:`Frame`."""
        out = self._inflate.decompress(self._inflate.unconsumed_tail + data, max_length)
        self._full = len(out) == max_length  # zlib may hold more although it took all the input
        return out


class Stored:
    """``size`` bytes that are not packed at all."""

    unused_data = b""

    def __init__(self, size: int) -> None:
        self._left = size
        self._held = b""

    @property
    def eof(self) -> bool:
        """As :class:`Frame`."""
        return not self._left

    @property
    def needs_input(self) -> bool:
        """As :class:`Frame`."""
        return bool(self._left) and not self._held

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """As :class:`Frame`."""
        data = self._held + data
        out, self._held = data[:max_length], data[max_length:]
        self._left -= len(out)
        return out


class GzipMember:
    """A gzip member (RFC 1952). A wrong checksum is told and does not lose the data, as zlib's own reader would."""

    def __init__(self, on_bad_checksum: Callable[[], None]) -> None:
        self._bad_checksum = on_bad_checksum
        self._inflate = Inflate()
        self._outside = b""  # of the header or the trailer
        self._in_header = True
        self._sum = 0
        self._size = 0
        self.eof = False

    @property
    def needs_input(self) -> bool:
        """As :class:`Frame`."""
        return self._in_header or self._inflate.eof or self._inflate.needs_input

    @property
    def unused_data(self) -> bytes:
        """As :class:`Frame`."""
        return self._outside if self.eof else b""

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """As :class:`Frame`."""
        if self._in_header:
            self._outside += data
            begin = _gzip_header(self._outside)
            if begin is None:
                return b""
            data, self._outside, self._in_header = self._outside[begin:], b"", False
        elif self._inflate.eof:
            self._end(data)
            return b""
        out = self._inflate.decompress(data, max_length)
        self._sum = zlib.crc32(out, self._sum)
        self._size += len(out)
        if self._inflate.eof:
            self._end(self._inflate.unused_data)
        return out

    def _end(self, data: bytes) -> None:
        self._outside += data
        if len(self._outside) < 8:
            return
        if struct.unpack("<II", self._outside[:8]) != (self._sum, self._size & 0xFFFFFFFF):
            self._bad_checksum()
        self._outside = self._outside[8:]
        self.eof = True


def _gzip_header(data: bytes) -> int | None:
    """Length of the header at the start of ``data``; None if it is not complete yet."""
    if len(data) > _LONGEST_GZIP_HEADER:
        raise Damage("unreadable-archive", "The gzip header does not end.")
    if len(data) < 10:
        return None
    flags = data[3]
    if flags & 0xE0:
        raise Damage("unreadable-archive", "The gzip header has flags that do not exist.")
    at = 10
    if flags & 4:  # extra field
        if len(data) < 12:
            return None
        at = 12 + int.from_bytes(data[10:12], "little")
    for flag in (8, 16):  # name, comment
        if flags & flag:
            at = data.find(b"\0", at) + 1
            if not at:
                return None
    at += 2 if flags & 2 else 0  # checksum of the header
    return at if at <= len(data) else None


def new_frame(kind: Kind, on_bad_checksum: Callable[[], None]) -> Frame:
    """A decoder for the next frame of a stream of that kind."""
    if kind == "gzip":
        return GzipMember(on_bad_checksum)
    if kind == "bzip2":
        return bz2.BZ2Decompressor()
    if kind == "xz":
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY)
    if kind == "zstd":
        return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW_LOG})
    raise ValueError(kind)
