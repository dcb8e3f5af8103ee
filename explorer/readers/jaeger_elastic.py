"""Jaeger's spans as Elasticsearch and OpenSearch store them (``jaeger-span-*``): search answers, dumps, documents.

Source: jaegertracing/jaeger internal/storage/elasticsearch/dbmodel. Tags stand in ``tags`` as a list or in ``tag`` as
an object whose names have another character for their dots.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, named, text
from explorer.decoding.lenient import nanoseconds
from explorer.decoding.traces.hits import hits_in, is_wrapped, names_in
from explorer.decoding.traces.opentracing import refer, tell, typed
from explorer.decoding.traces.plain import Origin, Pairs, Parsed, PlainSpan
from explorer.decoding.traces.plain_documents import open_plain, read_plain
from explorer.model.builder import Builder, Records

NAME: Final = "jaeger-elastic"
LABEL: Final = "Jaeger (documents of Elasticsearch or OpenSearch)"
RECOGNISED_BY: Final = (
    "documents with traceID, spanID and operationName, bare, as hits, or with startTimeMillis"
)
FRAMINGS: Final = ("lines", "document")

_IDS: Final = frozenset({"traceID", "spanID", "operationName"})
_US: Final = 1000
_REPLACED: Final = re.compile(r"(?:internal(.)span\1format|span(.)kind|otel(.)\w.*)\Z")


def detect(head: bytes) -> Confidence | None:
    """By the names of a span of the index; a list of spans without its time in ms is the anonymizer's."""
    if b'"spanID"' not in head and b'"operationName"' not in head:
        return None
    names = names_in(head)
    is_list = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"["
    if names >= _IDS and (not is_list or is_wrapped(head) or "startTimeMillis" in names):
        return Confidence.CERTAIN if "spans" not in names and "data" not in names else None
    services = {"serviceName", "operationName"} <= names and is_wrapped(head)
    return Confidence.LIKELY if services else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read documents; those of other kinds, or that do not parse, are returned."""
    return read_plain(records, builder, _parse, detect)


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again."""
    return open_plain(raw, _parse)


def _parse(value: Any) -> Parsed | None:
    hits = hits_in(value)
    parsed = Parsed(dropped=hits.broken)
    names = others = 0
    origins: dict[str, Origin] = {}
    for document in hits.documents:
        if "spanID" in document and "traceID" in document:
            parsed.spans.append(_span(document, origins))
        elif "serviceName" in document and "operationName" in document:
            names += 1
        else:
            others += 1
    if not parsed.spans and not names:
        return None
    if names:
        parsed.skipped.append(
            ("info", "service-names", "names of services and operations hold no spans", names)
        )
    if others:
        parsed.skipped.append(("info", "other-documents", "documents that are no spans are left out", others))
    if hits.remark:
        parsed.remarks.append(("warning", "part-of-the-hits", hits.remark))
    return parsed


def _span(document: dict[str, Any], origins: dict[str, Origin]) -> PlainSpan:
    span = PlainSpan(
        trace=text(document.get("traceID")),
        span_id=text(document.get("spanID")),
        name=text(document.get("operationName")),
        origin=_origin(named(document.get("process")), origins),
        start=nanoseconds(document.get("startTime"), _US)
        or nanoseconds(document.get("startTimeMillis"), _US * _US)
        or 0,
        duration=nanoseconds(document.get("duration"), _US),
        source=document,
    )
    logs = [
        (nanoseconds(one.get("timestamp"), _US) or 0, _pairs(one.get("fields"), {}))
        for one in map(named, listed(document.get("logs")))
    ]
    tell(span, _pairs(document.get("tags"), document.get("tag")), logs)
    references = [
        (text(one.get("refType")), text(one.get("traceID")), text(one.get("spanID")))
        for one in map(named, listed(document.get("references")))
    ]
    refer(span, references, text(document.get("parentSpanID")))
    return span


def _origin(process: dict[str, Any], origins: dict[str, Origin]) -> Origin:
    tags = _pairs(process.get("tags"), process.get("tag"))
    key = f"{process.get('serviceName')}\0{tags}"
    return origins.setdefault(key, Origin(text(process.get("serviceName")), tags))


def _pairs(tags: Any, more: Any) -> Pairs:
    """Tags of a list and of an object; booleans and numbers may be text beside their type."""
    found = [
        (text(tag.get("key")), typed(tag.get("value"), tag.get("type"))) for tag in map(named, listed(tags))
    ]
    objects = [one for one in (tags, more) if isinstance(one, dict)]
    for one in objects:
        dot = _dot(one)
        found += [(name.replace(dot, ".") if dot else name, value) for name, value in one.items()]
    return found


def _dot(names: Iterable[str]) -> str:
    """The character that stands for dots in the names of an object; empty for none."""
    for name in names:
        if match := _REPLACED.match(name):
            found = next(group for group in match.groups() if group)
            return "" if found == "." else found
    return "@"
