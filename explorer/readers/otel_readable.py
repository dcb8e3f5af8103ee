"""OpenTelemetry JavaScript's spans as ``JSON.stringify`` writes them: what tests, in-memory exporters and proxies keep.

Source: open-telemetry/opentelemetry-js sdk-trace-base ReadableSpan and Span, of versions 1 and 2. Times are pairs of
seconds and nanoseconds; kinds count from internal = 0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, named, text
from explorer.decoding.outline import outline
from explorer.decoding.traces.plain import NOWHERE, Fault, Origin, Parsed, PlainSpan
from explorer.decoding.traces.plain_documents import open_plain, read_plain
from explorer.model.builder import Builder, Records
from explorer.model.records import SpanEvent
from explorer.model.schema import Kind, Status

NAME: Final = "otel-readable"
LABEL: Final = "OpenTelemetry JavaScript spans (JSON)"
RECOGNISED_BY: Final = "spans with a spanContext and a startTime of seconds and nanoseconds"
FRAMINGS: Final = ("lines", "document")

_CONTEXTS: Final = ("spanContext", "_spanContext")
_PAIR: Final = re.compile(rb'"startTime"\s*:\s*\[\s*\d{9,11}\s*,')
_S: Final = 10**9


def detect(head: bytes) -> Confidence | None:
    """By the context of a span beside its begin."""
    if b"panContext" not in head or not _PAIR.search(head):
        return None
    paths = outline(head)
    known = any({(name, "traceId"), (name, "spanId"), ("startTime",)} <= paths for name in _CONTEXTS)
    return Confidence.CERTAIN if known else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read documents; what is none of these, or does not parse, is returned."""
    return read_plain(records, builder, parse, detect)


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again."""
    return open_plain(raw, parse)


def parse(value: Any) -> Parsed | None:
    """The spans of a document, None where there are none."""
    parsed = Parsed()
    for one in value if isinstance(value, list) else [value]:
        context = _context(named(one), _CONTEXTS)
        if text(context.get("spanId")) and "startTime" in one:
            parsed.spans.append(_span(one, context))
        else:
            parsed.dropped += 1
    return parsed if parsed.spans else None


def _context(one: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return next((named(one[name]) for name in names if isinstance(one.get(name), dict)), {})


def _span(one: dict[str, Any], context: dict[str, Any]) -> PlainSpan:
    start, end = _time(one.get("startTime")), _time(one.get("endTime"))
    status = named(one.get("status"))
    kind, code = one.get("kind"), status.get("code")
    events = [_event(event) for event in map(named, listed(one.get("events")))]
    scope = _context(one, ("instrumentationScope", "instrumentationLibrary"))
    return PlainSpan(
        trace=text(context.get("traceId")),
        span_id=text(context.get("spanId")),
        parent_id=text(one.get("parentSpanId")) or text(named(one.get("parentSpanContext")).get("spanId")),
        name=text(one.get("name")),
        origin=_origin(named(one.get("resource"))),
        start=start,
        duration=end - start if start and end else None,
        kind=kind + 1 if isinstance(kind, int) and 0 <= kind < Kind.CONSUMER else Kind.UNSPECIFIED,
        status=code if isinstance(code, int) and code in (Status.OK, Status.ERROR) else Status.UNSET,
        message=text(status.get("message")),
        scope=text(scope.get("name")),
        attributes=list(named(one.get("attributes")).items()),
        events=events,
        links=[
            (text(linked.get("traceId")), text(linked.get("spanId")))
            for linked in (named(named(link).get("context")) for link in listed(one.get("links")))
        ],
        faults=[_fault(event) for event in events if event.name == "exception"],
        source=one,
    )


def _time(value: Any) -> int:
    pair = listed(value)
    whole = len(pair) == 2 and all(isinstance(part, int) for part in pair)
    return pair[0] * _S + pair[1] if whole else 0


def _origin(resource: dict[str, Any]) -> Origin:
    """The process; version 2 writes its attributes as a list of pairs."""
    said = resource.get("attributes") or resource.get("_attributes") or resource.get("_rawAttributes")
    pairs = [(text(pair[0]), pair[1]) for pair in listed(said) if isinstance(pair, list) and len(pair) == 2]
    attributes = list(said.items()) if isinstance(said, dict) else pairs
    return Origin(text(dict(attributes).get("service.name")), attributes) if attributes else NOWHERE


def _event(event: dict[str, Any]) -> SpanEvent:
    return SpanEvent(
        _time(event.get("time")), text(event.get("name")), tuple(named(event.get("attributes")).items())
    )


def _fault(event: SpanEvent) -> Fault:
    said = dict(event.attributes)
    return Fault(*(text(said.get(f"exception.{part}")) for part in ("type", "message", "stacktrace")))
