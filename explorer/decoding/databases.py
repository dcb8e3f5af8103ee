"""SQLite databases of a bundle, read from memory: their files are neither opened nor changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

from explorer.decoding.write_ahead import is_kept_so, log_beside, with_log
from explorer.model.builder import Builder, Records

MAGIC: Final = b"SQLite format 3\0"
_LONGEST_LOG: Final = 1 << 30
_STEPS: Final = 200_000_000
"""Steps of SQLite's machine after which a query is given up: a hostile file could have it run for ever."""


def read_database(
    records: Records, builder: Builder, read: Callable[[sqlite3.Connection], bool]
) -> list[int]:
    """Have a database read; one that does not open, and what follows damage, is counted.

    Which tables it has, its first bytes need not tell, so that a reader may find that it is another's (False).
    """
    if len(records.data) < _size_of(records.data):
        said = "the database is cut short; what its other pages hold is kept"
        builder.remark("warning", "truncated-record", said, offset=len(records.data))
    try:
        connection = _open(_whole(records.data, builder))
    except (sqlite3.Error, ValueError) as error:
        builder.skip("warning", "broken-record", f"an SQLite database that does not open: {error}", offset=0)
        return []
    try:
        return [] if read(connection) else [0]
    except (sqlite3.Error, ValueError) as error:
        builder.skip("warning", "broken-record", f"the database is damaged: {error}", offset=0)
    finally:
        connection.close()
    return []


def _size_of(data: bytes) -> int:
    """The bytes that a database has by its header, 0 where that is out of date (SQLite's file format, 1.3)."""
    page, pages = int.from_bytes(data[16:18]), int.from_bytes(data[28:32])
    return (page if page > 1 else 1 << 16) * pages if data[24:28] == data[92:96] else 0


def _whole(data: bytes, builder: Builder) -> bytes:
    """A database with the log that a program which has it open keeps beside it."""
    if not is_kept_so(data):
        return data
    if builder.file.path is None:
        said = "the database has a log of its own while it is open: what only that holds is not read from an archive"
        builder.remark("warning", "database-log", said)
        return data
    log = log_beside(Path(builder.file.path))
    try:
        return with_log(data, log.read_bytes()) if log.stat().st_size <= _LONGEST_LOG else data
    except OSError:  # closed properly, a database has none
        return data


def _open(data: bytes) -> sqlite3.Connection:
    """The database in memory; one in write-ahead mode is marked as one that is not, as its log is not there.

    Raises:
        sqlite3.Error: the bytes are no database.
        ValueError: likewise.
    """
    if is_kept_so(data):
        data = data[:18] + b"\x01\x01" + data[20:]
    connection = sqlite3.connect(":memory:")
    connection.deserialize(data)
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    connection.execute("pragma trusted_schema = off")
    left = [_STEPS]

    def spent() -> int:
        left[0] -= 100_000
        return left[0] < 0

    connection.set_progress_handler(spent, 100_000)
    return connection


def tables_in(connection: sqlite3.Connection) -> set[str]:
    """The names of its tables. Raises ``sqlite3.Error`` where it is damaged."""
    return {name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")}
