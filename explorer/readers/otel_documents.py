"""OpenTelemetry's spans as documents of OpenSearch (Data Prepper's ``otel-v1-apm-span-*``) and Elasticsearch.

Source: opensearch-project/data-prepper (otel-v1-apm-span index template), elastic/elasticsearch otel-data plugin
(``traces-otel-*``), AWS CloudWatch's log group ``aws/spans``. Attributes stand under dotted names, under names with
``@`` for the dots, in objects, or as OTLP writes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.outline import outline
from explorer.decoding.traces.hits import hits_in, names_in
from explorer.decoding.traces.otel_document import document_span
from explorer.decoding.traces.plain import Parsed
from explorer.decoding.traces.plain_documents import open_plain, read_plain
from explorer.model.builder import Builder, Records

NAME: Final = "otel-documents"
LABEL: Final = "OpenTelemetry spans (documents of OpenSearch, Elasticsearch, CloudWatch)"
RECOGNISED_BY: Final = (
    "documents with traceId, spanId, startTime and an end or startTimeUnixNano, or trace_id and duration"
)
FRAMINGS: Final = ("lines", "document")

_IDS: Final = frozenset({"traceId", "spanId", "startTime"})
_ENDS: Final = frozenset({"endTime", "durationInNanos"})
_UNIX: Final = frozenset({"traceId", "spanId", "startTimeUnixNano"})
_SNAKE: Final = frozenset({"trace_id", "span_id", "start_time_unix_nano"})
"""As Phoenix's API lists spans (``/spans/otlpv1``); MLflow's are alike, but for their attributes."""
_OTEL: Final = frozenset({"trace_id", "span_id", "name", "duration", "@timestamp"})


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
    known = known or (names >= _SNAKE and b'"key"' in head and ("attributes", "key") in outline(head))
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
    spans = [
        one
        for one in hits.documents
        if ("traceId" in one and "spanId" in one) or one.keys() >= _OTEL or one.keys() >= _SNAKE
    ]
    if not spans:
        return None
    parsed = Parsed([document_span(one) for one in spans], dropped=hits.broken)
    others = len(hits.documents) - len(spans)
    if others:
        parsed.skipped.append(("info", "other-documents", "documents that are no spans are left out", others))
    if hits.remark:
        parsed.remarks.append(("warning", "part-of-the-hits", hits.remark))
    return parsed
