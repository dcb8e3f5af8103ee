"""What SQLite keeps beside a database that is open: its write-ahead log, and the index of that.

Source: sqlite.org/walformat.html. The log is read with its database, so nothing is left to read here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.write_ahead import MAGIC
from explorer.model.builder import Builder, Records
from explorer.model.records import Detail

NAME: Final = "sqlite-log"
LABEL: Final = "SQLite write-ahead log"
RECOGNISED_BY: Final = "the first bytes of the files -wal and -shm beside an SQLite database; read with that"
FRAMINGS: Final = ("binary",)

_INDEX: Final = ((3_007_000).to_bytes(4, "little"), (3_007_000).to_bytes(4, "big"))


def detect(head: bytes) -> Confidence | None:
    """By the first bytes."""
    return Confidence.CERTAIN if head.startswith((*MAGIC, *_INDEX)) else None


def read(_records: Records, builder: Builder) -> Sequence[int]:
    """Nothing is read; that an archive's database misses it, is told there."""
    if builder.file.path is not None:
        builder.remark(
            "info", "database-log", "read with the database beside it, where that is of a known kind"
        )
    return ()


def open_record(raw: bytes) -> OpenRecord:
    """The bytes themselves."""
    return lambda _: Detail(raw=raw[: 1 << 16].hex(" "))
