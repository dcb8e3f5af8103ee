"""AWS X-Ray: segment documents as the daemon takes them and ``aws xray batch-get-traces`` returns them.

Source: "AWS X-Ray segment documents" (developer guide), the API's BatchGetTraces, GetRetrievedTraces and
PutTraceSegments, the daemon's header line. Retrieved traces hold OpenTelemetry's spans where they are asked for so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, named, text
from explorer.decoding.lenient import loads, nanoseconds
from explorer.decoding.logs.objects import flatten
from explorer.decoding.outline import outline
from explorer.decoding.traces.otel_document import document_span
from explorer.decoding.traces.plain import Fault, Origin, Pairs, Parsed, PlainSpan
from explorer.decoding.traces.plain_documents import open_plain, read_plain
from explorer.model.builder import Builder, Records
from explorer.model.schema import Kind, Status

NAME: Final = "xray"
LABEL: Final = "AWS X-Ray"
RECOGNISED_BY: Final = (
    "Traces with Segments or Spans and Documents, or segments with an X-Ray trace_id and start_time"
)
FRAMINGS: Final = ("lines", "document")

_TRACE_ID: Final = re.compile(rb'"trace_id"\s*:\s*"1-[0-9a-fA-F]{8}-[0-9a-fA-F]{24}"')
_HEADER: Final = re.compile(rb'\s*\{\s*"format"\s*:\s*"json"\s*,\s*"version"\s*:\s*1\s*\}\s*(?:\Z|\n)')
_ANSWERS: Final = frozenset({("Traces", "Segments"), ("TraceSegmentDocuments",), ("UnprocessedTraceIds",)})
_SEGMENT: Final = frozenset({("trace_id",), ("id",), ("name",), ("start_time",)})
_OTEL: Final = frozenset({"traceId", "spanId", "startTimeUnixNano"})
_S: Final = 10**9
_DEEPEST: Final = 50
"""Documents between a part of a segment and the segment, at most."""
_ELSEWHERE: Final = frozenset(
    {
        "id", "name", "trace_id", "parent_id", "start_time", "end_time", "subsegments", "cause", "fault", "error",
        "throttle", "annotations", "links", "type", "service",
    }
)  # fmt: skip
_RESOURCE: Final = (
    ("service.version", ("service", "version")),
    ("host.id", ("aws", "ec2", "instance_id")),
    ("k8s.pod.name", ("aws", "eks", "pod")),
    ("container.id", ("aws", "ecs", "container_id")),
    ("container.name", ("aws", "ecs", "container")),
    ("cloud.platform", ("origin",)),
    ("process.runtime.name", ("service", "runtime")),
)

Document = dict[str, Any]


def detect(head: bytes) -> Confidence | None:
    """By an answer's keys, by a segment's with a trace id of X-Ray's, or by the daemon's header."""
    if _HEADER.match(head):
        return Confidence.CERTAIN
    if b"Segment" in head or b'"UnprocessedTraceIds"' in head or b'"RetrievalStatus"' in head:
        paths = outline(head)
        retrieved = ("RetrievalStatus",) in paths and ("Traces", "Spans", "Document") in paths
        if (
            retrieved
            or ("Traces", "Segments", "Document") in paths
            or (paths & _ANSWERS and ("Traces",) in paths)
        ):
            return Confidence.CERTAIN
        if ("TraceSegmentDocuments",) in paths:
            return Confidence.CERTAIN
    if _TRACE_ID.search(head) and outline(head) >= _SEGMENT:
        return Confidence.CERTAIN
    return None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read documents; what is not X-Ray's, or does not parse, is returned."""
    return read_plain(records, builder, parse)


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again."""
    return open_plain(raw, parse)


def _origin(document: Document, held: dict[str, Document]) -> Origin:
    """Who wrote a document: the segment that it is a part of, where that stands beside it."""
    for _ in range(_DEEPEST):
        if text(document.get("type")) != "subsegment":
            return Origin(text(document.get("name")), _resource(document))
        document = held.get(text(document.get("parent_id")), document)
    return Origin("", _resource(document))


def parse(value: Any) -> Parsed | None:
    """The spans of an answer, a request or segments; None where it is none of them."""
    parsed = Parsed()
    if isinstance(value, dict) and set(value) == {"format", "version"}:
        return parsed
    found = _documents(value, parsed)
    if found is None:
        return None
    parsed.spans += [document_span(one) for one, _ in found if one.keys() >= _OTEL]
    found = [one for one in found if not one[0].keys() >= _OTEL]
    held = {text(one.get("id")): document for document, _ in found for one, _ in _walk(document)}
    calls = held.keys() - {text(document.get("id")) for document, _ in found}
    causes = {text(one.get("id")): one for document, _ in found for one in _exceptions(document)}
    copies = 0
    for document, trace in found:
        if document.get("inferred") is True and text(document.get("parent_id")) in calls:
            copies += 1
        else:
            parsed.spans += _spans(document, trace, _origin(document, held), causes)
    if copies:
        parsed.skipped.append(
            (
                "info",
                "inferred-segment",
                "inferred segments repeat the calls that they were inferred from",
                copies,
            )
        )
    return parsed


def _documents(value: Any, parsed: Parsed) -> list[tuple[dict[str, Any], str]] | None:
    """Segments with the trace id said around them; None where this is not X-Ray's at all."""
    if isinstance(value, dict) and ("Traces" in value or "TraceSegmentDocuments" in value):
        raws = [(raw, "") for raw in listed(value.get("TraceSegmentDocuments"))]
        for trace in map(named, listed(value.get("Traces"))):
            raws += [
                (named(one).get("Document"), text(trace.get("Id")))
                for one in (*listed(trace.get("Segments")), *listed(trace.get("Spans")))
            ]
            if trace.get("LimitExceeded") is True:
                parsed.remarks.append(
                    ("warning", "limit-exceeded", "X-Ray dropped segments: a trace is too large")
                )
        lost = len(listed(value.get("UnprocessedTraceIds")))
        if lost:
            parsed.skipped.append(
                ("warning", "unprocessed-trace", "X-Ray returned traces only by their id", lost)
            )
    else:
        raws = [(one, "") for one in (value if isinstance(value, list) else [value])]
        if not any(isinstance(one, dict) and "id" in one and "start_time" in one for one, _ in raws):
            return None
    found = []
    for raw, trace_id in raws:
        segment = _segment(raw)
        if segment is None:
            parsed.dropped += 1
        else:
            found.append((segment, trace_id))
    return found


