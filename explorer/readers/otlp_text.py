"""OTLP as protobuf writes messages for people (``text_format``, ``print(request)``, Go's ``prototext``).

Source: opentelemetry-proto trace.proto, logs.proto, metrics.proto. Each resource with its spans, logs or metrics
becomes the JSON of the same message, which is what opening it shows.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import number, open_whole
from explorer.decoding.gathering import gather, hand_on
from explorer.decoding.lenient import dumps
from explorer.decoding.textproto import Fields, parse
from explorer.model.builder import Builder, Records

NAME: Final = "otlp-text"
LABEL: Final = "OTLP (protobuf text)"
RECOGNISED_BY: Final = (
    "resource_spans, resource_logs or resource_metrics with a message in braces, as protobuf text"
)
FRAMINGS: Final = ("lines",)

_FIRST: Final = re.compile(rb"\s*resource_(?:spans|logs|metrics)\s*:?\s*[{<]")
_LISTS: Final = frozenset(
    "resource_spans scope_spans instrumentation_library_spans spans attributes events links resource_logs scope_logs"
    " log_records resource_metrics scope_metrics metrics data_points exemplars bucket_counts explicit_bounds"
    " quantile_values values".split()
)


def detect(head: bytes) -> Confidence | None:
    """By the only field of a request."""
    return Confidence.CERTAIN if _FIRST.match(head) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read the messages when their file ends."""
    gather(records, builder, NAME, lambda whole: _read(whole, builder))
    return ()


def open_record(raw: bytes) -> OpenRecord:
    """Messages are kept as JSON, and opened by those who read them."""
    return open_whole(raw)


def _read(data: bytes, builder: Builder) -> None:
    fields, rest = parse(data, "surrogateescape")
    for name, part in fields:
        if isinstance(part, list):
            hand_on(builder, dumps({name: [_message(part)]}))
    # As often as who reads them, so that the file goes by this name.
    builder.count_format(NAME, len(fields))
    if rest.strip():
        builder.skip("warning", "truncated-record", "a message is cut short", offset=len(data) - len(rest))


def _message(fields: Fields) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for name, value in fields:
        plain = _message(value) if isinstance(value, list) else _PLAIN.get(name, _text)(value)
        if name in _LISTS:
            said.setdefault(name, []).append(plain)
        else:
            said[name] = plain
    return said


def _bytes(value: str) -> bytes:
    return value.encode("utf-8", "surrogateescape")


def _text(value: str) -> str:
    return _bytes(value).decode("utf-8", "replace")


def _hex(value: str) -> str:
    return _bytes(value).hex()


_PLAIN: Final[Mapping[str, Callable[[str], Any]]] = {
    "trace_id": _hex,
    "span_id": _hex,
    "parent_span_id": _hex,
    "bytes_value": lambda value: base64.b64encode(_bytes(value)).decode(),
    "bool_value": "true".__eq__,
    "double_value": number,
    "as_double": number,
}
"""How JSON writes what stands as text; whole numbers stay texts there, and enumerations are names."""
