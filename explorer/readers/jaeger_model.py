"""Jaeger's own model as JSON: spans as its protobuf (``jsonpb``), its Thrift batches, and its rows of Cassandra.

Source: jaegertracing/jaeger-idl proto/api_v2/model.proto, thrift/jaeger.thrift; the forms are alike but for the names
and spellings of ids, times and values. The anonymizer's "captured" files are the first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, moment, named, text
from explorer.decoding.lenient import nanoseconds
from explorer.decoding.outline import outline
from explorer.decoding.traces.opentracing import refer, tell
from explorer.decoding.traces.plain import Origin, Pairs, Parsed, PlainSpan
from explorer.decoding.traces.plain_documents import open_plain, read_plain
from explorer.model.builder import Builder, Records

NAME: Final = "jaeger-model"
LABEL: Final = "Jaeger (protobuf, Thrift or Cassandra model as JSON)"
RECOGNISED_BY: Final = "spans with operationName and traceId, or traceIdLow, or TraceID and OperationName"
FRAMINGS: Final = ("lines", "document")

_PLACES: Final = ((), ("spans",), ("result", "spans"), ("trace", "spans"), ("batch", "spans"))
_IDS: Final = ("traceId", "traceIdLow", "TraceID")
_FIELDS: Final = frozenset(
    {
        "traceId", "spanId", "operationName", "references", "flags", "startTime", "duration", "tags", "logs", "process",
        "processId", "warnings",
    }
)  # fmt: skip
"""Fields of a span of the protobuf; other tools that call an operation so have more."""
_US: Final = 1000
_MASK: Final = (1 << 64) - 1
_DURATION: Final = re.compile(r"(-?\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)?\Z")
_UNITS: Final = {
    "ns": 1, "us": _US, "µs": _US, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9, None: _US,
}  # fmt: skip
_DEFAULTS: Final = {"BOOL": False, "INT64": 0, "LONG": 0, "FLOAT64": 0.0, "DOUBLE": 0.0}
_VALUES: Final = ("vStr", "vBool", "vInt64", "vLong", "vFloat64", "vDouble", "vBinary")


def detect(head: bytes) -> Confidence | None:
    """By the name of the operation beside the names that ids have in these models only."""
    if b'"operationName"' not in head and b'"OperationName"' not in head:
        return None
    paths = outline(head)
    for place in _PLACES:
        names = {
            path[len(place)] for path in paths if len(path) == len(place) + 1 and path[: len(place)] == place
        }
        if "spanId" in names and "operationName" in names and names & {"traceId", "traceIdLow"}:
            return Confidence.CERTAIN if names <= _FIELDS or "traceIdLow" in names else None
        if {"TraceID", "SpanID", "OperationName"} <= names and "SpanContext" not in names:
            return Confidence.CERTAIN
    return None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read documents; those of other kinds, or that do not parse, are returned."""
    return read_plain(records, builder, _parse, detect)


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again."""
    return open_plain(raw, _parse)


def _parse(value: Any) -> Parsed | None:
    parsed = Parsed()
    for one in value if isinstance(value, list) else [value]:
        batch = _unwrapped(one)
        spans = batch.get("spans") if isinstance(batch.get("spans"), list) else [batch]
        processes = {
            text(known.get("processId")): _origin(known.get("process"))
            for known in map(named, listed(batch.get("processMap")))
        }
        common = _origin(batch.get("process"))
        for span in listed(spans):
            if isinstance(span, dict) and any(name in span for name in _IDS):
                parsed.spans.append(_span(_folded(span), common, processes))
            else:
                parsed.dropped += 1
        parsed.remarks += [
            ("info", "jaeger-warning", f"Jaeger: {text(said)[:160]}")
            for said in listed(batch.get("warnings"))
        ]
    return parsed if parsed.spans else None


def _unwrapped(value: Any) -> dict[str, Any]:
    found = named(value)
    for name in ("result", "trace", "batch"):
        found = found[name] if isinstance(found.get(name), dict) else found
    return found


def _folded(span: dict[str, Any]) -> dict[str, Any]:
    """Cassandra's names as those of the others."""
    if "TraceID" not in span:
        return span
    found = {name[:1].lower() + name[1:]: value for name, value in span.items()}
    found |= {"traceId": span["TraceID"], "references": span.get("Refs"), "spanId": span.get("SpanID")}
    return found | {"parentSpanId": span.get("ParentID"), "process": span.get("Process")}


