"""Bytes of the user's own files, read again where they lie."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from explorer.model.raw import AHEAD, LATELY, LATELY_BLOCKS, BlockWriter, ChangedError, RawBytes
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


@pytest.mark.skipif(os.name != "posix", reason="pipes are made the POSIX way here")
def test_a_pipe_that_came_into_its_place_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "one"
    path.write_bytes(b"aaa")
    raw = _raw(path)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(ChangedError, match="changed on disk"):
        raw.read(0, 0, 3)


@dataclass
class _Counting:
    packed: list[bytes]
    asked: list[int] = field(default_factory=list)

    def block(self, number: int) -> bytes:
        self.asked.append(number)
        return self.packed[number]


def test_records_of_several_files_in_turns_unpack_each_block_once() -> None:
    writer = BlockWriter()
    for file in range(3):
        writer.keep(file, 0, bytes([file]) * 100)
    source = _Counting(writer.blocks.packed)
    raw = RawBytes([], writer.maps(), source)
    for at in range(50):
        assert [raw.read(file, at, 2) for file in range(3)] == [bytes([file]) * 2 for file in range(3)]
    assert source.asked == [0, 1, 2]


def test_no_more_is_kept_of_unpacked_blocks_than_the_bound() -> None:
    writer = BlockWriter()
    for file in range(2 * LATELY_BLOCKS):
        writer.keep(file, 0, bytes(LATELY // 8))
    raw = RawBytes([], writer.maps(), writer.blocks)
    for file in range(2 * LATELY_BLOCKS):
        assert raw.read(file, 5, 3) == bytes(3)
    assert sum(map(len, raw._lately.values())) == LATELY
