"""Documents with broken parts: what is sound in them is read, what is not is counted."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from explorer.decoding.lenient import loads
from explorer.decoding.mending import mended
from explorer.ingest import ingest
from explorer.readers.details import span_detail
from tests.small import failing_lines, healthy_lines


def document() -> bytes:
    """All spans of the small bundle as one document."""
    resources = [
        resource for line in (*failing_lines(), *healthy_lines()) for resource in line["resourceSpans"]
    ]
    return orjson.dumps({"resourceSpans": resources})


def test_a_sound_document_is_left_alone() -> None:
    assert mended(document()) is None


def test_no_json_cannot_be_mended() -> None:
    assert mended(b"{this is no json}") is None
    assert mended(b"plain text") is None


def test_a_broken_span_is_left_out_and_those_around_it_stay(tmp_path: Path) -> None:
    data = document().replace(b'"kind":3,', b'"kind":nonsense,', 1)
    again = mended(data)
    assert again is not None
    assert len(again.broken) == 1
    assert again.cut == -1
    assert len(again.data) == len(data)
    (tmp_path / "broken.json").write_bytes(data)
    store = ingest([tmp_path])
    assert len(store.spans) == 5
    assert [(issue.code, issue.count) for issue in store.issues] == [("broken-record", 1)]
    assert store.issues[0].offset == again.broken[0]
    for row in range(5):
        assert span_detail(store, row).attributes


def test_a_cut_line_keeps_the_spans_before_the_cut(tmp_path: Path) -> None:
    lines = [orjson.dumps(line) for line in (*healthy_lines(), *failing_lines())]
    whole = b"\n".join(lines)
    (tmp_path / "cut.jsonl").write_bytes(whole[: len(lines[0]) + len(lines[1]) - 200])
    store = ingest([tmp_path])
    assert len(store.spans) == 4
    assert [(issue.code, issue.count) for issue in store.issues] == [("truncated-record", 1)]
    assert all(span_detail(store, row).resource for row in range(4))


@pytest.mark.parametrize("comment", [b"", b"/* by hand */", b"// by hand\n"])
def test_an_address_without_quotes_is_no_comment(comment: bytes) -> None:
    """What follows it, in a document of one line, stays."""
    data = document().replace(b'"kind":3,', b'"kind":http://here/,', 1).replace(b'"kind":2,', comment, 1)
    again = mended(data)
    assert again is not None
    assert (len(again.broken), again.cut) == (1, -1)


@pytest.mark.parametrize("odd", [b'"a\xffb":1,', b'"a":NaN,', b'"a":-Infinity,', b'"a":"\t\\x22",'])
def test_what_is_merely_odd_does_not_keep_a_document_from_being_mended(odd: bytes) -> None:
    data = (
        document().replace(b'"kind":3,', b'"kind":nonsense,', 1).replace(b'"kind":2,', odd + b'"kind":2,', 1)
    )
    again = mended(data)
    assert again is not None
    assert len(again.data) == len(data)
    assert (len(again.broken), again.cut) == (1, -1)
    assert odd in again.data


@pytest.mark.parametrize("odd", [b"1NaN", b"[\x08Infinity]"])
def test_what_is_mended_can_be_read(odd: bytes) -> None:
    """What merely looks odd within a text may be broken elsewhere."""
    again = mended(document().replace(b'"kind":3', b'"kind":' + odd, 1))
    assert again is not None
    assert loads(again.data)


def test_what_was_mended_twice_opens_again(tmp_path: Path) -> None:
    """A document that is cut and has a broken part: closed first, then freed of the part."""
    data = document().replace(b'"kind":2,', b'"kind":nonsense,"\xff":0,', 1)
    (tmp_path / "broken.json").write_bytes(data[: len(data) - 400])
    store = ingest([tmp_path])
    assert {issue.code for issue in store.issues} == {"broken-record", "truncated-record"}
    assert len(store.spans)
    assert all(span_detail(store, row).resource for row in range(len(store.spans)))


def test_brackets_left_over_behind_a_whole_document_cost_nothing(tmp_path: Path) -> None:
    (tmp_path / "stray.json").write_bytes(document() + b"],\n")
    store = ingest([tmp_path])
    assert len(store.spans) == 6
    assert [issue.code for issue in store.issues] == ["truncated-record"]


@pytest.mark.parametrize("odd", [b"\n", b"\r\n\n", b"\t", b"\\x22", b"\\d"])
def test_what_stands_in_a_text_and_may_not_costs_no_span(tmp_path: Path, odd: bytes) -> None:
    data = document()
    place = data.index(b'"stringValue":"') + len(b'"stringValue":"')
    (tmp_path / "odd.json").write_bytes(data[:place] + odd + data[place:])
    store = ingest([tmp_path])
    assert len(store.spans) == 6
    assert {(issue.code, issue.count) for issue in store.issues} <= {("line-break-in-text", 0)}
    assert all(span_detail(store, row).resource for row in range(6))


def test_quotes_within_a_text_of_a_line_of_its_own_are_apostrophes() -> None:
    told = mended(b'{\n  "a": "step "0"",\n  "b": "x \\"y\\"", "c": 1,\n  "d": "e"\n}')
    assert told is not None
    assert loads(told.data) == {"a": "step '0'", "b": 'x "y"', "c": 1, "d": "e"}
    assert (told.quotes, told.broken, told.cut) == (1, (), -1)
    assert mended(b'{\n  "a": "step \\"0\\""\n}') is None
