"""Zipkin's spans in Protocol Buffers: what its reporters post and ``/api/v2/spans`` takes.

Source: openzipkin/zipkin-api zipkin.proto, ListOfSpans. Each span becomes the JSON of the same span, which is what
opening it shows.
"""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence
from explorer.decoding.protobuf import Message, message, message_of
from explorer.decoding.translating import open_bytes, read_translated
from explorer.decoding.wire import I64, LEN, VARINT, WireError, fields
from explorer.model.builder import Builder, Records

NAME: Final = "zipkin-protobuf"
LABEL: Final = "Zipkin (protobuf)"
RECOGNISED_BY: Final = (
    "a ListOfSpans in Protocol Buffers: ids of 8 or 16 bytes and a local endpoint or a kind"
)
FRAMINGS: Collection[str] = ("binary",)

_SPAN: Final = "Span"
_MESSAGES: Final[Mapping[str, Message]] = {
    _SPAN: message_of(
        traceId="1 hex", parentId="2 hex", id="3 hex", kind="4 uint", name="5 text", timestamp="6 fixed",
        duration="7 uint", localEndpoint="8 Endpoint", remoteEndpoint="9 Endpoint", annotations="10 Annotation*",
        tags="11 Tag*", debug="12 bool", shared="13 bool",
    ),
    "Endpoint": message_of(serviceName="1 text", ipv4="2 base64", ipv6="3 base64", port="4 int"),
    "Annotation": message_of(timestamp="1 fixed", value="2 text"),
    "Tag": message_of(key="1 text", value="2 text"),
}  # fmt: skip
_KINDS: Final = ("", "CLIENT", "SERVER", "PRODUCER", "CONSUMER")
_TYPES: Final = {
    1: LEN,
    2: LEN,
    3: LEN,
    4: VARINT,
    5: LEN,
    6: I64,
    7: VARINT,
    8: LEN,
    9: LEN,
    10: LEN,
    11: LEN,
}
_SIZES: Final[Mapping[int, Collection[int]]] = {1: (8, 16), 2: (0, 8), 3: (8,)}


def detect(head: bytes) -> Confidence | None:
    """By the fields of the first span, which hold what Zipkin's do and nothing else."""
    try:
        number, kind, begin, end = next(fields(head, 0, len(head), clip=True), (0, 0, 0, 0))
        if (number, kind) != (1, LEN):
            return None
        seen = set[int]()
        for number, kind, at, stop in fields(head, begin, end, clip=True):
            if _TYPES.get(number, VARINT) != kind or stop - at not in _SIZES.get(number, (stop - at,)):
                return None
            seen.add(number)
    except WireError:
        return None
    return Confidence.CERTAIN if {1, 3} <= seen <= set(range(1, 14)) and seen & {4, 6, 8} else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read files; those in which no span is found are returned."""
    return read_translated(records, builder, NAME, _translated)


open_record = open_bytes


def _translated(data: bytes) -> tuple[list[dict[str, Any]], int]:
    found = list(_spans(data))
    spans = [span for span in found if span is not None]
    return spans, len(found) - len(spans)


def _spans(data: bytes) -> Iterator[dict[str, Any] | None]:
    """Each span as JSON; None in the place of one that is none, and of all behind a break."""
    try:
        for number, kind, begin, end in fields(data, 0, len(data)):
            if (number, kind) == (1, LEN):
                yield _span(data, begin, end)
    except WireError:
        yield None


def _span(data: bytes, begin: int, end: int) -> dict[str, Any] | None:
    try:
        span = message(data, begin, end, _SPAN, _MESSAGES)
    except WireError:
        return None
    if not span.get("traceId") or not span.get("id"):
        return None
    kind = span.pop("kind", 0)
    if 0 < kind < len(_KINDS):
        span["kind"] = _KINDS[kind]
    if "tags" in span:
        span["tags"] = {tag.get("key", ""): tag.get("value", "") for tag in span["tags"]}
    for side in ("localEndpoint", "remoteEndpoint"):
        if side in span:
            span[side] = {name: _readable(name, value) for name, value in span[side].items()}
    return span


def _readable(name: str, value: Any) -> Any:
    """An address as people write it; one of a wrong length stays base64."""
    if name not in ("ipv4", "ipv6"):
        return value
    packed = base64.b64decode(value)
    return str(ipaddress.ip_address(packed)) if len(packed) in (4, 16) else value
