"""A span of OpenTelemetry's as one flat document, as stores of documents, CloudWatch and X-Ray keep it.

Attributes stand under dotted names, under names with ``@`` for the dots, in objects, or as OTLP writes them.
"""

from __future__ import annotations

from typing import Any, Final

from explorer.decoding.documents import listed, moment, named, text
from explorer.decoding.lenient import nanoseconds
from explorer.decoding.traces.elastic import flat
from explorer.decoding.traces.otel_names import faults_in, kind_of, listed_pairs, status_of
from explorer.decoding.traces.plain import Origin, Pairs, PlainSpan
from explorer.model.records import SpanEvent

_SPAN: Final = ("span.attributes.", "attributes.")
_OWN: Final = frozenset(
    "traceId spanId parentSpanId name kind startTime endTime durationInNanos serviceName status.code status.message"
    " trace_id span_id parent_span_id duration @timestamp events links startTimeUnixNano endTimeUnixNano durationNano"
    " attributes resource.attributes".split()
)
_CAMEL: Final = {"start_time_unix_nano": "startTimeUnixNano", "end_time_unix_nano": "endTimeUnixNano"}


def document_span(document: dict[str, Any]) -> PlainSpan:
    """The span that a document holds."""
    fields = {
        _CAMEL.get(name) or (name.replace("@", ".") if name[:1] != "@" else name): value
        for name, value in flat(document)
        if value is not None
    }
    start = nanoseconds(fields.get("startTimeUnixNano")) or moment(
        fields.get("startTime", fields.get("@timestamp"))
    )
    events = [_event(named(one)) for one in listed(document.get("events"))]
    links = [named(one) for one in listed(document.get("links"))]
    return PlainSpan(
        trace=text(fields.get("traceId", fields.get("trace_id"))),
        span_id=text(fields.get("spanId", fields.get("span_id"))),
        parent_id=text(fields.get("parentSpanId", fields.get("parent_span_id"))),
        name=text(fields.get("name")),
        origin=Origin(
            text(fields.get("serviceName")),
            [
                (name.removeprefix("resource.").removeprefix("attributes."), value)
                for name, value in fields.items()
                if name.startswith("resource.")
            ]
            + listed_pairs(fields.get("resource.attributes")),
        ),
        start=start,
        duration=_duration(fields, start),
        kind=kind_of(fields.get("kind")),
        status=status_of(fields.get("status.code")),
        message=text(fields.get("status.message")),
        scope=_scope(fields),
        attributes=_attributes(fields),
        events=events,
        links=[
            (text(one.get("traceId", one.get("trace_id"))), text(one.get("spanId", one.get("span_id"))))
            for one in links
        ],
        faults=faults_in(events),
        source=document,
    )


def _duration(fields: dict[str, Any], start: int) -> int | None:
    """As the document says it, in ns; else from begin to end."""
    for name in ("durationInNanos", "durationNano", "duration"):
        found = nanoseconds(fields.get(name))
        if found is not None:
            return found
    end = nanoseconds(fields.get("endTimeUnixNano")) or moment(fields.get("endTime"))
    return end - start if end and start else None


def _scope(fields: dict[str, Any]) -> str:
    parts = (
        fields.get(f"instrumentationScope.{part}", fields.get(f"scope.{part}"))
        for part in ("name", "version")
    )
    return " ".join(map(text, parts)).strip()


def _attributes(fields: dict[str, Any]) -> Pairs:
    found: Pairs = listed_pairs(fields.get("attributes"))
    for name, value in fields.items():
        prefix = next((one for one in _SPAN if name.startswith(one)), "")
        if prefix or not (name in _OWN or name.startswith(("resource.", "instrumentationScope", "scope."))):
            found.append((name.removeprefix(prefix), value))
    return found


def _event(event: dict[str, Any]) -> SpanEvent:
    written = event.get("time", event.get("timestamp", event.get("@timestamp")))
    time = nanoseconds(event.get("timeUnixNano", event.get("time_unix_nano"))) or moment(written)
    pairs = [*listed_pairs(event.get("attributes")), *flat(named(event.get("attributes")))]
    return SpanEvent(
        time, text(event.get("name")), tuple((name.replace("@", "."), value) for name, value in pairs)
    )
