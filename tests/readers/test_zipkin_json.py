"""Zipkin's JSON, version 2."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import orjson
import pytest

from explorer.decoding.contract import Confidence
from explorer.decoding.traces.annotations import event_of
from explorer.model.records import SpanEvent
from explorer.model.store import Store
from explorer.readers import zipkin_json
from explorer.readers.details import span_detail
from explorer.readers.zipkin_json import shapes
from tests.readers.reading import FIXTURES
from tests.readers.traces_read import by_name, issues_told, rejects, spans_told, store_of

START = 1_790_000_000_000_000


def fixture(name: str) -> bytes:
    return (FIXTURES / "zipkin_json" / name).read_bytes()


def span(**fields: Any) -> dict[str, Any]:
    return {
        "traceId": "ab", "id": "01", "name": "s", "kind": "CLIENT", "timestamp": START, "duration": 5,
        "localEndpoint": {"serviceName": "shop"}, "tags": {}, **fields,
    }  # fmt: skip


def read(document: Any) -> Store:
    return store_of(zipkin_json, orjson.dumps(document))


def test_a_trace() -> None:
    store = store_of(zipkin_json, fixture("trace.json"))
    told = spans_told(store)
    client, server, producer, local = told
    assert [one["trace"] for one in told] == [
        "463ac35c9f6413ad48485a3953bb6124"
    ] * 4  # 64 and 128 bits are one
    assert store.spans.parent.tolist() == [-1, 0, 1, 2]
    assert (client["peer"], client["fields"], client["resource"].host) == (
        "backend", [("x-request-id", "rq-1")], "10.0.0.1",
    )  # fmt: skip
    assert (server["flags"], server["status"]) == ("SHARED", "ERROR")  # an empty error tag is an error
    assert "peer" not in server
    assert (producer["kind"], producer["peer"], producer["flags"]) == (
        "PRODUCER",
        "10.0.0.9:9092",
        "UNFINISHED",
    )
    assert producer["failures"] == [("MESSAGE", "", "timeout after 100 ms")]
    assert producer["events"] == [((START + 21_000) * 1000, "sent")]
    assert (local["kind"], local["service"], local["flags"]) == ("INTERNAL", "backend", "NO_TIME")


def test_tags_that_are_attributes_of_the_resource() -> None:
    """OpenTelemetry's exporters write them so: two pods behind one endpoint are two resources."""
    ends = {"localEndpoint": {"serviceName": "shop", "ipv4": "10.0.0.1"}}
    tags = [
        {"http.method": "POST"},
        {"host.name": "node-1", "k8s.pod.name": "shop-1", "service.version": "1.4", "http.method": "GET"},
        {"k8s.pod.name": "shop-2", "service.version": "1.5"},
        {"http.method": "GET"},
    ]
    spans = [span(id=f"0{at}", tags=one, **ends) for at, one in enumerate(tags, 1)]
    alone = [read(one) for one in spans]
    for told in (spans_told(read(spans)), [spans_told(one)[0] for one in alone]):
        found = [(one["service"], one["resource"]) for one in told]
        assert [(service, each.host, each.pod, each.version) for service, each in found] == [
            ("shop", "10.0.0.1", "", ""),
            ("shop", "node-1", "shop-1", "1.4"),
            ("shop", "10.0.0.1", "shop-2", "1.5"),
            ("shop", "10.0.0.1", "", ""),
        ]


@pytest.mark.parametrize("colon", [":", ": ", " : "])
def test_a_resource_is_told_however_the_writer_sets_its_colons(colon: str) -> None:
    """Jackson's pretty printer writes a blank on both sides."""
    tags = {"host.name": "node-1", "service.version": "1.4"}
    document = [span(tags=tags, localEndpoint={"serviceName": "shop"}) for _ in range(2)]
    data = json.dumps(document, separators=(",", colon)).encode()
    resource = spans_told(store_of(zipkin_json, data))[0]["resource"]
    assert (resource.host, resource.version) == ("node-1", "1.4")


