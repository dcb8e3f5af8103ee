"""Spans as OpenTelemetry's Python SDK prints them (``ConsoleSpanExporter``, ``ReadableSpan.to_json``).

Source: opentelemetry-python, opentelemetry.sdk.trace. Objects follow one another without commas, mostly over many
lines, or one a line; other output of the program may stand between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, moment, named, text
from explorer.decoding.outline import outline
from explorer.decoding.traces.otel_names import faults_in, kind_of, status_of
from explorer.decoding.traces.plain import Origin, Parsed, PlainSpan
from explorer.decoding.traces.plain_documents import open_plain, read_plain
from explorer.model.builder import Builder, Records
from explorer.model.records import SpanEvent

NAME: Final = "otel-python"
LABEL: Final = "OpenTelemetry spans (Python console)"
RECOGNISED_BY: Final = (
    "objects with context.trace_id, context.span_id, start_time and a kind like SpanKind.SERVER"
)
FRAMINGS: Final = ("lines", "document")

_NAMES: Final = frozenset({("context", "trace_id"), ("context", "span_id"), ("start_time",), ("parent_id",)})
_KIND: Final = b'"SpanKind.'


def detect(head: bytes) -> Confidence | None:
    """By the names of a span and Python's way to print an enumeration."""
    if b'"context"' not in head or not (_KIND in head or b'"status_code"' in head):
        return None
    paths = outline(head)
    own = paths >= _NAMES and (("status", "status_code") in paths or _KIND in head)
    return Confidence.CERTAIN if own else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read objects; those of other kinds, or that do not parse, are returned."""
    return read_plain(records, builder, _parse, detect)


def open_record(raw: bytes) -> OpenRecord:
    """Open an object again."""
    return open_plain(raw, _parse)


def _parse(value: Any) -> Parsed | None:
    found = value if isinstance(value, list) else [value]
    spans = [
        one for one in found if "span_id" in named(named(one).get("context")) and "start_time" in named(one)
    ]
    return Parsed([_span(one) for one in spans], dropped=len(found) - len(spans)) if spans else None


def _span(span: dict[str, Any]) -> PlainSpan:
    context, status = named(span.get("context")), named(span.get("status"))
    start, end = moment(span.get("start_time")), moment(span.get("end_time"))
    events = [
        SpanEvent(
            moment(one.get("timestamp")), text(one.get("name")), tuple(named(one.get("attributes")).items())
        )
        for one in map(named, listed(span.get("events")))
    ]
    links = [named(named(one).get("context")) for one in listed(span.get("links"))]
    return PlainSpan(
        trace=text(context.get("trace_id")),
        span_id=text(context.get("span_id")),
        parent_id=text(span.get("parent_id")),
        name=text(span.get("name")),
        origin=_origin(named(span.get("resource"))),
        start=start,
        duration=end - start if start and end else None,
        kind=kind_of(span.get("kind")),
        status=status_of(status.get("status_code")),
        message=text(status.get("description")),
        attributes=list(named(span.get("attributes")).items()),
        events=events,
        links=[(text(one.get("trace_id")), text(one.get("span_id"))) for one in links],
        faults=faults_in(events),
        source=span,
    )


def _origin(resource: dict[str, Any]) -> Origin:
    """The attributes of its resource, which stood there by themselves before version 1.13."""
    attributes = resource.get("attributes", resource)
    return Origin("", list(named(attributes).items()))
