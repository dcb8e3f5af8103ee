"""Cut and broken documents: exactly the whole records before the cut survive."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.bundle.nesting import DEEPEST, before_blanks, behind_blanks, key_before
from explorer.bundle.structure import blank_at, repair, repair_at
from tests.bundle.test_brackets import containers

Json = dict[str, Any]
Marks = Iterator[str]

ATTRIBUTES = [{"key": "k", "value": {"arrayValue": {"values": [{"stringValue": 'a"]}'}, {"intValue": "1"}]}}}]


def otlp(marks: Marks) -> object:
    """Spans before and behind what describes them, as writers differ in the order of fields."""

    def spans(count: int) -> list[Json]:
        events = [{"attributes": ATTRIBUTES}]
        return [{"record": next(marks), "attributes": ATTRIBUTES, "events": events} for _ in range(count)]

    scope = {"scope": {"name": "s", "attributes": ATTRIBUTES}}
    resource = {"resource": {"attributes": ATTRIBUTES}}
    first = {**resource, "scopeSpans": [{**scope, "spans": spans(3)}, {"spans": spans(1), **scope}]}
    return {"resourceSpans": [first, {"scopeSpans": [{"spans": spans(2), "schemaUrl": "u"}], **resource}]}


def jaeger(marks: Marks) -> object:
    """The processes stand behind the spans."""

    def trace() -> Json:
        spans = [
            {
                "references": [{"type": "x"}],
                "record": next(marks),
                "logs": [{"fields": [{"key": "e"}]}],
                "w": None,
            }
            for _ in range(2)
        ]
        return {"spans": spans, "processes": {"p1": {"tags": [{"key": "h"}]}}, "warnings": None}

    return {"data": [trace(), trace()], "total": 0, "errors": [{"code": 1}]}


def zipkin(marks: Marks) -> object:
    """A list of lists, as the interface of the server gives it."""

    def spans(count: int) -> list[Json]:
        fields = {"annotations": [{"value": "x"}], "tags": {"a": "b"}}
        return [{"record": next(marks), **fields} for _ in range(count)]

    return [spans(2), spans(1)]


def elastic(marks: Marks) -> object:
    """The record proper is an object within each hit."""
    hits: list[Json] = []
    for _ in range(3):
        source: Json = {"record": next(marks), "tags": [{"a": [1, 2]}], "log": {"level": "x"}}
        hits.append({"_source": source, "sort": [1, 2]})
    return {"took": 1, "hits": {"total": {"value": 3}, "hits": hits, "max": None}, "end": {"a": 1}}


def loki(marks: Marks) -> object:
    """Rows instead of objects."""

    def stream() -> Json:
        rows = [
            ["1700000000000000000", json.dumps({"record": next(marks)}), {"trace": "x"}] for _ in range(2)
        ]
        return {"stream": {"app": "a"}, "values": rows}

    return {"status": "success", "data": {"resultType": "streams", "result": [stream(), stream()]}}


SHAPES = {"otlp": otlp, "jaeger": jaeger, "zipkin": zipkin, "elastic": elastic, "loki": loki}


def ids(value: object) -> Iterator[str]:
    """The marks of all records in a document, in order."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case dict() as fields:
                if "record" in fields:
                    yield fields["record"]
                waiting += list(fields.values())[::-1]
            case list() as elements:
                waiting += elements[::-1]
            case str() as text if text.startswith('{"record"'):
                yield json.loads(text)["record"]
            case _:
                pass


def ends_of_records(text: str) -> dict[str, int]:
    """Where the innermost element of an array that holds each mark ends, by brute force."""
    ends: dict[str, int] = {}
    decoder = json.JSONDecoder()
    for at, character in enumerate(text):
        before = text[:at].rstrip()[-1:]
        if (character in "{[" and before in {"[", ","}) or not at:
            value, end = decoder.raw_decode(text, at)
            for mark in ids(value):
                ends[mark] = min(end, ends.get(mark, len(text)))
    return ends


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_cut_keeps_exactly_the_whole_records(shape: str, indent: int | None) -> None:
    text = json.dumps(SHAPES[shape](iter("abcdefgh")), indent=indent)
    data, ends = text.encode(), ends_of_records(text)
    assert len(ends) >= 3
    for place in range(1, len(data), 7 if indent else 2):
        whole = [mark for mark, end in ends.items() if end <= place]
        mended = repair(data[:place])
        if mended is None:
            assert whole == []
            continue
        document, cut = mended
        assert cut <= place
        assert document[:cut] == data[:cut]
        assert list(ids(json.loads(document))) == whole, place
        if (
            whole and len(document) <= place
        ):  # whoever reads that stretch of the file again finds the same records
            again = repair(data[: len(document)])
            assert again is not None
            assert list(ids(json.loads(again[0]))) == whole, place


