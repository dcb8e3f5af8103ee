"""Jaeger's own model in Protocol Buffers: what clients post to its collector, and its spans in Kafka or Badger.

Source: jaegertracing/jaeger-idl proto/api_v2/model.proto, collector.proto (PostSpansRequest), query.proto
(SpansResponseChunk). Each file becomes the JSON of the same model, for the reader of that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence
from explorer.decoding.protobuf import Message, message, message_of
from explorer.decoding.translating import open_bytes, read_translated
from explorer.decoding.wire import LEN, VARINT, WireError, fields
from explorer.model.builder import Builder, Records

NAME: Final = "jaeger-protobuf"
LABEL: Final = "Jaeger (protobuf)"
RECOGNISED_BY: Final = "spans of Jaeger's model in Protocol Buffers, alone, in a batch or in a request"
FRAMINGS: Collection[str] = ("binary",)

_SPAN: Final = "Span"
_PROCESS: Final = "Process"
_MESSAGES: Final[Mapping[str, Message]] = {
    _SPAN: message_of(
        traceId="1 hex", spanId="2 hex", operationName="3 text", references="4 Reference*", flags="5 uint",
        startTime="6 Time", duration="7 Time", tags="8 Tag*", logs="9 Log*", process="10 Process",
        processId="11 text", warnings="12 text*",
    ),
    _PROCESS: message_of(serviceName="1 text", tags="2 Tag*"),
    "Reference": message_of(traceId="1 hex", spanId="2 hex", refType="3 uint"),
    "Tag": message_of(
        key="1 text", vType="2 uint", vStr="3 text", vBool="4 bool", vInt64="5 int", vFloat64="6 double",
        vBinary="7 base64",
    ),
    "Log": message_of(timestamp="1 Time", fields="2 Tag*"),
    "Time": message_of(seconds="1 int", nanos="2 int"),
}  # fmt: skip
_TYPES: Final = {1: LEN, 2: LEN, 3: LEN, 4: LEN, 5: VARINT, 6: LEN, 7: LEN, 8: LEN, 9: LEN, 10: LEN, 11: LEN}
_SIZES: Final[Mapping[int, Collection[int]]] = {1: (8, 16), 2: (8,)}
_TELLING: Final = {1, 2, 6}
"""The ids and the start."""
_VALUE_TYPES: Final = ("STRING", "BOOL", "INT64", "FLOAT64", "BINARY")
_REFERENCES: Final = ("CHILD_OF", "FOLLOWS_FROM")
_WRAPPERS: Final = 2
"""A span lies in a batch, which lies in a request."""


def detect(head: bytes) -> Confidence | None:
    """By the fields of the first span, which hold what Jaeger's do and nothing else."""
    return Confidence.CERTAIN if _depth(head) is not None else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read files; those in which no span is found are returned."""
    return read_translated(records, builder, NAME, _translated)


open_record = open_bytes


def _depth(data: bytes) -> int | None:
    """How many messages lie around the first span; None where it is none of Jaeger's."""
    begin, end = 0, len(data)
    for depth in range(_WRAPPERS + 1):
        if _is_span(data, begin, end):
            return depth
        try:
            number, kind, begin, end = next(fields(data, begin, end, clip=True), (0, 0, 0, 0))
        except WireError:
            return None
        if (number, kind) != (1, LEN):
            return None
    return None


def _is_span(data: bytes, begin: int, end: int) -> bool:
    seen = set[int]()
    try:
        for number, kind, at, stop in fields(data, begin, end, clip=True):
            if _TYPES.get(number, LEN) != kind or stop - at not in _SIZES.get(number, (stop - at,)):
                return False
            seen.add(number)
    except WireError:
        return False
    return seen >= _TELLING and max(seen) <= 12


def _translated(data: bytes) -> tuple[Any, int]:
    """A batch as JSON."""
    depth, batch, damaged = _depth(data), dict[str, Any](spans=[]), 0
    for one in _parts(data, 0, len(data), depth or 0):
        if one is None:
            damaged += 1
        elif _SPAN in one:
            batch["spans"].append(one[_SPAN])
        else:
            batch["process"] = one[_PROCESS]
    return batch if batch["spans"] else None, damaged


def _parts(data: bytes, begin: int, end: int, depth: int) -> Iterator[dict[str, Any] | None]:
    """Each span and the process of a batch by its kind; None in the place of what is damaged, and of all behind it."""
    try:
        if not depth:
            yield {_SPAN: _span(message(data, begin, end, _SPAN, _MESSAGES))}
            return
        for number, kind, at, stop in fields(data, begin, end, clip=depth == _WRAPPERS):
            if (number, kind) == (1, LEN):
                yield from _parts(data, at, stop, depth - 1)
            elif (number, kind, depth) == (2, LEN, 1):
                yield {_PROCESS: _typed(message(data, at, stop, _PROCESS, _MESSAGES))}
    except WireError:
        yield None


def _span(span: dict[str, Any]) -> dict[str, Any]:
    """A span as the protobuf's JSON writes it."""
    logs = [
        _typed(log, "fields") | {"timestamp": _written(log.get("timestamp"))} for log in span.get("logs", ())
    ]
    references = [
        one | {"refType": _named(_REFERENCES, one.get("refType"))} for one in span.get("references", ())
    ]
    found = _typed(span) | {"logs": logs, "references": references}
    if "process" in span:
        found["process"] = _typed(span["process"])
    return found | {
        "startTime": _written(span.get("startTime")),
        "duration": _written(span.get("duration")) + "s",
    }


def _typed(owner: dict[str, Any], name: str = "tags") -> dict[str, Any]:
    """With the types of its tags by their names; of one that names none, the default."""
    tags = [tag | {"vType": _named(_VALUE_TYPES, tag.get("vType"))} for tag in owner.get(name, ())]
    return owner | {name: tags}


def _named(names: Sequence[str], number: Any) -> str:
    return names[number] if isinstance(number, int) and number < len(names) else names[0]


def _written(time: dict[str, int] | None) -> str:
    """Seconds with nine digits behind the point."""
    said = time or {}
    return f"{said.get('seconds', 0)}.{said.get('nanos', 0):09}"
