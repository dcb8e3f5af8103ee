"""The folder of what was opened before."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from explorer.cache.entries import ABANDONED, DAYS, Entries, entries
from explorer.paths import HOME_VARIABLE

NOW = 1_800_000_000.0


def entry(kept: Entries, key: str, *, size: int = 10, age: float = 0.0) -> Path:
    folder = kept.begin()
    (folder / "data").write_bytes(bytes(size))
    made = kept.keep(folder, key)
    os.utime(made, (NOW - age, NOW - age))
    return made


def test_where_nothing_can_be_kept_it_is_kept_for_this_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "file"))
    kept = entries()
    made = entry(kept, "k")
    assert entries().find("k") == made
    assert not kept.folder.is_relative_to(tmp_path)
    kept.drop(made)


def test_an_entry_is_found_once_it_is_whole() -> None:
    kept = entries()
    unfinished = kept.begin()
    assert kept.find("k") is None
    kept.keep(unfinished, "k")
    assert kept.find("k") == kept.folder / "k"
    assert not unfinished.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="access is not told by mode bits there")
def test_only_the_owner_can_look() -> None:
    kept = entries()
    assert kept.folder.stat().st_mode & 0o777 == 0o700
    assert entry(kept, "k").stat().st_mode & 0o777 == 0o700


def test_a_later_entry_replaces_a_former() -> None:
    kept = entries()
    entry(kept, "k", size=1)
    entry(kept, "k", size=2)
    found = kept.find("k")
    assert found is not None
    assert (found / "data").stat().st_size == 2


def test_sweep_removes_the_longest_unused_beyond_the_bound() -> None:
    kept = entries()
    for age, key in enumerate("abcd"):
        entry(kept, key, size=100, age=age)
    assert kept.sweep(250, now=NOW) == 2
    assert [key for key in "abcd" if kept.find(key)] == ["a", "b"]


def test_what_was_used_last_can_be_spared() -> None:
    kept = entries()
    for age, key in enumerate("abc"):
        entry(kept, key, size=100, age=age)
    running = kept.begin()
    os.utime(running, (NOW, NOW))
    assert kept.sweep(0, spare=1, now=NOW) == 2
    assert kept.find("a")
    assert running.exists()


def test_sweep_removes_what_is_old_or_abandoned() -> None:
    kept = entries()
    entry(kept, "old", age=DAYS * 86_400 + 1)
    entry(kept, "young", age=60)
    left, running = kept.begin(), kept.begin()
    os.utime(left, (NOW - ABANDONED - 1, NOW - ABANDONED - 1))
    os.utime(running, (NOW, NOW))
    assert kept.sweep(now=NOW) == 2
    assert sorted(path.name for path in kept.folder.iterdir()) == sorted(["young", running.name])


def test_using_an_entry_keeps_it() -> None:
    kept = entries()
    entry(kept, "k", age=DAYS * 86_400 + 1)
    assert kept.find("k")
    assert kept.sweep() == 0
