"""Archives that are cut, damaged, locked or lie: what is whole is read, the rest is told, and nothing raises."""

from __future__ import annotations

import gzip
import io
import random
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.bundle.archives import PACKERS, codes, tar_of, walked, zip_of

LINES = b"".join(b"2024-01-01 %06d %08x\n" % (i, hash((i, 7)) & 0xFFFFFFFF) for i in range(4000))
OK = {"ok.log": b"fine\n"}


def places(size: int, count: int = 20) -> list[int]:
    """Where to cut something of that size."""
    return sorted({*random.Random(size).sample(range(1, size), count), size - 1})


@pytest.mark.parametrize("kind", PACKERS)
def test_a_cut_stream_gives_all_before_the_cut(kind: str, tmp_path: Path) -> None:
    packed = PACKERS[kind](LINES)
    path = tmp_path / "x"
    last = -1
    for place in places(len(packed)):
        path.write_bytes(packed[:place])
        found, issues = walked(path)
        data = found.get("x", b"")
        assert LINES.startswith(data)
        assert len(data) >= last
        last = len(data)
        if place > 16:
            (issue,) = issues
            assert (issue.code, issue.offset) == ("truncated-archive", len(data))
            assert issue.count == (0 if data else 1)
    if kind != "zstd":  # whose last byte is one of the data; with the others only the end mark was missing
        assert last == len(LINES)


