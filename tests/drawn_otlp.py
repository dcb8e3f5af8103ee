"""A drawing (:mod:`tests.drawn`) as OTLP JSON: one line a span, log record or metric series."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.drawn import (
    BASE_NS,
    LEVELS,
    Drawing,
    DrawnLog,
    DrawnMetric,
    DrawnSpan,
    DrawnTrace,
    span_hex,
    time_ns,
    trace_hex,
)

Json = dict[str, object]


def otlp_lines(drawing: Drawing) -> Iterator[bytes]:
    """Every span, log record and series of a drawing as a line of its own."""
    where = {span.label: trace for trace in drawing.traces for span in trace.spans}
    for trace in drawing.traces:
        for span in trace.spans:
            yield dumped(span_line(trace, span, where))
        for log in trace.logs:
            yield dumped(log_line(log, trace))
    for log in drawing.logs:
        yield dumped(log_line(log, None))
    for metric in drawing.metrics:
        yield dumped(metric_line(metric))


def dumped(line: Json) -> bytes:
    """Compact JSON."""
    return json.dumps(line, separators=(",", ":")).encode()


def span_line(trace: DrawnTrace, span: DrawnSpan, where: dict[str, DrawnTrace]) -> Json:
    """One span as ``resourceSpans``."""
    start = time_ns(trace, span.start_ms)
    end = 0 if span.duration_ms is None else time_ns(trace, span.start_ms + span.duration_ms)
    value: Json = {
        "traceId": trace_hex(trace.name), "spanId": span_hex(span.label), "name": span.operation, "kind": span.kind,
        "startTimeUnixNano": str(start), "endTimeUnixNano": str(end), "attributes": _attributes(span.attributes),
    }  # fmt: skip
    parent = (
        span_hex("lost of " + span.label) if span.orphan else span_hex(span.parent) if span.parent else ""
    )
    if parent:
        value["parentSpanId"] = parent
    if span.status or span.message:
        value["status"] = {"code": span.status, "message": span.message}
    events = [_exception(end or start, kind, message) for kind, message in span.exceptions]
    events += [
        {"timeUnixNano": str(time_ns(trace, at)), "name": name, "attributes": _attributes(attributes)}
        for at, name, attributes in span.events
    ]
    if events:
        value["events"] = events
    if span.links:
        value["links"] = [{"traceId": trace_hex(where[x].name), "spanId": span_hex(x)} for x in span.links]
    scope: Json = {"scope": {"name": "drawn"}, "spans": [value]}
    return {"resourceSpans": [{"resource": _resource(span.service, span.resource), "scopeSpans": [scope]}]}


def log_line(log: DrawnLog, trace: DrawnTrace | None) -> Json:
    """One log record as ``resourceLogs``."""
    at = time_ns(trace, log.at_ms) if trace else BASE_NS + round(log.at_ms * 10**6)
    record: Json = {
        "timeUnixNano": str(at), "severityNumber": LEVELS[log.level], "severityText": log.level,
        "body": {"stringValue": log.text},
    }  # fmt: skip
    if log.trace:
        record["traceId"] = trace_hex(log.trace)
    if log.span:
        record["spanId"] = span_hex(log.span)
    scope: Json = {"logRecords": [record]}
    return {"resourceLogs": [{"resource": _resource(log.service, ()), "scopeLogs": [scope]}]}


def metric_line(metric: DrawnMetric) -> Json:
    """One series as a gauge in ``resourceMetrics``."""
    points = [
        {"timeUnixNano": str(BASE_NS + round(nth * metric.every_s * 10**9)), "asDouble": value}
        for nth, value in enumerate(metric.values)
    ]
    scope: Json = {"metrics": [{"name": metric.name, "gauge": {"dataPoints": points}}]}
    return {"resourceMetrics": [{"resource": _resource(metric.service, ()), "scopeMetrics": [scope]}]}


def _resource(service: str, more: tuple[tuple[str, str], ...]) -> Json:
    return {"attributes": _attributes((("service.name", service), *more))}


def _exception(at_ns: int, kind: str, message: str) -> Json:
    attributes = (("exception.type", kind), ("exception.message", message))
    return {"timeUnixNano": str(at_ns), "name": "exception", "attributes": _attributes(attributes)}


def _attributes(pairs: tuple[tuple[str, object], ...]) -> list[Json]:
    return [{"key": key, "value": _typed(value)} for key, value in pairs]


def _typed(value: object) -> Json:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": str(value)}
