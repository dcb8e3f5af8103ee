"""Bytes of the user's own files, read again where they lie."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from explorer.model.raw import AHEAD, BlockWriter, ChangedError, RawBytes
from explorer.model.records import File


def _raw(*paths: Path) -> RawBytes:
    files = []
    for path in paths:
        found = path.stat()
        files.append(File(path.name, str(path), found.st_size, found.st_mtime_ns, found.st_ino))
    writer = BlockWriter()
    return RawBytes(files, writer.maps(), writer.blocks)


def test_any_stretches_in_any_order_are_those_of_the_files(tmp_path: Path) -> None:
    made = random.Random(7)
    contents = [made.randbytes(3 * AHEAD + 17), made.randbytes(AHEAD // 2)]
    paths = [tmp_path / "one", tmp_path / "two"]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    raw = _raw(*paths)
    at = 0
    for _ in range(3000):
        which = made.randrange(10) == 0
        at = made.choice((at + made.randrange(400), made.randrange(4 * AHEAD), max(0, at - 50)))
        length = made.choice((0, made.randrange(300), made.randrange(2 * AHEAD)))
        assert raw.read(which, at, length) == contents[which][at : at + length]


def test_a_file_that_changed_is_not_read_on(tmp_path: Path) -> None:
    path = tmp_path / "one"
    path.write_bytes(b"a" * (5 * AHEAD))
    raw = _raw(path)
    assert raw.read(0, 0, 3) == b"aaa"
    path.write_bytes(b"b" * 10)
    for at in (3, AHEAD, 4 * AHEAD):
        with pytest.raises(ChangedError, match="changed on disk"):
            raw.read(0, at, 3)
