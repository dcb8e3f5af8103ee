"""Spans as OpenTelemetry's Rust SDK prints them (``opentelemetry-stdout``): lines of names and values under Span #n."""

from __future__ import annotations

import re
from typing import Final

from explorer.decoding.contract import Confidence
from explorer.decoding.traces.printed import Printed
from explorer.decoding.traces.spelled import spelled_span

NAME: Final = "otel-rust"
LABEL: Final = "OpenTelemetry spans (Rust console)"
RECOGNISED_BY: Final = "lines of Span #n, and of TraceId, SpanId and ParentSpanId behind a tab"
FRAMINGS: Final = ("lines",)

_FIRST: Final = re.compile(rb"Span #\d+\s*\Z")
_OPENING: Final = re.compile(rb"Spans\r?\n(?:Resource\r?\n|Span #\d|\Z)")
_WITHIN: Final = re.compile(
    rb"^Span #\d+\r?\n(?:.*\n){1,40}?\tTraceId *: [0-9a-f]{32}\r?\n\tSpanId *: [0-9a-f]{16}\r?$", re.MULTILINE
)
_RESOURCE: Final = b"Resource"


def detect(head: bytes) -> Confidence | None:
    """By the first lines, or the ids below the number of a span."""
    within = b"\tTraceId" in head and _WITHIN.search(head)  # lines are looked at byte by byte
    return Confidence.CERTAIN if within or _OPENING.match(head) else None


def _goes_on(_block: bytes, line: bytes) -> bool:
    return line[:1] == b"\t" or not line.strip()


def _resource(before: bytes, line: bytes) -> bytes | None:
    """The resource, which is printed once, before the first spans."""
    if line.rstrip() in (b"Spans", b""):
        return before
    if line.rstrip() == _RESOURCE:
        return line + b"\n"
    return before + line + b"\n" if before and line[:1] == b"\t" else None


_PRINTED: Final = Printed(NAME, _FIRST, _goes_on, spelled_span, _resource)
read, open_record = _PRINTED.read, _PRINTED.open
