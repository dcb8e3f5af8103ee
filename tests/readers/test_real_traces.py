"""Real exports of traces against a plain reading of the same JSON, span by span."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.ingest import ingest
from explorer.model.ids import span_number, trace_number
from explorer.model.schema import Status
from explorer.model.store import Store
from explorer.readers.details import span_detail
from tests.shared import SHARED, needs_shared, shared

Row = tuple[int, int, str, str, int, int]
"""Trace and span number, service, operation, start and duration in ns."""

FOLDERS = ("otlp", "otlp-generated", "tempo", "jaeger", "zipkin")


def documents(path: Path) -> list[Any]:
    """The JSON values in a file, one after the other."""
    text = path.read_text("utf-8").strip()
    found = []
    while text:
        value, end = json.JSONDecoder().raw_decode(text)
        found.append(value)
        text = text[end:].lstrip()
    return found


def get(value: Any, *names: str) -> Any:
    """The first of the names that an object has, in camel or snake case."""
    for name in names:
        snake = "".join(f"_{c.lower()}" if c.isupper() else c for c in name)
        for spelling in (name, snake):
            if isinstance(value, dict) and value.get(spelling) is not None:
                return value[spelling]
    return None


def otlp_rows(document: Any) -> Iterator[tuple[Row, bool]]:
    for outer in ("trace", "result"):
        document = document.get(outer, document)
    for group in get(document, "resourceSpans", "batches") or ():
        attributes = get(get(group, "resource"), "attributes") or ()
        names = [get(one["value"], "stringValue") for one in attributes if one["key"] == "service.name"]
        for scope in get(group, "scopeSpans", "instrumentationLibrarySpans") or ():
            for span in get(scope, "spans") or ():
                start, end = (int(get(span, name) or 0) for name in ("startTimeUnixNano", "endTimeUnixNano"))
                failed = (get(span, "status") or {}).get("code") in (2, "STATUS_CODE_ERROR")
                yield (
                    trace_number(get(span, "traceId")), span_number(get(span, "spanId")),
                    names[0] if names else "unknown_service", span["name"], start, end - start,
                ), failed  # fmt: skip


def jaeger_rows(document: Any) -> Iterator[tuple[Row, bool]]:
    data = document.get("data", document) if isinstance(document, dict) else {"spans": document}
    for trace in data if isinstance(data, list) else [data]:
        for span in trace["spans"]:
            process = trace.get("processes", {}).get(span.get("processID")) or span["process"]
            errors = [tag["value"] for tag in span.get("tags") or () if tag["key"] == "error"]
            yield (
                trace_number(span["traceID"]), span_number(span["spanID"]), process["serviceName"],
                span["operationName"], span["startTime"] * 1000, span["duration"] * 1000,
            ), errors in ([True], ["true"])  # fmt: skip


def zipkin_rows(document: Any) -> Iterator[tuple[Row, bool]]:
    for span in document:
        yield (
            trace_number(span["traceId"]), span_number(span["id"]),
            span["localEndpoint"].get("serviceName") or "unknown_service", span.get("name", ""),
            span.get("timestamp", 0) * 1000, span.get("duration", 0) * 1000,
        ), "error" in span.get("tags", {})  # fmt: skip


ORACLES: dict[str, Callable[[Any], Iterator[tuple[Row, bool]]]] = {
    "otlp-json": otlp_rows,
    "jaeger-json": jaeger_rows,
    "zipkin-json": zipkin_rows,
}
FILES = sorted(
    path for folder in FOLDERS if SHARED is not None for path in (SHARED / "samples" / folder).iterdir()
)


def rows_of(store: Store) -> Iterator[tuple[Row, bool]]:
    spans = store.spans
    for row in range(len(spans)):
        yield (
            store.traces.number[int(spans.trace[row])], int(spans.span_id[row]), store.service(row),
            store.operation(row), int(spans.start[row]), int(spans.duration[row]),
        ), bool(spans.status[row] == Status.ERROR)  # fmt: skip


@needs_shared
@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_each_span_of_a_real_file(path: Path) -> None:
    store = ingest([path])
    oracle = ORACLES.get(store.counts[0].format)
    if oracle is None:  # Another format that this folder holds: its counts are a test of their own.
        assert len(store.spans) > 0
        assert store.counts[0].skipped == 0
        return
    expected = Counter(row for document in documents(path) for row, _ in oracle(document))
    found = Counter(row for row, _ in rows_of(store))
    assert found == expected
    assert store.counts[0].skipped == (1 if "profiles" in path.name else 0)
    failed = {row for document in documents(path) for row, failed in oracle(document) if failed}
    assert failed <= {row for row, failed in rows_of(store) if failed}
    for row in range(len(store.spans)):
        assert span_detail(store, row).raw


@needs_shared
def test_the_demo_of_opentelemetry_is_read_whole() -> None:
    store = ingest([shared("samples", "otlp", "otel-demo-mixed.jsonl")])
    assert (len(store.spans), len(store.traces), len(store.logs)) == (547, 141, 23)
    assert len(store.points["time"]) > 2650
    assert {row.kind for row in store.correlation.rows} == {"trace-id", "request-id"}
    inferred = [row for row in range(len(store.spans)) if store.spans.code[row] >= 500]
    assert len(inferred) >= 100


@needs_shared
def test_a_download_with_nested_references_counts_each_span_once() -> None:
    store = ingest([shared("samples", "jaeger", "traces-1695947455229.json")])
    assert (len(store.spans), len(store.traces)) == (660, 20)
    assert (store.spans.parent < 0).sum() == 20
