"""SQLite databases that are damaged are said, and the rest of the bundle is read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from explorer.ingest import ingest


@pytest.fixture
def database(tmp_path: Path) -> bytes:
    path = tmp_path / "made.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("create table experiments (experiment_id text)")
        connection.execute(
            "create table runs (run_uuid text, constraint runs_lifecycle_stage check (run_uuid <> ''))"
        )
        connection.executemany("insert into runs values (?)", [("x" * 500,)] * 500)
    data = path.read_bytes()
    path.unlink()
    return data


def test_damage_is_told_with_its_file(tmp_path: Path, database: bytes) -> None:
    (tmp_path / "torn.db").write_bytes(database[:8192] + b"\xff" * (len(database) - 8192))
    (tmp_path / "good.log").write_text('{"time":"2026-01-01T00:00:00Z","level":"info","msg":"up"}\n')
    store = ingest([tmp_path])
    assert [(one.file, one.code) for one in store.issues] == [("torn.db", "broken-record")]
    assert store.issues[0].text.startswith("the database is damaged: ")
    assert len(store.logs) == 1


def test_a_cut_is_told(tmp_path: Path, database: bytes) -> None:
    (tmp_path / "cut.db").write_bytes(database[: len(database) // 2])
    assert "truncated-record" in [one.code for one in ingest([tmp_path]).issues]


def test_a_database_is_known_by_its_tables_wherever_they_stand(tmp_path: Path) -> None:
    """Migrations write them anew behind all rows, beyond the bytes a format is told by; others are said."""
    for name, tables in (("mlflow.db", ("experiments", "runs")), ("other.db", ("orders",))):
        with closing(sqlite3.connect(tmp_path / name)) as connection, connection:
            connection.executescript("begin;" + "".join(f"create table filler{i} (x);" for i in range(40)))
            for table in tables:
                connection.execute(f"create table {table} as select 'a1b2' as run_uuid, 'FINISHED' as status")
    store = ingest([tmp_path])
    assert [(one.name, one.format, one.skipped) for one in store.counts] == [
        ("mlflow.db", "mlflow-db", 0),
        ("other.db", "unknown", 1),
    ]
    assert len(store.findings) == 1
    assert [one.text for one in store.issues if one.file == "other.db"] == [
        (
            "this looks like an SQLite database of other tables than MLflow's, ML Metadata's or Phoenix's,"
            " which is not read"
        )
    ]
