"""The shapes of Zipkin's v2 JSON, as far as they are decoded when reading; tags stay bytes.

Source: openzipkin/zipkin-api zipkin2-api.yaml. Forms: a list of spans (one trace, the interface's download), a
list of such lists (``/api/v2/traces``), single spans as lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import msgspec
from msgspec import Raw, Struct

NO_RAW: Final = Raw()
PIECE: Final = 256 << 10
"""Bytes of a document that are decoded at a time."""
_OPENING: Final = re.compile(rb'\s*\[\s*(\{\s*"[^"\\]*")')


class Annotation(Struct, gc=False):
    """``Annotation``: an event; ``timestamp`` in µs. Only version 1 has an endpoint here."""

    timestamp: int = 0
    value: str = ""
    endpoint: Raw = NO_RAW


class Endpoint(Struct, gc=False, rename="camel"):
    """``Endpoint`` of the remote side."""

    service_name: str | None = ""
    ipv4: str | None = ""
    ipv6: str | None = ""
    port: int | None = 0


class Span(Struct, gc=False, rename="camel"):
    """``Span``; times in µs."""

    trace_id: str = ""
    id: str = ""
    parent_id: str | None = ""
    name: str | None = ""
    kind: str | None = ""
    timestamp: int | None = 0
    duration: int | None = None
    local_endpoint: Raw = NO_RAW
    remote_endpoint: Endpoint | None = None
    annotations: list[Annotation] | None = None
    tags: Raw = NO_RAW
    shared: bool | None = False
    binary_annotations: Raw = NO_RAW


@dataclass(slots=True)
class Document:
    """The spans of a document, and how many of them were no objects."""

    spans: list[Span] = field(default_factory=list)
    dropped: int = 0


_ONE: Final = msgspec.json.Decoder(Span, strict=False)
_LIST: Final = msgspec.json.Decoder(list[Span], strict=False)
_LISTS: Final = msgspec.json.Decoder(list[list[Span]], strict=False)


def nesting(data: bytes | memoryview) -> int:
    """How many lists the spans are in: 0, 1 or 2."""
    begin = bytes(data[:256]).lstrip()
    if begin[:1] != b"[":
        return 0
    return 2 if begin[1:].lstrip()[:1] == b"[" else 1


def decode(data: bytes | memoryview) -> Document | None:
    """Decode by the shapes; None where the document does not fit them or is no Zipkin v2."""
    try:
        match nesting(data):
            case 0:
                spans = [_ONE.decode(data)]
            case 1:
                spans = _LIST.decode(data)
            case _:
                spans = [span for trace in _LISTS.decode(data) for span in trace]
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return Document(spans) if is_zipkin(spans) else None


def pieces(data: bytes | memoryview) -> Iterator[bytes]:
    """Lists of some spans each, which make up the one list that a long document is; else nothing.

    What is decoded of a piece is still at hand in the processor's cache when it is read, which takes half the time.
    A piece ends where a span seems to: one that ends elsewhere does not decode.
    """
    opening = _OPENING.match(data)
    if opening is None or len(data) < 2 * PIECE:
        return
    following = re.compile(rb"\}\s*(,)\s*" + re.escape(opening[1]))
    begin = opening.start(1)
    while cut := following.search(data, begin + PIECE):
        yield b"".join((b"[", data[begin : cut.start(1)], b"]"))
        begin = cut.end(1)
    yield b"".join((b"[", data[begin:]))


def is_zipkin(spans: list[Span]) -> bool:
    """Whether these are Zipkin's, of version 2: version 1 has its endpoints in the annotations."""
    known = not spans
    for span in spans[:8]:
        if span.binary_annotations is not NO_RAW:
            return False
        if span.annotations and any(one.endpoint is not NO_RAW for one in span.annotations):
            return False
        known = known or bool(span.trace_id and span.id)
    return known
