"""Spans as OpenTelemetry's collector logs them (debug exporter, detailed; before, the logging exporter)."""

from __future__ import annotations

import re
from typing import Final

from explorer.decoding.contract import Confidence
from explorer.decoding.traces.printed import Printed
from explorer.decoding.traces.spelled import is_open, spelled_span

NAME: Final = "otel-collector"
LABEL: Final = "OpenTelemetry spans (collector's debug exporter)"
RECOGNISED_BY: Final = "lines of ResourceSpans #n, and of Trace ID, Parent ID and ID under Span #n"
FRAMINGS: Final = ("lines",)

_FIRST: Final = re.compile(rb"Span #\d+\s*\Z")
_OPENING: Final = re.compile(rb"(?:.*\t)?ResourceSpans #0\r?\n")
_WITHIN: Final = re.compile(
    rb"^Span #\d+\r?\n    Trace ID       : [0-9a-f]*\r?\n    Parent ID      :", re.MULTILINE
)
_BEGINS: Final = re.compile(rb"(?:.*\t)?(?:ResourceSpans|Resource(?:Log|Metrics)) #\d+\s*\Z")
_SCOPE: Final = b"ScopeSpans #"
_OLD_SCOPE: Final = b"InstrumentationLibrarySpans #"
_FIELD: Final = re.compile(rb"^(?:    [A-Z][A-Za-z ]* *:|[A-Z][A-Za-z]+(?:: ?$| #\d))", re.MULTILINE)
_MORE: Final = re.compile(
    rb"Attributes:|Events:|Links:|Span(?:Event|Link) #\d|Resource |Scope|Instrumentation(?:Scope|Library)"
)


def detect(head: bytes) -> Confidence | None:
    """By the first lines, or the ids below the number of a span."""
    within = b"    Trace ID       : " in head and _WITHIN.search(head)  # lines are looked at byte by byte
    return Confidence.CERTAIN if within or _OPENING.match(head) else None


def _goes_on(block: bytes, line: bytes) -> bool:
    if line.startswith((_SCOPE, _OLD_SCOPE)) or _BEGINS.match(line):
        return False
    return line[:4] == b"    " or _MORE.match(line) is not None or _is_within(block)


def _is_within(block: bytes) -> bool:
    """Whether the text of the last attribute goes on."""
    last = block[block.rfind(b"\n     -> ") + 1 :]
    return _FIELD.search(last) is None and is_open(last.decode("utf-8", "replace"))


def _around(before: bytes, line: bytes) -> bytes | None:
    """The resource and the scope of the spans that follow."""
    if match := _BEGINS.match(line):
        return b"ResourceSpans\n" if b"ResourceSpans" in match[0] else None
    if not before or line.startswith(b"\t{"):  # the logger's own fields end what it printed
        return before or None
    if line.startswith((_SCOPE, _OLD_SCOPE)):
        return before.partition(_SCOPE[:10])[0] + _SCOPE + b"\n"
    return before + line + b"\n" if line[:4] == b"    " or _MORE.match(line) else None


_PRINTED: Final = Printed(NAME, _FIRST, _goes_on, spelled_span, _around)
read, open_record = _PRINTED.read, _PRINTED.open
