"""Jaeger's JSON with wrong types or damage, into the same shapes: slow, for the documents that need it."""

from __future__ import annotations

from typing import Any

from msgspec import Raw

from explorer.decoding.lenient import dumps, loads, nanoseconds, text_of
from explorer.decoding.traces.rows import UNKNOWN
from explorer.readers.jaeger_json.shapes import Document, Log, Reference, Span, Trace, is_jaeger


def traces_in(value: Any) -> list[dict[str, Any]] | None:
    """The traces of a decoded document as objects with ``spans``; None where it holds none."""
    if isinstance(value, dict) and "data" in value:
        value = value["data"]
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        return [] if value is None else None
    if value and any(isinstance(one, dict) and "spanID" in one for one in value):
        elastic = any(isinstance(one, dict) and "startTimeMillis" in one for one in value)
        return None if elastic else [{"spans": value}]
    found = [
        one
        for one in value
        if isinstance(one, dict) and "spans" in one and isinstance(one["spans"], list | None)
    ]
    return found if found or not value else None


def decode(data: bytes) -> Document | None:
    """The document, None where it is not Jaeger's."""
    try:
        value = loads(data)
    except ValueError:
        return None
    found = traces_in(value)
    if found is None or (not found and not (isinstance(value, dict) and "data" in value)):
        return None
    errors = value.get("errors") if isinstance(value, dict) else None
    document = Document(errors=[Raw(dumps(one)) for one in errors] if isinstance(errors, list) else [])
    for trace in found:
        spans = trace.get("spans") or []
        whole = [one for one in spans if isinstance(one, dict)]
        document.dropped += len(spans) - len(whole)
        processes = trace.get("processes")
        document.traces.append(
            Trace(
                trace_id=text_of(trace.get("traceID")),
                spans=[span(one) for one in whole],
                processes={k: Raw(dumps(v)) for k, v in processes.items()}
                if isinstance(processes, dict)
                else None,
                warnings=_texts(trace.get("warnings")),
            )
        )
    return document if is_jaeger(document) else None


def span(fields: dict[str, Any]) -> Span:
    """A span from an object."""
    duration = _micros(fields.get("duration"))
    return Span(
        trace_id=text_of(fields.get("traceID")),
        span_id=text_of(fields.get("spanID")),
        parent_span_id=text_of(fields.get("parentSpanID")),
        operation_name=text_of(fields.get("operationName")),
        references=[
            Reference(*(text_of(one.get(name)) for name in ("refType", "traceID", "spanID")))
            for one in _objects(fields.get("references"))
        ],
        start_time=_micros(fields.get("startTime")) or 0,
        duration=UNKNOWN if duration is None else duration,
        tags=_raw(fields.get("tags")),
        logs=[
            Log(_micros(one.get("timestamp")) or 0, _raw(one.get("fields")))
            for one in _objects(fields.get("logs"))
        ],
        process_id=text_of(fields.get("processID")),
        process=_raw(fields.get("process")),
        warnings=_texts(fields.get("warnings")),
    )


def _micros(value: Any) -> int | None:
    return nanoseconds(value)


def _raw(value: Any) -> Raw:
    return Raw(b"" if value is None else dumps(value))


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _texts(value: Any) -> list[str]:
    return [text_of(one) for one in value] if isinstance(value, list) else []
