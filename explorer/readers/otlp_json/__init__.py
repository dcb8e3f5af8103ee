"""OpenTelemetry's OTLP as JSON: one document or lines, traces, logs and metrics mixed (collector ``file`` exporter,
Tempo, Jaeger's API v3, SDKs). Source: opentelemetry-proto docs/specification.md, and what real files hold.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from explorer.model.builder import Builder, Records
from explorer.readers.contract import Confidence, OpenRecord
from explorer.readers.otlp_json import loose, shapes
from explorer.readers.otlp_json.logs import add_logs
from explorer.readers.otlp_json.metrics import add_metrics
from explorer.readers.otlp_json.opening import open_document
from explorer.readers.otlp_json.shapes import Document
from explorer.readers.otlp_json.spans import SpanReader
from explorer.readers.otlp_json.values import describe, telling_attributes
from explorer.readers.outline import outline
from explorer.readers.traces.harvest import Harvest
from explorer.readers.traces.processes import Memory, memory_of
from explorer.readers.traces.rows import SpanRows

NAME = "otlp-json"
LABEL = "OpenTelemetry (OTLP JSON)"
RECOGNISED_BY = (
    "objects with resourceSpans, resourceLogs or resourceMetrics (also as resource_spans …), or Tempo's batches"
)
FRAMINGS: Collection[str] = ("lines", "document")

_SIGNALS: Final = ("resourceSpans", "resourceLogs", "resourceMetrics", "resourceProfiles")
_NAMES: Final = frozenset({*_SIGNALS, "resource_spans", "resource_logs", "resource_metrics", "resource_profiles"})
_MARKS: Final = tuple(f'"{name}"'.encode() for name in (*sorted(_NAMES), "batches"))
_WRAPPERS: Final = frozenset({(), ("trace",), ("result",), ("result", "trace")})


def detect(head: bytes) -> Confidence | None:
    """By the names of the signals at the top of the record, or within Tempo's and the gateways' wrappers."""
    if not any(mark in head for mark in _MARKS):
        return None
    for path in outline(head):
        if path[-1] in _NAMES and path[:-1] in _WRAPPERS:
            return Confidence.CERTAIN
        if len(path) > 1 and path[-2] == "batches" and path[:-2] in _WRAPPERS and path[-1] in _GROUP:
            return Confidence.CERTAIN
    return None


_GROUP: Final = frozenset({"resource", "scopeSpans", "scope_spans", "instrumentationLibrarySpans"})


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read documents; those that are no OTLP, or do not parse, are returned."""
    spans = SpanReader(memory_of(builder, NAME, _memory), SpanRows(builder))
    rejected: list[int] = []
    kept: list[int] = []
    doc = len(builder.documents)
    for i in range(len(records)):
        document = shapes.decode(records.view(i)) or loose.decode(records[i])
        if document is None:
            rejected.append(i)
            continue
        _add(document, doc + len(kept), spans)
        kept.append(i)
        if document.has_remarks:
            _remark(document, builder, records.offset + int(records.starts[i]))
    spans.finish()
    builder.each_a_document(records, kept)
    return rejected


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again."""
    return open_document(raw)


def _memory(builder: Builder) -> Memory:
    return Memory(builder, describe, Harvest(builder, telling_attributes))


def _add(document: Document, doc: int, spans: SpanReader) -> None:
    count = spans.add(document.spans, doc) if document.spans else 0
    if document.logs:
        spans.settle()  # so that texts are interned in the order of the records
        add_logs(spans.memory, document.logs, doc, count)
    if document.metrics:
        document.valueless = add_metrics(spans.memory, document.metrics)


def _remark(document: Document, builder: Builder, offset: int) -> None:
    """Count what was not kept, and say what the server said."""
    if document.dropped:
        text = "a span or log record is no object"
        builder.skip("warning", "broken-record", text, offset=offset, count=document.dropped)
    if document.valueless:
        text = "metric data points without a value"
        builder.skip("info", "no-value", text, offset=offset, count=document.valueless)
    if document.profiles:
        text = "profiles in OTLP are not shown"
        builder.skip("info", "profiles-not-read", text, offset=offset, count=document.profiles)
    if document.partial:
        builder.remark("warning", "partial-trace", "the server said that a trace is incomplete", offset=offset)
