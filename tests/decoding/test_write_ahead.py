"""SQLite's write-ahead log beside a database that is open, against SQLite itself."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from explorer.decoding.write_ahead import with_log
from explorer.ingest import ingest
from tests.readers.reading import FIXTURES


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A database whose log begins anew after each of its checkpoints, and holds what was checked before."""
    with closing(sqlite3.connect(tmp_path / "x.db", isolation_level=None)) as connection:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma wal_autocheckpoint = 0")
        connection.execute("create table t (n integer, text blob)")
        connection.executemany("insert into t values (?, zeroblob(3000))", [(n,) for n in range(9)])
        connection.execute("pragma wal_checkpoint(restart)")
        connection.execute("insert into t values (9, '')")
        yield connection


def held(data: bytes) -> int:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(data[:18] + b"\1\1" + data[20:])
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        return int(connection.execute("select count(*) from t").fetchone()[0])


def test_the_log_brings_what_ended_and_nothing_else(opened: sqlite3.Connection, tmp_path: Path) -> None:
    opened.execute("pragma cache_size = 1")  # so that a transaction is written before it ends
    opened.execute("begin")
    opened.executemany("insert into t values (?, zeroblob(3000))", [(n,) for n in range(90)])
    data, log = (tmp_path / "x.db").read_bytes(), (tmp_path / "x.db-wal").read_bytes()
    assert (held(data), held(with_log(data, log))) == (9, 10)
    assert len(log) > 90 * 3000
    opened.execute("commit")
    log = (tmp_path / "x.db-wal").read_bytes()
    assert held(with_log(data, log)) == 100
    assert held(with_log(data, log[:-5])) == 10
    assert with_log(data, b"") == with_log(data, log[:31]) == with_log(data, b"?" + log) == data


def test_spans_that_only_the_log_holds_are_read(tmp_path: Path) -> None:
    database = tmp_path / "phoenix.db"
    shutil.copy(FIXTURES / "phoenix_db" / "phoenix.db", database)
    before = len(ingest([database]).spans)
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("pragma journal_mode = wal")
        names = [
            row[1]
            for row in connection.execute("pragma table_info(spans)")
            if row[1] not in ("id", "span_id")
        ]
        columns = ", ".join(f'"{name}"' for name in names)
        connection.execute(
            f"insert into spans (span_id, {columns}) select 'ab01ab01ab01ab01', {columns} from spans limit 1"  # noqa: S608
        )
        store = ingest([tmp_path])
        assert len(store.spans) == before + 1
        assert {count.format for count in store.counts} == {"phoenix-db", "sqlite-log"}
        copy = shutil.make_archive(str(tmp_path.parent / "copy"), "zip", tmp_path)
    issues = ingest([Path(copy)]).issues
    assert [(one.severity, one.code) for one in issues] == [("warning", "database-log")]
