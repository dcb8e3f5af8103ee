"""What OpenTelemetry's JavaScript SDK prints (its console exporters): objects of Node's console, not JSON.

Source: opentelemetry-js packages/opentelemetry-sdk-trace-base ConsoleSpanExporter, api SpanKind. Times and
durations are µs; kinds are numbered from INTERNAL = 0. Node leaves out what is nested more than three deep. Log records
and metrics (:mod:`explorer.decoding.traces.node_signals`) may stand among spans.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import Document, listed, named, text
from explorer.decoding.lenient import dumps, loads, nanoseconds
from explorer.decoding.literals import LiteralError, literal
from explorer.decoding.node_console import is_end, printed_objects, uncoloured, within
from explorer.decoding.traces.node_signals import pair_time, request_of
from explorer.decoding.traces.otel_names import faults_in, status_of
from explorer.decoding.traces.plain import Origin, Parsed, PlainSpan
from explorer.decoding.traces.plain_documents import open_parsed, take
from explorer.decoding.traces.plain_rows import PlainRows
from explorer.model.builder import Builder, Records
from explorer.model.records import SpanEvent
from explorer.model.schema import Kind

NAME: Final = "otel-javascript"
LABEL: Final = "OpenTelemetry (JavaScript console)"
RECOGNISED_BY: Final = (
    "objects printed by Node.js with traceId: '…', id: '…', kind and timestamp;"
    " with severityNumber and body; or with descriptor and dataPoints"
)
FRAMINGS: Final = ("lines",)

_TRACE: Final = re.compile(rb"^[ \t]+traceId: ['\"][0-9a-f]{16,32}['\"],?\r?$", re.MULTILINE)
_ID: Final = re.compile(rb"^[ \t]+id: ['\"][0-9a-f]{16}['\"],?\r?$", re.MULTILINE)
_LOG: Final = re.compile(rb"^[ \t]+severityNumber: (?:\d+|undefined),?\r?$", re.MULTILINE)
_BODY: Final = re.compile(rb"^[ \t]+body: ", re.MULTILINE)
_METRIC: Final = re.compile(rb"^[ \t]+dataPointType: \d,?\r?$", re.MULTILINE)
_BRACE: Final = re.compile(rb"\s*\{[ \t]*\r?\n")
_FIRST: Final = re.compile(rb"\s*\{[ \t]*\r?\n[ \t]+(?:resource: \{|traceId: '|descriptor: \{|timestamp: \d)")
"""Of an object that goes on behind what is known of it."""
_UNKNOWN: Final = "content of no known format"
_US: Final = 1000
_KINDS: Final = (Kind.INTERNAL, Kind.SERVER, Kind.CLIENT, Kind.PRODUCER, Kind.CONSUMER)


def detect(head: bytes) -> Confidence | None:
    """By a brace on a line of its own, and within the ids of a span, or the members of a log record or a metric."""
    head = uncoloured(head)
    if not _BRACE.match(head):
        return None
    if _is_known(head):
        return Confidence.CERTAIN
    return Confidence.LIKELY if _FIRST.match(head) and b"\n}" not in head else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read the objects among the lines; lines of other kinds are returned. The last may go on in the next run."""
    if builder.held != NAME:
        builder.hold()
        builder.memory[NAME] = b""
        builder.at_end(lambda: _finish(builder))
    reading = _Reading(builder)
    refused: list[int] = []
    first = 0
    if begun := builder.memory[NAME]:
        first = within(records, 0)
        is_open = first == len(records)
        first += not is_open and is_end(records[first])
        begun += b"".join(b"\n" + records[i] for i in range(first))
        builder.memory[NAME] = begun if is_open else b""
        if not is_open and not reading.take(begun, _kept(begun, builder)):
            builder.skip("warning", "unknown-content", _UNKNOWN, offset=records.offset)
    for begin, last, is_open in printed_objects(records, first):
        start, end = int(records.starts[begin]), int(records.ends[last])
        data = records.data[start:end]
        if is_open:
            builder.memory[NAME] = data
        elif last == begin or not reading.take(
            data, replace(records, starts=np.array([start]), ends=np.array([end]))
        ):
            refused += range(begin, last + 1)
    reading.rows.finish()
    return refused


def open_record(raw: bytes) -> OpenRecord:
    """Open an object again; one that was read in two runs is kept as a JSON string."""
    source = text(loads(raw)).encode() if raw.startswith(b'"') else raw
    value = _value(source)
    spans = [_span(value, _source(source))] if value is not None and _is_span(value) else []
    return open_parsed(Parsed(spans), raw)


class _Reading:
    """What the objects of a run become."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self.rows = PlainRows(builder)

    def take(self, data: bytes, place: Records) -> bool:
        """Read an object; False where it is none of OpenTelemetry's."""
        value = _value(data)
        if value is None:
            if not _is_known(uncoloured(data)):
                return False
            said = "an object is cut short or broken"
            self._builder.skip("warning", "broken-record", said, offset=place.offset + int(place.starts[0]))
        elif _is_span(value):
            take(Parsed([_span(value, _source(data))]), self.rows, Document(self._builder, place, 0, None))
        elif (request := request_of(value)) is not None:
            self._builder.hand_on(self._builder.canonical(place, [dumps(request)]))
            # Once more than who reads the request, so that the file goes by this name.
            self._builder.count_format(NAME, 1)
        else:
            return False
        return True


def _finish(builder: Builder) -> None:
    """The last object, which nothing closed."""
    begun = builder.memory.pop(NAME)
    if begun:
        builder.begin_reader(NAME)
        reading = _Reading(builder)
        if not reading.take(begun, _kept(begun, builder)):
            builder.skip("warning", "unknown-content", _UNKNOWN, offset=0)
        reading.rows.finish()


def _kept(data: bytes, builder: Builder) -> Records:
    """A place for an object that was read in several runs."""
    empty = np.zeros(0, np.int64)
    nowhere = Records(len(builder.files) - 1, b"", 0, empty, empty)
    return builder.canonical(nowhere, [dumps(data.decode("utf-8", "replace"))])


def _is_known(plain: bytes) -> bool:
    """Whether lines hold the ids of a span, or what a log record or a metric has."""
    is_span = _TRACE.search(plain) and _ID.search(plain)
    return bool(is_span or (_LOG.search(plain) and _BODY.search(plain)) or _METRIC.search(plain))


def _is_span(value: dict[str, Any]) -> bool:
    return "traceId" in value and "id" in value


def _source(data: bytes) -> str:
    return uncoloured(data).decode("utf-8", "replace")


def _value(data: bytes) -> dict[str, Any] | None:
    try:
        value = literal(_source(data))
    except LiteralError:
        return None
    return value if isinstance(value, dict) else None


def _span(span: dict[str, Any], source: str) -> PlainSpan:
    status, scope = named(span.get("status")), named(span.get("instrumentationScope"))
    kind = span.get("kind")
    parent = span.get("parentId") or named(span.get("parentSpanContext")).get("spanId")
    events = [
        SpanEvent(
            pair_time(one.get("time")), text(one.get("name")), tuple(named(one.get("attributes")).items())
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
