"""Words in what spans and log records say, found in their bytes, against opening every record."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson
import pytest

from explorer.analysis.causes import analyse
from explorer.analysis.fulltext import logs_holding, spans_holding, texts_of
from explorer.analysis.matching import matching_ids
from explorer.analysis.scanning import watched
from explorer.decoding.needles import Needle
from explorer.errors import Cancelled
from explorer.model.records import Detail
from explorer.model.store import Store
from explorer.query import parse
from explorer.readers import otlp_json
from explorer.readers.details import span_detail
from explorer.session.rules import known_rules
from tests.readers.reading import FIXTURES, read, read_copy
from tests.shared import SHARED

LOCATED = ("otlp_json", "jaeger_json", "zipkin_json")
"""Formats whose spans are found by their place; of all others they are opened."""


def files() -> list[Path]:
    """Fixtures of these formats, and a few real exports of them where they are."""
    found = [path for name in LOCATED for path in sorted((FIXTURES / name).rglob("*")) if path.is_file()]
    if SHARED is not None:
        for name in ("otlp", "jaeger", "zipkin"):
            real = sorted((SHARED / "samples" / name).glob("*.json*"))
            found += [path for path in real if path.stat().st_size < 300_000][:12]
    return [path for path in found if not path.name.endswith(".expected.json")]


def unnamed(detail: Detail) -> Detail:
    """Without names of events: those of Jaeger's are sometimes made of the name of a field."""
    return detail._replace(events=tuple(replace(event, name="") for event in detail.events))


def words(texts: list[list[str]], drawn: random.Random) -> list[str]:
    """Parts of texts that are there."""
    every = [text for one in texts for text in one if text]
    found = ["value", "key", "string", "0", "500", "get"]
    for _ in range(6 if every else 0):
        text = drawn.choice(every)
        begin = drawn.randrange(max(1, len(text) - 3))
        found.append(text[begin : begin + drawn.randrange(1, 12)].lower())
    return [word for word in found if word.strip()]


@pytest.mark.parametrize("path", files(), ids=lambda path: path.name)
def test_places_tell_what_opening_tells(path: Path) -> None:
    store = read(path)
    rows = range(min(len(store.spans), 600))
    texts = [[text.lower() for text in texts_of(unnamed(span_detail(store, row)))] for row in rows]
    drawn = random.Random(path.name)
    for word in words(texts, drawn):
        for exact in (False, True):
            needle = Needle(word, exact=exact)
            found = spans_holding(store, needle)
            for row in rows:
                says = any(map(needle.within, texts[row]))
                named = _named(store, row, needle) or _ambiguous(store, row, word)
                assert says <= bool(found[row]) <= (says or named), (word, exact, row)


def _named(store: Store, row: int, needle: Needle) -> bool:
    return any(
        map(needle.within, (store.operation(row), *(event.name for event in span_detail(store, row).events)))
    )


def _ambiguous(store: Store, row: int, word: str) -> bool:
    """Whether the words stand in what a span carries of others: a library's name, the whole parent of old downloads.

    Or in how many attributes of an event the collector says that it dropped, which no event shows.
    """
    detail = span_detail(store, row)
    said = detail.raw.lower()
    whole = '"references"' in said and word in said
    return whole or word in detail.scope.lower() or ('"annotations"' in said and f"}}|{word}" in said)


def document(*values: object, indent: bool = False, escape: str = "") -> bytes:
    """Spans with one attribute each, whose values are written as they are given."""
    spans = [
        {"traceId": "1" * 32, "spanId": f"{n + 1:016x}", "parentSpanId": "", "name": "call", "kind": 2,
         "startTimeUnixNano": "1790000000000000000", "endTimeUnixNano": "1790000000000000500",
         "attributes": [{"key": "note", "value": value if isinstance(value, dict) else {"stringValue": value}}],
         "links": [{"traceId": "2" * 32, "spanId": "3" * 16}]}
        for n, value in enumerate(values)
    ]  # fmt: skip
    resource = {"attributes": [{"key": "zone", "value": {"stringValue": "basement"}}]}
    whole = {"resourceSpans": [
        {"resource": resource, "scopeSpans": [{"scope": {"name": "lib"}, "spans": spans[:1]}]},
        {"resource": {"attributes": []}, "scopeSpans": [{"scope": {}, "spans": spans[1:]}]},
    ]}  # fmt: skip
    data = orjson.dumps(whole, option=orjson.OPT_INDENT_2 if indent else None)
    if escape:
        data = data.replace(escape.encode(), "".join(f"\\u{ord(sign):04X}" for sign in escape).encode())
    return data


