"""Text that is cut, broken or too long: what is whole arrives, what is not is counted."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from explorer.bundle.framing import Batch
from explorer.bundle.limits import Limits
from tests.bundle.test_framing import ONE_LINE, PRETTY, cut

RECORDS = [{"record": i, "tags": [{"k": "v"}]} for i in range(5)]
DOCUMENT = json.dumps({"data": RECORDS}, indent=1).encode()


@pytest.mark.parametrize("seed", [None, 1])
def test_a_cut_document_is_mended_and_counted_once(seed: int | None) -> None:
    place = DOCUMENT.index(b'"record": 3') + 5
    (batch,), (issue,) = cut(b"\n" + DOCUMENT[:place], seed=seed)
    assert json.loads(batch.data) == {"data": RECORDS[:3]}
    assert (batch.framing, batch.offset) == ("document", 1)
    assert (issue.severity, issue.code, issue.count) == ("warning", "truncated-record", 1)
    kept = issue.offset - 1
    assert batch.data[:kept] == DOCUMENT[:kept]
    assert batch.data[kept:].strip(b" \n]}") == b""


def test_a_cut_document_without_a_whole_record_is_counted_only() -> None:
    batches, (issue,) = cut(b'{\n "level": "info",\n "text": "cu')
    assert (batches, issue.code, issue.count, issue.offset) == ([], "truncated-record", 1, 0)


def test_a_cut_last_line_arrives_as_it_is() -> None:
    data = ONE_LINE + b"\n" + ONE_LINE[:20]
    assert cut(data) == ([Batch(data, 0, "lines")], ())


def test_a_document_that_breaks_off_does_not_swallow_what_follows() -> None:
    place = DOCUMENT.index(b'"record": 3') + 8
    for following in (b"\n2024-01-01 INFO next\n", b"\n" + PRETTY, b"\n" + ONE_LINE + b"\n" + ONE_LINE):
        batches, (issue,) = cut(DOCUMENT[:place] + following)
        assert json.loads(batches[0].data) == {"data": RECORDS[:3]}
        assert (batches[1].data, batches[1].offset) == (following[1:], place + 1)
        assert (issue.code, issue.count) == ("truncated-record", 1)


def test_one_broken_line_does_not_swallow_the_next() -> None:
    for broken in (
        b'{"a": 1, "b": "x',
        b'{"a": 1,',
        b'{"a": [1, 2',
        b'{"a": ',
        b'{"a": tr',
        b'{"a": {',
        b"{",
    ):
        data = ONE_LINE + b"\n" + broken + b"\n" + (ONE_LINE + b"\n") * 3
        batches, issues = cut(data)
        lines = [line for batch in batches if batch.framing == "lines" for line in batch.data.splitlines()]
        assert lines.count(ONE_LINE) >= 3, broken
        if broken != b'{"a": ':  # behind which the next line makes sense
            assert (b"".join(batch.data for batch in batches), issues) == (data, ())


def test_text_after_a_cut_line_of_json_stays_text() -> None:
    data = ONE_LINE + b'\n{"msg": "bo\n   at foo.bar()\nINFO x\n' + ONE_LINE + b"\n"
    assert cut(data) == ([Batch(data, 0, "lines")], ())


@pytest.mark.parametrize("block_bytes", [10, 1 << 20])
@pytest.mark.parametrize("last", [b"", b"\nafter\n", b"\nafter"])
def test_a_line_above_the_limit_is_left_out(block_bytes: int, last: bytes) -> None:
    data = b"before\n" + b"x" * 2000 + last
    batches, (issue,) = cut(data, Limits(record_bytes=1000), block_bytes=block_bytes, seed=3)
    assert b"".join(batch.data for batch in batches) == b"before\n" + last[1:]
    assert all(data[batch.offset :].startswith(batch.data) for batch in batches)
    assert (issue.code, issue.count, issue.offset) == ("record-too-large", 1, 7)


@pytest.mark.parametrize("block_bytes", [10, 1 << 20])
def test_a_long_line_of_json_holds_many_records_and_stays(block_bytes: int) -> None:
    long = b'{"spans": [' + b", ".join([ONE_LINE] * 50) + b"]}"
    data = ONE_LINE + b"\n" + long + b"\n" + ONE_LINE + b"\n"
    batches, issues = cut(data, Limits(record_bytes=1000), block_bytes=block_bytes)
    assert b"".join(batch.data for batch in batches) == data
    assert {batch.framing for batch in batches} == {"lines"}
    assert issues == ()


@pytest.mark.parametrize("block_bytes", [10, 1 << 20])
def test_a_first_line_larger_than_a_block_is_still_a_line(block_bytes: int) -> None:
    data = ONE_LINE + b" text\n" + ONE_LINE + b"\n"
    batches, _ = cut(data, block_bytes=block_bytes, seed=1)
    assert b"".join(batch.data for batch in batches) == data
    assert {batch.framing for batch in batches} == {"lines"}


def test_a_document_above_the_limit_keeps_its_first_records() -> None:
    data = DOCUMENT + b"\n" + PRETTY
    limit = DOCUMENT.index(b'"record": 3') + 3
    (first, second), (issue,) = cut(data, Limits(document_bytes=limit), block_bytes=50)
    assert json.loads(first.data) == {"data": RECORDS[:3]}
    assert second.data == PRETTY
    assert (issue.code, issue.count) == ("document-too-large", 1)


def test_every_cut_of_mixed_text_keeps_what_was_whole() -> None:
    records = [b"INFO a", PRETTY, ONE_LINE, b"WARN b", DOCUMENT, PRETTY, ONE_LINE]
    data = b"\n".join(records)
    ends = [len(b"\n".join(records[:i])) for i in range(1, len(records) + 1)]
    for place in range(1, len(data), 3):
        batches, issues = cut(data[:place], block_bytes=100)
        text = b"".join(batch.data for batch in batches)
        for record, end in zip(records, ends, strict=True):
            assert place < end or record in text
        assert sum(issue.count for issue in issues) <= 1
        assert all(a.offset + len(a.data) <= b.offset for a, b in pairwise(batches))
