"""Datadog's traces: what tracers send to the agent (lists of traces, JSON or MessagePack), answers of the trace API.

Source: DataDog/datadog-agent pkg/proto (Span, TraceChunk), dd-apm-test-agent, api/v2/trace. Times and durations are ns,
ids unsigned integers of 64 bits; the upper half of a trace id stands in a tag of the first span of its list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, named, text
from explorer.decoding.lenient import dumps, loads, nanoseconds
from explorer.decoding.outline import outline
from explorer.decoding.traces.datadog import faults_of, hexadecimal, kind_of, origin_of
from explorer.decoding.traces.datadog_packed import is_numbered, is_packed, named_by_number, unpacked
from explorer.decoding.traces.plain import Origin, Pairs, Parsed, PlainSpan
from explorer.decoding.traces.plain_documents import open_plain, read_plain
from explorer.model.builder import Builder, Records
from explorer.model.records import SpanEvent
from explorer.model.schema import Status

NAME: Final = "datadog-traces"
LABEL: Final = "Datadog traces (agent or trace API)"
RECOGNISED_BY: Final = (
    "spans with trace_id, span_id, start, duration and resource or meta, or traceIDFull; v0.5's lists"
)
FRAMINGS: Final = ("lines", "document", "binary")

_PLACES: Final = (
    (), ("traces",), ("spans",), ("chunks", "spans"), ("trace", "spans"), ("data", "attributes", "spans"),
    ("attributes", "spans"),
)  # fmt: skip
_IDS: Final = frozenset({"trace_id", "span_id", "start", "duration"})
_UNTIMED: Final = frozenset({"trace_id", "span_id", "parent_id", "name", "resource"})
"""Recordings of some tracers' tests leave out all times."""
_TAGS: Final = frozenset({"meta", "metrics"})
_CAMEL: Final = frozenset({"traceID", "spanID", "duration", "resource"})
_ANY: Final = frozenset({"resource", "service", "meta", "metrics", "error"})
_NUMBER: Final = re.compile(r"[0-9a-fA-F]{1,16}")
_RENUMBERED: Final = 1 << 32
"""Ids below are counted, not drawn: recordings of tests are rewritten so, and such ids mean nothing in other files."""

_HIGH: Final = "_dd.p.tid"
_DEPTH: Final = 6
_DEEPEST: Final = 200


def detect(head: bytes) -> Confidence | None:
    """By the names of a span in the places where the agent's payloads and the API put them."""
    if is_numbered(head) or (head[:1] > b"\x7f" and is_packed(head)):
        return Confidence.CERTAIN
    if b'"span_id"' not in head and b'"spanID"' not in head:
        return None
    paths = outline(head)
    for place in _PLACES:
        names = {path[len(place)] for path in paths if len(path) > len(place) and path[: len(place)] == place}
        if (names >= _IDS and names & _ANY) or (names >= _UNTIMED and names & _TAGS):
            return Confidence.CERTAIN
        by_id = {path[-1] for path in paths if len(path) == len(place) + 2 and path[: len(place)] == place}
        if place == ("trace", "spans") and by_id >= _IDS:
            return Confidence.CERTAIN
        if names >= _CAMEL and ("traceIDFull" in names or "start" in names):
            return Confidence.CERTAIN
    return (
        Confidence.CERTAIN if b'"traceIDFull"' in head and ("data", "attributes", "spans") in paths else None
    )


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read documents; those of other kinds, or that do not parse, are returned."""
    if records[0][:1] <= b"\x7f":
        return read_plain(records, builder, _parse, detect)
    payloads, end = unpacked(records[0])
    if payloads and end < len(records[0]):
        said = "a payload is cut short or damaged; what came before is kept"
        builder.skip("warning", "truncated-record", said, offset=records.offset + end)
    kept = builder.canonical(records, [dumps(one) for one in payloads])
    return [0] if len(read_plain(kept, builder, _parse, detect)) == len(payloads) else []


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again."""
    return open_plain(raw, _parse)


def _parse(value: Any) -> Parsed | None:
    parsed = Parsed()
    for trace in _traces(value):
        spans = [one for one in trace if isinstance(one, dict) and ("span_id" in one or "spanID" in one)]
        parsed.dropped += len(trace) - len(spans)
        parsed.spans += _trace(spans)
    if isinstance(value, dict) and named(named(value.get("data")).get("attributes")).get("is_truncated"):
        parsed.remarks.append(("warning", "partial-trace", "the server said that a trace is incomplete"))
    return parsed if parsed.spans else None


