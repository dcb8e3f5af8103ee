"""Trace and span ids in the spellings of headers and of vendors' log fields.

Forms: W3C Trace Context (``traceparent``), B3 single header (openzipkin/b3-propagation), Jaeger ``uber-trace-id``,
AWS ``X-Amzn-Trace-Id``, Google ``X-Cloud-Trace-Context`` and ``logging.googleapis.com/trace``, ``sentry-trace``,
SkyWalking ``sw8`` (ids in base64), and Datadog's decimal ids (lower 64 bits).
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from explorer.model.fields import normalise
from explorer.model.ids import (
    TraceInterner,
    is_absent,
    is_traceparent,
    parse_id,
    span_number,
    trace_number,
)

_DASHED: Final = re.compile(r"(?:00-)?([0-9a-f]{16}|[0-9a-f]{32})-([0-9a-f]{16})(?:-[0-9a-zA-Z]+)*\Z")
_DIGITS: Final = re.compile(r"[0-9a-f]{32}")
_UBER: Final = re.compile(
    r"([0-9a-f]{1,32})(?::|%3A)([0-9a-f]{1,16})(?::|%3A)[0-9a-f]+(?::|%3A)[0-9a-f]+\Z", re.IGNORECASE
)
_AMAZON_ROOT: Final = re.compile(r"Root=1-([0-9a-f]{8})-([0-9a-f]{24})", re.IGNORECASE)
_AMAZON_PARENT: Final = re.compile(r"Parent=([0-9a-f]{16})", re.IGNORECASE)
_CLOUD: Final = re.compile(r"([0-9a-f]{32})/(\d{1,20})", re.IGNORECASE)
_SKYWALKING: Final = re.compile(
    r"[01]-([A-Za-z0-9+/]+={0,2})-([A-Za-z0-9+/]+={0,2})-(\d+)(?:-[A-Za-z0-9+/]*={0,2}){4}\Z"
)
_DECIMAL_NAMES: Final = frozenset(
    normalise(name) for name in ("dd.trace_id", "dd.span_id", "x-datadog-trace-id", "x-datadog-parent-id")
)


def is_decimal_field(name: str) -> bool:
    """Whether a field holds an id as a decimal number: Datadog's do."""
    return normalise(name).endswith(tuple(_DECIMAL_NAMES))


def trace_of(name: str, value: object) -> int | None:
    """The trace number that a trace-id field holds, None for none."""
    text = _text(value).rpartition("/traces/")[2]
    if is_absent(text):
        return None
    if is_decimal_field(name) and text.isdecimal() and len(text) <= 20:
        return int(text)
    return trace_number(text)


def trace_code(name: str, value: object, traces: TraceInterner) -> int:
    """The code of the trace that a trace-id field of a log object holds, -1 for none.

    A field called just ``trace`` may hold anything but where :func:`is_trace` says so.
    """
    text = value if isinstance(value, str) else ""
    if name == "trace" and not is_trace(text):
        return -1
    if text and "/traces/" not in text and not is_decimal_field(name):
        return traces[text]
    number = trace_of(name, value)
    return -1 if number is None else traces.number(number, text.rpartition("/")[2] if number >> 64 else "")


def is_trace(value: object) -> bool:
    """Whether what a field called just ``trace`` holds names a trace: its path, a ``traceparent`` or 32 digits."""
    if not isinstance(value, str):
        return False
    return "/traces/" in value or is_traceparent(value) or _DIGITS.fullmatch(value) is not None


def is_plain_trace_field(name: str) -> bool:
    """Whether texts without a slash in such a field are spellings of trace ids for the interner, as they are."""
    return name != "trace" and not is_decimal_field(name)


def span_of(name: str, value: object) -> int:
    """The span number that a span-id field holds, 0 for none."""
    text = _text(value)
    if is_decimal_field(name) and text.isdecimal() and len(text) <= 20:
        return int(text) & (1 << 64) - 1
    return span_number(text)


def trace_context(value: object) -> tuple[int, int] | None:
    """Trace and span number of a propagation header; None where it holds none.

    Free text is never taken: without the header's own marks it could be anything.
    """
    text = _text(value)
    if match := _DASHED.match(text.lower()) or _UBER.match(text):
        return _numbers(match[1], match[2])
    if match := _AMAZON_ROOT.search(text):
        parent = _AMAZON_PARENT.search(text)
        return _numbers(match[1] + match[2], parent[1] if parent else "")
    if match := _CLOUD.match(text):
        return _numbers(match[1], f"{int(match[2]):x}")
    if match := _SKYWALKING.match(text):
        try:
            trace, segment = (base64.b64decode(match[i]).decode() for i in (1, 2))
        except (binascii.Error, UnicodeDecodeError):
            return None
        return trace_number(trace), span_number(f"{segment}.{match[3]}")
    return None


def _numbers(trace: str, span: str) -> tuple[int, int] | None:
    number = parse_id(trace)
    return None if not number else (number, span_number(span) if span else 0)


def _text(value: object) -> str:
    if isinstance(value, list) and value:
        value = value[0]
    return value.strip() if isinstance(value, str) else str(value) if isinstance(value, int) else ""
