"""Made-up OTLP JSON lines of any size, as a collector's file exporter writes them."""

from __future__ import annotations

import random
from pathlib import Path

import orjson

SPANS_A_LINE = 512
SERVICES = 40
NAMES = 130
SPANS_A_TRACE = 200
START = 1_790_000_000_000_000_000


def write_otlp(path: Path, spans: int, seed: int = 7) -> None:
    """Write ``spans`` spans: 12 attributes each, 3 in 100 with an exception event, trees of 200 spans a trace."""
    made = random.Random(seed)
    with path.open("wb") as stream:
        for begin in range(0, spans, SPANS_A_LINE):
            rows = [_span(number, made) for number in range(begin, min(begin + SPANS_A_LINE, spans))]
            made.shuffle(rows)
            stream.write(orjson.dumps({"resourceSpans": _grouped(rows)}) + b"\n")


def _grouped(rows: list[tuple[int, dict[str, object]]]) -> list[dict[str, object]]:
    by_service: dict[int, list[dict[str, object]]] = {}
    for service, span in rows:
        by_service.setdefault(service, []).append(span)
    return [
        {
            "resource": {"attributes": [_text("service.name", f"service-{service}"),
                                        _text("host.name", f"node-{service % 7}"),
                                        _text("service.version", "1.4.2")]},
            "scopeSpans": [{"scope": {"name": "bench"}, "spans": spans}],
        }
        for service, spans in by_service.items()
    ]  # fmt: skip


def _span(number: int, made: random.Random) -> tuple[int, dict[str, object]]:
    trace, place = divmod(number, SPANS_A_TRACE)
    parent = made.randrange(max(0, place - 12), place) if place else -1
    start = START + trace * 3_000_000 + place * 250_000
    failed = made.random() < 0.03
    span: dict[str, object] = {
        "traceId": f"{(trace + 1) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 128):032x}",
        "spanId": f"{_span_id(trace, place):016x}",
        "parentSpanId": f"{_span_id(trace, parent):016x}" if place else "",
        "name": f"operation-{made.randrange(NAMES)}",
        "kind": made.choice((1, 2, 3)),
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(start + made.randrange(50_000, 40_000_000)),
        "attributes": [_text(f"custom.attribute.{k}", f"value-{made.randrange(1000)}") for k in range(10)]
        + [_text("http.request.method", "GET"), {"key": "thread.id", "value": {"intValue": str(made.randrange(64))}}],
        "status": {"code": 2, "message": "it failed"} if failed else {},
    }
    if failed:
        kind, message = _text("exception.type", "ValueError"), _text("exception.message", "out of range")
        span["events"] = [{"timeUnixNano": str(start + 1000), "name": "exception", "attributes": [kind, message]}]
    return made.randrange(SERVICES), span


def _span_id(trace: int, place: int) -> int:
    return (trace * SPANS_A_TRACE + place + 1) * 0xD1342543DE82EF95 % (1 << 64) or 1


def _text(key: str, value: str) -> dict[str, object]:
    return {"key": key, "value": {"stringValue": value}}
