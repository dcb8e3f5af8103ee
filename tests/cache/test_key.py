"""When an opening counts as the same as before."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.bundle.limits import Limits
from explorer.cache.key import answers_key, bundle_key
from explorer.model.options import ReadOptions
from explorer.paths import own_folder

SIZE = 100_000


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    folder = tmp_path / "bundle"
    (folder / "inner").mkdir(parents=True)
    (folder / "a.json").write_bytes(bytes(SIZE))
    (folder / "inner" / "b.json").write_bytes(b"[]")
    return folder


def key(*paths: Path, options: ReadOptions | None = None, limits: Limits | None = None) -> str:
    return bundle_key(paths, options or ReadOptions(), limits or Limits())


def overwrite(path: Path, at: int) -> None:
    """Change one byte, with size, inode and time as before."""
    before = path.stat()
    with open(path, "r+b") as stream:
        stream.seek(at)
        stream.write(b"x")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_the_same_twice(bundle: Path) -> None:
    assert key(bundle) == key(bundle)
    assert len(key(bundle)) == 32


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "c.json").write_text("1"),
        lambda folder: (folder / "inner" / "b.json").write_text("[1]"),
        lambda folder: (folder / "inner" / "b.json").unlink(),
        lambda folder: os.utime(folder / "a.json", (1, 1)),
        lambda folder: overwrite(folder / "a.json", 0),
        lambda folder: overwrite(folder / "a.json", SIZE - 1),
        lambda folder: overwrite(folder / "inner" / "b.json", 1),
    ],
)
def test_changes_of_content_are_seen(bundle: Path, change: Callable[[Path], object]) -> None:
    before = key(bundle)
    change(bundle)
    assert key(bundle) != before


def test_changes_of_reading_are_seen(bundle: Path) -> None:
    found = {
        key(bundle),
        key(bundle / "a.json"),
        key(bundle / "a.json", bundle / "inner" / "b.json"),
        key(bundle, options=ReadOptions(id_fields=("order",))),
        key(bundle, limits=replace(Limits(), depth=1)),
    }
    assert len(found) == 5


def test_the_log_beside_a_database_is_part_of_it(tmp_path: Path) -> None:
    database = tmp_path / "spans.db"
    database.write_bytes(b"SQLite format 3")
    (tmp_path / "spans.db-wal").write_bytes(b"one row")
    before = key(database)
    (tmp_path / "spans.db-wal").write_bytes(b"two rows")
    assert key(database) != before


def test_a_path_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="gone"):
        key(tmp_path / "gone")


def test_rules_of_the_user_change_the_answers_only(tmp_path: Path) -> None:
    before = answers_key(tmp_path)
    (tmp_path / "own.toml").write_text("[rule]")
    assert answers_key(tmp_path) != before
    assert answers_key(tmp_path / "missing") == answers_key()


def test_formats_of_the_user_change_what_is_read(bundle: Path) -> None:
    before = key(bundle)
    own = own_folder("formats")
    assert own is not None
    own.mkdir(parents=True)
    (own / "mine.toml").write_text("[[format]]")
    assert key(bundle) != before


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert key(tmp_path / "pipe") == key(tmp_path / "pipe")
