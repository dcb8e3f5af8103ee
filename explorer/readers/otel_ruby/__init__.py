"""Spans as OpenTelemetry's Ruby SDK prints them (``ConsoleSpanExporter``): structs of ``pp``, ids as raw bytes.

Source: opentelemetry-ruby sdk/lib/opentelemetry/sdk/trace/span_data.rb, event.rb; api trace/status.rb, link.rb.
"""

from __future__ import annotations

import re
from typing import Any, Final

from explorer.decoding.contract import Confidence
from explorer.decoding.documents import listed, named
from explorer.decoding.lenient import nanoseconds
from explorer.decoding.traces.otel_names import faults_in, kind_of, status_of
from explorer.decoding.traces.plain import Origin, Pairs, PlainSpan
from explorer.decoding.traces.printed import Printed
from explorer.model.records import SpanEvent
from explorer.readers.otel_ruby.literals import LiteralError, literal

NAME: Final = "otel-ruby"
LABEL: Final = "OpenTelemetry spans (Ruby console)"
RECOGNISED_BY: Final = "structs of OpenTelemetry::SDK::Trace::SpanData"
FRAMINGS: Final = ("lines",)

_FIRST: Final = re.compile(rb"^#<struct OpenTelemetry::SDK::Trace::SpanData", re.MULTILINE)


def detect(head: bytes) -> Confidence | None:
    """By the name of the struct, which begins a line."""
    within = b"#<struct OpenTelemetry" in head and _FIRST.search(head)  # lines are looked at byte by byte
    return Confidence.CERTAIN if within else None


def _goes_on(_block: bytes, line: bytes) -> bool:
    return line[:1] == b" "


def _span(source: str) -> PlainSpan | None:
    try:
        said = literal(source)
    except LiteralError:
        return None
    if not isinstance(said, dict) or not isinstance(said.get("trace_id"), bytes):
        return None
    start, end = (nanoseconds(said.get(f"{name}_timestamp")) or 0 for name in ("start", "end"))
    status, scope = named(said.get("status")), named(said.get("instrumentation_scope"))
    events = [
        SpanEvent(
            nanoseconds(one.get("timestamp")) or 0,
            _text(one.get("name")),
            tuple(_attributes(one.get("attributes"))),
        )
        for one in map(named, listed(said.get("events")))
    ]
    links = [named(named(one).get("span_context")) for one in listed(said.get("links"))]
    return PlainSpan(
        trace=_hex(said["trace_id"]),
        span_id=_hex(said.get("span_id")),
        parent_id=_hex(said.get("parent_span_id")),
        name=_text(said.get("name")),
        origin=Origin("", _attributes(named(said.get("resource")).get("attributes"))),
        start=start,
        duration=end - start if start and end else None,
        kind=kind_of(_text(said.get("kind"))),
        status=status_of(status.get("code")),
        message=_text(status.get("description")),
        scope=" ".join(filter(None, (_text(scope.get(name)) for name in ("name", "version")))),
        attributes=_attributes(said.get("attributes")),
        events=events,
        links=[(_hex(one.get("trace_id")), _hex(one.get("span_id"))) for one in links],
        faults=faults_in(events),
        source=source,
    )


def _hex(value: Any) -> str:
    """An id in hex; one of zeros is none."""
    return value.hex() if isinstance(value, bytes) and any(value) else ""


def _text(value: Any) -> str:
    return (
        value.decode("utf-8", "replace") if isinstance(value, bytes) else "" if value is None else str(value)
    )


def _attributes(value: Any) -> Pairs:
    return [(name, _plain(one)) for name, one in named(value).items()]


def _plain(value: Any) -> Any:
    return (
        [_plain(one) for one in value]
        if isinstance(value, list)
        else _text(value)
        if isinstance(value, bytes)
        else value
    )


_PRINTED: Final = Printed(NAME, _FIRST, _goes_on, _span)
read, open_record = _PRINTED.read, _PRINTED.open
