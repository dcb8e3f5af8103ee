"""A drawing (:mod:`tests.drawn`) as files of several formats, as they would be exported."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tests.drawn import BASE_NS, KINDS, Drawing, DrawnLog, DrawnSpan, DrawnTrace, span_hex, time_ns, trace_hex
from tests.drawn_otlp import Json, dumped, metric_line, otlp_lines

_KIND_WORDS = {number: word for word, number in KINDS.items() if word != "none"}
_OK, _ERROR = 1, 2


def otlp_files(drawing: Drawing, folder: Path) -> None:
    """OTLP JSON lines."""
    (folder / "export.jsonl").write_bytes(b"\n".join(otlp_lines(drawing)) + b"\n")


def jaeger_files(drawing: Drawing, folder: Path) -> None:
    """Traces as Jaeger's JSON, logs as JSON lines, metrics as OTLP."""
    data = [_jaeger_trace(trace, drawing) for trace in drawing.traces]
    (folder / "traces.json").write_text(json.dumps({"data": data}), encoding="utf-8")
    logs = [log_object(log, trace) for trace in drawing.traces for log in trace.logs]
    logs += [log_object(log, None) for log in drawing.logs]
    _lines(folder / "app.log", [dumped(log) for log in logs])
    _lines(folder / "metrics.jsonl", [dumped(metric_line(metric)) for metric in drawing.metrics])


FORMATS: dict[str, Callable[[Drawing, Path], None]] = {"otlp": otlp_files, "jaeger": jaeger_files}
"""How a drawing is written, by the name of the format."""


def log_object(log: DrawnLog, trace: DrawnTrace | None) -> Json:
    """A log record as structured loggers write it."""
    at_ns = time_ns(trace, log.at_ms) if trace else BASE_NS + round(log.at_ms * 10**6)
    when = datetime.fromtimestamp(at_ns // 10**9, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    found: Json = {
        "timestamp": f"{when}.{at_ns % 10**9:09}Z", "level": log.level, "service": log.service, "message": log.text,
    }  # fmt: skip
    if log.trace:
        found["trace_id"] = trace_hex(log.trace)
    if log.span:
        found["span_id"] = span_hex(log.span)
    return found


def _lines(path: Path, lines: list[bytes]) -> None:
    if lines:
        path.write_bytes(b"\n".join(lines) + b"\n")


def _jaeger_trace(trace: DrawnTrace, drawing: Drawing) -> Json:
    where = {span.label: one for one in drawing.traces for span in one.spans}
    known: dict[tuple[str, tuple[tuple[str, str], ...]], str] = {}
    spans = [_jaeger_span(trace, span, where, known) for span in trace.spans]
    processes = {
        number: {"serviceName": service, "tags": [_tag(key, value) for key, value in more]}
        for (service, more), number in known.items()
    }
    return {"traceID": trace_hex(trace.name), "spans": spans, "processes": processes}


def _jaeger_span(
    trace: DrawnTrace,
    span: DrawnSpan,
    where: dict[str, DrawnTrace],
    known: dict[tuple[str, tuple[tuple[str, str], ...]], str],
) -> Json:
    process = known.setdefault((span.service, span.resource), f"p{len(known) + 1}")
    start = time_ns(trace, span.start_ms)
    tags = [_tag(key, value) for key, value in span.attributes]
    if span.kind in _KIND_WORDS:
        tags.append(_tag("span.kind", _KIND_WORDS[span.kind]))
    if span.status == _ERROR:
        tags += [_tag("otel.status_code", "ERROR"), _tag("error", value=True)]
    elif span.status == _OK:
        tags.append(_tag("otel.status_code", "OK"))
    if span.message:
        tags.append(_tag("otel.status_description", span.message))
    parent = (
        span_hex(f"lost of {span.label}") if span.orphan else span_hex(span.parent) if span.parent else ""
    )
    trace_id = trace_hex(trace.name)
    references = [{"refType": "CHILD_OF", "traceID": trace_id, "spanID": parent}] if parent else []
    references += [
        {"refType": "FOLLOWS_FROM", "traceID": trace_hex(where[link].name), "spanID": span_hex(link)}
        for link in span.links
    ]
    end = start + round((span.duration_ms or 0) * 10**6)
    logs = [
        _event(end, (("event", "exception"), ("exception.type", kind), ("exception.message", message)))
        for kind, message in span.exceptions
    ]
    logs += [_event(time_ns(trace, at), (("event", name), *more)) for at, name, more in span.events]
    return {
        "traceID": trace_id, "spanID": span_hex(span.label), "operationName": span.operation, "references": references,
        "startTime": start // 1000, "duration": (end - start) // 1000, "tags": tags, "logs": logs, "processID": process,
    }  # fmt: skip


def _event(at_ns: int, fields: tuple[tuple[str, object], ...]) -> Json:
    return {"timestamp": at_ns // 1000, "fields": [_tag(key, value) for key, value in fields]}


def _tag(key: str, value: object) -> Json:
    kind = "bool" if isinstance(value, bool) else "int64" if isinstance(value, int) else "string"
    kind = "float64" if isinstance(value, float) else kind
    return {"key": key, "type": kind, "value": value}
