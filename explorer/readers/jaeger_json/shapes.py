"""The shapes of Jaeger's JSON, as far as they are decoded when reading; tags and log fields stay bytes.

Source: jaegertracing/jaeger, internal/uimodel and cmd/jaeger/internal/extension/jaegerquery (what the API sends),
and jaeger-ui (what its downloads hold). Forms: ``{"data": [trace, …]}``, ``{"data": trace}``, a bare trace, a list
of traces, and the anonymizer's list of spans with their process in them. References of old downloads hold
the whole parent span, and that its own; they are not followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

_RENAME: Final = {
    "trace_id": "traceID", "span_id": "spanID", "parent_span_id": "parentSpanID", "ref_type": "refType",
    "operation_name": "operationName", "start_time": "startTime", "process_id": "processID",
}  # fmt: skip
NO_RAW: Final = Raw()


class Reference(Struct, gc=False, rename=_RENAME):
    """``Reference``: to the parent, or to a span that this one follows from."""

    ref_type: str = ""
    trace_id: str = ""
    span_id: str = ""


class Log(Struct, gc=False):
    """``Log``: an event; ``timestamp`` in µs since the epoch, ``fields`` like tags."""

    timestamp: int = 0
    fields: Raw = NO_RAW


class Span(Struct, gc=False, rename=_RENAME):
    """``Span``; ``start_time`` in µs since the epoch, ``duration`` in µs."""

    trace_id: str = ""
    span_id: str = ""
    parent_span_id: str | None = ""
    operation_name: str = ""
    references: list[Reference] | None = None
    start_time: int = 0
    duration: int = 0
    tags: Raw = NO_RAW
    logs: list[Log] | None = None
    process_id: str | None = ""
    process: Raw = NO_RAW
    warnings: list[str] | None = None


class Trace(Struct, gc=False, rename=_RENAME):
    """``Trace``; ``processes`` by the id that its spans name them with."""

    trace_id: str | None = ""
    spans: list[Span] | UnsetType = UNSET
    processes: dict[str, Raw] | None = None
    warnings: list[str] | None = None


class Answer(Trace, gc=False, rename=_RENAME):
    """The API's answer, or a bare trace."""

    data: list[Trace] | Trace | UnsetType | None = UNSET
    errors: list[Raw] | None = None


@dataclass(slots=True)
class Document:
    """The traces of a document.

    Attributes:
        errors: what the API said went wrong, as JSON.
        dropped: spans that are no objects.
    """

    traces: list[Trace] = field(default_factory=list)
    errors: list[Raw] = field(default_factory=list)
    dropped: int = 0


@dataclass(slots=True)
class Long:
    """A long document, of which a part is decoded at a time: all at once takes three times the memory.

    Attributes:
        traces: each of them, one with very many spans in several parts.
        errors: as of :class:`Document`, complete when all traces were taken.
    """

    traces: Iterator[Trace]
    errors: list[Raw]


class _LongAnswer(Struct, gc=False):
    data: list[Raw]
    errors: list[Raw] | None = None


class _LongTrace(Struct, gc=False, rename=_RENAME):
    spans: list[Raw]
    trace_id: str | None = ""
    processes: dict[str, Raw] | None = None
    warnings: list[str] | None = None


LONG: Final = 1 << 20
"""Bytes from which a document, or a trace, is decoded in parts."""
PART: Final = 1000
"""Spans in a part."""

PIECE: Final = 256 << 10
"""Bytes of traces that are decoded at once where there are more of them."""
_OPENING: Final = re.compile(
    rb'\s*\{\s*"data"\s*:\s*\[\s*(\{\s*"traceID"\s*:\s*")[^"\\]*("\s*,\s*"spans"\s*:\s*\[)'
)
_RAWS: Final = msgspec.json.Decoder(list[Raw])
_LONG_ANSWER: Final = msgspec.json.Decoder(_LongAnswer)
_LONG_TRACE: Final = msgspec.json.Decoder(_LongTrace, strict=False)
_TRACE: Final = msgspec.json.Decoder(Trace, strict=False)
_OBJECT: Final = msgspec.json.Decoder(Answer, strict=False)
_TRACES: Final = msgspec.json.Decoder(list[Trace], strict=False)
_SPANS: Final = msgspec.json.Decoder(list[Span], strict=False)
_ELASTIC: Final = b'"startTimeMillis"'