def found(tmp_path: Path, data: bytes, word: str, *, exact: bool = False) -> list[int]:
    """Numbers of the spans that say a word."""
    store = read_copy(data, tmp_path, "spans.json")
    hit = spans_holding(store, Needle(word, exact=exact))
    return sorted(int(number) - 1 for number in store.spans.span_id[hit])


@pytest.mark.parametrize("indent", [False, True])
def test_values_count_and_names_ids_and_times_do_not(tmp_path: Path, indent: bool) -> None:
    data = document("the Bank is down", {"intValue": "42"}, {"kvlistValue": {"values": []}}, indent=indent)
    assert found(tmp_path, data, "bank is") == [0]
    assert found(tmp_path, data, "42") == [1]
    assert found(tmp_path, data, "basement") == [0], "its resource says it"
    for word in ("note", "stringvalue", "1790", "attributes", "1111", "zone", '","'):
        assert found(tmp_path, data, word) == [], word


@pytest.mark.parametrize(
    ("text", "word", "escape"),
    [
        ("Café noir", "CAFÉ".lower(), ""), ("Café noir", "café", "é"), ("CAFÉ", "é", "É"), ("日本語", "本", "本"),
        ('say "hi"', 'y "h', ""), ("a\\b", "a\\b", ""), ("a/b", "a/b", "/"), ("<tag> & 'x'", "<tag> & '", "<"),
        ("one\ntwo", "e\nt", ""), ("🚀 start", "🚀 s", ""),
    ],
)  # fmt: skip
def test_every_spelling_is_found(tmp_path: Path, text: str, word: str, escape: str) -> None:
    assert found(tmp_path, document("nothing", text, escape=escape), word) == [1]


def test_an_escape_is_no_letter(tmp_path: Path) -> None:
    data = document("x\nail", "nail", "ail")
    assert found(tmp_path, data, "nail") == [1]
    assert found(tmp_path, data, "ail", exact=True) == [0, 2]


def test_log_lines_say_their_values(tmp_path: Path) -> None:
    lines = [
        {"time": "2026-11-18T14:07:00Z", "level": "info", "message": "paid", "customer": 'Ada "the" one'},
        {"time": "2026-11-18T14:07:01Z", "level": "error", "message": "no customer here", "code": 503},
    ]  # fmt: skip
    store = read_copy(b"\n".join(map(orjson.dumps, lines)), tmp_path, "app.log")
    says = {
        word: np.flatnonzero(logs_holding(store, Needle(word))).tolist()
        for word in ("customer", '"the"', "503", "level")
    }
    assert says == {"customer": [1], '"the"': [0], "503": [1], "level": []}


def test_a_query_finds_the_ids_of_spans_that_say_a_word(tmp_path: Path) -> None:
    store = read_copy(document("the Bank is down", "fine"), tmp_path, "spans.json")
    analysis = analyse(store, known_rules()[0])
    for query, hits in (("bank", 1), ('"bank is"', 1), ('"ban"', 0), ("nobody", 0), ("-bank fine", 1)):
        assert int(matching_ids(store, analysis, parse(query)).sum()) == hits, query


def test_it_can_be_cancelled_and_tells_how_far_it_is(tmp_path: Path) -> None:
    store = read_copy(document("a", "b"), tmp_path, "spans.json")
    shares: list[float] = []
    spans_holding(store, Needle("b"), watched(lambda: False, shares.append))
    assert shares
    assert all(0 <= share <= 1 for share in shares)
    with pytest.raises(Cancelled):
        spans_holding(store, Needle("b"), watched(lambda: True))


def test_compact_documents_are_located_without_parsing() -> None:
    data = document("a", "b", "c")
    extents = otlp_json.extents(data)
    assert extents is not None
    assert all(data[begin:].startswith(b'{"traceId":"1') for begin in extents.begin.tolist())
    spaced = otlp_json.extents(document("a", "b", "c", indent=True))
    assert spaced is not None
    assert len(spaced.begin) == len(extents.begin) == 3


def test_packed_documents_that_are_gone_are_passed_over(tmp_path: Path) -> None:
    store = read_copy((FIXTURES / "skywalking" / "storage.json").read_bytes(), tmp_path, "storage.json")
    (tmp_path / "storage.json").unlink()
    assert len(store.spans)
    assert not spans_holding(store, Needle("anything")).any()
