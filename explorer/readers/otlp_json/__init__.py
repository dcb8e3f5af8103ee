"""OpenTelemetry's OTLP as JSON: one document or lines, traces, logs and metrics mixed (collector ``file`` exporter,
Tempo, Jaeger's API v3, SDKs). Source: opentelemetry-proto docs/specification.md, and what real files hold.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.extents import Extents
from explorer.decoding.naming import Name
from explorer.decoding.outline import key_paths
from explorer.model.builder import Builder, Records
from explorer.readers.otlp_json import columns, loose, shapes
from explorer.readers.otlp_json.cutting import FORM as FORM
from explorer.readers.otlp_json.filling import Filling, remark
from explorer.readers.otlp_json.locating import locate
from explorer.readers.otlp_json.opening import open_document

NAME = "otlp-json"
LABEL = "OpenTelemetry (OTLP JSON)"
RECOGNISED_BY = (
    "objects with resourceSpans, resourceLogs or resourceMetrics (also as resource_spans …), "
    "or Tempo's batches"
)
FRAMINGS: Collection[str] = ("lines", "document")
INDEPENDENT = True

_SIGNALS: Final = ("resourceSpans", "resourceLogs", "resourceMetrics", "resourceProfiles")
_NAMES: Final = frozenset(
    {*_SIGNALS, "resource_spans", "resource_logs", "resource_metrics", "resource_profiles"}
)
_MARKS: Final = tuple(f'"{name}"'.encode() for name in (*sorted(_NAMES), "batches"))
_WRAPPERS: Final = frozenset({(), ("trace",), ("result",), ("result", "trace")})


def detect(head: bytes) -> Confidence | None:
    """By the names of the signals at the top of the record, or within Tempo's and the gateways' wrappers."""
    if not any(mark in head for mark in _MARKS):
        return None
    for path in key_paths(head):
        if path[-1] in _NAMES and path[:-1] in _WRAPPERS:
            return Confidence.CERTAIN
        if len(path) > 1 and path[-2] == "batches" and path[:-2] in _WRAPPERS and path[-1] in _GROUP:
            return Confidence.CERTAIN
    return None


_GROUP: Final = frozenset({"resource", "scopeSpans", "scope_spans", "instrumentationLibrarySpans"})


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read documents; those that are no OTLP, or do not parse, are returned."""
    filling = Filling(builder)
    rejected: list[int] = []
    kept: list[int] = []
    doc = len(builder.documents)
    for i in range(len(records)):
        document = shapes.decode(records.view(i)) or loose.decode(records[i])
        if document is None:
            rejected.append(i)
            continue
        filling.add(document, doc + len(kept))
        kept.append(i)
        if document.has_remarks:
            remark(document, builder, records.offset + int(records.starts[i]))
    filling.finish()
    builder.each_a_document(records, kept)
    return rejected


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again."""
    return open_document(raw)


def extents(raw: bytes) -> Extents | None:
    """Where the records of a document lie."""
    return locate(raw)


def column(raw: bytes, name: Name) -> Sequence[str | None] | None:
    """One attribute of all spans of a document."""
    return columns.column(raw, name)
