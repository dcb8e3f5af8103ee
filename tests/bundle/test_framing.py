"""What comes as lines, as documents and as one block of bytes."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.bundle import framing
from explorer.bundle.framing import Batch, frames
from explorer.bundle.limits import Limits
from explorer.bundle.member import Member
from explorer.model.issue import Issue, Issues

OBJECT = {"level": "info", "text": 'a "}" \\ {', "list": [1, {"x": None}], "none": {}}
ONE_LINE = json.dumps(OBJECT).encode()
PRETTY = json.dumps(OBJECT, indent=2).encode()


class Pieces:
    """A stream that delivers pieces of any size."""

    def __init__(self, data: bytes, seed: int | None = None) -> None:
        self._data = data
        self._chance = random.Random(seed) if seed is not None else None

    def read(self, size: int, /) -> bytes:
        """As ByteStream."""
        size = min(size, self._chance.choice((1, 2, 7, 50, 1000))) if self._chance else size
        piece, self._data = self._data[:size], self._data[size:]
        return piece


class Parser:
    """Takes whatever is one JSON document."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    def knows(self, head: bytes) -> bool:
        """As Whole."""
        return head[:1] in (b"{", b"[")

    def read(self, batch: Batch) -> bool:
        """As Whole."""
        try:
            json.loads(batch.data)
        except ValueError:
            return False
        self.taken.append(batch.data)
        return True


def cut(
    data: bytes,
    limits: Limits | None = None,
    *,
    seed: int | None = None,
    block_bytes: int = 4 << 20,
    whole: Parser | None = None,
) -> tuple[list[Batch], tuple[Issue, ...]]:
    """The batches of a member with these bytes, and the issues."""
    issues = Issues()
    member = Member("m", None, len(data), 0, 0, Pieces(data, seed))
    found = list(frames(member, limits or Limits(), issues, block_bytes=block_bytes, whole=whole))
    return found, issues.rows()


def shapes(data: bytes) -> list[tuple[str, bytes]]:
    """Framing and bytes of each batch, where nothing went wrong and offsets are right."""
    batches, issues = cut(data)
    assert issues == ()
    assert all(data[batch.offset :].startswith(batch.data) for batch in batches)
    return [(batch.framing, batch.data) for batch in batches]


@pytest.mark.parametrize(
    "data",
    [
        b"one line",
        b"one\ntwo\r\nthree\n",
        b"   indented first\nsecond\n",
        ONE_LINE + b"\n" + ONE_LINE + b"\n",
        ONE_LINE + b"\r\n\r\n" + ONE_LINE,
        b'{"cut": "sho\n' + ONE_LINE + b"\n" + ONE_LINE,
        b'{"cut":\n{"a": 1}\n{"b": 2}\n'.replace(b'"cut":', b'"cut"'),
        ONE_LINE + b" and text behind it\nmore\n",
        b"[2024-01-01 10:00:00] INFO [main] started\n[2024-01-01 10:00:01] WARN [main\n",
        b"[INFO] a\n[    0.000] kernel: b\n[error\n",
        b"{not json}\n{'a': 1}\n",
        b"caf\xe9 in Latin-1\n" * 3,
        b'# TYPE a counter\na{b="c"} 1\n',
        b'event: x\ndata: {"a": 1}\n\n' * 2,
        b"\x1b[31mred\x1b[0m\ttext\n",
    ],
)
def test_lines(data: bytes) -> None:
    batches = shapes(data)
    assert [framing for framing, _ in batches] == ["lines"]
    assert batches[0][1] == data


@pytest.mark.parametrize(
    "data",
    [ONE_LINE, ONE_LINE + b"\n", b"\n \n" + ONE_LINE + b"  \n\n", PRETTY, PRETTY + b"\n", b"[]", b"{}\n"],
)
def test_one_value_is_a_document(data: bytes) -> None:
    assert shapes(data) == [("document", data.strip())]


def test_documents_one_behind_the_other() -> None:
    for between in (b"", b" ", b"\n", b"\r\n\r\n", b",\n", b"\n\x1e"):
        data = between.join([PRETTY, PRETTY, b'[\n{"a": 1},\n{"b": 2}\n]', PRETTY])
        assert [framing for framing, _ in shapes(data)] == ["document"] * 4
        assert [json.loads(document) for _, document in shapes(data)][2] == [{"a": 1}, {"b": 2}]


def test_values_on_one_line_are_documents() -> None:
    assert shapes(ONE_LINE * 3) == [("document", ONE_LINE)] * 3
    assert shapes(ONE_LINE + b" " + ONE_LINE + b"\n") == [("document", ONE_LINE)] * 2


def test_documents_between_lines_of_text() -> None:
    data = b"INFO before\n" + PRETTY + b"\nINFO between\n  at line\n" + PRETTY + b" \nINFO after"
    assert shapes(data) == [
        ("lines", b"INFO before\n"),
        ("document", PRETTY),
        ("lines", b"INFO between\n  at line\n"),
        ("document", PRETTY),
        ("lines", b"INFO after"),
    ]


def test_documents_between_lines_of_json() -> None:
    lines = ONE_LINE + b"\n" + ONE_LINE + b"\n"
    assert shapes(PRETTY + b"\n" + lines + PRETTY + b"\n" + lines) == [
        ("document", PRETTY),
        ("lines", lines),
        ("document", PRETTY),
        ("lines", lines),
    ]