def decode(data: bytes | memoryview) -> Document | None:
    """Decode by the shapes; None where the document does not fit them."""
    try:
        document = _decode_list(data) if first_byte(data) == b"[" else _decode_object(data)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return document if document is not None and is_jaeger(document) else None


def long_document(data: bytes) -> Long | None:
    """An answer of the API that is to be decoded in parts, None for what is not long or has another form.

    Decoding a part raises ``msgspec.MsgspecError`` or ``ValueError`` where it does not fit the shapes.
    """
    if len(data) < LONG or first_byte(data) != b"{":
        return None
    errors: list[Raw] = []
    return Long(_pieces(data, errors), errors)


def _pieces(data: bytes, errors: list[Raw]) -> Iterator[Trace]:
    """The traces of an answer, some at a time where it begins with them; adds to its errors.

    A piece ends where a trace seems to begin: one that ends elsewhere does not decode.
    """
    opening = _OPENING.match(data)
    head, spans = opening.groups() if opening else (b"", b"")
    first = begin = opening.start(1) if opening else 0
    while opening and (at := data.find(spans, begin + PIECE)) >= 0:
        following = data.rfind(head, begin, at)
        end = data.rfind(b",", begin, following)
        if end < 0 or data[end + 1 : following].strip():
            raise ValueError
        piece = b"".join((b"[", memoryview(data)[begin:end], b"]"))
        yield from _TRACES.decode(piece) if len(piece) < LONG else _parts(_RAWS.decode(piece))
        begin = following
    last = data if begin == first else b"".join((data[:first], memoryview(data)[begin:]))
    answer = _LONG_ANSWER.decode(last)
    errors += answer.errors or []
    yield from _parts(answer.data)


def _parts(traces: list[Raw]) -> Iterator[Trace]:
    for raw in traces:
        if len(raw) < LONG:
            yield _TRACE.decode(raw)
            continue
        trace = _LONG_TRACE.decode(raw)
        warnings = trace.warnings
        for begin in range(0, max(len(trace.spans), 1), PART):
            spans = _SPANS.decode(b"".join((b"[", b",".join(trace.spans[begin : begin + PART]), b"]")))
            yield Trace(trace_id=trace.trace_id, spans=spans, processes=trace.processes, warnings=warnings)
            warnings = None


def first_byte(data: bytes | memoryview) -> bytes:
    """The first byte of a JSON text that is no blank."""
    return bytes(data[:256]).lstrip()[:1]


def _decode_object(data: bytes | memoryview) -> Document | None:
    answer = _OBJECT.decode(data)
    if answer.data is UNSET:
        return None if answer.spans is UNSET else Document([answer])
    traces = [answer.data] if isinstance(answer.data, Trace) else answer.data or []
    return Document(traces, answer.errors or [])


def _decode_list(data: bytes | memoryview) -> Document | None:
    traces = _TRACES.decode(data)
    if all(trace.spans is not UNSET for trace in traces):
        return Document(traces) if traces else None
    if _ELASTIC in bytes(data):  # documents of an index, in which tags may be stored otherwise
        return None
    return Document([Trace(spans=_SPANS.decode(data))])


def is_jaeger(document: Document) -> bool:
    """Whether the spans are Jaeger's: the protobuf and thrift models as JSON have other names for the ids."""
    spans = [span for trace in document.traces for span in (trace.spans or ())[:1]]
    return all(trace.spans is not UNSET for trace in document.traces) and (
        not spans or any(span.span_id and (span.trace_id or document.traces[0].trace_id) for span in spans)
    )