def _segment(raw: Any) -> dict[str, Any] | None:
    """A segment, or a span of OpenTelemetry's, which stands as JSON within JSON; None where it is broken."""
    if isinstance(raw, str):
        try:
            raw = loads(raw.encode("utf-8", "replace"))
        except ValueError:
            return None
    return raw if isinstance(raw, dict) and (text(raw.get("id")) or raw.keys() >= _OTEL) else None


def _walk(document: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """A segment and its subsegments, each with the id of the one around it; parents first."""
    waiting = [(document, text(document.get("parent_id")))]
    while waiting:
        one, parent = waiting.pop()
        yield one, parent
        within = [sub for sub in listed(one.get("subsegments")) if isinstance(sub, dict)]
        waiting += [(sub, text(one.get("id"))) for sub in reversed(within)]


def _exceptions(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for one, _ in _walk(document):
        yield from map(named, listed(named(one.get("cause")).get("exceptions")))


def _spans(
    document: Document, trace: str, origin: Origin, causes: dict[str, dict[str, Any]]
) -> Iterator[PlainSpan]:
    alone = text(document.get("type")) == "subsegment"
    trace = text(document.get("trace_id")) or trace
    for one, parent in _walk(document):
        yield _span(one, one is document and not alone, trace, parent, origin, causes)


def _span(
    one: dict[str, Any],
    whole: bool,
    trace: str,
    parent: str,
    origin: Origin,
    causes: dict[str, dict[str, Any]],
) -> PlainSpan:
    start, end = nanoseconds(one.get("start_time"), _S), nanoseconds(one.get("end_time"), _S)
    failed = any(one.get(name) is True for name in ("fault", "error", "throttle"))
    remote = text(one.get("namespace")) in ("aws", "remote")
    return PlainSpan(
        trace=trace,
        span_id=text(one.get("id")),
        parent_id=parent,
        name=text(one.get("name")),
        origin=origin,
        start=start or 0,
        duration=None if start is None or end is None else end - start,
        kind=Kind.SERVER if whole else Kind.CLIENT if remote else Kind.INTERNAL,
        status=Status.ERROR if failed else Status.UNSET,
        message="throttled" if one.get("throttle") is True else "",
        peer=text(one.get("name")) if remote else "",
        attributes=_attributes(one),
        links=[
            (text(link.get("trace_id")), text(link.get("id")))
            for link in map(named, listed(one.get("links")))
        ],
        faults=list(_faults(one.get("cause"), causes)),
        source=one,
    )


def _attributes(one: dict[str, Any]) -> Pairs:
    """Annotations by their own names; the request id of a call to AWS is that call's, not the request's."""
    pairs = list(named(one.get("annotations")).items())
    called = text(one.get("namespace")) == "aws" or one.get("inferred") is True
    for name, value in flatten({name: value for name, value in one.items() if name not in _ELSEWHERE}):
        if name == "http.response.status":
            pairs.append(("http.response.status_code", value))
        elif name == "aws.request_id" and called:
            pairs.append(("aws.call.request_id", value))
        else:
            pairs.append(("user.id" if name == "user" else name, value))
    flags = [(name, True) for name in ("fault", "error", "throttle") if one.get(name) is True]
    return pairs + [(f"xray.{name}", value) for name, value in flags]


def _resource(document: dict[str, Any]) -> Pairs:
    pairs: Pairs = []
    for name, path in _RESOURCE:
        value: Any = document
        for key in path:
            value = named(value).get(key)
        if value is not None:
            pairs.append((name, value))
    return pairs


def _faults(cause: Any, causes: dict[str, dict[str, Any]]) -> Iterator[Fault]:
    """Exceptions, the one that ended it last; a cause may be the id of an exception that stands elsewhere."""
    if isinstance(cause, str):
        if cause in causes:
            yield _fault(causes[cause])
        return
    for exception in reversed([named(one) for one in listed(named(cause).get("exceptions"))]):
        if exception:
            yield _fault(exception)


def _fault(exception: dict[str, Any]) -> Fault:
    frames = [named(frame) for frame in listed(exception.get("stack"))]
    stack = "\n".join(
        f"  at {text(frame.get('label')) or '?'} ({text(frame.get('path'))}:{text(frame.get('line'))})"
        for frame in frames
    )
    head = ": ".join(filter(None, (text(exception.get("type")), text(exception.get("message")))))
    return Fault(
        text(exception.get("type")), text(exception.get("message")), f"{head}\n{stack}" if stack else ""
    )
