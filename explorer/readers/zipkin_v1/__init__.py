"""Zipkin's JSON, version 1: ``/api/v1/traces`` and what was downloaded from the interface until 2018.

Source: openzipkin/zipkin-api zipkin-api.yaml and thrift/zipkinCore.thrift. One span may hold both sides of a call,
told apart by the endpoints of its annotations; it is split as Zipkin itself does (V1SpanConverter).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.outline import outline
from explorer.decoding.traces.plain import Parsed
from explorer.decoding.traces.plain_documents import open_plain, read_plain
from explorer.model.builder import Builder, Records
from explorer.readers.zipkin_v1.halves import halves
from explorer.readers.zipkin_v1.thrift import from_thrift, is_thrift

NAME: Final = "zipkin-v1"
LABEL: Final = "Zipkin (JSON, version 1)"
RECOGNISED_BY: Final = (
    "spans with traceId, id and annotations that name an endpoint each, or binaryAnnotations"
)
FRAMINGS: Final = ("lines", "document")

_IDS: Final = frozenset({("traceId",), ("id",)})
_THRIFT_IDS: Final = frozenset({("trace_id",), ("id",)})


def detect(head: bytes) -> Confidence | None:
    """By what version 1 has and version 2 has not: endpoints within annotations, binary annotations."""
    if b'nnotations"' not in head:
        return None
    paths = outline(head)
    if paths >= _THRIFT_IDS and paths & {("binary_annotations",), ("annotations", "host")}:
        return Confidence.CERTAIN
    if not paths >= _IDS:
        return None
    return Confidence.CERTAIN if paths & {("binaryAnnotations",), ("annotations", "endpoint")} else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read documents; those that are no Zipkin v1, or do not parse, are returned."""
    return read_plain(records, builder, _parse, detect)


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again."""
    return open_plain(raw, _parse)


def _parse(value: Any) -> Parsed | None:
    found = value if isinstance(value, list) else [value]
    found = [span for one in found for span in (one if isinstance(one, list) else [one])]
    spans = [from_thrift(one) if is_thrift(one) else one for one in found if isinstance(one, dict)]
    if not any("traceId" in span and "id" in span for span in spans):
        return None
    if not any("binaryAnnotations" in span or "annotations" in span for span in spans):
        return None
    parsed = Parsed(dropped=len(found) - len(spans))
    for span in spans:
        parsed.spans += halves(span)
    return parsed
