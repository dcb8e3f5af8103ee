"""OpenTelemetry's spans as documents of OpenSearch (Data Prepper's ``otel-v1-apm-span-*``) and Elasticsearch.

Source: opensearch-project/data-prepper (otel-v1-apm-span index template), elastic/elasticsearch otel-data plugin
(``traces-otel-*``), AWS CloudWatch's log group ``aws/spans``. Attributes stand under dotted names, under names with
``@`` for the dots, in objects, or as OTLP writes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, moment, named, text
from explorer.decoding.lenient import nanoseconds
from explorer.decoding.traces.elastic import flat
from explorer.decoding.traces.hits import hits_in, names_in
from explorer.decoding.traces.otel_names import faults_in, kind_of, listed_pairs, status_of
from explorer.decoding.traces.plain import Origin, Pairs, Parsed, PlainSpan
from explorer.decoding.traces.plain_documents import open_plain, read_plain
from explorer.model.builder import Builder, Records
from explorer.model.records import SpanEvent

NAME: Final = "otel-documents"
LABEL: Final = "OpenTelemetry spans (documents of OpenSearch, Elasticsearch, CloudWatch)"
RECOGNISED_BY: Final = (
    "documents with traceId, spanId, startTime and an end or startTimeUnixNano, or trace_id and duration"
)
FRAMINGS: Final = ("lines", "document")

_IDS: Final = frozenset({"traceId", "spanId", "startTime"})
_ENDS: Final = frozenset({"endTime", "durationInNanos"})
_UNIX: Final = frozenset({"traceId", "spanId", "startTimeUnixNano"})
_OTEL: Final = frozenset({"trace_id", "span_id", "name", "duration", "@timestamp"})
_SPAN: Final = ("span.attributes.", "attributes.")
_OWN: Final = frozenset(
    "traceId spanId parentSpanId name kind startTime endTime durationInNanos serviceName status.code status.message"
    " trace_id span_id parent_span_id duration @timestamp events links startTimeUnixNano endTimeUnixNano durationNano"
    " attributes resource.attributes".split()
)


def detect(head: bytes) -> Confidence | None:
    """By the names of ids and times that a span's document has."""
    if b'"spanId"' not in head and b'"span_id"' not in head:
        return None
    names = names_in(head)
    known = (
        (names >= _IDS and names & _ENDS)
        or names >= _UNIX
        or (names >= _OTEL and "resource" in names | {_first(names)})
    )
    return Confidence.CERTAIN if known and "spans" not in names else None


def _first(names: frozenset[str]) -> str:
    return "resource" if any(name.startswith("resource.") for name in names) else ""


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read documents; those of other kinds, or that do not parse, are returned."""
    return read_plain(records, builder, _parse, detect)


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again."""
    return open_plain(raw, _parse)


def _parse(value: Any) -> Parsed | None:
    hits = hits_in(value)
    spans = [one for one in hits.documents if ("traceId" in one and "spanId" in one) or one.keys() >= _OTEL]
    if not spans:
        return None
    parsed = Parsed([_span(one) for one in spans], dropped=hits.broken)
    others = len(hits.documents) - len(spans)
    if others:
        parsed.skipped.append(("info", "other-documents", "documents that are no spans are left out", others))
    if hits.remark:
        parsed.remarks.append(("warning", "part-of-the-hits", hits.remark))
    return parsed


def _span(document: dict[str, Any]) -> PlainSpan:
    fields = {name.replace("@", ".") if name[:1] != "@" else name: value for name, value in flat(document)}
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
    time = nanoseconds(event.get("timeUnixNano")) or moment(written)
    pairs = [*listed_pairs(event.get("attributes")), *flat(named(event.get("attributes")))]
    return SpanEvent(
        time, text(event.get("name")), tuple((name.replace("@", "."), value) for name, value in pairs)
    )