def _traces(value: Any, depth: int = 0) -> Iterator[list[Any]]:
    """The lists of spans in a document, which lie in lists and under a few names."""
    if depth > _DEPTH:
        return
    named_spans = named_by_number(value) if not depth else None
    if named_spans is not None:
        yield from named_spans
    elif isinstance(value, list):
        if any(isinstance(one, dict) and ("span_id" in one or "spanID" in one) for one in value):
            yield list(_with_children(value, depth))
            return
        for one in value:
            yield from _traces(one, depth + 1)
    elif isinstance(value, dict):
        if isinstance(value.get("spans"), dict):
            yield list(value["spans"].values())
            return
        for name in ("data", "attributes", "traces", "tracerPayloads", "chunks", "spans", "trace"):
            if name in value:
                yield from _traces(value[name], depth + 1)


def _with_children(spans: list[Any], depth: int) -> Iterator[Any]:
    """Spans and those that were hung below them, as the tracers' own tests keep them."""
    for one in spans:
        yield one
        children = listed(named(one).get("_children"))
        if children and depth < _DEEPEST:
            yield from _with_children(children, depth + 1)


def _trace(spans: list[dict[str, Any]]) -> Iterator[PlainSpan]:
    """The spans of one list, which may be of several traces."""
    high = next((text(tag) for span in spans if (tag := named(span.get("meta")).get(_HIGH))), "")
    begin = min((_start(span) for span in spans), default=0)
    origins: dict[tuple[Any, ...], Origin] = {}
    for span in spans:
        yield _span(span, _trace_id(span, high, begin), origins)


def _trace_id(span: dict[str, Any], high: str, begin: int) -> str:
    full = text(span.get("traceIDFull"))
    if full.strip("0"):
        return full
    low = hexadecimal(span.get("trace_id", span.get("traceID"))) or "0" * 16
    if high.strip("0"):
        return high.rjust(16, "0") + low
    counted = _NUMBER.fullmatch(low) and int(low, 16) < _RENUMBERED
    return f"recorded at {begin}, number {int(low, 16)}" if counted else low


def _start(span: dict[str, Any]) -> int:
    """Its begin: ns, or seconds with a fraction as the interface once wrote it."""
    value = span.get("start", span.get("startTime"))
    return nanoseconds(value, 10**9 if isinstance(value, float) and value < 10**11 else 1) or 0


def _span(span: dict[str, Any], trace: str, origins: dict[tuple[Any, ...], Origin]) -> PlainSpan:
    meta, metrics = named(span.get("meta")), named(span.get("metrics"))
    service, type_ = text(span.get("service")), text(span.get("type"))
    key = (service, *(text(meta.get(name)) for name in ("version", "env", "_dd.hostname", "runtime-id")))
    failed = text(span.get("error")) not in ("", "0", "false")
    handled = "error" in span and text(meta.get("http.status_code"))[:1] == "4"  # a 404 that is no error
    duration = span.get("duration")
    seconds = isinstance(span.get("start"), float) and span["start"] < 10**11
    return PlainSpan(
        trace=trace,
        span_id=hexadecimal(span.get("span_id", span.get("spanID"))),
        parent_id=hexadecimal(span.get("parent_id", span.get("parentID"))),
        name=text(span.get("name") or span.get("resource")),
        origin=origins.setdefault(key, origin_of(service, meta)),
        start=_start(span),
        duration=nanoseconds(duration, 10**9 if seconds and isinstance(duration, float) else 1),
        kind=kind_of(meta.get("span.kind"), type_),
        status=Status.ERROR if failed else Status.OK if handled else Status.UNSET,
        attributes=_attributes(span, meta, metrics),
        events=_events(span, meta),
        links=_links(span, meta),
        faults=faults_of(meta) if failed else [],
        source=span,
    )


def _attributes(span: dict[str, Any], meta: dict[str, Any], metrics: dict[str, Any]) -> Pairs:
    own = [(name, span[name]) for name in ("resource", "type") if span.get(name)]
    return [
        *own,
        *(pair for pair in meta.items() if pair[0] not in ("events", "_dd.span_links")),
        *metrics.items(),
    ]


def _events(span: dict[str, Any], meta: dict[str, Any]) -> list[SpanEvent]:
    events = listed(span.get("span_events")) or _listed(meta.get("events"))
    return [
        SpanEvent(
            nanoseconds(one.get("time_unix_nano")) or 0,
            text(one.get("name")),
            tuple(named(one.get("attributes")).items()),
        )
        for one in map(named, events)
    ]


def _links(span: dict[str, Any], meta: dict[str, Any]) -> list[tuple[str, str]]:
    links = listed(span.get("span_links")) or _listed(meta.get("_dd.span_links"))
    found = []
    for one in map(named, links):
        high = hexadecimal(one.get("trace_id_high"))
        found.append((high + hexadecimal(one.get("trace_id")), hexadecimal(one.get("span_id"))))
    return found


def _listed(value: Any) -> list[Any]:
    """A list that is written as text."""
    try:
        return listed(loads(value.encode("utf-8", "replace"))) if isinstance(value, str) else []
    except ValueError:
        return []
