"""One attribute of a whole document at once is what opening its spans one by one tells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson
import pytest

from explorer.analysis.search import attribute_column
from explorer.decoding.naming import Name, value_of
from explorer.model.store import Store
from explorer.readers import otlp_json
from explorer.readers.details import raw_bytes, span_detail
from tests.readers.reading import fixtures, read

OTLP = [path for path in fixtures() if path.parent.name.startswith("otlp")]


def details(store: Store) -> Iterator[tuple[int, dict[str, str], set[str]]]:
    """Row, attributes as text (those of the span win) and their names, of each span."""
    for row in range(len(store.spans)):
        detail = span_detail(store, row)
        pairs = [(name, value) for name, value in (*detail.resource, *reversed(detail.attributes))]
        yield (
            row,
            {name: str(value) for name, value in pairs if value is not None},
            {name for name, _ in pairs},
        )


def told(raw: bytes, name: str) -> Sequence[str | None] | None:
    """What the reader tells of a document."""
    return otlp_json.column(raw, Name(name, raw))


@pytest.mark.parametrize("path", OTLP, ids=lambda path: path.name)
def test_it_tells_what_opening_tells(path: Path) -> None:
    store = read(path)
    opened = list(details(store))
    for name in sorted({name for _, _, names in opened for name in names})[:60]:
        for row, texts, _ in opened:
            doc = int(store.spans.doc[row])
            if store.readers[int(store.documents["reader"][doc])] != otlp_json.NAME:
                continue
            if store.documents["mended"][doc]:
                continue
            column = told(raw_bytes(store, doc), name)
            if column is not None:
                assert column[int(store.spans.index[row])] == texts.get(name), (name, row)


def document(*attributes: dict[str, object]) -> bytes:
    """Spans with one attribute each."""
    spans = [
        {"traceId": "1" * 32, "spanId": f"{n + 1:016x}", "name": "call", "startTimeUnixNano": "1",
         "endTimeUnixNano": "2", "attributes": [one]}
        for n, one in enumerate(attributes)
    ]  # fmt: skip
    resource = {"attributes": [{"key": "zone", "value": {"stringValue": "of the resource"}}]}
    return orjson.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": spans}]}]})


def test_values_of_every_kind_are_told() -> None:
    raw = document(
        {"key": "zone", "value": {"stringValue": "a"}},
        {"key": "zone", "value": {"intValue": "7"}},
        {"key": "zone", "value": {"boolValue": True}},
        {"key": "zone", "value": {"doubleValue": 0.5}},
        {"key": "zone", "value": {"stringValue": 'an "escape"'}},
        {
            "key": "other",
            "value": {"kvlistValue": {"values": [{"key": "zone", "value": {"stringValue": "in"}}]}},
        },
        {"key": "other", "value": {"stringValue": "zone"}},
    )
    there = "of the resource"
    assert told(raw, "zone") == ["a", "7", "True", "0.5", 'an "escape"', there, there]


def test_a_name_is_told_in_any_spelling_its_own_first() -> None:
    raw = document(
        {"key": "http.zone", "value": {"stringValue": "a"}},
        {"key": "HTTP_zone", "value": {"stringValue": "b"}},
    )
    assert told(raw, "http.zone") == ["a", "b"]
    both = [("http_zone", "other"), ("http.zone", "own"), ("http.zone", "again")]
    assert [value_of(both, name) for name in ("http.zone", "http_zone", "http-zone")] == [
        "own",
        "other",
        "other",
    ]


def test_a_query_finds_spans_by_it(tmp_path: Path) -> None:
    path = tmp_path / "spans.json"
    path.write_bytes(document({"key": "zone", "value": {"stringValue": "a"}}, {"key": "x", "value": {}}))
    codes, table = attribute_column(read(path), "zone") or ([], [])
    assert [table[code] for code in codes] == ["a", "of the resource"]
