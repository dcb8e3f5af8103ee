"""Streams with look-ahead that end where something goes wrong, instead of raising."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import BinaryIO

from explorer.bundle.ledger import Ledger
from explorer.bundle.member import READ_BYTES


class Source(ABC):
    """A stream of bytes, forward only. An exception below it becomes an issue, and the stream ends.

    Attributes:
        label: of the member or archive that is read, for issues.
        failed: the stream ended because of an exception, which was reported.
    """

    def __init__(self, label: str, ledger: Ledger) -> None:
        self.label = label
        self.failed = False
        self._ledger = ledger
        self._ahead = b""
        self._pulled = 0
        self._ended = False

    @property
    def offset(self) -> int:
        """Bytes read so far."""
        return self._pulled - len(self._ahead)

    def read(self, size: int, /) -> bytes:
        """The next bytes: at most ``size`` and at most ``READ_BYTES``; none at the end."""
        size = min(size, READ_BYTES)
        if self._ahead:
            taken, self._ahead = self._ahead[:size], self._ahead[size:]
            return taken
        return self._guarded_pull(size)

    def peek(self, size: int) -> bytes:
        """The next ``size`` bytes (fewer at the end), which stay to be read."""
        if len(self._ahead) < size:
            parts = [self._ahead]
            missing = size - len(self._ahead)
            while missing > 0 and (data := self._guarded_pull(min(missing, READ_BYTES))):
                parts.append(data)
                missing -= len(data)
            self._ahead = b"".join(parts)
        return self._ahead[:size]

    def unread(self, data: bytes) -> None:
        """Give back bytes that were read last."""
        self._ahead = data + self._ahead

    def read_exactly(self, size: int) -> bytes:
        """The next ``size`` bytes, fewer only at the end."""
        data = self.peek(size)
        self._ahead = self._ahead[len(data) :]
        return data

    def skip(self, size: int) -> int:
        """Pass over ``size`` bytes; returns how many there were."""
        left = size
        while left > 0 and (data := self.read(min(left, READ_BYTES))):
            left -= len(data)
        return size - left

    @abstractmethod
    def _pull(self, size: int) -> bytes:
        """The next bytes from below, at most ``size``; none at the end. May raise anything."""

    def _guarded_pull(self, size: int) -> bytes:
        if self._ended or size <= 0:
            return b""
        try:
            data = self._pull(size)
        except Exception as error:  # noqa: BLE001 (decoders raise nearly anything on bad input)
            self._fail(error)
            return b""
        self._pulled += len(data)
        if not data:
            self._ended = True
        return data

    def _fail(self, error: Exception, saved: int = 0) -> None:
        """End the stream, after the ``saved`` bytes that are still to be returned."""
        offset = self._pulled + saved
        self._ledger.fault(error, self.label, kept=offset > 0, offset=offset)
        self.failed = self._ended = True


class FileSource(Source):
    """A plain file that is open."""

    def __init__(self, label: str, ledger: Ledger, file: BinaryIO) -> None:
        super().__init__(label, ledger)
        self._file = file

    def _pull(self, size: int) -> bytes:
        return self._file.read(size)


class Part(Source):
    """The next ``size`` bytes of another stream.

    Attributes:
        left: bytes that the other stream has not delivered yet.
    """

    def __init__(self, label: str, ledger: Ledger, whole: Source, size: int) -> None:
        super().__init__(label, ledger)
        self._whole = whole
        self.left = size

    def _pull(self, size: int) -> bytes:
        data = self._whole.read(min(size, self.left))
        self.left -= len(data)
        if not data and self.left:
            self._end_early()
        return data

    def drain(self) -> None:
        """Pass over all that is left."""
        self._ahead = b""
        while self.left and self._guarded_pull(READ_BYTES):
            pass

    def _end_early(self) -> None:
        if not self._whole.failed:  # else it is reported already
            raise EOFError
        self.failed = True


class Span(Source):
    """A stretch of a file that can be read at any place."""

    def __init__(self, label: str, ledger: Ledger, file: SeekableFile, begin: int, size: int) -> None:
        super().__init__(label, ledger)
        self._file = file
        self._next = begin
        self._left = size

    def _pull(self, size: int) -> bytes:
        data = self._file.read_at(self._next, min(size, self._left))
        self._next += len(data)
        self._left -= len(data)
        if not data and self._left:
            raise EOFError
        return data


@dataclass(frozen=True, slots=True)
class Entry:
    """One regular file in an archive. ``source`` is valid until the next entry is asked for."""

    label: str
    size: int | None
    mtime_ns: int
    source: Source


class SeekableFile:
    """A file that can be read at any place.

    Attributes:
        size: in bytes.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = file.seek(0, os.SEEK_END)

    def read_at(self, offset: int, size: int) -> bytes:
        """Up to ``size`` bytes from ``offset`` on, fewer only at the end."""
        self._file.seek(offset)
        parts = []
        while size > 0 and (data := self._file.read(size)):
            parts.append(data)
            size -= len(data)
        return b"".join(parts)
