"""Answers of Tempo's search (``/api/search``, TraceQL): a summary of each trace, and the spans of it that matched.

Source: grafana/tempo pkg/tempopb (SearchResponse, TraceSearchMetadata, SpanSet). Times are ns as text; ids lack leading
zeros. The summary is shown as the root, for the root's own id is not told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, named, text
from explorer.decoding.lenient import nanoseconds
from explorer.decoding.outline import outline
from explorer.decoding.traces.plain import Origin, Pairs, Parsed, PlainSpan
from explorer.decoding.traces.plain_documents import open_plain, read_plain
from explorer.model.builder import Builder, Records
from explorer.model.schema import Kind, Status

NAME: Final = "tempo-search"
LABEL: Final = "Tempo search"
RECOGNISED_BY: Final = "traces with a traceID, rootServiceName or rootTraceName, and a durationMs"
FRAMINGS: Final = ("lines", "document")

_MS: Final = 10**6
_ROOT: Final = frozenset({"rootServiceName", "rootTraceName"})


def detect(head: bytes) -> Confidence | None:
    """By the keys of a trace's summary."""
    if b'"rootTraceName"' not in head and b'"rootServiceName"' not in head:
        return None
    keys = {path[1] for path in outline(head) if len(path) == 2 and path[0] == "traces"}
    return Confidence.CERTAIN if "traceID" in keys and keys & _ROOT else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read answers; what is none, or does not parse, is returned."""
    return read_plain(records, builder, parse, detect)


def open_record(raw: bytes) -> OpenRecord:
    """Open an answer again."""
    return open_plain(raw, parse)


def parse(value: Any) -> Parsed | None:
    """The summaries and matched spans of an answer, None where it is none."""
    traces = named(value).get("traces")
    if not isinstance(traces, list):
        return None
    parsed = Parsed()
    for one in traces:
        trace = text(named(one).get("traceID"))
        if not trace:
            parsed.dropped += 1
            continue
        parsed.spans.append(_summary(one, trace))
        parsed.spans += _matched(one, trace)
    told = "a search tells a summary of each trace and the spans that matched, not the whole trace"
    parsed.remarks.append(("info", "partial-trace", told))
    return parsed


def _summary(one: dict[str, Any], trace: str) -> PlainSpan:
    return PlainSpan(
        trace=trace,
        span_id=f"root of {trace}",
        name=text(one.get("rootTraceName")),
        origin=Origin(text(one.get("rootServiceName"))),
        start=nanoseconds(one.get("startTimeUnixNano")) or 0,
        duration=nanoseconds(one.get("durationMs", 0), _MS),
        kind=Kind.SERVER,
        attributes=_attributes(one.get("attributes")),
        source={name: item for name, item in one.items() if name not in ("spanSet", "spanSets")},
    )


def _matched(one: dict[str, Any], trace: str) -> Iterator[PlainSpan]:
    seen = set()
    for group in (*listed(one.get("spanSets")), one.get("spanSet")):
        for span in map(named, listed(named(group).get("spans"))):
            own = text(span.get("spanID"))
            if not own or own in seen:
                continue
            seen.add(own)
            attributes = _attributes(span.get("attributes"))
            said = dict(attributes)
            yield PlainSpan(
                trace=trace,
                span_id=own,
                parent_id=f"root of {trace}",
                name=text(span.get("name") or said.get("name")),
                origin=Origin(text(said.get("service.name") or one.get("rootServiceName"))),
                start=nanoseconds(span.get("startTimeUnixNano")) or 0,
                duration=nanoseconds(span.get("durationNanos", 0)),
                status=Status.ERROR if said.get("status") == "error" else Status.UNSET,
                attributes=attributes,
                source=span,
            )


def _attributes(value: Any) -> Pairs:
    pairs: Pairs = []
    for one in map(named, listed(value)):
        told = named(one.get("value"))
        pairs.append((text(one.get("key")), next(iter(told.values()), None)))
    return pairs
