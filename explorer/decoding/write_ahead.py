"""SQLite's write-ahead log: what was written last, and does not stand in the database itself yet.

Source: sqlite.org/fileformat2.html, section 4. Pages count up to the last transaction that ended; what an earlier
log left behind has other salts.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

MAGIC: Final = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
_MODE: Final = b"\x02\x02"
_HEADER: Final = struct.Struct(">8xI4x8s8x")
_FRAME: Final = struct.Struct(">II8s8x")


def log_beside(database: Path) -> Path:
    """Where the log of a database stands, if it has one."""
    return Path(f"{database}-wal")


def is_kept_so(data: bytes) -> bool:
    """Whether a database is of those that have such a log while they are open."""
    return data[18:20] == _MODE


def with_log(data: bytes, log: bytes) -> bytes:
    """A database with what its log holds; as it is where that is no log of its own."""
    if log[:4] not in MAGIC or len(log) < _HEADER.size:
        return data
    size, salts = _HEADER.unpack_from(log)
    own_size = int.from_bytes(data[16:18])
    if size != (own_size if own_size > 1 else 1 << 16):
        return data
    pages: dict[int, int] = {}
    waiting: dict[int, int] = {}
    count = 0
    for at in range(_HEADER.size, len(log) - _FRAME.size - size + 1, _FRAME.size + size):
        page, committed, own = _FRAME.unpack_from(log, at)
        if own != salts or not page:
            break
        waiting[page] = at + _FRAME.size
        if committed:
            pages |= waiting
            waiting, count = {}, committed
    if not count:
        return data
    whole = bytearray(data[: count * size].ljust(count * size, b"\0"))
    for page, at in pages.items():
        if page <= count:
            whole[(page - 1) * size : page * size] = log[at : at + size]
    return bytes(whole)
