"""Bounds on archives: past each, what was read stays, one issue says so, and other files are read."""

from __future__ import annotations

import bz2
import gzip
import random
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.bundle.ledger import NAMED
from explorer.bundle.limits import Limits
from tests.bundle.archives import PACKERS, codes, tar_of, walked, zip_of

SMALL = Limits(archive_bytes=1 << 20, ratio_after=64 << 10, members=100)
BOMB = b" " * (1 << 20)
NOISE = random.Random(3).randbytes(300_000)


@pytest.mark.parametrize("kind", PACKERS)
def test_a_stream_that_holds_too_much(kind: str, tmp_path: Path) -> None:
    (tmp_path / "a.bomb").write_bytes(PACKERS[kind](BOMB))
    (tmp_path / "b.log").write_bytes(b"fine\n")
    found, issues = walked(tmp_path, limits=SMALL)
    assert found.pop("b.log") == b"fine\n"
    assert all(len(data) < len(BOMB) for data in found.values())
    assert set(codes(issues)) == {"ratio-exceeded"}


def test_a_bomb_among_honest_members_ends_alone(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(zip_of({"a": NOISE, "bomb": BOMB[: 1 << 19], "c": b"fine\n"}))
    found, (issue,) = walked(tmp_path / "x", limits=SMALL)
    assert (found["x/a"], found["x/c"]) == (NOISE, b"fine\n")
    assert (issue.code, issue.file) == ("ratio-exceeded", "x/bomb")


def test_twice_packed_bombs_count_by_the_bytes_on_disk(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(gzip.compress(bz2.compress(BOMB * 4)))
    found, issues = walked(tmp_path / "x", limits=replace(SMALL, archive_bytes=1 << 30, ratio=2000))
    assert sum(map(len, found.values())) < 3 << 20
    assert "ratio-exceeded" in codes(issues)


def test_all_archives_share_one_bound_and_plain_files_have_none(tmp_path: Path) -> None:
    for name in "abcd":
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(NOISE))
    (tmp_path / "e.log").write_bytes(NOISE * 5)
    found, issues = walked(tmp_path, limits=replace(SMALL, ratio=1000))
    assert found["e.log"] == NOISE * 5
    assert found["c.gz"] == NOISE
    assert len(found.get("d.gz", b"")) < len(NOISE)
    assert set(codes(issues)) == {"archive-too-large"}


@pytest.mark.parametrize("make", [tar_of, zip_of])
def test_too_many_members(make: type, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(make({f"{i}.log": b"x" for i in range(200)}))
    found, (issue,) = walked(tmp_path / "x", limits=SMALL)
    assert len(found) == 100
    assert (issue.code, issue.file) == ("too-many-members", "x")


def test_empty_frames_count_as_members(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(gzip.compress(b"") * 300 + gzip.compress(b"never\n"))
    found, issues = walked(tmp_path / "x", limits=SMALL)
    assert found == {}
    assert set(codes(issues)) == {"too-many-members"}


def nested(depth: int) -> bytes:
    """A file below that many zip archives."""
    data = b"deep\n"
    for _ in range(depth):
        data = zip_of({"x": data})
    return data


def test_archives_in_archives_up_to_the_limit(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(nested(3))
    assert walked(tmp_path / "x") == ({"x/x/x/x": b"deep\n"}, ())
    (tmp_path / "x").write_bytes(nested(4))
    found, (issue,) = walked(tmp_path / "x")
    assert (found, issue.code, issue.count, issue.file) == ({}, "nested-too-deep", 1, "x/x/x/x")


def test_a_packed_tar_archive_is_one_archive(tmp_path: Path) -> None:
    inner = gzip.compress(tar_of({"app.log.gz": gzip.compress(b"deep\n")}))
    (tmp_path / "x").write_bytes(zip_of({"a.tgz": inner}))
    assert walked(tmp_path / "x") == ({"x/a.tgz/app.log.gz": b"deep\n"}, ())


def test_overlapping_members_are_told_and_bounded(tmp_path: Path) -> None:
    one = zip_of({"kernel": NOISE[:50_000] * 2})
    central = one.index(b"PK\x01\x02")
    entry, end = one[central : one.index(b"PK\x05\x06")], bytearray(one[-22:])
    end[10:12] = (40).to_bytes(2, "little")
    end[12:16] = (40 * len(entry)).to_bytes(4, "little")
    (tmp_path / "x").write_bytes(one[:central] + entry * 40 + end)
    issues = _issues_of(tmp_path / "x", replace(SMALL, ratio=10))
    assert {"overlapping-members", "ratio-exceeded"} <= set(issues)


def _issues_of(path: Path, limits: Limits) -> dict[str, int]:
    from explorer.bundle.walk import walk
    from explorer.model.issue import Issues

    issues = Issues()
    for member in walk([path], limits, issues):
        while member.stream.read(1 << 20):
            pass
    return codes(issues.rows())


def test_issues_of_many_members_are_one_row_in_the_end(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(tar_of({f".{i}": b"x" for i in range(NAMED + 50)}))
    _, issues = walked(tmp_path / "x")
    assert len(issues) == NAMED + 1
    assert (issues[-1].file, issues[-1].count) == ("x", 50)
