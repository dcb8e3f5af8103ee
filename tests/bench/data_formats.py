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


def write_irregular_json_logs(path: Path, lines: int) -> None:
    """JSON log lines of five programs in one file: other keys in other orders, some only at times, odd texts."""
    made = random.Random(7)
    programs = (_plain_line, _nested_line, _request_line, _zap_line, _sparse_line)
    with path.open("wb") as stream:
        for number in range(lines):
            value = programs[made.randrange(5)](number, made)
            stream.write(orjson.dumps(value) + b"\n")


def _plain_line(number: int, made: random.Random) -> dict[str, object]:
    value: dict[str, object] = {"timestamp": _moment(number), "level": made.choice(("INFO", "WARN", "ERROR")),
             "service": f"service-{number % SERVICES}", "trace_id": _trace_id(made.randrange(number // 40 + 1)),
             "span_id": _span_id(number // 40, number % 40), "message": _odd_message(number, made)}  # fmt: skip
    if made.random() < 0.2:
        value["user"] = f"user {made.randrange(1000)}"
    if made.random() < 0.1:
        value["took"] = made.random()
    return value


def _nested_line(number: int, made: random.Random) -> dict[str, object]:
    value: dict[str, object] = {
        "@timestamp": _moment(number), "log": {"level": made.choice(("info", "error")), "logger": "app.handler"},
        "service": {"name": f"service-{number % SERVICES}", "version": "1.4.2"},
        "trace": {"id": _trace_id(number // 40)}, "tags": ["a", "b"][: made.randrange(3)],
        "message": _odd_message(number, made), "process": {"pid": made.randrange(40000), "thread": {"name": "main"}},
    }  # fmt: skip
    if made.random() < 0.05:
        value["error"] = {
            "type": "TimeoutError",
            "message": "no answer",
            "stack_trace": "at a\n\tat b\n\tat c",
        }
    return value


def _request_line(number: int, made: random.Random) -> dict[str, object]:
    return {"message": _odd_message(number, made), "request": {"method": "GET", "path": f"/items/{number}",
            "status": made.choice((200, 200, 404, 500)), "ms": made.randrange(900)}, "level": "info",
            "time": _moment(number), "traceId": _trace_id(number // 40), "app": f"service-{number % SERVICES}",
            "ok": made.random() < 0.9, "parent": None}  # fmt: skip


def _zap_line(number: int, made: random.Random) -> dict[str, object]:
    return {"level": made.choice(("info", "debug")), "ts": START // 10**9 + number / 1000, "caller": "app/main.go:31",
            "msg": _odd_message(number, made), "service": f"service-{number % SERVICES}",
            "request_id": f"{made.randrange(1 << 60):x}"}  # fmt: skip


def _sparse_line(number: int, made: random.Random) -> dict[str, object]:
    extra = [
        (key, made.randrange(10**6)) for key in ("shard", "attempt", "bytes", "rows") if made.random() < 0.5
    ]
    return {"time": _moment(number), "severity": "INFO", **dict(extra), "body": _odd_message(number, made)}


def _odd_message(number: int, made: random.Random) -> str:
    """A message; of twenty, one has characters that are escaped, and one others than ASCII."""
    text, kind = _message(number, made), made.randrange(20)
    if kind == 0:
        return f'{text}: "C:\\data\\{number}"\n'
    return f"{text} für Zoë – ✓" if kind == 1 else text


def write_irregular_text_logs(path: Path, lines: int) -> None:
    """Lines of text in three layouts of time and id, with stack traces between and characters beyond ASCII."""
    made = random.Random(7)
    with path.open("wb") as stream:
        for number in range(lines):
            level, kind = made.choice(("INFO", "WARN", "ERROR")), made.randrange(40)
            trace, text = (
                _trace_id(made.randrange(number // 40 + 1)),
                _odd_message(number, made).replace("\n", " "),
            )
            if kind < 24:
                line = f"{_moment(number)} {level:5} [service-{number % SERVICES}] app.handler traceId={trace} {text}"
            elif kind < 34:
                moment = _moment(number)[:-1].replace("T", " ").replace(".", ",")
                line = f"{moment} [worker-{number % 16}] {level} app.Handler - {text} (trace_id: {trace})"
            elif kind < 38:
                line = f'time={_moment(number)} level={level.lower()} msg="{text}" request_id={trace[:12]}'
            else:
                line = "java.lang.IllegalStateException: no answer\n\tat app.Handler.run(Handler.java:31)"
            stream.write(f"{line}\n".encode())
