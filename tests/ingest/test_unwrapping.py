"""Documents of known formats below keys of somebody's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.readers.reading import FIXTURES, read_copy

_FORMS = (
    "otel_python/console.txt", "otel_readable/spans.json", "zipkin_json/trace.json", "langfuse/export.json",
    "langsmith/saved.jsonl", "xray/daemon.jsonl", "mlflow-traces/version2.json", "airflow/task_instances.json",
    "kubeflow-run/detail.json", "argo/workflow.json",
)  # fmt: skip
_WRAPPINGS: dict[str, Callable[[list[Any]], Any]] = {
    "a key": lambda values: {"spans": values},
    "an id": lambda values: {"4bf92f3577b34da6a3ce929d0e0e4736": values},
    "a page": lambda values: {"result": {"page": 1, "total": len(values), "items": values}},
    "each alone": lambda values: {"traces": [{"name": "one", "held": [value]} for value in values]},
}


def _values(data: bytes) -> list[Any]:
    text, found = data.decode(), list[Any]()
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        for part in text.replace("}\n{", "}\0{").split("\0"):
            found.append(orjson.loads(part[part.index("{") :]))
        return found
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("wrapping", _WRAPPINGS)
@pytest.mark.parametrize("form", _FORMS)
def test_wrapped_documents_tell_the_same(form: str, wrapping: str, tmp_path: Path) -> None:
    values = _values((FIXTURES / form).read_bytes())
    plain = read_copy(orjson.dumps(values), tmp_path, "plain")
    told = read_copy(orjson.dumps(_WRAPPINGS[wrapping](values)), tmp_path, "wrapped")
    assert len(plain.spans) > 0
    assert sorted(told.spans.span_id.tolist()) == sorted(plain.spans.span_id.tolist())
    assert told.counts[0].format == plain.counts[0].format


def test_a_log_record_that_holds_spans_stays_one(tmp_path: Path) -> None:
    spans = orjson.loads((FIXTURES / "zipkin_json" / "trace.json").read_bytes())
    record = {"time": "2026-09-21T14:13:20Z", "level": "INFO", "message": "sent", "batch": spans}
    store = read_copy(orjson.dumps(record, option=orjson.OPT_INDENT_2), tmp_path)
    assert (len(store.logs), len(store.spans)) == (1, 0)


def test_logs_beside_wrapped_spans_are_read_too(tmp_path: Path) -> None:
    spans = orjson.loads((FIXTURES / "zipkin_json" / "trace.json").read_bytes())
    logs = [
        {"timestamp": f"2026-09-21T14:13:2{n}Z", "level": "ERROR", "message": "refused"} for n in range(3)
    ]
    store = read_copy(orjson.dumps({"saved": {"spans": spans, "logs": logs}}), tmp_path)
    assert (len(store.logs), len(store.spans)) == (3, len(spans))


def test_what_stands_around_the_spans_of_a_request_is_kept(tmp_path: Path) -> None:
    span = {
        "traceId": "ab" * 16,
        "spanId": "cd" * 8,
        "name": "get",
        "startTimeUnixNano": "1790000000000000000",
    }
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]}
    request = {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [span]}]}]}
    logs = [{"timestamp": "2026-09-21T14:13:20Z", "level": "info", "message": "opened"}]
    store = read_copy(orjson.dumps({"logs": logs, "traces": request}), tmp_path)
    assert ([store.service(row) for row in range(len(store.spans))], len(store.logs)) == (["shop"], 1)


def test_lists_that_nobody_knows_are_counted(tmp_path: Path) -> None:
    spans = orjson.loads((FIXTURES / "zipkin_json" / "trace.json").read_bytes())
    store = read_copy(
        orjson.dumps({"saved": {"spans": spans, "owners": [{"team": "a"}, {"team": "b"}]}}), tmp_path
    )
    assert len(store.spans) == len(spans)
    assert store.counts[0].skipped == 1
    assert [issue.code for issue in store.issues] == ["unknown-beside"]


def test_what_lies_too_deep_beside_is_counted(tmp_path: Path) -> None:
    spans = orjson.loads((FIXTURES / "zipkin_json" / "trace.json").read_bytes())
    deep: object = spans
    for number in range(9):
        deep = {f"k{number}": deep}
    store = read_copy(orjson.dumps({"near": spans, "far": deep}), tmp_path)
    assert (len(store.spans), store.counts[0].skipped) == (len(spans), 1)
