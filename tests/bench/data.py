"""Made-up OTLP JSON lines of any size, as a collector's file exporter writes them."""

from __future__ import annotations

import random
import re
from pathlib import Path

import orjson

SPANS_A_LINE = 512
SERVICES = 40
NAMES = 130
SPANS_A_TRACE = 200
START = 1_790_000_000_000_000_000


def write_otlp(path: Path, spans: int, seed: int = 7) -> None:
    """Write ``spans`` spans: 12 attributes each, trees of 200 spans a trace, 40 services with 130 operations.

    In three traces of ten one span raises, and every span above it fails.
    """
    made = random.Random(seed)
    with path.open("wb") as stream:
        waiting: list[tuple[int, dict[str, object]]] = []
        for trace in range(-(-spans // SPANS_A_TRACE)):
            waiting += _trace(trace, min(SPANS_A_TRACE, spans - trace * SPANS_A_TRACE), made)
            while len(waiting) >= SPANS_A_LINE or (waiting and (trace + 1) * SPANS_A_TRACE >= spans):
                rows, waiting = waiting[:SPANS_A_LINE], waiting[SPANS_A_LINE:]
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


def _trace(trace: int, count: int, made: random.Random) -> list[tuple[int, dict[str, object]]]:
    parents = [made.randrange(max(0, place - 12), place) if place else -1 for place in range(count)]
    failed: set[int] = set()
    origin = made.randrange(count // 2, count) if made.random() < 0.3 else -1
    place = origin
    while place >= 0:
        failed.add(place)
        place = parents[place]
    return [
        _span(trace, place, parents[place], made, failed=place in failed, raises=place == origin)
        for place in range(count)
    ]


def _span(
    trace: int, place: int, parent: int, made: random.Random, *, failed: bool, raises: bool
) -> tuple[int, dict[str, object]]:
    start = START + trace * 3_000_000 + place * 250_000
    name = made.randrange(NAMES)
    span: dict[str, object] = {
        "traceId": f"{(trace + 1) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 128):032x}",
        "spanId": f"{_span_id(trace, place):016x}",
        "parentSpanId": f"{_span_id(trace, parent):016x}" if place else "",
        "name": f"operation-{name}",
        "kind": made.choice((1, 2, 3)),
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(start + made.randrange(50_000, 40_000_000)),
        "attributes": [_text(f"custom.attribute.{k}", f"value-{made.randrange(1000)}") for k in range(10)]
        + [
            _text("http.request.method", "GET"),
            {"key": "thread.id", "value": {"intValue": str(made.randrange(64))}},
        ],
        "status": {"code": 2, "message": "it failed"} if failed else {},
    }
    if raises:
        kind, message = _text("exception.type", "ValueError"), _text("exception.message", "out of range")
        span["events"] = [
            {"timeUnixNano": str(start + 1000), "name": "exception", "attributes": [kind, message]}
        ]
    return name % SERVICES, span


def _span_id(trace: int, place: int) -> int:
    return (trace * SPANS_A_TRACE + place + 1) * 0xD1342543DE82EF95 % (1 << 64) or 1


def _text(key: str, value: str) -> dict[str, object]:
    return {"key": key, "value": {"stringValue": value}}


def write_copies(base: Path, path: Path, times: int) -> None:
    """The lines of ``base`` so often, each time with other trace ids."""
    lines = base.read_bytes().split(b"\n")[:-1]
    with path.open("wb") as stream:
        for number in range(times):
            for line in lines:
                stream.write(_TRACE_ID.sub(b'"traceId":"%08x' % (number + 1), line) + b"\n")


_TRACE_ID = re.compile(rb'"traceId":"[0-9a-f]{8}')


def write_one_trace(path: Path, spans: int, seed: int = 7) -> None:
    """One trace, like those of :func:`write_otlp` otherwise: each span's parent is one of the twelve before it."""
    made = random.Random(seed)
    with path.open("wb") as stream:
        for begin in range(0, spans, SPANS_A_LINE):
            rows = [
                _span(0, place, made.randrange(max(0, place - 12), place) if place else -1, made,
                      failed=(raises := made.random() < 0.001), raises=raises)
                for place in range(begin, min(begin + SPANS_A_LINE, spans))
            ]  # fmt: skip
            stream.write(orjson.dumps({"resourceSpans": _grouped(rows)}) + b"\n")


def write_chain(path: Path, spans: int) -> None:
    """One trace in which each span is the parent of the next, in lines of 1,000."""
    with path.open("wb") as stream:
        for begin in range(0, spans, 1000):
            rows = [
                {
                    "traceId": f"{1:032x}", "spanId": f"{place + 1:016x}",
                    "parentSpanId": f"{place:016x}" if place else "", "name": "call", "kind": 1,
                    "startTimeUnixNano": str(START + place), "endTimeUnixNano": str(START + 2 * spans - place),
                }
                for place in range(begin, min(begin + 1000, spans))
            ]  # fmt: skip
            resource = {"attributes": [_text("service.name", "service-1")]}
            group = {"resource": resource, "scopeSpans": [{"spans": rows}]}
            stream.write(orjson.dumps({"resourceSpans": [group]}) + b"\n")
