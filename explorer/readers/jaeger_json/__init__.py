"""Jaeger's JSON: what the API answers, and what the interface downloads.

Source: jaegertracing/jaeger internal/uimodel, jaegertracing/jaeger-ui. Answers of API v3 are OTLP, documents of
Elasticsearch and the protobuf, thrift and Cassandra models as JSON are other formats.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import msgspec

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.extents import Extents
from explorer.decoding.naming import Name
from explorer.decoding.outline import Outline, outline
from explorer.decoding.traces.harvest import Harvest
from explorer.decoding.traces.processes import Memory, memory_of
from explorer.decoding.traces.rows import SpanRows
from explorer.decoding.traces.spots import What
from explorer.model.builder import Builder, Records
from explorer.readers.jaeger_json import columns, loose, shapes
from explorer.readers.jaeger_json.cutting import FORM as FORM
from explorer.readers.jaeger_json.locating import locate
from explorer.readers.jaeger_json.opening import open_document
from explorer.readers.jaeger_json.shapes import Document, Trace
from explorer.readers.jaeger_json.spans import SpanReader, warn
from explorer.readers.jaeger_json.tags import describe, telling_tags

NAME = "jaeger-json"
LABEL = "Jaeger (API or download)"
RECOGNISED_BY = "traces whose spans have traceID, spanID and operationName, with processes or within data"
FRAMINGS: Collection[str] = ("lines", "document")
INDEPENDENT = True

_OWN: Final = {
    "span.kind": What.KIND,
    "otel.status_code": What.STATUS,
    "otel.status_description": What.MESSAGE,
}
_SPANS: Final = (("data", "spans"), ("spans",))
_PROCESS: Final = frozenset({"processID", "process", "references"})
_TAGS: Final = _PROCESS | {"operationName", "startTime", "tags"}


def detect(head: bytes) -> Confidence | None:
    """By the names of a span's ids where the API and the interface put spans."""
    if b'"traceID"' not in head and b'"data"' not in head:
        return None
    paths = outline(head)
    if any(_has_spans(paths, above) for above in _SPANS):
        return Confidence.CERTAIN
    if _has_spans(paths, ()):
        is_list = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"["
        return Confidence.CERTAIN if is_list and ("startTimeMillis",) not in paths else None
    empty = {("data",), ("total",), ("limit",), ("offset",), ("errors",)} <= paths
    return Confidence.LIKELY if empty or {("data", "traceID"), ("data", "processes")} <= paths else None


def _has_spans(paths: Outline, above: tuple[str, ...]) -> bool:
    named = {
        path[len(above)] for path in paths if path[: len(above)] == above and len(path) == len(above) + 1
    }
    if "serviceName" in named and named.isdisjoint(_PROCESS):  # rows of a table
        return False
    return "spanID" in named and "traceID" in named and not named.isdisjoint(_TAGS)


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read documents; those that are not Jaeger's, or do not parse, are returned."""
    if len(records) == 1 and read_whole(records, builder):
        return []
    spans = _reader(builder)
    rejected: list[int] = []
    kept: list[int] = []
    first = len(builder.documents)
    for i in range(len(records)):
        document = shapes.decode(records.view(i)) or loose.decode(records[i])
        if document is None:
            rejected.append(i)
            continue
        doc = first + len(kept)
        kept.append(i)
        count = 0
        for trace in document.traces:
            count += spans.add(trace, doc, count)
        for trace in document.traces:
            _pass_on(trace, builder)
        _remark(document, builder, records.offset + int(records.starts[i]))
    spans.finish()
    builder.each_a_document(records, kept)
    return rejected


def read_whole(records: Records, builder: Builder) -> bool:
    """Read a long document in parts; where one is not as it should be, nothing is read."""
    found = shapes.long_document(records[0])
    if found is None:
        return False
    before, spans, index = builder.lengths(), _reader(builder), 0
    document = Document(errors=found.errors)
    try:
        for trace in found.traces:
            if not shapes.is_jaeger(Document([trace])):
                raise ValueError
            index += spans.add(trace, len(builder.documents), index)
            _pass_on(trace, builder)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        builder.back_to(before)
        return False
    _remark(document, builder, records.offset + int(records.starts[0]))
    spans.finish()
    builder.each_a_document(records, [0])
    return True


def _reader(builder: Builder) -> SpanReader:
    memory = memory_of(builder, NAME, _memory)
    return SpanReader(memory, SpanRows(builder, unit_ns=1000, durations=True))


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again."""
    return open_document(raw)


def extents(raw: bytes) -> Extents | None:
    """Where the records of a document lie."""
    return locate(raw)


def column(raw: bytes, name: Name) -> Sequence[str | None] | None:
    """One attribute of all spans of a document."""
    return columns.column(raw, name)


def _memory(builder: Builder) -> Memory:
    return Memory(builder, describe, Harvest(builder, telling_tags, own=_OWN, watch=("span.kind", "error")))


def _pass_on(trace: Trace, builder: Builder) -> None:
    for text in trace.warnings or ():
        warn(builder, text)


def _remark(document: Document, builder: Builder, offset: int) -> None:
    if document.dropped:
        builder.skip("warning", "broken-record", "a span is no object", offset=offset, count=document.dropped)
    if document.errors:
        builder.remark("warning", "jaeger-error", "Jaeger answered with an error", offset=offset)
