"""Documents of spans with all that may be mistaken for an attribute, in the formats whose attributes are cut out."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any, Final

NAMES: Final = ("zone", "http.zone", "http.route", "app/zone", "service.name", "nowhere", "warning", "ipv4")
_WORDS: Final = (
    "a", "zone", "", "ä ☃", "{id}", "/items/{id}", "[x]", ",[", ":[", '"', "\\", 'C:\\"}', '{"zone":"no"}',
    '{"key":"zone","value":{"stringValue":"no"}}', '"tags":{"zone":"no"}', "x" * 70, "y" * 64 + "\\", "12345678",
    "value-17", '"attributes":[{"key":"zone"', "line\nend", "}],", "tail:", "\t",
)  # fmt: skip
_KEYS: Final = ("zone", "http.zone", "http.route", "app/zone", "other", "zone.id", "kind", "shared", "name")
_DUMPS: Final[tuple[Callable[[Any], str], ...]] = (
    lambda value: json.dumps(value, separators=(",", ":")),
    lambda value: json.dumps(value, separators=(",", ":"), ensure_ascii=False),
    lambda value: json.dumps(value, separators=(",", ":")).replace("/", "\\/"),
    json.dumps,
    lambda value: json.dumps(value, indent=1),
)
_START: Final = 1_790_000_000_000_000_000


def otlp_lines(made: Random) -> bytes:
    """OTLP requests, one a line, some with log records between."""
    dumps = made.choice(_DUMPS[:4])
    return "".join(dumps(_request(made, line)) + "\n" for line in range(6)).encode()


def otlp_document(made: Random) -> bytes:
    """One OTLP request."""
    return made.choice(_DUMPS)(_request(made, 0)).encode()


def jaeger(made: Random) -> bytes:
    """One answer of Jaeger's API."""
    count = made.randrange(1, 4)
    plain = made.random() < 0.5
    data = [_jaeger_trace(made, number, plain=plain) for number in range(count)]
    return made.choice(_DUMPS)({"data": data, "total": 0, "errors": None}).encode()


def zipkin(made: Random) -> bytes:
    """One list of Zipkin's spans, or a span a line."""
    spans = [_zipkin_span(made, number) for number in range(20)]
    if made.random() < 0.3:
        dumps = made.choice(_DUMPS[:4])
        return "".join(dumps(span) + "\n" for span in spans).encode()
    return made.choice(_DUMPS)([spans[:7], spans[7:]] if made.random() < 0.3 else spans).encode()


FORMATS: Final = {
    "otlp lines": otlp_lines,
    "otlp document": otlp_document,
    "jaeger": jaeger,
    "zipkin": zipkin,
}


def plain_document(form: str) -> bytes:
    """Spans as most writers write them."""
    values = ["zone 0", "zone 1", 'a "2"', "9"]
    if form == "otlp":
        route = _pair("http.route", "/items/{id}")
        spans = [_span(0, n, [_pair("other", "x"), _pair("zone", value), *([route] * (n % 2))])
                 for n, value in enumerate(values)]  # fmt: skip
        spans.append(_span(0, 9, None))
        return _DUMPS[0](_grouped([_group([_pair("host", "h")], spans)])).encode()
    if form == "jaeger":
        made = [_jaeger_span(n, [_tag("zone", value), *([_tag("http.route", "/items/{id}")] * (n % 2))])
                for n, value in enumerate(values)]  # fmt: skip
        return _DUMPS[0]({"data": [{"traceID": "1" * 32, "spans": made, "processes": _PROCESSES}]}).encode()
    routes: tuple[dict[str, str], ...] = ({}, {"http.route": "/items/{id}"})
    tagged = [{**_ZIPKIN, "id": f"{n + 1:016x}", "tags": {"zone": value, **routes[n % 2]}}
              for n, value in enumerate(values)]  # fmt: skip
    return _DUMPS[0](tagged).encode()


def _value(made: Random, depth: int = 0) -> dict[str, Any]:
    kinds: tuple[Callable[[], dict[str, Any]], ...] = (
        lambda: {"stringValue": made.choice(_WORDS)},
        lambda: {"stringValue": made.choice(_WORDS)},
        lambda: {"intValue": made.choice(("7", 7, "-3"))},
        lambda: {"boolValue": made.choice((True, False))},
        lambda: {"doubleValue": made.choice((0.5, 1e300, 3))},
        lambda: {"arrayValue": {"values": [_value(made, depth + 1) for _ in range(2)]}},
        lambda: {"kvlistValue": {"values": [{"key": "zone", "value": _value(made, depth + 1)}]}},
        dict,
    )
    return made.choice(kinds if depth < 3 else kinds[:5])()


def _pairs(made: Random, most: int = 5) -> list[dict[str, Any]]:
    names = made.sample(_KEYS, made.randrange(most))
    if made.random() < 0.1:
        names += [made.choice(("http_zone", "ZONE", "zone"))]
    pairs = [{"key": name, "value": _value(made)} for name in names]
    if pairs and made.random() < 0.02:
        pairs[-1] = dict(reversed(pairs[-1].items()))
    return pairs


def _pair(name: str, text: str) -> dict[str, Any]:
    return {"key": name, "value": {"stringValue": text}}


def _span(line: int, number: int, attributes: list[dict[str, Any]] | None) -> dict[str, Any]:
    start = _START + number
    span: dict[str, Any] = {"traceId": f"{line + 1:032x}", "spanId": f"{line * 100 + number + 1:016x}",
                            "parentSpanId": "", "name": "call", "kind": 2, "startTimeUnixNano": str(start),
                            "endTimeUnixNano": str(start + 5)}  # fmt: skip
    return span if attributes is None else {**span, "attributes": attributes}


