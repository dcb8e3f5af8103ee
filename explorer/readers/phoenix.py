"""Arize Phoenix: spans as its API and its client return them, nested or as rows of a table, and OpenInference.

Source: Arize-ai/phoenix ``schemas`` (Span, ``GET /v1/projects/{id}/spans``), ``spans_dataframe``;
Arize-ai/openinference ``spec``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, moment, named, text
from explorer.decoding.logs.objects import flatten
from explorer.decoding.outline import outline
from explorer.decoding.traces.plain import NOWHERE, Fault, Origin, Pairs, Parsed, PlainSpan
from explorer.decoding.traces.plain_documents import open_plain, read_plain
from explorer.model.builder import Builder, Records
from explorer.model.records import SpanEvent
from explorer.model.schema import Kind, Status

NAME: Final = "phoenix"
LABEL: Final = "Phoenix (OpenInference)"
RECOGNISED_BY: Final = "spans with a context of trace_id and span_id and a span_kind, also as rows of a table"
FRAMINGS: Final = ("lines", "document")

_KEYS: Final = ("context", "span_kind", "start_time")
_TABLE: Final = frozenset({"context.trace_id", "context.span_id"})
_SPANS: Final = frozenset(
    {"id", "name", "span_id", "start_time", "time", "timestamp", "attributes", "context.span_id"}
)
_REMOTE: Final = frozenset({"LLM", "EMBEDDING", "RERANKER"})
_SERVICE: Final = ("service.name", "openinference.project.name", "project_name", "project.name")


def detect(head: bytes) -> Confidence | None:
    """By the keys of a span, or by the names of OpenInference's attributes alone."""
    if b"context" in head and b"span_id" in head:
        paths = outline(head)
        for above in ((), ("data",)):
            keys = {
                path[len(above)] for path in paths if path[: len(above)] == above and len(path) > len(above)
            }
            if keys.issuperset(_KEYS) and (*above, "context", "span_id") in paths:
                return Confidence.CERTAIN
            if keys >= _TABLE and "start_time" in keys:
                return Confidence.CERTAIN
    if b'"openinference.span.kind"' in head or b'"gen_ai.' in head:
        keys = {path[0] for path in outline(head) if len(path) == 1}
        return Confidence.CERTAIN if _are_attributes(keys) else None
    return None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read documents; what is not Phoenix's, or does not parse, is returned."""
    return read_plain(records, builder, parse)


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again."""
    return open_plain(raw, parse)


def parse(value: Any) -> Parsed | None:
    """The spans of a document, None where it is not Phoenix's."""
    found = value.get("data", value) if isinstance(value, dict) else value
    parsed = Parsed()
    bare = 0
    for one in found if isinstance(found, list) else [found]:
        span = _unfolded(one) if isinstance(one, dict) else {}
        if named(span.get("context")).get("span_id"):
            parsed.spans.append(_span(span, one))
        elif _are_attributes(span.keys()):
            bare += 1
        else:
            parsed.dropped += 1
    if bare:
        reason = "attributes of a span without the span: ids and times are missing"
        parsed.skipped.append(("info", "attributes-only", reason, bare))
    return parsed if parsed.spans or bare else None


def _are_attributes(names: Collection[str]) -> bool:
    """Whether an object holds the attributes of a span by themselves."""
    told = any(name == "openinference.span.kind" or name.startswith("gen_ai.") for name in names)
    dotted = sum("." in name for name in names)
    return told and 2 * dotted > len(names) and not _SPANS.intersection(names)


def _unfolded(one: dict[str, Any]) -> dict[str, Any]:
    """A row of a table (``context.span_id``, ``attributes.llm.model_name``) as a span."""
    if not one.keys() & _TABLE:
        return one
    span: dict[str, Any] = {"context": {}, "attributes": {}}
    for name, value in one.items():
        head, dot, rest = name.partition(".")
        if dot and head in ("context", "attributes"):
            span[head][rest] = value
        else:
            span[name] = value
    return span


def _span(span: dict[str, Any], source: Any) -> PlainSpan:
    context = named(span.get("context"))
    pairs = [(name, item) for name, item in flatten(named(span.get("attributes"))) if item is not None]
    said = dict(pairs)
    start, end = moment(span.get("start_time")), moment(span.get("end_time"))
    kind = text(span.get("span_kind") or said.get("openinference.span.kind")).upper()
    code = text(span.get("status_code")).upper()
    events = [_event(event) for event in map(named, listed(span.get("events"))) if event]
    peer = next(
        (text(said[name]) for name in ("llm.provider", "llm.system", "llm.model_name") if said.get(name)), ""
    )
    return PlainSpan(
        trace=text(context.get("trace_id")),
        span_id=text(context.get("span_id")),
        parent_id=text(span.get("parent_id")),
        name=text(span.get("name")),
        origin=_origin(said),
        start=start,
        duration=end - start if start and end else None,
        kind=Kind.CLIENT if kind in _REMOTE else Kind.INTERNAL,
        status=Status.ERROR if code == "ERROR" else Status.OK if code == "OK" else Status.UNSET,
        message=text(span.get("status_message")),
        peer=peer if kind in _REMOTE else "",
        attributes=[("openinference.span.kind", kind), *pairs]
        if "openinference.span.kind" not in said
        else pairs,
        events=events,
        faults=[_fault(event) for event in events if event.name == "exception"],
        source=source,
    )


def _origin(said: dict[str, Any]) -> Origin:
    service = next((text(said[name]) for name in _SERVICE if said.get(name)), "")
    pairs: Pairs = [(name, said[name]) for name in ("service.version", "host.name") if said.get(name)]
    return Origin(service, pairs) if service or pairs else NOWHERE


def _event(event: dict[str, Any]) -> SpanEvent:
    attributes = tuple(flatten(named(event.get("attributes"))))
    return SpanEvent(moment(event.get("timestamp")), text(event.get("name")), attributes)


def _fault(event: SpanEvent) -> Fault:
    said = dict(event.attributes)
    return Fault(*(text(said.get(f"exception.{part}")) for part in ("type", "message", "stacktrace")))
