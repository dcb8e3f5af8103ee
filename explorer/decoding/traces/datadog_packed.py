"""Datadog's trace payloads in MessagePack, and the form that names its texts by number (v0.5).

Source: DataDog/datadog-agent pkg/trace/api (v0.3 to v0.7), pkg/proto/pbgo/trace/decoder_v05.go: a list of texts, and
spans as lists of twelve: service, name and resource (texts), trace, span and parent, start, duration, error, meta (text
to text), metrics (text to number), type (text).
"""

from __future__ import annotations

import re
from typing import Any, Final

from explorer.decoding.logs.msgpack import BrokenError, CutError, begun, decode

_WHOLE: Final = 12
_NUMBERED: Final = re.compile(
    rb'\s*\[\s*\[\s*(?:"(?:[^"\\]|\\.)*"\s*,?\s*)+\]\s*,\s*\[\s*\[\s*\[\s*(?:\d+\s*,\s*){3}', re.DOTALL
)
_LISTS: Final = (*range(0x90, 0xA0), 0xDC, 0xDD)
_MAPS: Final = (*range(0x80, 0x90), 0xDE, 0xDF)
_NEAR: Final = 2048
_LEVELS: Final = 3
"""Lists around a span at most: texts and traces, traces, spans."""


def is_numbered(head: bytes) -> bool:
    """Whether JSON begins as a payload of v0.5."""
    return head.lstrip()[:1] == b"[" and _NUMBERED.match(head) is not None


def is_packed(head: bytes) -> bool:
    """Whether bytes begin as a payload in MessagePack, which may be cut."""
    if not head or head[0] not in (*_LISTS, *_MAPS):
        return False
    try:
        return holds_spans(decode(head, 0)[0])
    except CutError:
        near = head[:_NEAR]
        named = b"\xa7span_id" in near and b"\xa8trace_id" in near
        return named or holds_spans(begun(head, 0, _LEVELS)[0])
    except BrokenError:
        return False


def unpacked(data: bytes) -> tuple[list[Any], int]:
    """The payloads, one after another, as JSON would have them, and where what is understood ends."""
    found, at = [], 0
    while at < len(data):
        try:
            value, end = decode(data, at)
        except BrokenError:
            value, end = begun(data, at, _LEVELS)
        if not holds_spans(value):
            break
        found.append(_plain(value))
        at = end
    return found, at


def holds_spans(value: Any) -> bool:
    """Whether a decoded value is a payload of one of the versions."""
    if isinstance(value, dict):
        return any(holds_spans(value.get(name)) for name in ("chunks", "traces", "spans"))
    if named_by_number(value) is not None:
        return True
    for _ in range(2):
        value = value[0] if isinstance(value, list) and value else value
    if isinstance(value, dict) and isinstance(value.get("spans"), list):
        return holds_spans(value["spans"])
    return isinstance(value, dict) and {"span_id", "trace_id", "start"} <= value.keys()


def named_by_number(value: Any) -> list[list[dict[str, Any]]] | None:
    """The traces of a payload of v0.5 with names instead of numbers; None where it is none."""
    if not isinstance(value, list) or len(value) != 2 or not all(isinstance(part, list) for part in value):
        return None
    texts, traces = value
    if not texts or not all(isinstance(text, str) for text in texts):
        return None
    spans = [span for trace in traces if isinstance(trace, list) for span in trace]
    if not spans or not all(isinstance(span, list) and len(span) >= _WHOLE for span in spans):
        return None
    return [[_named(span, texts) for span in trace] for trace in traces if isinstance(trace, list)]


def _named(span: list[Any], texts: list[str]) -> dict[str, Any]:
    def text(number: Any) -> str:
        known = isinstance(number, int) or (isinstance(number, str) and number.isdigit())
        return texts[int(number)] if known and 0 <= int(number) < len(texts) else ""

    meta = span[9] if isinstance(span[9], dict) else {}
    metrics = span[10] if isinstance(span[10], dict) else {}
    return {
        "service": text(span[0]), "name": text(span[1]), "resource": text(span[2]), "trace_id": span[3],
        "span_id": span[4], "parent_id": span[5], "start": span[6], "duration": span[7], "error": span[8],
        "meta": {text(name): text(value) for name, value in meta.items()},
        "metrics": {text(name): value for name, value in metrics.items()}, "type": text(span[11]),
    }  # fmt: skip


def _plain(value: Any) -> Any:
    """Values that JSON can hold; binary ones of ``meta_struct`` are shown as text."""
    if isinstance(value, dict):
        return {_key(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def _key(name: Any) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)
