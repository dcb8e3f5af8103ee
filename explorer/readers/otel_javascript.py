"""Spans as OpenTelemetry's JavaScript SDK prints them (``ConsoleSpanExporter``): objects of Node's console, not JSON.

Source: opentelemetry-js packages/opentelemetry-sdk-trace-base ConsoleSpanExporter, api SpanKind. Times and
durations are µs; kinds are numbered from INTERNAL = 0. Node leaves out what is nested more than three deep.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import Document, listed, named, text
from explorer.decoding.lenient import nanoseconds
from explorer.decoding.literals import LiteralError, literal
from explorer.decoding.node_console import printed_objects, uncoloured
from explorer.decoding.traces.otel_names import faults_in, status_of
from explorer.decoding.traces.plain import Origin, Parsed, PlainSpan
from explorer.decoding.traces.plain_documents import open_parsed, take
from explorer.decoding.traces.plain_rows import PlainRows
from explorer.model.builder import Builder, Records
from explorer.model.records import SpanEvent
from explorer.model.schema import Kind

NAME: Final = "otel-javascript"
LABEL: Final = "OpenTelemetry spans (JavaScript console)"
RECOGNISED_BY: Final = "objects printed by Node.js with traceId: '…', id: '…', kind and timestamp"
FRAMINGS: Final = ("lines",)

_TRACE: Final = re.compile(rb"^[ \t]+traceId: ['\"][0-9a-f]{16,32}['\"],?\r?$", re.MULTILINE)
_ID: Final = re.compile(rb"^[ \t]+id: ['\"][0-9a-f]{16}['\"],?\r?$", re.MULTILINE)
_US: Final = 1000
_S: Final = 10**9
_KINDS: Final = (Kind.INTERNAL, Kind.SERVER, Kind.CLIENT, Kind.PRODUCER, Kind.CONSUMER)


def detect(head: bytes) -> Confidence | None:
    """By a brace on a line of its own, and the ids of a span within."""
    if not head.lstrip(b" \t\r\n").startswith((b"{\n", b"{\r\n")):
        return None
    head = uncoloured(head)
    return Confidence.CERTAIN if _TRACE.search(head) and _ID.search(head) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read the objects among the lines; lines of other kinds are returned."""
    rows = PlainRows(builder)
    refused: list[int] = []
    for first, last in printed_objects(records):
        begin, end = int(records.starts[first]), int(records.ends[last])
        parsed = _parse(records.data[begin:end]) if records.data[begin : begin + 1] == b"{" else None
        place = replace(records, starts=np.array([begin]), ends=np.array([end]))
        if parsed is not None:
            take(parsed, rows, Document(builder, place, 0, None))
        elif _is_span(records.data[begin:end]):
            said = "an object is cut short or broken"
            builder.skip("warning", "broken-record", said, offset=records.offset + begin)
        else:
            refused += range(first, last + 1)
    rows.finish()
    return refused


def _is_span(data: bytes) -> bool:
    """Whether lines hold the ids of a span; a log record has a trace's too."""
    plain = uncoloured(data)
    return _TRACE.search(plain) is not None and _ID.search(plain) is not None


def open_record(raw: bytes) -> OpenRecord:
    """Open an object again."""
    return open_parsed(_parse(raw), raw)


def _parse(data: bytes) -> Parsed | None:
    source = uncoloured(data).decode("utf-8", "replace")
    try:
        value = literal(source)
    except LiteralError:
        return None
    if not isinstance(value, dict) or "traceId" not in value or "id" not in value:
        return None
    return Parsed([_span(value, source)])


def _span(span: dict[str, Any], source: str) -> PlainSpan:
    status, scope = named(span.get("status")), named(span.get("instrumentationScope"))
    kind = span.get("kind")
    parent = span.get("parentId") or named(span.get("parentSpanContext")).get("spanId")
    events = [
        SpanEvent(
            _pair_time(one.get("time")), text(one.get("name")), tuple(named(one.get("attributes")).items())
        )
        for one in map(named, listed(span.get("events")))
    ]
    links = [named(named(one).get("context")) for one in listed(span.get("links"))]
    return PlainSpan(
        trace=text(span.get("traceId")),
        span_id=text(span.get("id")),
        parent_id=text(parent),
        name=text(span.get("name")),
        origin=Origin("", list(named(named(span.get("resource")).get("attributes")).items())),
        start=nanoseconds(span.get("timestamp"), _US) or 0,
        duration=nanoseconds(span.get("duration"), _US),
        kind=_KINDS[kind] if isinstance(kind, int) and 0 <= kind < len(_KINDS) else Kind.UNSPECIFIED,
        status=status_of(status.get("code")),
        message=text(status.get("message")),
        scope=" ".join(text(scope.get(name)) for name in ("name", "version")).strip(),
        attributes=list(named(span.get("attributes")).items()),
        events=events,
        links=[(text(one.get("traceId")), text(one.get("spanId"))) for one in links],
        faults=faults_in(events),
        source=source,
    )


def _pair_time(value: Any) -> int:
    """``[seconds, nanoseconds]``."""
    parts = [nanoseconds(one) or 0 for one in listed(value)]
    return parts[0] * _S + parts[1] if len(parts) == 2 else 0