@given(containers, st.integers(0, 10_000), st.sampled_from([None, 2]))
def test_what_is_mended_parses_and_begins_as_it_was(value: object, cut: int, indent: int | None) -> None:
    data = json.dumps(value, indent=indent).encode()
    mended = repair(data[: cut % (len(data) + 1)])
    if mended is not None:
        document, cut = mended
        assert document[:cut] == data[:cut]
        json.loads(document)


@given(st.binary(max_size=200) | st.text(st.sampled_from('{}[]",:\\ 1a\n'), max_size=60).map(str.encode))
def test_nothing_raises(data: bytes) -> None:
    for place in (0, len(data) // 2, len(data), len(data) + 5):
        repair(data[:place])
        repair_at(data, place)
        blank_at(data, place)


def test_a_whole_document_has_nothing_to_mend() -> None:
    assert repair(b'{"a": [1]}') is None
    assert repair(b"") is None
    assert repair(b"]]") is None


def test_too_deep_is_given_up() -> None:
    assert repair(b"[" * DEEPEST) is not None
    assert repair(b"[" * (DEEPEST + 1)) is None


def test_a_parser_error_cuts_before_the_record() -> None:
    data = b'[{"a": 1}, {"a": NaNsense}, {"a": 3}]'
    assert repair_at(data, data.index(b"sense")) == (b'[{"a": 1}]', 9)


@pytest.mark.parametrize("number", range(3))
def test_a_broken_record_is_blanked_and_the_others_stay_where_they_are(number: int) -> None:
    records = [b'{"a": 1}', b'{"a": 2}', b'{"a": 3}']
    records[number] = b'{"a": 0x}'
    data = b'{"spans": [' + b" , ".join(records) + b"]}"
    blanked = blank_at(data, data.index(b"0x") + 1)
    assert blanked is not None
    document, begin, end = blanked
    assert len(document) == len(data)
    assert data[begin:end].strip(b" ,") == b'{"a": 0x}'
    assert [span["a"] for span in json.loads(document)["spans"]] == [i + 1 for i in range(3) if i != number]


def test_blanking_reaches_the_record_around_a_broken_attribute() -> None:
    data = json.dumps({"spans": [{"id": 1, "tags": [{"k": "bad"}, {"k": 2}]}, {"id": 2}]}).encode()
    blanked = blank_at(data, data.index(b"bad"))
    assert blanked is not None
    assert json.loads(blanked[0]) == {"spans": [{"id": 2}]}


def test_what_holds_other_records_is_never_blanked() -> None:
    data = b'{"data": [{"spans": [{"a": 1}], "total": 0x}, {"spans": []}]}'
    assert blank_at(data, data.index(b"0x")) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('{"name" : [', b"name"),
        ('{"a\\"b":[', b'a\\"b'),
        ("[[", b""),
        ('["x", [', b""),
        ('{"":[', b""),
        (":[", b""),
    ],
)
def test_the_name_before_a_value(text: str, name: bytes) -> None:
    data = text.encode()
    begin, found = key_before(data, len(data) - 1)
    assert found == name
    assert begin == (data.index(b'"') if data[:1] == b"{" else len(data) - 1)


def test_blanks_are_passed_over_however_many() -> None:
    data = b"a" + b" " * 5000 + b"b"
    assert before_blanks(data, 5001) == 1
    assert behind_blanks(data, 1, len(data)) == 5001
    assert before_blanks(b"   ", 3) == 0
    assert behind_blanks(b"   ", 0, 3) == 3
