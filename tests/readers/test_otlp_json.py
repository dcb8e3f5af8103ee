"""OTLP JSON: what of it reaches the store, in whatever spelling; and one record opened again."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import orjson
import pytest

from explorer.decoding.contract import Confidence
from explorer.decoding.metrics.quantiles import quantile
from explorer.model.schema import LogFlag
from explorer.model.store import Store
from explorer.readers import otlp_json
from explorer.readers.details import log_detail, span_detail
from explorer.readers.otlp_json.buckets import explicit, exponential
from explorer.readers.otlp_json.logs import severity
from explorer.readers.otlp_json.shapes import LogRecord
from explorer.readers.otlp_json.values import attributes, plain
from tests.readers.reading import FIXTURES
from tests.readers.traces_read import by_name, issues_told, rejects, spans_told, store_of

COLLECTOR = (FIXTURES / "otlp_json" / "collector.jsonl").read_bytes()
SECOND = 10**9
TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def request(*spans: dict[str, Any], **resource: Any) -> dict[str, Any]:
    attributes = [{"key": key, "value": {"stringValue": value}} for key, value in resource.items()]
    return {
        "resourceSpans": [{"resource": {"attributes": attributes}, "scopeSpans": [{"spans": list(spans)}]}]
    }


def span(**fields: Any) -> dict[str, Any]:
    return {
        "traceId": TRACE, "spanId": SPAN, "name": "s", "startTimeUnixNano": str(1_790_000_000 * SECOND),
        "endTimeUnixNano": str(1_790_000_001 * SECOND), **fields,
    }  # fmt: skip


def read(*documents: Any) -> Store:
    return store_of(otlp_json, b"\n".join(map(orjson.dumps, documents)) + b"\n", "lines")


def test_a_span_with_everything() -> None:
    told = by_name(store_of(otlp_json, COLLECTOR, "lines"))
    edge, rank = told["GET /recommend"], told["rank"]
    assert edge["failures"] == [("MESSAGE", "", "upstream failed"), ("CODE", "HTTP 502", "")]
    assert edge["fields"] == [("x-request-id", "rq-7f3a91c2e0")]
    assert edge["resource"].host == "node-1"
    assert edge["resource"].version == "2.4.1"
    assert "peer" not in edge  # a server's peer is its caller, whom the caller names better
    assert rank["flags"] == "INFERRED_ERROR"
    assert rank["peer"] == "ranking-api"
    assert rank["events"] == [(1790000000020000000, "retry"), (1790000000230000000, "exception")]
    assert rank["links"] == [("", "bbbbbbbbbbbbbbbb")]  # to a trace that is not here
    assert rank["failures"] == [
        ("EXCEPTION", "grpc.RpcError", "INTERNAL: NaN in scores"), ("CODE", "gRPC INTERNAL", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(("message", "expected"), [("no stock", "ValueError"), ("", "")])
def test_what_kind_of_error_has_a_message_names_an_exception(message: str, expected: str) -> None:
    told = {"error.type": "ValueError", "error.message": message}
    pairs = [{"key": name, "value": {"stringValue": text}} for name, text in told.items() if text]
    detail = span_detail(read(request(span(attributes=pairs, status={"code": 2}))), 0)
    assert (detail.exception_type, detail.exception_message) == (expected, message)


def test_a_record_opened_again() -> None:
    store = store_of(otlp_json, COLLECTOR, "lines")
    detail = span_detail(store, 1)
    assert detail.attributes == (("rpc.grpc.status_code", 13), ("server.address", "ranking-api"))
    assert dict(detail.resource) == {
        "service.name": "edge",
        "host.name": "node-1",
        "service.version": "2.4.1",
    }
    assert [(event.name, dict(event.attributes).get("attempt")) for event in detail.events] == [
        ("retry", 2), ("exception", None),
    ]  # fmt: skip
    assert detail.links == (("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"),)
    assert (detail.scope, detail.exception_type) == ("http 1.0", "grpc.RpcError")
    assert detail.stack.splitlines()[-1] == "grpc.RpcError"
    log = log_detail(store, 0)
    assert (log.message, log.exception_type, log.scope) == ("scores hold NaN", "ValueError", "rank")
    last = log_detail(store, 2)
    assert (last.message, dict(last.attributes)) == ("no time at all", {"event.name": "process.exit"})


@pytest.mark.parametrize(
    "trace_id",
    [TRACE, TRACE.upper(), "S/kvNXezTaajzpKdDg5HNg==", f"0x{TRACE}", "4bf92f35-77b3-4da6-a3ce-929d0e0e4736"],
)
def test_ids_in_any_spelling_are_one(trace_id: str) -> None:
    store = read(request(span(traceId=trace_id)), request(span(spanId="APBnqgupArc=", name="t")))
    assert len(store.traces) == 1
    assert {told["id"] for told in spans_told(store)} == {SPAN}


@pytest.mark.parametrize("kind", [3, "3", "SPAN_KIND_CLIENT", "client"])
@pytest.mark.parametrize("code", [2, "2", "STATUS_CODE_ERROR", "Error"])
def test_enums_are_numbers_or_names(kind: int | str, code: int | str) -> None:
    (told,) = spans_told(read(request(span(kind=kind, status={"code": code, "message": "no"}))))
    assert (told["kind"], told["status"], told["failures"]) == ("CLIENT", "ERROR", [("MESSAGE", "", "no")])


def wrapped(how: str, one: dict[str, Any]) -> Any:
    groups = one["resourceSpans"]
    old = [{"resource": g["resource"], "instrumentationLibrarySpans": g["scopeSpans"]} for g in groups]
    text = (
        orjson.dumps(one).replace(b"resourceSpans", b"resource_spans").replace(b"scopeSpans", b"scope_spans")
    )
    snake = orjson.loads(text)
    return {
        "bare": one, "trace": {"trace": one}, "result": {"result": one}, "batches": {"batches": groups},
        "list": [one], "old": {"batches": old}, "snake": snake, "mixed": {"resourceSpans": snake["resource_spans"]},
        "both": {"result": {"trace": one}},
    }[how]  # fmt: skip


@pytest.mark.parametrize(
    "how", ["bare", "trace", "result", "batches", "list", "old", "snake", "mixed", "both"]
)
def test_wrappers_and_old_names(how: str) -> None:
    one = request(span(attributes=[{"key": "a", "value": {"intValue": "7"}}]), **{"service.name": "shop"})
    data = orjson.dumps(wrapped(how, one))
    assert otlp_json.detect(data) is Confidence.CERTAIN
    store = store_of(otlp_json, data)
    assert [told["service"] for told in spans_told(store)] == ["shop"]
    detail = span_detail(store, 0)
    assert (detail.attributes, dict(detail.resource)) == ((("a", 7),), {"service.name": "shop"})


@pytest.mark.parametrize(
    ("fields", "flags", "duration"),
    [
        ({"endTimeUnixNano": "0"}, "UNFINISHED", None),
        ({"endTimeUnixNano": None}, "UNFINISHED", None),
        ({"startTimeUnixNano": ""}, "NO_TIME", None),
        ({"startTimeUnixNano": "99999999999999999999999"}, "NO_TIME", None),
        ({"startTimeUnixNano": -1}, "NO_TIME", None),
        ({"endTimeUnixNano": str(1_789_999_999 * SECOND)}, "NEGATIVE", -SECOND),
        ({"endTimeUnixNano": 1.7900000015e18}, None, 1_500_000_000),
        ({"spanId": "not a number"}, "ID_HASHED", SECOND),
    ],
)
def test_what_is_wrong_with_a_span_is_marked(
    fields: dict[str, Any], flags: str | None, duration: int | None
) -> None:
    (told,) = spans_told(read(request(span(**fields))))
    assert (told.get("flags"), told.get("duration")) == (flags, duration)


@pytest.mark.parametrize(
    "fields",
    [
        {"attributes": "none"}, {"attributes": [1, {"key": 2}]}, {"events": [None, {"name": 3}]}, {"links": [{}]},
        {"status": "bad"}, {"status": {"code": []}}, {"kind": [1]}, {"name": None}, {"traceId": 17}, {"events": 5},
        {"parentSpanId": {}}, {"startTimeUnixNano": [1]}, {"attributes": {"http.status_code": 200}},
    ],
)  # fmt: skip
def test_one_bad_field_loses_neither_span_nor_its_neighbours(fields: dict[str, Any]) -> None:
    store = read(request(span(**fields), span(spanId="0000000000000001", name="sound")))
    assert len(store.spans) == 2
    assert "sound" in by_name(store)
    assert [span_detail(store, row).raw != "" for row in range(2)] == [True, True]


def test_records_are_opened_by_their_place_in_a_damaged_document() -> None:
    other = request(span(spanId="0000000000000003", name="other"))["resourceSpans"][0]
    snake = {"resource": other["resource"], "scope_spans": other["scopeSpans"]}
    document = request(span(), None, "x", span(spanId="0000000000000002", name=None))  # type: ignore[arg-type]
    document["resourceSpans"].insert(0, snake)
    store = read(document)
    assert len(store.spans) == 3
    for row in range(3):
        assert orjson.loads(span_detail(store, row).raw)["spanId"] == store.span_id(row)


def test_what_is_no_object_is_counted() -> None:
    document = request(span(), "x", 5)  # type: ignore[arg-type]
    document["resourceLogs"] = [{"scopeLogs": [{"logRecords": [None, {"timeUnixNano": "17"}]}]}]
    document["resourceProfiles"] = [{}]
    store = read(document)
    assert (len(store.spans), len(store.logs)) == (1, 1)
    assert issues_told(store) == [("broken-record", 3), ("profiles-not-read", 1)]
    assert store.counts[0].skipped == 4


def test_an_exception_of_a_span_that_did_not_fail_is_kept_as_evidence() -> None:
    events = [{"name": "exception", "attributes": [{"key": "exception.type", "value": {"stringValue": "E"}}]}]
    (told,) = spans_told(read(request(span(events=events, status={"code": 1}))))
    assert (told["status"], told["failures"]) == ("OK", [("EXCEPTION", "E", "")])


@pytest.mark.parametrize(
    ("kind", "key", "value", "status"),
    [
        (2, "http.status_code", 500, "ERROR"), (2, "http.status_code", 404, "UNSET"),
        (3, "http.response.status_code", 404, "ERROR"), (3, "rpc.grpc.status_code", 0, "UNSET"),
        (2, "rpc.grpc.status_code", 5, "UNSET"), (3, "rpc.grpc.status_code", 5, "ERROR"),
        (2, "error", "true", "ERROR"), (2, "error", "false", "UNSET"),
    ],
)  # fmt: skip
def test_errors_that_no_status_says(kind: int, key: str, value: Any, status: str) -> None:
    attribute = {
        "key": key,
        "value": {"stringValue": value} if isinstance(value, str) else {"intValue": str(value)},
    }
    (told,) = spans_told(read(request(span(kind=kind, attributes=[attribute]))))
    assert told["status"] == status
    explicit = read(request(span(kind=kind, attributes=[attribute], status={"code": 1})))
    assert spans_told(explicit)[0]["status"] == "OK"


def test_fields_of_a_process_are_told_once_a_trace() -> None:
    spans = [span(spanId=f"{i:016x}", traceId=f"{i % 2 + 1:032x}") for i in range(1, 7)]
    store = read(request(*spans, rank="3"))
    assert [told.get("fields") for told in spans_told(store)].count([("rank", "3")]) == 2


def test_metrics_have_exemplars_that_name_spans() -> None:
    store = store_of(otlp_json, COLLECTOR, "lines")
    exemplars = {name: values.tolist() for name, values in store.exemplars.items()}
    assert [store.series[i].name for i in exemplars["series"]] == ["latency.p99"]
    assert (exemplars["value"], exemplars["trace"], exemplars["span_id"]) == ([39.5], [0], [0xB02])


def test_delta_sums_are_no_counters() -> None:
    point = {"timeUnixNano": "17", "asInt": "1"}
    sums = [{"name": f"m{i}", "sum": {"dataPoints": [point], "isMonotonic": True, "aggregationTemporality": i}}
            for i in (1, 2)]  # fmt: skip
    store = read({"resourceMetrics": [{"scopeMetrics": [{"metrics": sums}]}]})
    assert [(one.name, one.kind) for one in store.series] == [("m1", "gauge"), ("m2", "counter")]


def test_quantiles_of_buckets() -> None:
    assert quantile(explicit({"bucketCounts": [0, 4, 0], "explicitBounds": [10, 20]}), 0.5) == 15
    assert quantile(explicit({"bucketCounts": [2], "explicitBounds": [], "min": 1, "max": 3}), 0.5) == 2
    assert quantile(explicit({"bucketCounts": [1], "explicitBounds": [1, 2]}), 0.5) is None
    assert quantile([], 0.5) is None
    values = np.random.default_rng(4).lognormal(3, 1, 20_000)
    scale = 3
    index, counts = np.unique(np.ceil(np.log2(values) * 2**scale).astype(int) - 1, return_counts=True)
    dense = np.zeros(index.max() - index.min() + 1, int)
    dense[index - index.min()] = counts
    buckets = exponential(
        {"scale": scale, "positive": {"offset": int(index.min()), "bucketCounts": dense.tolist()}}
    )
    for share in (0.5, 0.95, 0.99):
        assert quantile(buckets, share) == pytest.approx(np.quantile(values, share), rel=0.05)


def test_ids_in_the_text_of_a_body_join_it() -> None:
    bodies = [f"done trace_id={TRACE} span_id={SPAN}", "x-request-id=rq-77 failed", "nothing to see"]
    records = [{"timeUnixNano": str(17 + i), "body": {"stringValue": body}} for i, body in enumerate(bodies)]
    store = read(request(span()), {"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]})
    assert store.logs.trace.tolist() == [0, -1, -1]
    assert store.logs.span.tolist() == [0, -1, -1]
    assert [int(flags) for flags in store.logs.flags] == [LogFlag.ID_FROM_TEXT, LogFlag.ID_FROM_TEXT, 0]
    assert store.correlation.rows[int(store.logs.id[1])].id == "rq-77"


@pytest.mark.parametrize(
    ("number", "text", "expected"),
    [
        (17, "", 17),
        ("9", "", 9),
        ("SEVERITY_NUMBER_FATAL4", "", 24),
        (0, "Warning", 13),
        (99, "", 0),
        ("?", "err", 17),
    ],
)
def test_severities(number: int | str, text: str, expected: int) -> None:
    assert severity(LogRecord(severity_number=number, severity_text=text)) == expected


def test_any_values_as_plain_data() -> None:
    nested = {
        "kvlistValue": {
            "values": [{"key": "a", "value": {"arrayValue": {"values": [{"int_value": "7"}, {}]}}}]
        }
    }
    assert plain(nested) == {"a": [7, None]}
    assert [plain({"doubleValue": value}) for value in (1, "1.5", "NaN", "-Infinity")] == [
        1.0,
        1.5,
        "NaN",
        "-Infinity",
    ]
    assert plain({"bytesValue": "AAE="}) == "AAE="
    assert plain({"arrayValue": {}}) == []
    assert plain("bare") == "bare"
    assert attributes(b'[{"key":"a","value":{"boolValue":true}},{"value":{}},7]') == [("a", True), ("", None)]
    assert attributes(b"[broken") == []


def test_values_nested_without_end_are_cut() -> None:
    value: dict[str, Any] = {"stringValue": "deep"}
    for _ in range(300):
        value = {"arrayValue": {"values": [value]}}
    data = json.dumps(request(span(attributes=[{"key": "a", "value": value}]))).encode()
    store = store_of(otlp_json, data)
    assert str(span_detail(store, 0).attributes[0][1]).count("[") < 40


@pytest.mark.parametrize(
    "data",
    [
        b'{"resourceSpans": 5}', b"[]", b"{}", b'{"traces": []}', b"resourceSpans", b'{"resourceSpans": [',
        b'{"spans": [], "resource": {"resourceSpans": []}}', b'["resourceSpans"]', b"", b"\xff\xfe",
    ],
)  # fmt: skip
def test_what_is_no_otlp_is_given_back(data: bytes) -> None:
    assert rejects(otlp_json, data)


@pytest.mark.parametrize(
    "head",
    [
        b'{"message": "saw \\"resourceSpans\\": []", "level": "info"}', b'{"level": "info"}\n{"resourceSpans": []}',
        b'{"a": {"b": {"resourceSpans": []}}}', b'{"batches": 3, "resource": "x"}', b"resourceSpans resourceLogs",
    ],
)  # fmt: skip
def test_what_only_mentions_otlp_is_none(head: bytes) -> None:
    assert otlp_json.detect(head) is None


def test_a_cut_head_is_still_known() -> None:
    data = orjson.dumps(request(span()), option=orjson.OPT_INDENT_2)
    assert {otlp_json.detect(data[:cut]) for cut in range(24, len(data))} == {Confidence.CERTAIN}