texts = st.sampled_from(
    [b"INFO a", b"  at b.c(D:1)", b"[main] {", b'say "hi', b"{x", b"2024 }]", b"Caused by: x"]
)
pieces = st.lists(st.one_of(texts, st.just(ONE_LINE), st.just(PRETTY)), min_size=1, max_size=12)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    pieces,
    st.integers(0, 5),
    st.sampled_from([1, 40, 300, 4 << 20]),
    st.sampled_from([b"\n", b"\r\n", b"\n\n"]),
)
def test_every_record_arrives_once_however_the_bytes_come(
    records: list[bytes], seed: int, block_bytes: int, newline: bytes
) -> None:
    data = newline.join(records)
    batches, issues = cut(data, seed=seed, block_bytes=block_bytes)
    found: list[bytes] = []
    for batch in batches:
        assert data[batch.offset : batch.offset + len(batch.data)] == batch.data
        is_lines = batch.framing == "lines"
        found += [line.rstrip(b"\r") for line in batch.data.split(b"\n")] if is_lines else [batch.data]
    assert [record for record in found if record] == records
    assert issues == ()


@pytest.mark.parametrize("seed", [None, 1, 2])
@pytest.mark.parametrize("behind", [b"", b" \n\n", b"]", ONE_LINE, b"\n" + PRETTY, b"\ntext\n", b"," * 300])
@pytest.mark.parametrize("begin", [b"", b"\n  ", b"\xef\xbb\xbf"])
def test_what_is_offered_whole_comes_as_it_would_otherwise(
    begin: bytes, behind: bytes, seed: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(framing, "WHOLE_HEAD", 40)
    for value in (PRETTY, ONE_LINE, PRETTY[:-1], ONE_LINE[:-20]):
        data, whole = begin + value + behind, Parser()
        assert cut(data, seed=seed, block_bytes=40, whole=whole) == cut(data, seed=seed, block_bytes=40)
        assert whole.taken == ([value] if value[-1:] == b"}" and not behind.strip() else [])
        small = Limits(document_bytes=len(value) - 1)
        assert cut(data, small, seed=seed, block_bytes=40, whole=whole) == cut(data, small, block_bytes=40)


@pytest.mark.parametrize("block_bytes", range(5, 30))
def test_no_byte_comes_twice(block_bytes: int) -> None:
    data = b"[[],[]x],[],[] ,  [],[]\n  text\n" + b" " * 9000 + b"more\n" + ONE_LINE * 2 + b"\n"
    batches, _ = cut(data, block_bytes=block_bytes)
    ends = [0, *(batch.offset + len(batch.data) for batch in batches)]
    assert all(end <= batch.offset for end, batch in zip(ends, batches, strict=False))
    assert b"".join(batch.data for batch in batches).count(b"[]") == 6


def test_blocks_have_about_the_size_asked_for() -> None:
    data = (ONE_LINE + b"\n") * 1000
    batches, _ = cut(data, block_bytes=5000)
    assert b"".join(batch.data for batch in batches) == data
    assert all(4000 < len(batch.data) < 6000 for batch in batches[:-1])
    assert all(batch.data.endswith(b"\n") for batch in batches)


def test_a_stack_trace_stays_with_its_record() -> None:
    trace = (
        b'2024-01-01 ERROR failed\nTraceback (most recent call last):\n  File "a.py", line 1, in f\n    x()\n'
        b"ValueError: bad\n\nDuring handling of the above exception, another exception occurred:\n"
        b"java.lang.IllegalStateException: no\n\tat a.b(C.java:1)\nCaused by: x\n\t... 3 more\n"
    )
    for size in range(1500, 1900, 7):
        batches, _ = cut(trace * 20, block_bytes=size)
        assert all(batch.data.startswith(b"2024-01-01") for batch in batches)


def test_bytes_that_are_no_text_come_whole(tmp_path: Path) -> None:
    for data in (
        b"SQLite format 3\0" + b"x" * 100,
        b"\n\x98\x06\n\xea\x01\n\x22\n\x16tele\x12\x08\x00" * 20,
        b"\0\0\x07W\n\xba\x03\n\xea\x01" * 30,
        random.Random(1).randbytes(5000),
    ):
        assert cut(data, seed=1)[0] == [Batch(data, 0, "binary")]


def test_bytes_beyond_the_limit_are_told() -> None:
    data = random.Random(1).randbytes(5000)
    (batch,), (issue,) = cut(data, Limits(document_bytes=1000), seed=1)
    assert batch == Batch(data[:1000], 0, "binary")
    assert (issue.code, issue.offset) == ("document-too-large", 1000)


def test_marks_of_encodings_are_no_content() -> None:
    (batch,), issues = cut(b"\xef\xbb\xbf" + ONE_LINE)
    assert (batch, issues) == (Batch(ONE_LINE, 3, "document"), ())
    for encoding in ("utf-16", "utf-32", "utf-16-be"):
        (batch,), (issue,) = cut(PRETTY.decode().encode(encoding), seed=2)
        assert batch == Batch(PRETTY, 0, "document")
        assert (issue.severity, issue.code, issue.count) == ("info", "transcoded", 0)


def test_a_hole_at_the_start_is_passed_over() -> None:
    (batch,), (issue,) = cut(b"\0" * 5000 + b"INFO a\n")
    assert batch == Batch(b"INFO a\n", 5000, "lines")
    assert (issue.code, issue.count) == ("nul-bytes", 0)
    batches, (issue,) = cut(b"\0" * 5000)
    assert (batches, issue.code, issue.severity) == ([], "empty-file", "info")


def test_a_log_with_a_hole_in_it_is_still_text() -> None:
    data = b"INFO some line of text\n" * 200 + b"\0" * 4096 + b"INFO more\n" * 200
    assert [batch.framing for batch in cut(data)[0]] == ["lines"]
