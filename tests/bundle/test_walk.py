"""Every kind of archive, recognised by its content, with what it holds under its labels."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest

from explorer.bundle.limits import Limits
from explorer.bundle.member import READ_BYTES
from explorer.bundle.walk import walk
from explorer.model.issue import Issues
from tests.bundle.archives import PACKERS, codes, tar_of, walked, zip_of

TEXT = b"first line\nsecond line\n"
FILES = {"logs/app.log": TEXT, "traces.json": b'{"data":[]}'}


def test_a_plain_file_is_itself(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    path.write_bytes(TEXT)
    issues = Issues()
    (member,) = list(walk([path], Limits(), issues))
    assert (member.name, member.path, member.size) == ("app.log", path.resolve(), len(TEXT))
    assert member.mtime_ns == path.stat().st_mtime_ns
    assert issues.rows() == ()


@pytest.mark.parametrize("kind", PACKERS)
def test_a_packed_file_keeps_its_name(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "unknown"
    path.write_bytes(PACKERS[kind](TEXT) + PACKERS[kind](b"") + PACKERS[kind](TEXT))  # several frames
    assert walked(path) == ({"unknown": TEXT * 2}, ())


@pytest.mark.parametrize("kind", [*PACKERS, None])
def test_tar_plain_or_packed(kind: str | None, tmp_path: Path) -> None:
    path = tmp_path / "bundle"
    path.write_bytes(PACKERS[kind](tar_of(FILES)) if kind else tar_of(FILES))
    found, issues = walked(path)
    assert found == {f"bundle/{name}": data for name, data in FILES.items()}
    assert issues == ()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_zip(method: int, tmp_path: Path) -> None:
    path = tmp_path / "bundle"
    path.write_bytes(zip_of({**FILES, "empty": b""}, method))
    found, issues = walked(path)
    assert found == {f"bundle/{name}": data for name, data in FILES.items()}
    assert codes(issues) == {"empty-file": 0}


@pytest.mark.parametrize(("method", "kind"), [(93, "zstd"), (95, "xz")])
def test_zip_with_newer_methods(method: int, kind: str, tmp_path: Path) -> None:
    stored = zip_of({"a": PACKERS[kind](TEXT)}, zipfile.ZIP_STORED)
    local, central = stored.index(b"PK\x03\x04"), stored.index(b"PK\x01\x02")
    data = bytearray(stored)
    data[local + 8 : local + 10] = data[central + 10 : central + 12] = method.to_bytes(2, "little")
    (tmp_path / "x").write_bytes(data)
    found, issues = walked(tmp_path / "x")
    assert found == {"x/a": TEXT}
    assert set(codes(issues)) == {
        "bad-checksum",
        "size-differs",
    }  # those in the archive are of the packed bytes


def test_archives_within_archives(tmp_path: Path) -> None:
    inner = zip_of({"deep.log.gz": gzip.compress(TEXT), "plain.log": TEXT})
    path = tmp_path / "incident.tar.zst"
    path.write_bytes(
        PACKERS["zstd"](tar_of({"inner.zip": inner, "other.tar.xz": PACKERS["xz"](tar_of(FILES))}))
    )
    found, issues = walked(path)
    assert found == {
        "incident.tar.zst/inner.zip/deep.log.gz": TEXT,
        "incident.tar.zst/inner.zip/plain.log": TEXT,
        "incident.tar.zst/other.tar.xz/logs/app.log": TEXT,
        "incident.tar.zst/other.tar.xz/traces.json": b'{"data":[]}',
    }
    assert issues == ()


def test_a_large_zip_within_an_archive_is_spooled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.bundle.walk.SPOOL_MEMORY", 100)
    (tmp_path / "x").write_bytes(tar_of({"a.zip": zip_of(FILES)}))
    assert walked(tmp_path / "x")[0] == {f"x/a.zip/{name}": data for name, data in FILES.items()}


def test_members_of_archives_have_no_path_but_a_time(tmp_path: Path) -> None:
    for name, data in (("a.tar", tar_of(FILES)), ("a.zip", zip_of(FILES))):
        (tmp_path / name).write_bytes(data)
    members = list(walk([tmp_path / "a.tar", tmp_path / "a.zip"], Limits(), Issues()))
    assert [member.path for member in members] == [None] * 4
    assert {member.mtime_ns for member in members} == {1_700_000_000_000_000_000}


def test_skippable_zstd_frames_are_passed_over(tmp_path: Path) -> None:
    skippable = b"\x50\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"hello"
    (tmp_path / "x").write_bytes(skippable + PACKERS["zstd"](TEXT) + skippable)
    assert walked(tmp_path / "x") == ({"x": TEXT}, ())


def test_other_bytes_behind_a_packed_stream_are_told(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(gzip.compress(TEXT) + b"\0" * 100 + b"something")
    found, (issue,) = walked(tmp_path / "x")
    assert found == {"x": TEXT}
    assert (issue.severity, issue.code, issue.count) == ("info", "trailing-bytes", 0)


def test_a_zip_archive_behind_a_script(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"#!/bin/sh\nexit 0\n" + zip_of(FILES))
    assert walked(tmp_path / "x")[0] == {f"x/{name}": data for name, data in FILES.items()}


def test_two_tar_archives_one_behind_the_other(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(tar_of({"a": b"1"}) + tar_of({"b": b"2"}))
    assert walked(tmp_path / "x") == ({"x/a": b"1", "x/b": b"2"}, ())


def test_names_longer_than_a_tar_header_has_room_for(tmp_path: Path) -> None:
    name = "d/" * 150 + "ü.log"
    for number, form in enumerate((tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=form) as archive:
            info = tarfile.TarInfo(name)
            info.size = 3
            archive.addfile(info, io.BytesIO(b"abc"))
        path = tmp_path / str(number)
        path.write_bytes(out.getvalue())
        assert walked(path) == ({f"{number}/{name}": b"abc"}, ())


def test_members_of_the_same_name_are_all_read(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("same.log", "one")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("same.log", "two")
    (tmp_path / "x").write_bytes(out.getvalue())
    read = [member.stream.read(100) for member in walk([tmp_path / "x"], Limits(), Issues())]
    assert read == [b"one", b"two"]


def test_text_of_other_encodings_arrives_as_utf8(tmp_path: Path) -> None:
    text = "12:30 INFO Größe: 7 €\n" * 100
    for encoding in ("utf-16", "utf-16-le", "utf-32"):
        path = tmp_path / encoding
        path.write_bytes(text.encode(encoding))
        issues = Issues()
        (member,) = [
            (member.path, member.stream.read(READ_BYTES)) for member in walk([path], Limits(), issues)
        ]
        assert member == (None, text.encode())
        assert [(issue.code, issue.severity) for issue in issues.rows()] == [("transcoded", "info")]


def test_no_read_call_returns_more_than_promised(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(gzip.compress(b" " * (3 * READ_BYTES)))
    for member in walk([tmp_path / "x"], Limits(), Issues()):
        sizes = []
        while piece := member.stream.read(1 << 30):
            sizes.append(len(piece))
        assert max(sizes) <= READ_BYTES
        assert sum(sizes) == 3 * READ_BYTES


def test_a_gzip_header_with_all_it_may_hold(tmp_path: Path) -> None:
    plain = gzip.compress(TEXT, mtime=1_700_000_000)
    head = bytearray(plain[:10])
    head[3] = 2 | 4 | 8 | 16  # checksum of the header, extra field, name, comment
    long = b"n" * 40_000  # longer than what is read at once
    whole = bytes(head) + b"\x05\0extra" + long + b"\0comment\0" + b"\x12\x34" + plain[10:]
    (tmp_path / "x").write_bytes(whole)
    assert walked(tmp_path / "x") == ({"x": TEXT}, ())
    (member,) = list(walk([tmp_path / "x"], Limits(), Issues()))
    assert member.mtime_ns == 1_700_000_000_000_000_000
    head[3] |= 0x80
    (tmp_path / "x").write_bytes(bytes(head) + plain[10:])
    assert codes(walked(tmp_path / "x")[1]) == {"unreadable-archive": 1}


@pytest.mark.parametrize("field", [(10, b"\xff\xff"), (12, b"\xff" * 4), (16, b"\xff" * 4)])
def test_any_number_too_large_for_the_end_record_stands_in_the_one_of_zip64(
    tmp_path: Path, field: tuple[int, bytes]
) -> None:
    data = zip_of({"a": b"one", "b": b"two"})
    at = data.rindex(b"PK\x05\x06")
    count, size, offset = struct.unpack("<HII", data[at + 10 : at + 20])
    large = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, offset)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, at, 1)
    end = bytearray(data[at:])
    end[field[0] : field[0] + len(field[1])] = field[1]
    (tmp_path / "large.zip").write_bytes(data[:at] + large + locator + end)
    assert walked(tmp_path) == ({"large.zip/a": b"one", "large.zip/b": b"two"}, ())
