"""Jaeger's JSON: what the API answers and what the interface downloads, in all their forms."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest

from explorer.decoding.contract import Confidence
from explorer.decoding.traces.opentracing import event_of
from explorer.decoding.traces.plain import Fault
from explorer.model.store import Store
from explorer.readers import jaeger_json
from explorer.readers.details import span_detail
from explorer.readers.jaeger_json import shapes
from explorer.readers.jaeger_json.shapes import Reference, Span
from explorer.readers.jaeger_json.spans import parent_of
from tests.readers.reading import FIXTURES
from tests.readers.traces_read import by_name, issues_told, rejects, spans_told, store_of

US = 1000


def fixture(name: str) -> bytes:
    return (FIXTURES / "jaeger_json" / name).read_bytes()


def span(**fields: Any) -> dict[str, Any]:
    return {
        "traceID": "ab", "spanID": "01", "operationName": "s", "references": [], "startTime": 1_790_000_000_000_000,
        "duration": 5, "tags": [], "logs": [], "processID": "p1", "warnings": None, **fields,
    }  # fmt: skip


def trace(*spans: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"traceID": "ab", "spans": list(spans), "processes": {"p1": {"serviceName": "shop"}}, **fields}


def tag(key: str, value: Any, type_: str = "string") -> dict[str, Any]:
    return {"key": key, "type": type_, "value": value}


def read(document: Any) -> Store:
    return store_of(jaeger_json, json.dumps(document).encode())


def test_a_download() -> None:
    store = store_of(jaeger_json, fixture("download.json"))
    told = by_name(store)
    root, query, lost = told["HTTP GET /dispatch"], told["SQL SELECT"], told["unnamed process"]
    assert (root["status"], root["resource"].host) == ("UNSET", "web-1")
    assert root["events"] == [(1790000000000100 * US, "HTTP request received")]
    assert (query["parent"], query["peer"], query["service"]) == (root["id"], "mysql", "customer")
    assert query["failures"] == [
        ("EXCEPTION", "DeadlockError", "try restarting transaction"), ("MESSAGE", "", "deadlock found"),
    ]  # fmt: skip
    assert query["links"] == [(root["trace"], "f" * 16), ("", "2222222222222222")]
    assert (lost["parent"], lost["service"], lost["status"]) == (root["id"], "frontend", "ERROR")
    assert lost["flags"] == "INFERRED_ERROR"
    assert issues_told(store) == [("jaeger-warning", 0)]


def test_a_span_opened_again() -> None:
    store = store_of(jaeger_json, fixture("download.json"))
    root, query = span_detail(store, 0), span_detail(store, 1)
    assert dict(root.attributes)["big"] == 9223372036854775222
    assert dict(root.resource) == {"service.name": "frontend", "hostname": "web-1"}
    assert query.message == "deadlock found"
    assert (query.exception_type, query.exception_message) == ("DeadlockError", "try restarting transaction")
    assert query.stack.splitlines()[1] == "  at query.js:7"
    assert [event.name for event in query.events] == ["error"]
    assert len(query.links) == 3
    assert str(dict(query.attributes)["warning"]).startswith("This span's timestamps")


def test_a_span_is_counted_once_however_often_references_hold_it() -> None:
    store = store_of(jaeger_json, fixture("nested_references.json"))
    assert [store.operation(row) for row in range(len(store.spans))] == ["root", "child", "grandchild"]
    assert store.spans.parent.tolist() == [-1, 0, 1]


def test_an_anonymized_file_has_truth_values_as_text() -> None:
    told = spans_told(store_of(jaeger_json, fixture("anonymized.json")))
    assert [(one["status"], one["kind"]) for one in told] == [("UNSET", "SERVER"), ("ERROR", "CLIENT")]


@pytest.mark.parametrize("how", ["data", "one", "bare", "traces", "spans"])
def test_the_forms_of_a_document(how: str) -> None:
    one = trace(span(process={"serviceName": "shop"}))
    forms = {
        "data": {"data": [one]},
        "one": {"data": one},
        "bare": one,
        "traces": [one],
        "spans": one["spans"],
    }
    data = orjson.dumps(forms[how])
    if how != "traces":
        assert jaeger_json.detect(data) is Confidence.CERTAIN
    store = store_of(jaeger_json, data)
    assert [told["service"] for told in spans_told(store)] == ["shop"]
    assert dict(span_detail(store, 0).resource) == {"service.name": "shop"}


def test_process_ids_hold_within_one_trace() -> None:
    other = {
        **trace(span(traceID="cd", spanID="02", operationName="t")),
        "processes": {"p1": {"serviceName": "b"}},
    }
    told = by_name(read({"data": [trace(span()), {**other, "traceID": "cd"}]}))
    assert (told["s"]["service"], told["t"]["service"]) == ("shop", "b")


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (tag("error", True, "bool"), "ERROR", ""), (tag("error", "true"), "ERROR", ""),
        (tag("error", False, "bool"), "UNSET", ""), (tag("error", "false", "bool"), "UNSET", ""),
        (tag("error", ""), "UNSET", ""), (tag("error", 1, "int64"), "ERROR", ""),
        (tag("error", "disk full"), "ERROR", "disk full"), (tag("error", {"code": 7}), "ERROR", '{"code": 7}'),
        (tag("otel.status_code", "ERROR"), "ERROR", ""), (tag("otel.status_code", "OK"), "OK", ""),
        ({"key": "error", "value": True}, "ERROR", ""),
    ],
)  # fmt: skip
def test_what_an_error_tag_says(error: dict[str, Any], status: str, message: str) -> None:
    (told,) = spans_told(read(trace(span(tags=[tag("a", "b"), error]))))
    assert told["status"] == status
    texts = [text.replace(" ", "") for kind, _, text in told.get("failures", []) if kind == "MESSAGE"]
    assert texts == ([message.replace(" ", "")] if message else [])


def test_an_explicit_no_error_is_not_overruled_by_a_code() -> None:
    tags = [tag("span.kind", "server"), tag("http.status_code", 500, "int64")]
    said = [span(tags=[*tags, tag("error", False, "bool")]), span(spanID="02", tags=tags)]
    assert [told["status"] for told in spans_told(read(trace(*said)))] == ["UNSET", "ERROR"]


@pytest.mark.parametrize(
    ("references", "parent", "links"),
    [
        ([], "0a", 0),
        ([("CHILD_OF", "ab", "01")], "01", 0),
        ([("FOLLOWS_FROM", "ab", "01"), ("CHILD_OF", "ab", "02")], "02", 1),
        ([("FOLLOWS_FROM", "ab", "01"), ("FOLLOWS_FROM", "ab", "02")], "01", 1),
        ([("CHILD_OF", "ff", "01")], "0a", 1),
        ([("CHILD_OF", "00ab", "01")], "01", 0),
        ([("CHILD_OF", "", "01")], "01", 0),
        ([("CHILD_OF", "ab", "")], "0a", 0),
    ],
)
def test_parents_and_links(references: list[tuple[str, str, str]], parent: str, links: int) -> None:
    one = Span(
        trace_id="ab", parent_span_id="0a", references=[Reference(*reference) for reference in references]
    )
    assert parent_of(one)[0] == parent
    assert len(parent_of(one)[1]) == links


@pytest.mark.parametrize(
    ("fields", "name", "exception"),
    [
        ({"event": "received"}, "received", None),
        ({"message": "hello", "level": "info"}, "hello", None),
        ({"x": "y"}, "x", None),
        ({"event": "exception", "exception.type": "E", "exception.message": "m"}, "exception", ("E", "m")),
        ({"event": "error", "error.object": "boom"}, "error", ("", "boom")),
        ({"event": "error"}, "error", None),
        ({"error.kind": "K", "message": "m"}, "m", ("K", "m")),
        ({}, "log", None),
    ],
)
def test_names_of_events(fields: dict[str, str], name: str, exception: tuple[str, str] | None) -> None:
    assert event_of(list(fields.items())) == (name, exception and Fault(*exception))


@pytest.mark.parametrize(
    "fields",
    [
        {"logs": None}, {"tags": None}, {"references": None}, {"tags": "x"}, {"tags": [5, {"key": None}]},
        {"logs": [{"fields": None}]}, {"logs": ["x"]}, {"startTime": "x"}, {"duration": None}, {"processID": None},
        {"references": [{"span": {}}]}, {"operationName": 5}, {"warnings": "x"}, {"startTime": 1 << 70},
        {"duration": -(1 << 70)}, {"logs": [{"timestamp": 1 << 70, "fields": []}]}, {"flags": "x"},
    ],
)  # fmt: skip
def test_one_bad_field_loses_neither_span_nor_its_neighbours(fields: dict[str, Any]) -> None:
    store = read({"data": [trace(span(spanID="07", **fields), span(spanID="02", operationName="sound"))]})
    assert len(store.spans) == 2
    assert by_name(store)["sound"]["service"] == "shop"
    assert [span_detail(store, row).raw != "" for row in range(2)] == [True, True]


def test_times_out_of_range_are_marked() -> None:
    spans = [span(startTime=1 << 62), span(spanID="02", duration=-7), span(spanID="03", duration=None)]
    told = {one["id"][-2:]: one for one in spans_told(read(trace(*spans)))}
    assert [told[one].get("flags") for one in ("01", "02", "03")] == ["NO_TIME", "NEGATIVE", "UNFINISHED"]
    assert told["02"]["duration"] == -7000


def test_warnings_merge_and_errors_are_told() -> None:
    adjusted = [[f"This span's timestamps were adjusted by {i}.5ms"] for i in range(3)]
    spans = [span(spanID=f"{i + 1:02x}", warnings=adjusted[i]) for i in range(3)]
    store = read({"data": [trace(*spans, warnings=["trace is odd"])], "errors": [{"code": 404, "msg": "x"}]})
    assert issues_told(store) == [("jaeger-warning", 0), ("jaeger-error", 0), ("jaeger-warning", 0)]
    nothing = read({"data": None, "total": 0, "limit": 0, "offset": 0, "errors": [{"code": 404}]})
    assert (len(nothing.spans), issues_told(nothing)) == (0, [("jaeger-error", 0)])


@pytest.mark.parametrize(
    "data",
    [
        b'{"data": 5}', b"{}", b"[]", b'{"spans": [{"traceId": "x", "spanId": "y"}]}', b'{"spans": 3}', b"",
        b'{"data": [{"id": "x", "attributes": {}}]}', b'{"process": {}, "spans": [{"traceIdLow": 1, "spanId": 2}]}',
        b'[{"traceID": "a", "spanID": "b", "startTimeMillis": 1, "tag": {"a@b": 1}}]', b'{"data": [{"spans": [',
    ],
)  # fmt: skip
def test_what_is_not_jaegers_is_given_back(data: bytes) -> None:
    assert rejects(jaeger_json, data)


@pytest.mark.parametrize(
    "head",
    [
        b'{"traceID": "a", "spanID": "b", "operationName": "o", "process": {}, "startTimeMillis": 1}',
        b'[{"traceID": "a", "spanID": "b", "operationName": "o", "startTimeMillis": 1}]',
        b'{"hits": {"hits": [{"_source": {"traceID": "a", "spanID": "b", "operationName": "o"}}]}}',
        b'{"spans": [{"traceId": "x", "spanId": "y", "operationName": "o"}]}',
        b'{"data": [{"type": "spans", "attributes": {"trace_id": "1"}}]}',
        b'{"message": "traceID spanID operationName", "traceID": "x"}',
    ],
)
def test_what_only_resembles_jaegers_is_none(head: bytes) -> None:
    assert jaeger_json.detect(head) is None


def _many(count: int, **last: Any) -> dict[str, Any]:
    """Two traces, one of them of ``count`` spans, some with what must be told; ``last``: of the last span."""
    spans = [
        span(
            spanID=f"{at + 1:016x}",
            references=[{"refType": "CHILD_OF", "traceID": "ab", "spanID": f"{at:016x}"}] if at else [],
            tags=[tag("span.kind", "server"), tag("error", at % 7 == 0, "bool")],
            warnings=["clock skew"] if at == 3 else None,
        )
        for at in range(count)
    ]
    spans[-1] |= last
    other = trace(span(traceID="cd"), traceID="cd", warnings=["adjusted"])
    return {"data": [trace(*spans), other], "errors": [{"code": 500, "msg": "partial"}]}


@pytest.mark.parametrize("last", [{}, {"duration": "long"}])
def test_a_long_document_is_read_in_parts_to_the_same(
    last: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read(_many(50, **last))
    monkeypatch.setattr(shapes, "LONG", 100)
    monkeypatch.setattr(shapes, "PART", 7)
    parts = read(_many(50, **last))
    assert len(parts.spans) == 51
    assert spans_told(parts) == spans_told(whole)
    assert issues_told(parts) == issues_told(whole)
    assert span_detail(parts, 30).raw == span_detail(whole, 30).raw


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("second", [{}, {"spanID": 7}, {"traceID": "a]},{[b"}])
@pytest.mark.parametrize("long", [100, 600])
def test_the_traces_of_a_long_document_are_decoded_some_at_a_time_to_the_same(
    indent: int | None, second: dict[str, Any], long: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    traces = [trace(span(traceID=f"{at:x}"), traceID=f"{at:x}") for at in range(1, 9)]
    traces[1]["spans"][0] |= second
    document = json.dumps({"data": traces, "errors": [{"code": 500, "msg": "partial"}]}, indent=indent)
    whole = store_of(jaeger_json, document.encode())
    monkeypatch.setattr(shapes, "LONG", long)
    monkeypatch.setattr(shapes, "PIECE", 10)
    parts = store_of(jaeger_json, document.encode())
    assert spans_told(parts) == spans_told(whole)
    assert issues_told(parts) == issues_told(whole)


def test_what_stands_between_traces_is_no_part_of_a_long_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "LONG", 100)
    monkeypatch.setattr(shapes, "PIECE", 10)
    data = json.dumps({"data": [trace(span()), trace(span(spanID="02"))]}).encode()
    assert rejects(jaeger_json, data.replace(b'}}, {"traceID"', b'}}, ] {"traceID"'))
