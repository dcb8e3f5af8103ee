"""OTLP JSON in any spelling and with any damage, into the same shapes: slow, for the documents that need it.

Snake-case names (collector and protobuf readers take both), wrong types, times as floats, NaN, missing parts. A
span or log record that is an object is kept; what else stands in its place is counted as dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Raw

from explorer.decoding.lenient import dumps, loads, nanoseconds, text_of
from explorer.readers.otlp_json.shapes import (
    Document,
    Event,
    Link,
    LogRecord,
    ResourceLogs,
    ResourceSpans,
    ScopeLogs,
    ScopeSpans,
    Span,
    Status,
)

_FLOAT_TIME = re.compile(rb'(?i)unix_?nano"\s*:\s*"?\d+[.e]')
_UPPER = re.compile(r"_([a-z0-9])")
_SIGNALS = ("resourceSpans", "batches", "resourceLogs", "resourceMetrics", "resourceProfiles")


def camel(name: str) -> str:
    """``trace_id`` as ``traceId``."""
    return _UPPER.sub(lambda match: match[1].upper(), name)


def named(value: Any) -> dict[str, Any]:
    """An object with its names in camel case; anything else as an empty object."""
    if not isinstance(value, dict):
        return {}
    return {camel(name) if "_" in name else name: inner for name, inner in value.items()}


def items(value: Any) -> list[Any]:
    """A list; anything else as an empty one."""
    return value if isinstance(value, list) else []


def requests(data: bytes) -> list[dict[str, Any]] | None:
    """The export requests in a document, unwrapped, names in camel case; None where there are none or no JSON."""
    try:
        value = loads(data, exact=_FLOAT_TIME.search(data) is not None)
    except ValueError:
        return None
    found: list[dict[str, Any]] = []
    for one in value if isinstance(value, list) else [value]:
        inner = [named(one)]
        for outer in inner:
            inner += [named(outer[name]) for name in ("trace", "result") if isinstance(outer.get(name), dict)]
        found += [request for request in inner if _is_request(request)]
    return found or None


def _is_request(fields: dict[str, Any]) -> bool:
    return any(name in fields and isinstance(fields[name], list | None) for name in _SIGNALS)


def decode(data: bytes) -> Document | None:
    """The document, None where it is no OTLP at all."""
    found = requests(data)
    if found is None:
        return None
    document = Document(partial="PARTIAL" in str([one.get("status") for one in found]))
    for request in found:
        for name in ("resourceSpans", "batches"):
            document.spans += [_resource_spans(group, document) for group in items(request.get(name))]
        document.logs += [_resource_logs(group, document) for group in items(request.get("resourceLogs"))]
        document.metrics += [Raw(dumps(group)) for group in items(request.get("resourceMetrics"))]
        document.profiles += len(items(request.get("resourceProfiles")))
    return document


def scopes(group: dict[str, Any], *names: str) -> Iterator[dict[str, Any]]:
    """The scopes of a resource under whichever of the names they stand."""
    for name in names:
        for scope in items(group.get(name)):
            yield named(scope)


def _resource_spans(value: Any, document: Document) -> ResourceSpans:
    group = named(value)
    found = []
    for scope in scopes(group, "scopeSpans", "instrumentationLibrarySpans"):
        whole = [one for one in items(scope.get("spans")) if isinstance(one, dict)]
        document.dropped += len(items(scope.get("spans"))) - len(whole)
        found.append(ScopeSpans([span(named(one)) for one in whole]))
    return ResourceSpans(raw(group.get("resource")), found)


def _resource_logs(value: Any, document: Document) -> ResourceLogs:
    group = named(value)
    found = []
    for scope in scopes(group, "scopeLogs", "instrumentationLibraryLogs"):
        records = items(scope.get("logRecords")) or items(scope.get("logs"))
        whole = [one for one in records if isinstance(one, dict)]
        document.dropped += len(records) - len(whole)
        found.append(ScopeLogs([log_record(named(one)) for one in whole], scope=raw(scope.get("scope"))))
    return ResourceLogs(raw(group.get("resource")), found)


def raw(value: Any) -> Raw:
    """JSON bytes of a part that is decoded later, if at all."""
    return Raw(b"" if value is None else dumps(value))


def span(fields: dict[str, Any]) -> Span:
    """A span from an object with camel-case names."""
    status = fields.get("status")
    state = named(status)
    return Span(
        trace_id=text_of(fields.get("traceId")),
        span_id=text_of(fields.get("spanId")),
        parent_span_id=text_of(fields.get("parentSpanId")),
        name=text_of(fields.get("name")),
        kind=_enum(fields.get("kind")),
        start_time_unix_nano=nanoseconds(fields.get("startTimeUnixNano")) or 0,
        end_time_unix_nano=nanoseconds(fields.get("endTimeUnixNano")) or 0,
        attributes=raw(fields.get("attributes")),
        events=[_event(named(one)) for one in items(fields.get("events")) if isinstance(one, dict)],
        links=[
            Link(text_of(link.get("traceId")), text_of(link.get("spanId")))
            for link in map(named, items(fields.get("links")))
        ],
        status=Status(_enum(state.get("code", status)), text_of(state.get("message"))),
    )


def _event(fields: dict[str, Any]) -> Event:
    time = nanoseconds(fields.get("timeUnixNano")) or 0
    return Event(time, text_of(fields.get("name")), raw(fields.get("attributes")))


def log_record(fields: dict[str, Any]) -> LogRecord:
    """A log record from an object with camel-case names."""
    return LogRecord(
        time_unix_nano=nanoseconds(fields.get("timeUnixNano")) or 0,
        observed_time_unix_nano=nanoseconds(fields.get("observedTimeUnixNano")) or 0,
        severity_number=_enum(fields.get("severityNumber")),
        severity_text=text_of(fields.get("severityText")),
        body=raw(fields.get("body")),
        attributes=raw(fields.get("attributes")),
        trace_id=text_of(fields.get("traceId")),
        span_id=text_of(fields.get("spanId")),
    )


def _enum(value: Any) -> int | str:
    return value if isinstance(value, int | str) and not isinstance(value, bool) else 0
