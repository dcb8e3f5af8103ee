"""The raw bytes of the bundle, to be read again by (file, offset, length).

A plain file of the user is read where it lies, after its size, time and inode were compared (never
mapped: a file truncated under a map kills the process). Members of archives and transcoded files are
kept as zstd blocks in memory, or in the cache folder once the store is saved there.
"""

from __future__ import annotations

import os
import sys
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from explorer.model.records import File

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LEVEL = 1

AHEAD = 64 << 10
"""Bytes of a file that are read at once where those behind the ones read last are asked for: records are small."""

LATELY, LATELY_BLOCKS = 16 << 20, 64
"""Bytes and number of the unpacked blocks kept at most: by their time, records of several files come in turns."""

DECODED = 1 << 60
"""Offsets from here on count bytes of :meth:`BlockWriter.canonical`, decoded from what cannot be read in part."""


class ChangedError(Exception):
    """The user's file is no longer the one that was read. The text is a sentence for the user."""


class BlockSource(Protocol):
    """Where packed blocks lie: memory while reading, a cache file after."""

    def block(self, number: int) -> bytes:
        """The packed bytes of a block."""
        ...


@dataclass(slots=True)
class MemoryBlocks:
    """Packed blocks held in memory."""

    packed: list[bytes] = field(default_factory=list)

    def block(self, number: int) -> bytes:
        """The packed bytes of block ``number``."""
        return self.packed[number]


@dataclass(slots=True)
class FileBlocks:
    """Packed blocks in one cache file; ``ends`` holds each block's end offset."""

    path: Path
    ends: Sequence[int]

    def block(self, number: int) -> bytes:
        """The packed bytes of block ``number``."""
        begin = int(self.ends[number - 1]) if number else 0
        with open(self.path, "rb") as stream:
            stream.seek(begin)
            return stream.read(int(self.ends[number]) - begin)


@dataclass(frozen=True, slots=True)
class BlockMap:
    """Which blocks hold a file: ``starts[i]`` is the offset of the first byte in block ``first + i``."""

    first: int
    starts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What was read of a file on disk."""

    file: int = -1
    begin: int = 0
    data: bytes = b""

    @property
    def end(self) -> int:
        return self.begin + len(self.data)


def open_at_once(path: str, flags: int) -> int:
    """What ``open`` takes as its opener where a pipe may have come into a file's place: it is not waited for."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


