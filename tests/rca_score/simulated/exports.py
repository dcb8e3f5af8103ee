"""More forms of a drawing: Zipkin's JSON, and tables as exported from a warehouse."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests.drawn import BASE_NS, KINDS, Drawing, DrawnSpan, DrawnTrace, span_hex, time_ns, trace_hex
from tests.drawn_files import log_object
from tests.drawn_otlp import Json, dumped, metric_line

_KINDS = {KINDS[word]: word.upper() for word in ("server", "client", "producer", "consumer")}
_ERROR = 2
_COLUMNS = (
    "trace_id", "span_id", "parent_span_id", "service_name", "operation_name", "span_kind", "pod", "host",
    "start_time_unix_nano", "end_time_unix_nano", "status_code", "status_message", "attributes",
)  # fmt: skip


def zipkin_files(drawing: Drawing, folder: Path) -> None:
    """Traces as Zipkin's JSON, logs as JSON lines, metrics as OTLP."""
    drawing = without_links(drawing)
    spans = [_zipkin(trace, span) for trace in drawing.traces for span in trace.spans]
    (folder / "zipkin.json").write_text(json.dumps(spans), encoding="utf-8")
    beside(drawing, folder)


def table_files(drawing: Drawing, folder: Path) -> None:
    """Spans and logs as CSV, metrics as OTLP."""
    drawing = without_links(drawing)
    with (folder / "spans.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(_COLUMNS)
        for trace in drawing.traces:
            for span in trace.spans:
                out.writerow(_row(trace, span))
    with (folder / "logs.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(("timestamp", "severity", "service_name", "trace_id", "span_id", "message"))
        logs = [log_object(log, trace) for trace in drawing.traces for log in trace.logs]
        for one in (*logs, *(log_object(log, None) for log in drawing.logs)):
            out.writerow(
                [
                    one.get(key, "")
                    for key in ("timestamp", "level", "service", "trace_id", "span_id", "message")
                ]
            )
    _metrics(drawing, folder)


def _row(trace: DrawnTrace, span: DrawnSpan) -> tuple[object, ...]:
    begin, where = time_ns(trace, span.start_ms), dict(span.resource)
    said = ": ".join(span.exceptions[0]) if span.exceptions else span.message
    return (
        trace_hex(trace.name), span_hex(span.label), span_hex(span.parent) if span.parent else "", span.service,
        span.operation, _KINDS.get(span.kind, "INTERNAL"), where.get("k8s.pod.name", ""), where.get("host.name", ""),
        begin, begin + round((span.duration_ms or 0) * 10**6), ("UNSET", "OK", "ERROR")[span.status], said,
        json.dumps(dict((*span.attributes, ("service.version", where.get("service.version", ""))))),
    )  # fmt: skip


def _zipkin(trace: DrawnTrace, span: DrawnSpan) -> Json:
    tags = {key: str(value) for key, value in (*span.attributes, *span.resource)}
    peer = tags.pop("server.address", "")
    if span.status == _ERROR:
        tags["error"] = ": ".join(span.exceptions[0]) if span.exceptions else span.message or "true"
    found: Json = {
        "traceId": trace_hex(trace.name), "id": span_hex(span.label), "name": span.operation,
        "timestamp": time_ns(trace, span.start_ms) // 1000, "duration": max(1, round((span.duration_ms or 0) * 1000)),
        "localEndpoint": {"serviceName": span.service}, "tags": tags,
    }  # fmt: skip
    if span.parent:
        found["parentId"] = span_hex(span.parent)
    if span.kind in _KINDS:
        found["kind"] = _KINDS[span.kind]
    if peer:
        found["remoteEndpoint"] = {"serviceName": peer}
    return found


def without_links(drawing: Drawing) -> Drawing:
    """The drawing for formats that know no links: there a message goes on the trace in which it was sent."""
    home = {span.label: trace for trace in drawing.traces for span in trace.spans}
    whole = {trace.name: trace for trace in drawing.traces if not _sender(trace)}
    for trace in drawing.traces:
        top = trace
        while sender := _sender(top):
            top = home[sender]
        if top is not trace:
            later = (trace.at_s - top.at_s) * 1000
            spans = tuple(
                replace(s, start_ms=s.start_ms + later, parent=s.parent or _sender(trace), links=())
                for s in trace.spans
            )
            logs = tuple(replace(one, at_ms=one.at_ms + later, trace=top.name) for one in trace.logs)
            known = whole[top.name]
            whole[top.name] = replace(known, spans=(*known.spans, *spans), logs=(*known.logs, *logs))
    return replace(drawing, traces=tuple(whole.values()))


def _sender(trace: DrawnTrace) -> str:
    """Label of the span that sent what a trace began with, ``""`` for none."""
    return next((link for span in trace.spans if not span.parent for link in span.links), "")


def beside(drawing: Drawing, folder: Path) -> None:
    """Logs as JSON lines and metrics as OTLP."""
    logs = [dumped(log_object(log, trace)) for trace in drawing.traces for log in trace.logs]
    logs += [dumped(log_object(log, None)) for log in drawing.logs]
    if logs:
        (folder / "app.log").write_bytes(b"\n".join(logs) + b"\n")
    _metrics(drawing, folder)


def _metrics(drawing: Drawing, folder: Path) -> None:
    if drawing.metrics:
        lines = [dumped(metric_line(metric)) for metric in drawing.metrics]
        (folder / "metrics.jsonl").write_bytes(b"\n".join(lines) + b"\n")


MORE_FORMATS: dict[str, Callable[[Drawing, Path], None]] = {"zipkin": zipkin_files, "table": table_files}
"""How a drawing is written, by the name of the format."""


def with_marks(drawing: Drawing, folder: Path) -> None:
    """What was deployed or changed, as annotations of Grafana."""
    found = [
        {
            "time": BASE_NS // 10**6 + round(mark.at_s * 1000),
            "text": mark.text,
            "tags": [mark.kind, mark.service],
        }
        for mark in drawing.marks
    ]
    if found:
        (folder / "annotations.json").write_text(json.dumps(found), encoding="utf-8")
