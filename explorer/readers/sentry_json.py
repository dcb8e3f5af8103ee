"""Sentry's JSON outside of envelopes: events, transactions and spans by themselves, and what its API answers.

Source: develop.sentry.dev (payloads), docs.sentry.io/api (event, trace, explore), getsentry/sentry-kafka-schemas.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import Document, listed, named
from explorer.decoding.lenient import loads
from explorer.decoding.outline import outline
from explorer.decoding.traces.plain import Parsed
from explorer.decoding.traces.plain_documents import open_parsed, read_each, take
from explorer.decoding.traces.plain_rows import PlainRows
from explorer.decoding.traces.sentry.answers import table, trace_answer
from explorer.decoding.traces.sentry.events import NO_HEADER, Header, api_event, payload
from explorer.decoding.traces.sentry.headers import known_of
from explorer.model.builder import Builder, Records

NAME: Final = "sentry-json"
LABEL: Final = "Sentry (events and API answers)"
RECOGNISED_BY: Final = (
    "events with event_id and platform or exception, spans with start_timestamp and trace_id or trace, events with"
    " eventID and entries, tables with span.op"
)
FRAMINGS: Final = ("lines", "document")

_SPAN: Final = frozenset({"span_id", "start_timestamp"})
_BESIDE: Final = frozenset(
    {"op", "description", "is_segment", "exclusive_time", "project_slug", "segment_id"}
)
_EVENT: Final = frozenset({"exception", "contexts", "breadcrumbs", "logentry", "sdk", "stacktrace"})
_TABLE: Final = frozenset({"span.op", "span.duration", "span.description"})
_SECOND: Final = ("trace_id", "span_id", "start_timestamp", "attributes")
"""What spans of the second format have, in segments and in an envelope's items."""
_INSERT: Final = b'"insert"'


def detect(head: bytes) -> Confidence | None:
    """By the names that Sentry's payloads and answers have."""
    if not any(mark in head for mark in _MARKS):
        return None
    paths = outline(head)
    names = {path[0] for path in paths}
    if names >= {"eventID", "entries"} or (
        names >= _SPAN and names & _BESIDE and names & {"trace", "trace_id"}
    ):
        return Confidence.CERTAIN
    if names & {"event_id", "start_timestamp"} and "platform" in names and names & _EVENT:
        return Confidence.CERTAIN
    if {"start_timestamp", "timestamp"} <= names and {("contexts", "trace")} <= paths:
        return Confidence.CERTAIN
    rows = {path[1] for path in paths if len(path) == 2 and path[0] == "data"}
    if (rows & _TABLE and rows & {"id", "span_id"}) or {("items", "body"), ("items", "trace_id")} <= paths:
        return Confidence.CERTAIN
    if {("transactions", "span_id"), ("orphan_errors",)} <= paths:
        return Confidence.CERTAIN
    inserted = _INSERT in head[:200] and ("event_id" in names or ("data", "event_id") in paths)
    listed_spans = any(
        {(above, name) for name in _SECOND} <= paths and b'"sentry.' in head for above in ("spans", "items")
    )
    return Confidence.CERTAIN if inserted or listed_spans else None


_MARKS: Final = (b'"event_id"', b'"eventID"', b'"start_timestamp"', b'"span.', b'"items"', b'"orphan_errors"')


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read documents; those of other kinds, or that do not parse, are returned."""
    rows = PlainRows(builder)
    header = known_of(builder, records.file).header

    def one(document: Document) -> bool:
        parsed = _parse(document.value, header)
        if parsed is not None:
            take(parsed, rows, document)
        return parsed is not None

    refused = read_each(records, builder, one, detect)
    rows.finish()
    return refused


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again."""
    return open_parsed(_parse(loads(raw), NO_HEADER), raw)


def _parse(value: Any, header: Header) -> Parsed | None:
    if isinstance(value, list):
        return _parse_list(value, header)
    fields = named(value)
    if "eventID" in fields and "entries" in fields:
        return api_event(fields)
    if "orphan_errors" in fields:
        return trace_answer(fields)
    rows = fields.get("data")
    if isinstance(rows, list) and any(named(row).keys() & _TABLE for row in rows):
        return table(rows)
    if "children" in fields:
        return trace_answer([fields])
    if listed(fields.get("spans")) and not fields.keys() & {"event_id", "contexts", "platform"}:
        return _parse_list(fields["spans"], header)
    if isinstance(rows, dict) and "event_id" in rows:
        return payload(rows, header)
    return payload(fields, header)


def _parse_list(value: list[Any], header: Header) -> Parsed | None:
    if len(value) > 2 and value[1] == "insert":
        return payload(named(value[2]).get("data"), header)
    if any("children" in named(one) or "project_slug" in named(one) for one in value):
        return trace_answer(value)
    parsed = Parsed()
    known = False
    for one in value:
        found = (
            api_event(one) if "eventID" in named(one) and listed(one.get("entries")) else payload(one, header)
        )
        known = known or found is not None
        if found is None:
            parsed.dropped += 1
        else:
            parsed.add(found)
    return parsed if known else None
