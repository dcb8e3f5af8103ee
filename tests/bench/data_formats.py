"""Made-up data in other formats than OTLP."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import orjson

from tests.bench.data import NAMES, SERVICES, SPANS_A_TRACE, START


def write_jaeger(path: Path, spans: int) -> None:
    """One document of Jaeger's API: traces of 200 spans, 12 tags each."""
    made = random.Random(7)
    traces = [_jaeger_trace(trace, min(SPANS_A_TRACE, spans - begin), made)
              for trace, begin in enumerate(range(0, spans, SPANS_A_TRACE))]  # fmt: skip
    path.write_bytes(orjson.dumps({"data": traces, "total": 0, "limit": 0, "offset": 0, "errors": None}))


def _jaeger_trace(trace: int, count: int, made: random.Random) -> dict[str, Any]:
    trace_id = _trace_id(trace)

    def reference(place: int) -> list[dict[str, str]]:
        above = _span_id(trace, made.randrange(max(0, place - 12), place)) if place else ""
        return [{"refType": "CHILD_OF", "traceID": trace_id, "spanID": above}] if place else []

    spans = []
    for place in range(count):
        name = made.randrange(NAMES)
        tags: list[dict[str, object]] = [{"key": f"custom.tag.{k}", "type": "string",
                                          "value": f"value-{made.randrange(1000)}"} for k in range(10)]  # fmt: skip
        tags += [{"key": "span.kind", "type": "string", "value": made.choice(("server", "client", "internal"))},
                 {"key": "http.status_code", "type": "int64", "value": 200}]  # fmt: skip
        spans.append({
            "traceID": trace_id, "spanID": _span_id(trace, place), "operationName": f"operation-{name}",
            "references": reference(place), "startTime": START // 1000 + trace * 3_000 + place * 250,
            "duration": made.randrange(50, 40_000), "tags": tags, "logs": [],
            "processID": f"p{name % SERVICES}", "warnings": None,
        })  # fmt: skip
    processes = {f"p{k}": {"serviceName": f"service-{k}",
                           "tags": [{"key": "hostname", "type": "string", "value": f"node-{k % 7}"}]}
                 for k in range(SERVICES)}  # fmt: skip
    return {"traceID": trace_id, "spans": spans, "processes": processes, "warnings": None}


def write_zipkin(path: Path, spans: int) -> None:
    """One list of Zipkin v2 spans, 8 tags each."""
    made = random.Random(7)
    found = []
    for number in range(spans):
        trace, place = divmod(number, SPANS_A_TRACE)
        name = made.randrange(NAMES)
        span: dict[str, object] = {
            "traceId": _trace_id(trace), "id": _span_id(trace, place), "name": f"operation-{name}",
            "kind": made.choice(("SERVER", "CLIENT")), "timestamp": START // 1000 + trace * 3_000 + place * 250,
            "duration": made.randrange(50, 40_000),
            "localEndpoint": {"serviceName": f"service-{name % SERVICES}", "ipv4": "10.0.0.7"},
            "tags": {f"custom.tag.{k}": f"value-{made.randrange(1000)}" for k in range(7)} | {"http.method": "GET"},
        }  # fmt: skip
        if place:
            span["parentId"] = _span_id(trace, made.randrange(max(0, place - 12), place))
        found.append(span)
    path.write_bytes(orjson.dumps(found))


def write_json_logs(path: Path, lines: int) -> None:
    """JSON log lines that name trace and span; each trace has 40."""
    made = random.Random(7)
    with path.open("wb") as stream:
        for number in range(lines):
            value: dict[str, object] = {"timestamp": _moment(number), "level": made.choice(("INFO", "WARN", "ERROR")),
                     "service": f"service-{number % SERVICES}", "trace_id": _trace_id(number // 40),
                     "span_id": _span_id(number // 40, number % 40), "message": _message(number, made),
                     "logger": "app.handler"}  # fmt: skip
            stream.write(orjson.dumps(value) + b"\n")


def write_other_json(path: Path, lines: int) -> None:
    """JSON log lines as several libraries write them: other names, and the same facts within objects."""
    made = random.Random(7)
    with path.open("wb") as stream:
        for number in range(lines):
            value: dict[str, object] = {
                "time": _moment(number), "severity": made.choice(("info", "warn", "error")),
                "resource": {"service.name": f"service-{number % SERVICES}", "zone": "a"},
                "context": {"traceId": _trace_id(number // 40), "user": number % 50},
                "body": _message(number, made), "took": made.random(),
            }  # fmt: skip
            stream.write(orjson.dumps(value) + b"\n")


def write_text_logs(path: Path, lines: int) -> None:
    """Lines of text with time, level, service, trace id and message."""
    made = random.Random(7)
    with path.open("wb") as stream:
        for number in range(lines):
            level = made.choice(("INFO ", "WARN ", "ERROR"))
            stream.write(
                f"{_moment(number)} {level} [service-{number % SERVICES}] app.handler "
                f"traceId={_trace_id(number // 40)} {_message(number, made)}\n".encode()
            )


def _message(number: int, made: random.Random) -> str:
    return f"request {number} handled in {made.randrange(900)} ms by worker {number % 8}"


def _moment(number: int) -> str:
    seconds, thousandths = divmod(number, 1000)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    return f"2026-11-22T{hours % 24:02d}:{minute:02d}:{second:02d}.{thousandths:03d}Z"


def _trace_id(trace: int) -> str:
    return f"{(trace + 1) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 128):032x}"


def _span_id(trace: int, place: int) -> str:
    return f"{((trace * SPANS_A_TRACE + place + 1) * 0xD1342543DE82EF95 % (1 << 64)) or 1:016x}"