def test_a_cut_gzip_file_loses_nothing_that_can_be_decoded(tmp_path: Path) -> None:
    packed = gzip.compress(LINES, 6)
    (tmp_path / "x").write_bytes(packed[: len(packed) // 2])
    data = walked(tmp_path / "x")[0]["x"]
    assert abs(len(data) / len(LINES) - 0.5) < 0.05


def test_a_cut_tar_archive_gives_every_byte(tmp_path: Path) -> None:
    whole = tar_of({"a.log": LINES, "b.log": LINES})
    begins = (512, 512 + len(LINES) + -len(LINES) % 512 + 512)
    path = tmp_path / "x"
    for place in places(begins[1] + len(LINES)):
        path.write_bytes(whole[:place])
        found, _ = walked(path)
        for name, begin in zip(("x/a.log", "x/b.log"), begins, strict=True):
            expected = LINES[: max(0, place - begin)]
            assert found.get(name, b"") == expected


@pytest.mark.parametrize("streamed", [False, True])
def test_a_cut_zip_archive_is_read_member_by_member(streamed: bool, tmp_path: Path) -> None:
    files = {f"{i}.log": LINES[i * 1000 :] for i in range(5)}
    if streamed:  # sizes behind the data, as writers to a pipe do it
        out = io.BytesIO()
        with zipfile.ZipFile(_Unseekable(out), "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        whole = out.getvalue()
    else:
        whole = zip_of(files)
    central = whole.index(b"PK\x01\x02")
    path = tmp_path / "x"
    for place in places(central):
        path.write_bytes(whole[:place])
        found, issues = walked(path)
        for name, data in found.items():
            expected = files[name.removeprefix("x/")]
            assert expected.startswith(data)
        assert [found[name] for name in list(found)[:-1]] == list(files.values())[: len(found) - 1]
        assert "truncated-archive" in codes(issues)
    path.write_bytes(whole[:central])
    assert list(walked(path)[0].values()) == list(files.values())


class _Unseekable(io.RawIOBase):
    def __init__(self, below: io.BytesIO) -> None:
        self._below = below

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        return self._below.write(data)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", PACKERS)
def test_a_wrong_checksum_costs_no_data(kind: str, tmp_path: Path) -> None:
    packed = bytearray(PACKERS[kind](LINES[:3000]))
    place = {"gzip": -8, "zstd": -1, "bzip2": 10, "xz": -len(b"\0\0\0\0\0\0\0\0\0\0\0\0YZ") - 22}[kind]
    packed[place] ^= 0xFF
    (tmp_path / "x").write_bytes(packed)
    found, issues = walked(tmp_path / "x")
    assert set(codes(issues)) & {"bad-checksum", "unreadable-archive"}
    if kind in {"gzip", "zstd"}:
        assert found == {"x": LINES[:3000]}


@pytest.mark.parametrize("kind", PACKERS)
def test_flipped_bits_never_raise(kind: str, tmp_path: Path) -> None:
    packed = PACKERS[kind](tar_of({"a.log": LINES, "b.log": LINES}))
    chance = random.Random(kind)
    for _ in range(20):
        damaged = bytearray(packed)
        for _ in range(chance.randrange(1, 4)):
            damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        (tmp_path / "x").write_bytes(damaged)
        walked(tmp_path / "x")


def test_damaged_zip_archives_never_raise(tmp_path: Path) -> None:
    whole = zip_of({"a.log": LINES[:2000], "b.zip": zip_of({"c": b"x"}), "d": b""})
    chance = random.Random(1)
    for _ in range(200):
        damaged = bytearray(whole)
        for _ in range(chance.randrange(1, 8)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        (tmp_path / "x").write_bytes(damaged)
        for _ in walked(tmp_path / "x")[1]:
            pass


def patched(data: bytes, *changes: tuple[bytes, int, bytes]) -> bytes:
    """Overwrite bytes at an offset behind the first place at which a signature stands."""
    result = bytearray(data)
    for signature, offset, value in changes:
        at = data.index(signature) + offset
        result[at : at + len(value)] = value
    return bytes(result)


LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


@pytest.mark.parametrize(
    ("changes", "code", "count", "text"),
    [
        (((LOCAL, 6, b"\x01\0"), (CENTRAL, 8, b"\x01\0")), "encrypted-member", 1, "a password"),
        (((LOCAL, 8, b"\x63\0"), (CENTRAL, 10, b"\x63\0")), "encrypted-member", 1, "AES"),
        (((LOCAL, 8, b"\x06\0"), (CENTRAL, 10, b"\x06\0")), "unsupported-compression", 1, "implode"),
        (((CENTRAL, 42, b"\xff\xff\0\0"),), "unreadable-member", 1, "no such member"),
        (((CENTRAL, 38, struct.pack("<I", 0o120777 << 16)),), "link-skipped", 1, "Links"),
        (((CENTRAL, 16, b"\1\2\3\4"),), "bad-checksum", 0, "checksum"),
        (((CENTRAL, 24, b"\1\0\0\0"),), "size-differs", 0, "size"),
        (((END, 10, b"\x09\0"),), "wrong-member-count", 0, "more members"),
        (((LOCAL, 30, b"B"),), "names-differ", 0, "two names"),
    ],
)
def test_zip_members_that_are_not_as_they_should_be(
    changes: tuple[tuple[bytes, int, bytes], ...], code: str, count: int, text: str, tmp_path: Path
) -> None:
    whole = patched(zip_of({"a.log": LINES[:100], **OK}), *changes)
    if code == "link-skipped":
        whole = patched(whole, (CENTRAL, 5, b"\x03"))  # made on Unix, where there are links
    (tmp_path / "x").write_bytes(whole)
    found, (issue,) = walked(tmp_path / "x")
    assert (issue.code, issue.count) == (code, count)
    assert text in issue.text
    assert found.pop("x/ok.log") == b"fine\n"
    assert list(found.values()) == ([] if count else [LINES[:100]])


def header(name: bytes, kind: bytes, size: bytes = b"0" * 11) -> bytes:
    """One block of a tar archive."""
    block = bytearray(tarfile.TarInfo("x").tobuf(tarfile.USTAR_FORMAT))
    block[: len(name)] = name
    block[156:157] = kind
    block[124 : 124 + len(size)] = size
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


@pytest.mark.parametrize(
    ("block", "code", "count"),
    [
        (header(b"link", b"2"), "link-skipped", 1),
        (header(b"link", b"1"), "link-skipped", 1),
        (header(b"null", b"3"), "not-a-regular-file", 1),
        (header(b"pipe", b"6"), "not-a-regular-file", 1),
        (header(b"sparse", b"S"), "sparse-member", 1),
        (header(b"negative", b"0", b"\xff" * 11 + b"\0"), "impossible-size", 1),
        (header(b"negative", b"L", b"\xff" * 11 + b"\0"), "impossible-size", 1),
        (header(b"huge", b"0", b"\x80\x7f" + b"\xff" * 10), "impossible-size", 1),
        (header(b"letters", b"0", b"12x45678901"), "impossible-size", 1),
        (header(b"broken", b"0").replace(b"broken", b"brokem"), "unreadable-archive", 1),
    ],
)
def test_tar_members_that_are_not_files(block: bytes, code: str, count: int, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(block + tar_of(OK))
    found, (issue,) = walked(tmp_path / "x")
    assert found == {"x/ok.log": b"fine\n"}
    assert (issue.code, issue.count) == (code, count)


def test_a_pax_header_that_asks_for_gigabytes(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(header(b"pax", b"x", b"77777777777") + tar_of(OK))
    found, issues = walked(tmp_path / "x")
    assert found == {}
    assert set(codes(issues)) == {"long-header", "truncated-archive"}


def test_pax_records_that_are_no_records(tmp_path: Path) -> None:
    for records in (
        b"99999999999999999999 size=5\n",
        b"11 size=-1\n0",
        b"9 a=b",
        b"\xff\xfe",
        b"12 size=999999999",
    ):
        pax = header(b"pax", b"x", b"%011o" % len(records)) + records.ljust(512, b"\0")
        (tmp_path / "x").write_bytes(pax + tar_of(OK))
        found, _ = walked(tmp_path / "x")
        assert found in ({"x/ok.log": b"fine\n"}, {})


def test_an_archive_of_another_kind_is_named(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"7z\xbc\xaf\x27\x1c" + b"\0" * 100)
    found, (issue,) = walked(tmp_path / "x")
    assert found == {}
    assert (issue.code, issue.count) == ("unsupported-archive", 1)
    assert "7-Zip" in issue.text


def test_empty_files_and_archives_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"")
    (tmp_path / "b.zip").write_bytes(zip_of({}))
    (tmp_path / "c.gz").write_bytes(gzip.compress(b""))
    found, issues = walked(tmp_path)
    assert found == {}
    assert [(issue.severity, issue.code, issue.file) for issue in issues] == [
        ("info", "empty-file", "a.log"),
        ("info", "empty-archive", "b.zip"),
        ("info", "empty-file", "c.gz"),
    ]
