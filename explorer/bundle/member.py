"""One file of a bundle as a stream, wherever it lies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

READ_BYTES: Final = 1 << 20
"""No read call returns more than this, so that whoever reads can stop in time."""


class ByteStream(Protocol):
    """What is read from."""

    def read(self, size: int, /) -> bytes:
        """The next bytes: at most ``size`` and at most :data:`READ_BYTES`; none at the end. Never raises."""
        ...


@dataclass(frozen=True)
class Member:
    """A file of the bundle.

    Attributes:
        name: display label: the path inside the bundle, archives joined with ``/``
            (``incident.tar.zst/logs/app.log``), control characters visible. Never a path to open.
        path: the user's own plain file whose bytes equal the stream, so that an offset into the stream is
            one into the file; None for all else.
        size: bytes as declared, None if unknown.
        mtime_ns: last change in nanoseconds since 1970 (UTC), 0 if unknown.
        inode: of that file as it is being read, whatever comes into its place; 0 without a path.
        stream: valid until the next member is asked for.
    """

    name: str
    path: Path | None
    size: int | None
    mtime_ns: int
    inode: int
    stream: ByteStream