def _group(resource: list[dict[str, Any]], spans: list[dict[str, Any]]) -> dict[str, Any]:
    return {"resource": {"attributes": resource}, "scopeSpans": [{"scope": {"name": "s"}, "spans": spans}]}


def _grouped(groups: list[dict[str, Any]]) -> dict[str, Any]:
    return {"resourceSpans": groups}


def _request(made: Random, line: int) -> dict[str, Any]:
    all_have = made.random() < 0.5
    groups, number = [], 0
    for _ in range(made.randrange(1, 4)):
        spans = []
        for _ in range(made.randrange(1, 6)):
            own = _pairs(made) if all_have or made.random() < 0.7 else None
            span, number = _span(line, number, own), number + 1
            if made.random() < 0.3:
                span["events"] = [
                    {"timeUnixNano": str(_START), "name": made.choice(_WORDS), "attributes": _pairs(made)}
                ]
            if made.random() < 0.2:
                span["links"] = [{"traceId": "a" * 32, "spanId": "b" * 16, "attributes": _pairs(made)}]
            if made.random() < 0.03 and own is not None:
                span = {**span, "attributes": span.pop("attributes")}
            spans.append(span | {"status": {}})
        group = _group(_pairs(made), spans)
        if made.random() < 0.2:
            group["scopeSpans"][0]["scope"]["attributes"] = _pairs(made)
        if made.random() < 0.1:
            group["resource"] = made.choice(({}, {"droppedAttributesCount": 1, "attributes": _pairs(made)}))
        groups.append(group if made.random() < 0.95 else dict(reversed(group.items())))
    request = _grouped(groups)
    if made.random() < 0.2:
        record = {"timeUnixNano": str(_START), "body": {"stringValue": "said"}, "attributes": _pairs(made)}
        request["resourceLogs"] = [
            {"resource": {"attributes": _pairs(made)}, "scopeLogs": [{"logRecords": [record]}]}
        ]
    return request


_PROCESSES: Final = {"p1": {"serviceName": "shop", "tags": [{"key": "host", "type": "string", "value": "h"}]}}


def _tag(name: str, value: Any) -> dict[str, Any]:
    kind = {str: "string", int: "int64", bool: "bool", float: "float64"}.get(type(value), "string")
    return {"key": name, "type": kind, "value": value}


def _tags(made: Random) -> list[dict[str, Any]]:
    names = made.sample(_KEYS, made.randrange(5)) + (["HTTP_zone"] if made.random() < 0.05 else [])
    values: tuple[Any, ...] = (*_WORDS, 7, True, 0.5, None, "[1]")
    tags = [_tag(name, made.choice(values)) for name in names]
    if tags and made.random() < 0.05:
        tags[-1] = {"key": "zone", "type": "int64", "value": "12"}
    if tags and made.random() < 0.05:
        tags[-1] = {"key": "zone", "value": "untyped"}
    return tags


def _jaeger_span(number: int, tags: list[dict[str, Any]]) -> dict[str, Any]:
    return {"traceID": "1" * 32, "spanID": f"{number + 1:016x}", "operationName": "call", "references": [],
            "startTime": _START // 1000, "duration": 5, "tags": tags, "logs": [], "processID": "p1",
            "warnings": None}  # fmt: skip


def _jaeger_trace(made: Random, trace: int, *, plain: bool) -> dict[str, Any]:
    spans = []
    for number in range(made.randrange(1, 9)):
        span = _jaeger_span(trace * 100 + number, _tags(made))
        if made.random() < 0.3:
            span["logs"] = [{"timestamp": 1, "fields": _tags(made)}]
        if made.random() < 0.05:
            span["warnings"] = ["slow"]
        if made.random() < 0.05:
            del span["tags"]
        if made.random() < 0.05:
            span = {"process": {"serviceName": "own", "tags": _tags(made)}, **span}
        spans.append(span)
    tags = [_tag("host", "h")] if plain else _tags(made)
    processes = {"p1": {"serviceName": made.choice(("shop", "", "9")), "tags": tags}}
    return {"traceID": "1" * 32, "spans": spans, "processes": processes, "warnings": None}


_ZIPKIN: Final = {"traceId": "1" * 32, "id": "", "kind": "SERVER", "name": "call", "timestamp": _START // 1000,
                  "duration": 5, "localEndpoint": {"serviceName": "shop", "ipv4": "10.0.0.7"}}  # fmt: skip


def _zipkin_span(made: Random, number: int) -> dict[str, Any]:
    tags = {name: made.choice(_WORDS) for name in made.sample(_KEYS, made.randrange(5))}
    if made.random() < 0.05:
        tags["HTTP_zone"] = "shouted"
    span: dict[str, Any] = {**_ZIPKIN, "id": f"{number + 1:016x}"}
    if made.random() < 0.3:
        span["annotations"] = [{"timestamp": 1, "value": made.choice(_WORDS)}]
    if made.random() < 0.3:
        span["remoteEndpoint"] = {"serviceName": "db", "ipv4": "10.0.0.8", "port": 1}
    if made.random() < 0.8:
        span["tags"] = tags
    if made.random() < 0.2:
        span["shared"] = True
    if made.random() < 0.1:
        span["zone"] = "beside the tags"
    if made.random() < 0.1:
        span["localEndpoint"] = {"serviceName": "shop", "zone": "of the endpoint"}
    return span
