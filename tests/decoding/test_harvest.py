"""Telling attributes read by where they stand: the same as decoding every attribute of every span."""

from __future__ import annotations

import random
from typing import Any

import orjson
import pytest

from explorer.decoding.traces import collector, harvest, spots
from explorer.model.options import ReadOptions
from explorer.readers import jaeger_json, otlp_json, zipkin_json
from tests.readers.traces_read import Told, spans_told, store_of

SECOND = 10**9
START = 1_790_000_000 * SECOND


def any_value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": value}


def otlp_span(number: int, name: str, attributes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "traceId": f"{number // 7 + 1:032x}", "spanId": f"{number + 1:016x}", "name": name, "kind": 3,
        "startTimeUnixNano": str(START + number), "endTimeUnixNano": str(START + number + 5),
        "attributes": [{"key": key, "value": any_value(value)} for key, value in attributes.items()], **more,
    }  # fmt: skip


def otlp_lines(spans: list[dict[str, Any]], each: int = 5) -> bytes:
    lines = []
    for begin in range(0, len(spans), each):
        scope = {"spans": spans[begin : begin + each]}
        resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]}
        lines.append(orjson.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}]}))
    return b"\n".join(lines) + b"\n"


def random_spans(seed: int, count: int = 400) -> list[dict[str, Any]]:
    """Spans of a few kinds whose attributes come, go, change their type and hold what looks like others."""
    rng = random.Random(seed)
    spans = []
    for number in range(count):
        name = rng.choice(["GET /a", "GET /b", "query", "work"])
        attributes: dict[str, Any] = {
            "note": rng.choice(["plain", '"error","value":{"stringValue":"x"}', "a\\b"])
        }
        if name.startswith("GET"):
            attributes["http.response.status_code"] = rng.choice([200, 200, 200, 404, 503])
            attributes["server.address"] = rng.choice(["cart", 'odd"name', "", "x" * 300, "data\u00e9base"])
        if name == "GET /b" and rng.random() < 0.3:
            attributes["x-request-id"] = f"rq-{rng.randrange(50)}"
        if name == "query":
            attributes |= {"db.system": "redis", "peer.service": rng.choice(["cache", "cache-2"])}
        if rng.random() < 0.05:
            attributes["error.type"] = "Timeout"
        if rng.random() < 0.03:
            attributes |= {
                "error": rng.choice(["true", "false", True]),
                "rpc.grpc.status_code": rng.choice([0, 14]),
            }
        if rng.random() < 0.03:
            attributes["http.response.status_code"] = "500"  # as text, once in a while
        items = list(attributes.items())
        rng.shuffle(items) if rng.random() < 0.2 else None
        status = rng.choice([{}, {}, {}, {"code": 2, "message": "no"}, {"code": 1}])
        spans.append(otlp_span(number, name, dict(items), kind=rng.choice([1, 2, 3, 3, 3]), status=status))
    return spans


TAUGHT = {
    "http.response.status_code": 200, "server.address": "cart", "x-request-id": "rq-0", "db.system": "redis",
    "peer.service": "cache", "error": "false", "rpc.grpc.status_code": 0,
}  # fmt: skip


def lesson() -> list[dict[str, Any]]:
    """Spans that show every name that a kind may have, as many as are decoded whole."""
    names = [name for name in ("GET /a", "GET /b", "query", "work") for _ in range(spots.SAMPLE)]
    return [otlp_span(9000 + number, name, TAUGHT) for number, name in enumerate(names)]


def read_whole(patch: pytest.MonkeyPatch, reader: Any, data: bytes, framing: str) -> list[Told]:
    """What is read with every span decoded."""
    with patch.context() as context:
        context.setattr(spots, "SAMPLE", 10**9)
        return spans_told(store_of(reader, data, framing))