def test_a_span_opened_again() -> None:
    store = store_of(zipkin_json, fixture("trace.json"))
    client, producer = span_detail(store, 0), span_detail(store, 2)
    assert dict(client.attributes)["remoteEndpoint.serviceName"] == "backend"
    assert dict(client.resource) == {"serviceName": "frontend", "ipv4": "10.0.0.1"}
    assert (producer.message, producer.events[0].name) == ("timeout after 100 ms", "sent")


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_spans_lists_and_lists_of_lists(depth: int) -> None:
    document: Any = span()
    for _ in range(depth):
        document = [document]
    data = orjson.dumps(document, option=orjson.OPT_INDENT_2)
    assert zipkin_json.detect(data) is Confidence.CERTAIN
    store = store_of(zipkin_json, data)
    assert len(store.spans) == 1
    assert dict(span_detail(store, 0).resource) == {"serviceName": "shop"}


@pytest.mark.parametrize("value", ["", "true", "false", "401", "boom"])
def test_the_tag_error_is_an_error_whatever_it_holds(value: str) -> None:
    (told,) = spans_told(read([span(tags={"error": value})]))
    assert told["status"] == "ERROR"


def test_many_spans_with_few_errors() -> None:
    spans = [span(id=f"{i + 1:x}", tags={"http.status_code": "200"} | ({"error": ""} if i % 50 == 49 else {}))
             for i in range(500)]  # fmt: skip
    assert sum(told["status"] == "ERROR" for told in spans_told(read(spans))) == 10


@pytest.mark.parametrize(
    "fields",
    [
        {"name": None}, {"parentId": None}, {"kind": None}, {"tags": None}, {"tags": []}, {"annotations": [None]},
        {"remoteEndpoint": {"serviceName": None, "port": None}}, {"remoteEndpoint": "x"}, {"localEndpoint": None},
        {"timestamp": 1.790000000000123e15}, {"timestamp": "soon"}, {"duration": -1}, {"shared": "true"}, {"id": 5},
        {"duration": "12"}, {"kind": 7}, {"localEndpoint": {"serviceName": 3}}, {"annotations": [{"value": None}]},
    ],
)  # fmt: skip
def test_one_bad_field_loses_neither_span_nor_its_neighbours(fields: dict[str, Any]) -> None:
    store = read([span(**{"id": "07", **fields}), span(id="02", name="sound")])
    assert len(store.spans) == 2
    assert by_name(store)["sound"]["service"] == "shop"
    assert [span_detail(store, row).raw != "" for row in range(2)] == [True, True]


def test_times_with_a_point_are_exact() -> None:
    data = b'[{"traceId": "a", "id": "1", "timestamp": 1.790000000000123e15, "duration": 2.0}]'
    (told,) = spans_told(store_of(zipkin_json, data))
    assert (told["start"], told["duration"]) == (1_790_000_000_000_123_000, 2000)


def test_what_is_no_object_is_counted() -> None:
    store = read([span(), 5, [span(id="02")], None])
    assert len(store.spans) == 2
    assert issues_told(store) == [("broken-record", 2)]


@pytest.mark.parametrize(
    "data",
    [
        b"{}", b"[5]", b"", b"[[", b'{"traceId": "a"}', b'[{"id": "x"}]',
        b'[{"traceId": "a", "id": "b", "binaryAnnotations": []}]',
        b'[{"traceId": "a", "id": "b", "annotations": [{"timestamp": 1, "value": "sr", "endpoint": {}}]}]',
    ],
)  # fmt: skip
def test_what_is_no_zipkin_v2_is_given_back(data: bytes) -> None:
    assert rejects(zipkin_json, data)


