"""Zipkin's JSON, version 2: what its API answers and its interface downloads, or spans as lines.

Source: openzipkin/zipkin-api zipkin2-api.yaml.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.extents import Extents
from explorer.decoding.naming import Name
from explorer.decoding.outline import outline
from explorer.decoding.traces.harvest import Harvest
from explorer.decoding.traces.processes import Memory, memory_of
from explorer.decoding.traces.rows import SpanRows
from explorer.decoding.traces.spots import What
from explorer.model.builder import Builder, Records
from explorer.readers.zipkin_json import columns, loose, shapes, spans
from explorer.readers.zipkin_json.cutting import FORM as FORM
from explorer.readers.zipkin_json.locating import locate

NAME = "zipkin-json"
LABEL = "Zipkin (JSON, version 2)"
RECOGNISED_BY = "spans with traceId, id and an endpoint, or a kind and a duration"
FRAMINGS: Collection[str] = ("lines", "document")
INDEPENDENT = True

_ENDPOINTS: Final = frozenset({("localEndpoint",), ("remoteEndpoint",)})
_TIMED: Final = frozenset({("timestamp",), ("duration",)})
_OLD: Final = frozenset({("binaryAnnotations",), ("annotations", "endpoint")})
_OWN: Final = frozenset(
    {
        "traceId", "id", "parentId", "name", "kind", "timestamp", "duration", "debug", "shared", "annotations", "tags",
        "timestamp_millis", "_q",
    }
)  # fmt: skip
"""Fields of a span; Zipkin's Elasticsearch storage adds the last two."""
_OTEL: Final = {"otel.status_code": What.STATUS}
"""OpenTelemetry's exporters write ``error`` only where there is a message."""


def detect(head: bytes) -> Confidence | None:
    """By the names of a span's ids and of what else a span has in version 2."""
    if b'"traceId"' not in head or b'"id"' not in head:
        return None
    paths = outline(head)
    if not {("traceId",), ("id",)} <= paths or paths & _OLD:
        return None
    if paths & _ENDPOINTS:
        return Confidence.CERTAIN
    if not {path[0] for path in paths} <= _OWN:
        return None
    return Confidence.CERTAIN if paths >= _TIMED else Confidence.LIKELY if paths & _TIMED else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read documents; those that are no Zipkin v2, or do not parse, are returned."""
    reader = _reader(builder)
    rejected: list[int] = []
    kept: list[int] = []
    doc = len(builder.documents)
    if len(records) == 1 and read_whole(records, builder):
        return []
    for i in range(len(records)):
        document = shapes.decode(records.view(i)) or loose.decode(records[i])
        if document is None:
            rejected.append(i)
            continue
        reader.add(document.spans, doc + len(kept))
        kept.append(i)
        if document.dropped:
            offset = records.offset + int(records.starts[i])
            builder.skip(
                "warning", "broken-record", "a span is no object", offset=offset, count=document.dropped
            )
    reader.finish()
    builder.each_a_document(records, kept)
    return rejected


def read_whole(records: Records, builder: Builder) -> bool:
    """Read a long list of spans piece by piece; where one is not as it should be, nothing is read."""
    before, reader = builder.lengths(), _reader(builder)
    index = 0
    for piece in shapes.pieces(records.view(0)):
        document = shapes.decode(piece)
        if document is None:
            builder.back_to(before)
            return False
        reader.add(document.spans, len(builder.documents), index)
        index += len(document.spans)
    if not index:
        return False
    reader.finish()
    builder.each_a_document(records, [0])
    return True


def _reader(builder: Builder) -> spans.SpanReader:
    memory = memory_of(builder, NAME, _memory)
    return spans.SpanReader(memory, SpanRows(builder, unit_ns=1000, durations=True))


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again."""
    return spans.open_document(raw)


def extents(raw: bytes) -> Extents | None:
    """Where the records of a document lie."""
    return locate(raw)


def column(raw: bytes, name: Name) -> Sequence[str | None] | None:
    """One attribute of all spans of a document."""
    return columns.column(raw, name)


def _memory(builder: Builder) -> Memory:
    harvest = Harvest(
        builder, spans.telling_tags, own=_OTEL, watch=("error", "otel.status_code"), is_error=_always
    )
    return Memory(builder, spans.describe, harvest)


def _always(value: object) -> bool:
    """In Zipkin a tag ``error`` means failure whatever it holds, also nothing."""
    return value is not None
