"""Thrift: files that are cut short, and bytes that are something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.decoding.thrift import Binary, Compact, ThriftError
from explorer.readers import thrift_spans
from tests.readers.reading import FIXTURES, read_copy

FIXTURE = FIXTURES / "thrift"


@pytest.mark.parametrize("name", ["batch.bin", "compact.bin", "agent.bin", "zipkin.bin"])
def test_what_stands_before_a_cut_is_kept(name: str, tmp_path: Path) -> None:
    whole = (FIXTURE / name).read_bytes()
    count = len(read_copy(whole, tmp_path, "whole.bin").spans)
    cut = read_copy(whole[: len(whole) * 3 // 4], tmp_path, "cut.bin")
    assert 0 < len(cut.spans) < count
    assert [(issue.code, issue.count) for issue in cut.issues] == [("broken-record", 1)]


@pytest.mark.parametrize(
    ("protocol", "deep"),
    [
        (Binary, b"\x0c\0\1" * 5000),
        (Compact, b"\x1c" * 5000),
        (Binary, b"\x0f\0\1" + b"\x0f\0\0\0\1" * 5000),
        (Compact, b"\x19" * 5000),
    ],
    ids=["structs, binary", "structs, compact", "lists, binary", "lists, compact"],
)
def test_what_lies_in_itself_ends(protocol: type[Binary], deep: bytes) -> None:
    with pytest.raises(ThriftError):
        protocol(deep, {}).struct("", {})


@pytest.mark.parametrize(
    ("protocol", "other"),
    [
        (Binary, b"\x0d\0\x63\x0b\x08\0\0\0\2" + b"\0\0\0\1a\0\0\0\7" + b"\0\0\0\1b\0\0\0\x08"),
        (Binary, b"\x10\0\x63" + bytes(16)),
        (Binary, b"\x08\0\x63\0\0\0\7" + b"\x0f\0\x64\x02\0\0\0\2\1\0"),
        (Compact, b"\x0b\xc6\1\2\x85\1a\x0e\1b\x10"),
        (Compact, b"\x0b\xc6\1\0"),
        (Compact, b"\x0d\xc6\1" + bytes(16)),
        (Compact, b"\x05\xc6\1\x0e" + b"\x19\x21\1\2"),
    ],
    ids=[
        "map",
        "uuid",
        "number, list",
        "compact map",
        "compact empty map",
        "compact uuid",
        "compact number, list",
    ],
)
def test_fields_of_any_type_that_are_not_in_the_table_are_passed_over(
    protocol: type[Binary], other: bytes
) -> None:
    known = b"\x0b\0\1\0\0\0\2ok\0" if protocol is Binary else b"\x08\2\2ok\0"
    assert protocol(other + known, {"S": {1: ("word", "")}}).struct("S", {}) == {"word": "ok"}


@pytest.mark.parametrize(
    "head", [b"\x0c\0\1\x0b\0\1", b"\x82\x21", b"\x1c\x18\4\0\0", b"\x0c\0\0\0\2\x0a\0\2", b""]
)
def test_other_bytes_are_not_its_own(head: bytes) -> None:
    assert thrift_spans.detect(head) is None
