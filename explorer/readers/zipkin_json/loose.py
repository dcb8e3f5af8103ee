"""Zipkin's v2 JSON with wrong types or damage, into the same shapes: slow, for the documents that need it."""

from __future__ import annotations

from typing import Any

from msgspec import Raw

from explorer.decoding.lenient import dumps, loads, nanoseconds, text_of
from explorer.readers.zipkin_json.shapes import NO_RAW, Annotation, Document, Endpoint, Span, is_zipkin


def spans_in(value: Any) -> list[Any]:
    """The spans of a decoded document, whatever stands in their places."""
    if not isinstance(value, list):
        return [value]
    return [span for one in value for span in (one if isinstance(one, list) else [one])]


def decode(data: bytes) -> Document | None:
    """The document, None where it is no Zipkin v2."""
    try:
        found = spans_in(loads(data))
    except ValueError:
        return None
    spans = [span(one) for one in found if isinstance(one, dict)]
    return Document(spans, len(found) - len(spans)) if spans and is_zipkin(spans) else None


def span(fields: dict[str, Any]) -> Span:
    """A span from an object."""
    return Span(
        trace_id=text_of(fields.get("traceId")),
        id=text_of(fields.get("id")),
        parent_id=text_of(fields.get("parentId")),
        name=text_of(fields.get("name")),
        kind=text_of(fields.get("kind")),
        timestamp=nanoseconds(fields.get("timestamp")),
        duration=nanoseconds(fields.get("duration")),
        local_endpoint=_raw(fields.get("localEndpoint")),
        remote_endpoint=_endpoint(fields.get("remoteEndpoint")),
        annotations=[_annotation(one) for one in _objects(fields.get("annotations"))],
        tags=_raw(fields.get("tags")),
        shared=text_of(fields.get("shared")).lower() == "true",
        binary_annotations=_raw(fields.get("binaryAnnotations")),
    )


def _endpoint(value: Any) -> Endpoint | None:
    if not isinstance(value, dict):
        return None
    service, ipv4, ipv6 = (text_of(value.get(name)) for name in ("serviceName", "ipv4", "ipv6"))
    return Endpoint(service, ipv4, ipv6, nanoseconds(value.get("port")) or 0)


def _annotation(fields: dict[str, Any]) -> Annotation:
    time = nanoseconds(fields.get("timestamp")) or 0
    return Annotation(time, text_of(fields.get("value")), _raw(fields.get("endpoint")))


def _raw(value: Any) -> Raw:
    return NO_RAW if value is None else Raw(dumps(value))


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
