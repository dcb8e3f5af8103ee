"""Spans as OpenTelemetry's PHP SDK prints them (``ConsoleSpanExporter``): lists of one span each, one after another.

Source: opentelemetry-php src/SDK/Trace/SpanExporter/FriendlySpanConverter. Times are in ns, the resource is flat.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, named, text
from explorer.decoding.lenient import nanoseconds
from explorer.decoding.outline import outline
from explorer.decoding.traces.otel_names import faults_in, kind_of, status_of
from explorer.decoding.traces.plain import Origin, Parsed, PlainSpan
from explorer.decoding.traces.plain_documents import open_plain, read_plain
from explorer.model.builder import Builder, Records
from explorer.model.records import SpanEvent

NAME: Final = "otel-php"
LABEL: Final = "OpenTelemetry spans (PHP console)"
RECOGNISED_BY: Final = (
    "objects with context.trace_id, context.span_id, start, end and a kind like KIND_SERVER"
)
FRAMINGS: Final = ("lines", "document")

_NAMES: Final = frozenset({("context", "trace_id"), ("context", "span_id"), ("start",), ("parent_span_id",)})


def detect(head: bytes) -> Confidence | None:
    """By the names of a span and PHP's way to print a kind."""
    if b'"KIND_' not in head:
        return None
    return Confidence.CERTAIN if outline(head) >= _NAMES else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read lists of spans; documents of other kinds, or that do not parse, are returned."""
    return read_plain(records, builder, _parse, detect)


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again."""
    return open_plain(raw, _parse)


def _parse(value: Any) -> Parsed | None:
    found = value if isinstance(value, list) else [value]
    spans = [one for one in map(named, found) if "span_id" in named(one.get("context")) and "start" in one]
    return Parsed([_span(one) for one in spans], dropped=len(found) - len(spans)) if spans else None


def _span(span: dict[str, Any]) -> PlainSpan:
    context, status = named(span.get("context")), named(span.get("status"))
    start, end = (nanoseconds(span.get(name)) or 0 for name in ("start", "end"))
    events = [
        SpanEvent(
            nanoseconds(one.get("timestamp")) or 0,
            text(one.get("name")),
            tuple(named(one.get("attributes")).items()),
        )
        for one in map(named, listed(span.get("events")))
    ]
    links = [named(named(one).get("context")) for one in listed(span.get("links"))]
    return PlainSpan(
        trace=text(context.get("trace_id")),
        span_id=text(context.get("span_id")),
        parent_id=text(span.get("parent_span_id")),
        name=text(span.get("name")),
        origin=Origin("", list(named(span.get("resource")).items())),
        start=start,
        duration=end - start if start and end else None,
        kind=kind_of(text(span.get("kind")).removeprefix("KIND_")),
        status=status_of(status.get("code")),
        message=text(status.get("description")),
        attributes=list(named(span.get("attributes")).items()),
        events=events,
        links=[(text(one.get("trace_id")), text(one.get("span_id"))) for one in links],
        faults=faults_in(events),
        source=span,
    )
