"""Spans as OpenTelemetry's Go SDK prints them (``stdouttrace``).

Source: opentelemetry-go exporters/stdout/stdouttrace, sdk/trace/tracetest. Times are Go's zero time where they are off.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, moment, named, text
from explorer.decoding.outline import outline
from explorer.decoding.traces.otel_names import faults_in, kind_of, status_of
from explorer.decoding.traces.plain import Origin, Pairs, Parsed, PlainSpan
from explorer.decoding.traces.plain_documents import open_plain, read_plain
from explorer.model.builder import Builder, Records
from explorer.model.records import SpanEvent

NAME: Final = "otel-go"
LABEL: Final = "OpenTelemetry spans (Go stdouttrace)"
RECOGNISED_BY: Final = "objects with SpanContext.TraceID, SpanContext.SpanID and SpanKind"
FRAMINGS: Final = ("lines", "document")

_NAMES: Final = frozenset({("SpanContext", "TraceID"), ("SpanContext", "SpanID")})
_BESIDE: Final = frozenset({("SpanKind",), ("StartTime",)})
_SCOPES: Final = ("InstrumentationScope", "InstrumentationLibrary")


def detect(head: bytes) -> Confidence | None:
    """By the names of Go's fields."""
    if b'"SpanContext"' not in head:
        return None
    paths = outline(head)
    return Confidence.CERTAIN if paths >= _NAMES and paths & _BESIDE else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read objects; those of other kinds, or that do not parse, are returned."""
    return read_plain(records, builder, _parse, detect)


def open_record(raw: bytes) -> OpenRecord:
    """Open an object again."""
    return open_plain(raw, _parse)


def _parse(value: Any) -> Parsed | None:
    found = value if isinstance(value, list) else [value]
    spans = [one for one in found if "SpanID" in named(named(one).get("SpanContext"))]
    return Parsed([_span(one) for one in spans], dropped=len(found) - len(spans)) if spans else None


def _span(span: dict[str, Any]) -> PlainSpan:
    context, parent, status = (named(span.get(name)) for name in ("SpanContext", "Parent", "Status"))
    start, end = moment(span.get("StartTime")), moment(span.get("EndTime"))
    events = [
        SpanEvent(moment(one.get("Time")), text(one.get("Name")), tuple(_pairs(one.get("Attributes"))))
        for one in map(named, listed(span.get("Events")))
    ]
    links = [named(named(one).get("SpanContext")) for one in listed(span.get("Links"))]
    scope = next((named(span[name]) for name in _SCOPES if span.get(name)), {})
    return PlainSpan(
        trace=text(context.get("TraceID")),
        span_id=text(context.get("SpanID")),
        parent_id=text(parent.get("SpanID")),
        name=text(span.get("Name")),
        origin=Origin("", _pairs(span.get("Resource"))),
        start=start,
        duration=end - start if start and end else None,
        kind=kind_of(span.get("SpanKind")),
        status=status_of(status.get("Code")),
        message=text(status.get("Description")),
        scope=" ".join(text(scope.get(name)) for name in ("Name", "Version")).strip(),
        attributes=_pairs(span.get("Attributes")),
        events=events,
        links=[(text(one.get("TraceID")), text(one.get("SpanID"))) for one in links],
        faults=faults_in(events),
        source=span,
    )


def _pairs(attributes: Any) -> Pairs:
    return [
        (text(one.get("Key")), named(one.get("Value")).get("Value")) for one in map(named, listed(attributes))
    ]