@pytest.mark.parametrize(
    "head",
    [
        b'{"id": "x", "traceId": "y", "message": "hello", "timestamp": 1}',
        b'{"traceId": "y", "spanId": "z", "id": "x", "timestamp": 1, "duration": 2}',
        b'[{"traceId": "a", "id": "b", "name": "n", "binaryAnnotations": []}]',
        b'[{"traceId": "a", "id": "b", "annotations": [{"value": "sr", "endpoint": {"serviceName": "x"}}]}]',
        b'{"id": "o", "traceId": "t", "type": "SPAN", "startTime": "2026-01-01T00:00:00Z"}',
        b'{"tags": {"traceId": "a", "id": "b", "localEndpoint": "c"}}',
    ],
)
def test_what_only_resembles_zipkin_is_none(head: bytes) -> None:
    assert zipkin_json.detect(head) is None


def long_document(indent: bool) -> tuple[bytes, list[str]]:
    names = [f"operation {number} }},{{" for number in range(9000)]
    spans = [span(id=f"{number + 1:016x}", name=name, tags={"text": "x" * 40, "list": "},{'traceId'"})
             for number, name in enumerate(names)]  # fmt: skip
    return orjson.dumps(spans, option=orjson.OPT_INDENT_2 if indent else None), names


@pytest.mark.parametrize("indent", [False, True])
def test_a_long_document_is_read_in_pieces(indent: bool) -> None:
    data, names = long_document(indent)
    assert len(list(shapes.pieces(data))) > 2
    store = store_of(zipkin_json, data, framing="document")
    assert [
        store.operations[code] for code in store.spans.name[np.argsort(store.spans.index)].tolist()
    ] == names
    assert span_detail(store, int(np.flatnonzero(store.spans.index == 8000)[0])).attributes[0] == (
        "text",
        "x" * 40,
    )


def test_a_long_document_with_a_piece_of_another_shape_is_read_once() -> None:
    data, names = long_document(indent=False)
    data = data.replace(b'"name":"operation 8888 ', b'"timestamp":[],"name":"operation 8888 ')
    assert len(store_of(zipkin_json, data, framing="document").spans) == len(names)


@pytest.mark.parametrize(
    "value",
    [
        '"exception":{"exception.type":"ValueError","exception.message":"no stock"}',
        'exception: {"exception.type":"ValueError","exception.message":"no stock"}',
        '{"exception": {"exception.type": "ValueError", "exception.message": "no stock"}}',
        'exception|{"exception.type":"ValueError","exception.message":"no stock"}|0',
    ],
    ids=["specification", "go", "python", "collector"],
)
def test_exceptions_of_opentelemetry_in_annotations(value: str) -> None:
    store = read(
        [span(tags={"otel.status_code": "ERROR"}, annotations=[{"timestamp": START, "value": value}])]
    )
    (told,) = spans_told(store)
    assert (told["status"], told["failures"]) == ("ERROR", [("EXCEPTION", "ValueError", "no stock")])
    detail = span_detail(store, 0)
    assert [event.name for event in detail.events] == ["exception"]
    assert (detail.exception_type, detail.exception_message) == ("ValueError", "no stock")


def test_links_of_opentelemetry_in_numbered_tags() -> None:
    trace, plain = "00000000000000ab", [span(id=f"{n:02x}") for n in range(2, 300)]
    tags = {"otlp.link.0": f'{trace}|b7ad6b7169203331||{{"a|b":"c"}}|0', "otlp.link.1": "no link"}
    store = read([*plain, span(tags=tags), span(tags={"otlp.link.limit": "5"})])
    linked = [one for one in spans_told(store) if one.get("links")]
    assert [(one["id"], one["links"]) for one in linked] == [
        ("0000000000000001", [(trace, "b7ad6b7169203331")])
    ]
    assert span_detail(store, store.spans.span_id.tolist().index(1)).links == ((trace, "b7ad6b7169203331"),)


@pytest.mark.parametrize("value", ["retry: {", '{"a":1}', '{"a":{},"b":{}}', "wr", "{}", "a: {x}"])
def test_other_annotations_are_called_as_they_stand(value: str) -> None:
    assert event_of(7, value) == SpanEvent(7, value, ())