@pytest.mark.parametrize("seed", range(6))
def test_reading_by_spots_is_decoding_every_span(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = otlp_lines([*lesson(), *random_spans(seed)])
    found = spans_told(store_of(otlp_json, data, "lines"))
    assert found == read_whole(monkeypatch, otlp_json, data, "lines")
    assert len({told.get("code") for told in found}) > 4


@pytest.mark.parametrize("seed", range(3))
def test_cutting_into_runs_changes_nothing(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = otlp_lines(random_spans(seed))
    ends = [i + 1 for i, byte in enumerate(data) if byte == 10]
    rng = random.Random(seed)
    whole = store_of(otlp_json, data, "lines")
    cut = store_of(otlp_json, data, "lines", cuts=sorted(rng.sample(ends[:-1], 9)))
    monkeypatch.setattr(collector, "ROUND", 3)
    small = store_of(otlp_json, data, "lines")
    assert spans_told(whole) == spans_told(cut) == spans_told(small)
    assert whole.texts == cut.texts == small.texts


def test_few_spans_are_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[bytes] = []
    decode = harvest.Harvest.telling

    def counted(self: harvest.Harvest, raw: bytes) -> Any:
        decoded.append(raw)
        return decode(self, raw)

    monkeypatch.setattr(harvest.Harvest, "telling", counted)
    attributes = {"http.response.status_code": 200, "server.address": "cart", "x-request-id": "rq"}
    spans = [otlp_span(i, "GET", attributes | {"x-request-id": f"rq-{i}"}) for i in range(2000)]
    store = store_of(otlp_json, otlp_lines(spans), "lines")
    assert set(store.spans.code.tolist()) == {200}
    assert len(store.span_fields["row"]) == 2000
    assert len(decoded) == spots.SAMPLE + 2000 // (harvest.AGAIN + 1)


def test_a_name_that_comes_late_is_learned() -> None:
    plain = [otlp_span(i, "GET", {"http.route": "/"}) for i in range(300)]
    late = [otlp_span(i, "GET", {"http.route": "/", "request.id": f"rq-{i}"}) for i in range(300, 800)]
    fields = store_of(otlp_json, otlp_lines(plain + late), "lines").span_fields
    assert 500 - harvest.AGAIN - 1 <= len(fields["row"]) <= 500


def test_names_with_ids_in_them_share_a_plan() -> None:
    spans = [otlp_span(i, f"GET /user/{i}", {"http.status_code": 200 + i % 3}) for i in range(1500)]
    store = store_of(otlp_json, otlp_lines(spans), "lines")
    assert store.spans.code.tolist() == [200 + i % 3 for i in range(1500)]


def test_a_value_that_looks_like_an_attribute_is_none() -> None:
    trap = '{"key":"http.status_code","value":{"intValue":"500"}}'
    spans = [otlp_span(i, "GET", {"note": trap, "http.status_code": 200}) for i in range(20)]
    assert set(store_of(otlp_json, otlp_lines(spans), "lines").spans.code.tolist()) == {200}


def test_the_users_own_field_is_gathered() -> None:
    spans = [otlp_span(i, "GET", {"tenant.order": f"o-{i}"}) for i in range(50)]
    store = store_of(otlp_json, otlp_lines(spans), "lines", options=ReadOptions(id_fields=("tenant_order",)))
    assert sorted(store.texts[value] for value in store.span_fields["value"]) == sorted(
        f"o-{i}" for i in range(50)
    )


def jaeger_document(spans: list[dict[str, Any]]) -> bytes:
    def tag(key: str, value: Any) -> dict[str, Any]:
        types = {bool: "bool", int: "int64", float: "float64"}
        return {"key": key, "type": types.get(type(value), "string"), "value": value}

    turned = [
        {
            "traceID": span["traceId"], "spanID": span["spanId"], "operationName": span["name"], "references": [],
            "startTime": START // 1000, "duration": 7, "processID": "p1", "logs": [], "warnings": None,
            "tags": [tag(one["key"], plain(one["value"])) for one in span["attributes"]
                     if one["key"] != "error" or span.get("status", {}).get("code") != 2]
            + [tag("span.kind", ("internal", "server", "client")[span["kind"] - 1])]
            + ([tag("error", True)] if span.get("status", {}).get("code") == 2 else []),
        }
        for span in spans
    ]  # fmt: skip
    return orjson.dumps(
        {"data": [{"traceID": "1", "spans": turned, "processes": {"p1": {"serviceName": "shop"}}}]}
    )


def plain(value: dict[str, Any]) -> Any:
    ((name, inner),) = value.items()
    return int(inner) if name == "intValue" else inner


def zipkin_document(spans: list[dict[str, Any]]) -> bytes:
    turned = [
        {
            "traceId": span["traceId"], "id": span["spanId"], "name": span["name"],
            "kind": ("", "SERVER", "CLIENT")[span["kind"] - 1], "timestamp": START // 1000, "duration": 7,
            "localEndpoint": {"serviceName": "shop"},
            "tags": {one["key"]: str(plain(one["value"])) for one in span["attributes"]}
            | ({"error": ""} if span.get("status", {}).get("code") == 2 else {}),
        }
        for span in spans
    ]  # fmt: skip
    return orjson.dumps(turned)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("reader", "document"), [(jaeger_json, jaeger_document), (zipkin_json, zipkin_document)]
)
def test_tags_are_read_like_attributes(
    seed: int, reader: Any, document: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = document([*lesson(), *random_spans(seed)])
    found = spans_told(store_of(reader, data))
    assert found == read_whole(monkeypatch, reader, data, "document")
    assert {told.get("status") for told in found} > {"ERROR"}
    assert len({told.get("peer") for told in found}) > 4
