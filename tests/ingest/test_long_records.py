"""Records whose telling keys stand behind a long text, as a prompt is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.readers.reading import FIXTURES, read_copy

_LONG = "word " * 20_000
_FORMS = {
    "datadog_traces/payload.json": "trace_id", "google-cloud-trace/list.json": "spanId",
    "jaeger_elastic/search.json": "spanID", "jaeger_json/download.json": "spanID", "langsmith/nested.json": "run_type",
    "phoenix/spans.json": "span_kind", "zipkin_json/trace.json": "traceId",
}  # fmt: skip


def _with_long_text(value: Any, mark: str) -> Any:
    """The objects that have a key, with a long text and many small values before all others."""
    if isinstance(value, list):
        return [_with_long_text(one, mark) for one in value]
    if not isinstance(value, dict):
        return value
    first = {"a_prompt": _LONG, "a_list": [{"content": n} for n in range(3000)]} if mark in value else {}
    return first | {name: _with_long_text(one, mark) for name, one in value.items()}


@pytest.mark.parametrize("form", _FORMS)
def test_records_are_known_by_what_stands_behind_a_long_text(form: str, tmp_path: Path) -> None:
    data = (FIXTURES / form).read_bytes()
    plain = read_copy(data, tmp_path, "plain")
    told = read_copy(orjson.dumps(_with_long_text(orjson.loads(data), _FORMS[form])), tmp_path, "long")
    assert [count.format for count in told.counts] == [count.format for count in plain.counts]
    assert told.spans.span_id.tolist() == plain.spans.span_id.tolist()
    assert told.spans.start.tolist() == plain.spans.start.tolist()


def test_a_document_too_long_to_be_decoded_twice_is_known_by_its_first_records(tmp_path: Path) -> None:
    spans = orjson.loads((FIXTURES / "zipkin_json" / "trace.json").read_bytes())
    many = [span | {"id": f"{n:016x}"} for n in range(30) for span in _with_long_text(spans[:1], "traceId")]
    many = [one | {"a_prompt": _LONG * 4} for one in many]
    data = orjson.dumps(many)
    assert len(data) > 8 << 20
    assert read_copy(data, tmp_path).counts[0].format == "zipkin-json"