class RawBytes:
    """Reads any stretch of any member again."""

    def __init__(self, files: Sequence[File], maps: dict[int, BlockMap], blocks: BlockSource) -> None:
        self.files = files
        self.maps = maps
        self.blocks = blocks
        self._lately: dict[int, bytes] = {}
        self._near = _Stretch()

    def read(self, file: int, offset: int, length: int) -> bytes:
        """The bytes at ``offset`` of the member's unpacked content.

        Raises:
            ChangedError: the file on disk changed or vanished since it was read.
        """
        if offset >= DECODED:
            return self._from_blocks(self.maps[~file], offset, length) if ~file in self.maps else b""
        if file in self.maps:
            return self._from_blocks(self.maps[file], offset, length)
        return self._read_ahead(file, offset, length)

    def first(self, file: int) -> int:
        """Offset of the first byte of a member that can be read again: what fills it before that is passed over."""
        return self.maps[file].starts[0] if file in self.maps and self.maps[file].starts else 0

    def _read_ahead(self, file: int, offset: int, length: int) -> bytes:
        near = self._near
        if near.file != file or not near.begin <= offset <= near.end + AHEAD:
            near = _Stretch(file, offset, self._from_disk(self.files[file], offset, length))
        elif offset + length > near.end:
            near = _Stretch(file, offset, self._from_disk(self.files[file], offset, max(length, AHEAD)))
        if len(near.data) <= AHEAD:
            self._near = near
        return near.data[offset - near.begin : offset - near.begin + length]

    def _from_disk(self, file: File, offset: int, length: int) -> bytes:
        if file.path is None:
            raise ChangedError(f"The bytes of {file.name} were not kept.")
        try:
            with open(file.path, "rb", opener=open_at_once) as stream:
                now = os.fstat(stream.fileno())
                if (now.st_size, now.st_mtime_ns, now.st_ino) != (file.size, file.mtime_ns, file.inode):
                    raise ChangedError(
                        f"{file.name} changed on disk since it was opened. Reload to read it again."
                    )
                stream.seek(offset)
                return stream.read(length)
        except OSError as error:
            raise ChangedError(f"{file.name} can no longer be read: {error.strerror}.") from error

    def _from_blocks(self, where: BlockMap, offset: int, length: int) -> bytes:
        parts: list[bytes] = []
        at = max(0, bisect_right(where.starts, offset) - 1)
        while length > 0 and at < len(where.starts):
            data = self._unpacked(where.first + at)
            begin = offset - where.starts[at]
            part = data[begin : begin + length]
            if not part:
                break
            parts.append(part)
            offset += len(part)
            length -= len(part)
            at += 1
        return b"".join(parts)

    def _unpacked(self, number: int) -> bytes:
        data = self._lately.get(number)
        if data is None:
            try:
                packed = self.blocks.block(number)
            except OSError as error:  # the cache folder was emptied
                raise ChangedError(
                    "What was kept of this bundle is gone. Reload to read it again."
                ) from error
            data = zstd.decompress(packed)
            lately = {**self._lately, number: data}  # never changed once it is seen: threads read here, too
            size = sum(map(len, lately.values()))
            while len(lately) > 1 and (size > LATELY or len(lately) > LATELY_BLOCKS):
                size -= len(lately.pop(next(iter(lately))))
            self._lately = lately
        return data


class BlockWriter:
    """Packs the bytes of members that cannot be read again from disk, while they are read."""

    def __init__(self) -> None:
        self._packed: dict[int, list[bytes]] = {}
        self._starts: dict[int, list[int]] = {}
        self._waiting: dict[int, bytearray] = {}
        self._decoded: dict[int, int] = {}

    def keep(self, file: int, offset: int, data: bytes, *, block_bytes: int = 4 << 20) -> None:
        """Keep ``data``, which begins at ``offset`` of ``file``; blocks of one file come in order."""
        packed, starts = self._packed.setdefault(file, []), self._starts.setdefault(file, [])
        for begin in range(0, len(data), block_bytes):
            packed.append(zstd.compress(data[begin : begin + block_bytes], LEVEL))
            starts.append(offset + begin)

    def canonical(self, file: int, data: bytes, *, block_bytes: int = 1 << 20) -> int:
        """Keep what was decoded of a file; returns its offset, which is :data:`DECODED` or more.

        Small pieces are packed together; :meth:`close` packs what is left of them.
        """
        at = self._decoded.get(file, 0)
        self._decoded[file] = at + len(data)
        waiting = self._waiting.setdefault(file, bytearray())
        waiting += data
        if len(waiting) >= block_bytes:
            self.close(file)
        return DECODED + at

    def close(self, file: int) -> None:
        """Pack what waits of a file that was read."""
        waiting = self._waiting.pop(file, None)
        if waiting:
            self.keep(~file, DECODED + self._decoded[file] - len(waiting), bytes(waiting))

    @property
    def blocks(self) -> MemoryBlocks:
        """All blocks, those of one file together, in the order of :meth:`maps`."""
        return MemoryBlocks([block for packed in self._packed.values() for block in packed])

    def maps(self) -> dict[int, BlockMap]:
        """Block map of every file kept; of what was decoded of a file, under the complement of its number."""
        found, first = {}, 0
        for file, starts in self._starts.items():
            found[file] = BlockMap(first, tuple(starts))
            first += len(starts)
        return found
