"""One span of a document decoded whole, for the row on screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import Raw, Struct

from explorer.decoding.contract import OpenRecord
from explorer.decoding.lenient import dumps, loads, nanoseconds, text_of
from explorer.decoding.picking import pick
from explorer.decoding.traces.opentracing import event_of
from explorer.model.records import Detail, SpanEvent
from explorer.readers.jaeger_json import shapes
from explorer.readers.jaeger_json.loose import traces_in
from explorer.readers.jaeger_json.tags import describe, pairs

Part = tuple[Raw, Mapping[str, Raw]]
"""A span's bytes, and the processes of its trace."""


class _Trace(Struct):
    spans: list[Raw] | None = None
    processes: dict[str, Raw] | None = None


class _Answer(_Trace):
    data: list[_Trace] | _Trace | None = None


_OBJECT: Final = msgspec.json.Decoder(_Answer)
_TRACES: Final = msgspec.json.Decoder(list[_Trace])
_SPANS: Final = msgspec.json.Decoder(list[Raw])


def open_document(data: bytes) -> OpenRecord:
    """Access to the spans of a document by ordinal, trace after trace."""
    parts = located(data) if shapes.decode(data) is not None else _spelt_out(data)

    def opened(index: int) -> Detail:
        if not 0 <= index < len(parts):
            return Detail(raw=data.decode("utf-8", "replace"))
        return span_detail(*parts[index])

    return opened


def located(data: bytes) -> list[Part]:
    """The spans of a document that fits the shapes, not decoded."""
    if shapes.first_byte(data) == b"[":
        traces = _TRACES.decode(data)
        if traces and traces[0].spans is None:
            return [(span, {}) for span in _SPANS.decode(data)]
    else:
        answer = _OBJECT.decode(data)
        inner = answer if answer.data is None else answer.data
        traces = inner if isinstance(inner, list) else [inner]
    return [(span, trace.processes or {}) for trace in traces for span in trace.spans or ()]


def _spelt_out(data: bytes) -> list[Part]:
    """The spans of a damaged document."""
    parts: list[Part] = []
    for trace in traces_in(loads(data)) or ():
        processes = trace.get("processes")
        known = (
            {key: Raw(dumps(one)) for key, one in processes.items()} if isinstance(processes, dict) else {}
        )
        parts += [(Raw(dumps(span)), known) for span in trace.get("spans") or () if isinstance(span, dict)]
    return parts


def span_detail(data: Raw, processes: Mapping[str, Raw]) -> Detail:
    """Everything that a span says."""
    span = loads(bytes(data))
    tags = pairs(span.get("tags"))
    said = dict(tags)
    logs = [(_micros(log.get("timestamp")), pairs(log.get("fields"))) for log in _objects(span.get("logs"))]
    fault = next((fields for _, fields in reversed(logs) if event_of(fields)[1] is not None), tags)
    named = event_of(fault)[1] if fault is not tags else None
    told = pick(fault)
    process = processes.get(text_of(span.get("processID")))
    return Detail(
        attributes=(*tags, *(("warning", text) for text in _texts(span.get("warnings")))),
        resource=tuple(
            process_attributes(process if process is not None else Raw(dumps(span.get("process"))))
        ),
        events=tuple(SpanEvent(time, event_of(fields)[0], tuple(fields)) for time, fields in logs),
        links=tuple(
            (text_of(one.get("traceID")), text_of(one.get("spanID")))
            for one in _objects(span.get("references"))
        ),
        message=text_of(said.get("otel.status_description")),
        scope=" ".join(
            text_of(said.get(f"otel.scope.{part}", said.get(f"otel.library.{part}")))
            for part in ("name", "version")
        ).strip(),
        exception_type=named[0] if named else told.exception_type,
        exception_message=named[1] if named else told.exception_message,
        stack=told.stack,
        raw=bytes(data).decode("utf-8", "replace"),
    )


def process_attributes(raw: Raw) -> list[tuple[str, Any]]:
    """The tags of a process, before them its service."""
    service, tags = describe(bytes(raw))
    return [("service.name", service), *tags] if service else tags


def _micros(value: Any) -> int:
    return nanoseconds(value, 1000) or 0


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _texts(value: Any) -> list[str]:
    return [text_of(one) for one in value] if isinstance(value, list) else []