def _span(span: dict[str, Any], common: Origin, processes: dict[str, Origin]) -> PlainSpan:
    process = span.get("process")
    known = processes.get(text(span.get("processId")), common)
    made = PlainSpan(
        trace=_trace(span),
        span_id=_id(span.get("spanId")),
        name=text(span.get("operationName")),
        origin=_origin(process) if isinstance(process, dict) else known,
        start=_time(span.get("startTime")),
        duration=_duration(span.get("duration")),
        source=span,
    )
    logs = [
        (_time(_first(one, "timestamp", "Timestamp")), _pairs(_first(one, "fields", "Fields")))
        for one in map(named, listed(span.get("logs")))
    ]
    tell(made, _pairs(span.get("tags")), logs)
    references = [
        (
            text(_first(one, "refType", "RefType") or "CHILD_OF").upper().replace("-", "_"),
            _trace(one),
            _id(_first(one, "spanId", "SpanID")),
        )
        for one in map(named, listed(span.get("references")))
    ]
    refer(made, references, _id(span.get("parentSpanId")))
    return made


def _first(fields: dict[str, Any], *names: str) -> Any:
    return next((fields[name] for name in names if fields.get(name) is not None), None)


def _trace(fields: dict[str, Any]) -> str:
    """The trace id: as it stands, or of the two signed halves of Thrift."""
    if "traceIdLow" in fields:
        low, high = (nanoseconds(fields.get(name)) or 0 for name in ("traceIdLow", "traceIdHigh"))
        return f"{high & _MASK:016x}{low & _MASK:016x}" if high else f"{low & _MASK:016x}"
    found = _first(fields, "traceId", "TraceID")
    if isinstance(found, list):  # bytes
        return bytes(one & 255 for one in found if isinstance(one, int)).hex()
    return _id(found)


def _id(value: Any) -> str:
    """A span id: base64 text as it stands, a signed integer as hex."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value & _MASK:016x}"
    return text(value)


def _time(value: Any) -> int:
    """RFC 3339, or µs since the epoch."""
    return moment(value) if isinstance(value, str) and not value.isdecimal() else nanoseconds(value, _US) or 0


def _duration(value: Any) -> int | None:
    """``22938000ns``, ``0.022938s`` or µs."""
    if isinstance(value, str):
        match = _DURATION.match(value)
        return nanoseconds(match[1], _UNITS[match[2]]) if match else None
    return nanoseconds(value, _US)


def _origin(process: Any) -> Origin:
    fields = named(process)
    return Origin(text(_first(fields, "serviceName", "ServiceName")), _pairs(_first(fields, "tags", "Tags")))


def _pairs(tags: Any) -> Pairs:
    return [(text(_first(tag, "key", "Key")), _value(tag)) for tag in map(named, listed(tags))]


def _value(tag: dict[str, Any]) -> Any:
    """The value of a tag; the protobuf's JSON leaves out those that are zero or empty."""
    type_ = text(_first(tag, "vType", "ValueType")).upper()
    if "ValueType" in tag:
        return next(
            (value for name, value in tag.items() if name.startswith("value_")), _DEFAULTS.get(type_, "")
        )
    value = _first(tag, *_VALUES)
    if value is None:
        return _DEFAULTS.get(type_, "")
    whole = type_ in ("INT64", "LONG") and isinstance(value, str)
    return nanoseconds(value) if whole else value
