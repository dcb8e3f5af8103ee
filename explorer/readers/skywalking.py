"""Apache SkyWalking: segments as agents report them, traces as the query protocol answers, documents of its storage.

Source: apache/skywalking-data-collect-protocol language-agent/Tracing.proto, apache/skywalking-query-protocol
trace.graphqls, apache/skywalking SegmentRecord (Elasticsearch keeps a segment as base64 of its protobuf). A span's id
counts within its segment.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, moment, named, text
from explorer.decoding.logs.severity import word_severity
from explorer.decoding.messages import Message, decoded
from explorer.decoding.outline import outline
from explorer.decoding.traces.hits import hits_in
from explorer.decoding.traces.plain import Fault, Origin, Pairs, Parsed, PlainLog, PlainSpan
from explorer.decoding.traces.plain_documents import open_plain, read_plain
from explorer.decoding.wire import WireError
from explorer.model.builder import Builder, Records
from explorer.model.records import SpanEvent
from explorer.model.schema import Kind, Status

NAME: Final = "skywalking"
LABEL: Final = "SkyWalking"
RECOGNISED_BY: Final = (
    "a traceSegmentId with spans, spans that have a segmentId, or documents with data_binary"
)
FRAMINGS: Final = ("lines", "document")

_STORED: Final = "data_binary"
_PAIR: Final[Message] = {1: ("key", "text"), 2: ("value", "text")}
_EVENT: Final[Message] = {1: ("time", "int"), 2: ("data*", _PAIR)}
_REFERENCE: Final[Message] = {
    1: ("refType", "int"), 2: ("traceId", "text"), 3: ("parentTraceSegmentId", "text"), 4: ("parentSpanId", "int"),
    5: ("parentService", "text"), 6: ("parentServiceInstance", "text"), 7: ("parentEndpoint", "text"),
}  # fmt: skip
_SPAN: Final[Message] = {
    1: ("spanId", "int"), 2: ("parentSpanId", "int"), 3: ("startTime", "int"), 4: ("endTime", "int"),
    5: ("refs*", _REFERENCE), 6: ("operationName", "text"), 7: ("peer", "text"), 8: ("spanType", "int"),
    9: ("spanLayer", "int"), 10: ("componentId", "int"), 11: ("isError", "bool"), 12: ("tags*", _PAIR),
    13: ("logs*", _EVENT),
}  # fmt: skip
_SEGMENT: Final[Message] = {
    1: ("traceId", "text"), 2: ("traceSegmentId", "text"), 3: ("spans*", _SPAN), 4: ("service", "text"),
    5: ("serviceInstance", "text"),
}  # fmt: skip
_QUERIES: Final = ("queryTrace", "trace", "queryTraceFromColdStage", "queryTraces")
_TYPES: Final = {"0": "Entry", "1": "Exit", "2": "Local"}
_QUEUE: Final = frozenset({"MQ", "4"})
_WITHOUT_SEGMENT: Final = frozenset(
    {"traceId", "spans", "spanId", "parentSpanId", "operationName", "isError"}
)
"""What tells segments whose own id was left out."""


def detect(head: bytes) -> Confidence | None:
    """By the names of segments and spans."""
    if b'"data_binary"' in head and b'"segment_id"' in head:
        return Confidence.CERTAIN
    if not any(mark in head for mark in (b'"traceSegmentId"', b'"segmentId"', b'"spanType"')):
        return None
    paths = outline(head)
    if ("traceContext", "traceSegmentId") in paths and ("body",) in paths:
        return Confidence.CERTAIN
    if ("traceSegmentId",) in paths or ("segments", "traceSegmentId") in paths:
        return Confidence.CERTAIN
    for query in _QUERIES:
        if {("data", query, "spans", "segmentId"), (query, "spans", "segmentId")} & paths:
            return Confidence.CERTAIN
    own = {path[-1] for path in paths if path[:-1] in ((), ("spans",))}
    if own >= {"segmentId", "spanId", "parentSpanId", "serviceCode"}:
        return Confidence.CERTAIN
    return Confidence.CERTAIN if own >= _WITHOUT_SEGMENT and ("spans", "spanType") in paths else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read documents; what is not SkyWalking's, or does not parse, is returned."""
    return read_plain(records, builder, parse)


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again."""
    return open_plain(raw, parse)


def hides(raw: bytes) -> bool:
    """Whether segments may be kept in it as base64."""
    return b'"%b"' % _STORED.encode() in raw


def parse(value: Any) -> Parsed | None:
    """The spans of segments or of an answer, None where there are none."""
    parsed = Parsed()
    known = False
    stored = hits_in(value)
    if any(_STORED in document for document in stored.documents):
        parts = [part for document in stored.documents if (part := _segment(document)) is not None]
        parsed.dropped += len(stored.documents) - len(parts)
        parsed.remarks += [("warning", "partial-export", stored.remark)] if stored.remark else []
    else:
        parts = list(_parts(value))
    for one in parts:
        if "body" in one and "traceContext" in one:
            known = True
            parsed.logs.append(_log(one))
            continue
        spans = listed(one.get("spans")) if "spans" in one else [one]
        ids = (one.get("traceSegmentId"), *(named(span).get("segmentId") for span in spans))
        known = known or any(isinstance(one, str) for one in ids) or _has_types(spans)
        for span in spans:
            if not isinstance(span, dict) or "spanId" not in span:
                parsed.dropped += 1
            else:
                parsed.spans.append(_span(span, one))
    return parsed if known else None


def _has_types(spans: list[Any]) -> bool:
    return any({"spanType", "isError"} <= named(span).keys() for span in spans)


def _segment(document: dict[str, Any]) -> dict[str, Any] | None:
    """The segment that a document of the storage keeps; None where it does not decode."""
    try:
        data = base64.b64decode(text(document.get(_STORED)), validate=True)
        segment = decoded(data, _SEGMENT)
    except (ValueError, WireError):
        return None
    for span in listed(segment.get("spans")):  # protobuf does not write what is 0
        for name in ("spanId", "parentSpanId"):
            span.setdefault(name, 0)
        span["spanType"] = _TYPES.get(str(span.get("spanType", 0)), "")
        for reference in listed(span.get("refs")):
            reference.setdefault("parentSpanId", 0)
    return segment if segment.get("spans") else None


def _parts(value: Any) -> Iterator[dict[str, Any]]:
    """Segments, or the answers that hold spans."""
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))
        return
    answer = named(value)
    answer = named(answer.get("data")) or answer
    queries = [named(answer[query]) for query in _QUERIES if isinstance(answer.get(query), dict)]
    if queries:
        yield from queries
    elif isinstance(answer.get("segments"), list):
        yield from (one for one in answer["segments"] if isinstance(one, dict))
    elif answer:
        yield answer


def _span(span: dict[str, Any], part: dict[str, Any]) -> PlainSpan:
    segment = text(span.get("segmentId") or part.get("traceSegmentId") or part.get("serviceInstance"))
    refs = [named(ref) for ref in listed(span.get("refs"))]
    inner = text(span.get("parentSpanId"))
    parents = [
        (text(ref.get("traceId")), _id(_ref_segment(ref), text(ref.get("parentSpanId")))) for ref in refs
    ]
    parent = _id(segment, inner) if inner not in ("", "-1") else parents[0][1] if parents else ""
    kind = text(span.get("spanType", span.get("type"))) or (
        "Entry" if "spanType" not in span and refs else ""
    )
    layer = text(span.get("spanLayer", span.get("layer")))
    kind, layer = _TYPES.get(kind, kind), _LAYERS[int(layer)] if layer in _LAYER_NUMBERS else layer
    start, end = moment(span.get("startTime")), moment(span.get("endTime"))
    events = [_event(log) for log in map(named, listed(span.get("logs")))]
    failed = text(span.get("isError")).lower() == "true"
    return PlainSpan(
        trace=text(span.get("traceId") or part.get("traceId")),
        span_id=_id(segment, text(span.get("spanId"))),
        parent_id=parent,
        name=text(span.get("operationName") or span.get("endpointName")),
        origin=_origin(span, part),
        start=start,
        duration=end - start if start and end else None,
        kind=_kind(kind, layer),
        status=Status.ERROR if failed else Status.UNSET,
        peer=text(span.get("peer")),
        attributes=_attributes(span, kind, layer),
        events=events,
        links=parents[1:] if parent == (parents[0][1] if parents else "") else parents,
        faults=[fault for event in events if (fault := _fault(event)) is not None],
        source=span,
    )


def _log(one: dict[str, Any]) -> PlainLog:
    """A log record as agents and collectors send it to the backend (native JSON)."""
    context = named(one.get("traceContext"))
    tags = _pairs(named(one.get("tags")).get("data"))
    body = next((named(part).get(form) for form, part in named(one.get("body")).items()), None)
    segment, span = text(context.get("traceSegmentId")), text(context.get("spanId"))
    own = [(name, one[name]) for name in ("endpoint", "layer") if one.get(name)]
    return PlainLog(
        time=moment(one.get("timestamp")),
        message=text(body),
        severity=word_severity(text(dict(tags).get("level"))),
        trace=text(context.get("traceId")),
        span_id=_id(segment, span) if segment and span else "",
        origin=_origin({}, one),
        attributes=[*tags, *own],
        source=one,
    )


_LAYERS: Final = ("Unknown", "Database", "RPCFramework", "Http", "MQ", "Cache", "FAAS", "GenAI")
_LAYER_NUMBERS: Final = frozenset(map(str, range(len(_LAYERS))))


def _id(segment: str, span: str) -> str:
    return f"{segment}.{span}"


def _ref_segment(ref: dict[str, Any]) -> str:
    return text(ref.get("parentTraceSegmentId") or ref.get("parentSegmentId"))


def _kind(kind: str, layer: str) -> int:
    if kind == "Entry":
        return Kind.CONSUMER if layer in _QUEUE else Kind.SERVER
    if kind == "Exit":
        return Kind.PRODUCER if layer in _QUEUE else Kind.CLIENT
    return Kind.INTERNAL


def _origin(span: dict[str, Any], part: dict[str, Any]) -> Origin:
    service = text(span.get("serviceCode") or span.get("applicationCode") or part.get("service"))
    instance = text(span.get("serviceInstanceName") or part.get("serviceInstance"))
    return Origin(service, [("service.instance.id", instance)] if instance else [])


def _attributes(span: dict[str, Any], kind: str, layer: str) -> Pairs:
    pairs = _pairs(span.get("tags"))
    said = (
        ("span.type", kind),
        ("span.layer", layer),
        ("component", span.get("component") or span.get("componentId")),
    )
    return pairs + [(f"sw.{name}", item) for name, item in said if item not in (None, "")]


def _pairs(value: Any) -> Pairs:
    return [(text(pair.get("key")), pair.get("value")) for pair in map(named, listed(value)) if pair]


def _event(log: dict[str, Any]) -> SpanEvent:
    said = _pairs(log.get("data"))
    return SpanEvent(moment(log.get("time")), text(dict(said).get("event")) or "log", tuple(said))


def _fault(event: SpanEvent) -> Fault | None:
    said = dict(event.attributes)
    if not {"error.kind", "stack"} & said.keys():
        return None
    return Fault(text(said.get("error.kind")), text(said.get("message")), text(said.get("stack")))
