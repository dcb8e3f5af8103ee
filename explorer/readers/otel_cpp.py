"""Spans as OpenTelemetry's C++ SDK prints them (``OStreamSpanExporter``): lines of names and values within braces.

Source: opentelemetry-cpp exporters/ostream/src/span_exporter.cc. Times are in ns; values have no types.
"""

from __future__ import annotations

import re
from typing import Final

from explorer.decoding.contract import Confidence
from explorer.decoding.traces.otel_names import faults_in, kind_of, status_of
from explorer.decoding.traces.plain import Origin, Pairs, PlainSpan
from explorer.decoding.traces.printed import Printed
from explorer.model.records import SpanEvent

NAME: Final = "otel-cpp"
LABEL: Final = "OpenTelemetry spans (C++ console)"
RECOGNISED_BY: Final = "lines of name, trace_id, span_id and parent_span_id before colons, within braces"
FRAMINGS: Final = ("lines",)

_FIRST: Final = re.compile(rb"  name {10}: ")
_OPENING: Final = re.compile(rb"\s*\{\r?\n  name {10}: ")
_WITHIN: Final = re.compile(
    rb"^  name {10}: .*\r?\n  trace_id {6}: [0-9a-f]{32}\r?\n  span_id {7}: [0-9a-f]{16}\r?$", re.MULTILINE
)
_FIELD: Final = re.compile(r"  (?=\S)([a-z_ -]{14}): ?(.*)\Z")
_INNER: Final = re.compile(r"\t  (?=\S)([a-z_ -]{14}): ?(.*)\Z")
_PAIR: Final = re.compile(r"\t+([^\s:][^:]*(?::[^\s:][^:]*)*?): ?(.*)\Z")
_BRACE: Final = frozenset({b"{", b"}"})
_INVALID: Final = "0000000000000000"


def detect(head: bytes) -> Confidence | None:
    """By the first lines of a span, wherever they stand: a log's reader would take them for more of its text."""
    within = b"  trace_id      : " in head and _WITHIN.search(head)  # lines are looked at byte by byte
    return Confidence.CERTAIN if within or _OPENING.match(head) else None


def _span(source: str) -> PlainSpan | None:
    fields: dict[str, str] = {}
    pairs: dict[str, Pairs] = {}
    inner: list[tuple[str, dict[str, str], Pairs]] = []
    section = ""
    for line in source.splitlines():
        if match := _FIELD.match(line):
            section = match[1].strip()
            fields[section] = match[2].strip()
        elif line.strip() == "{":
            inner.append((section, {}, []))
        elif inner and section == inner[-1][0] and (match := _INNER.match(line)):
            inner[-1][1][match[1].strip()] = match[2].strip()
        elif match := _PAIR.match(line):
            within = inner[-1][2] if line.startswith("\t\t") and inner else pairs.setdefault(section, [])
            within.append((match[1], match[2]))
    if len(fields.get("trace_id", "")) != 32:
        return None
    events = [
        SpanEvent(_number(told.get("timestamp")), told.get("name", ""), tuple(said))
        for place, told, said in inner
        if place == "events"
    ]
    links = [told for place, told, _ in inner if place == "links"]
    resource = pairs.get("resources", [])
    return PlainSpan(
        trace=fields["trace_id"],
        span_id=fields.get("span_id", ""),
        parent_id=fields.get("parent_span_id", "").replace(_INVALID, ""),
        name=fields.get("name", ""),
        origin=Origin("", resource),
        start=_number(fields.get("start")),
        duration=_number(fields["duration"]) if fields.get("duration") else None,
        kind=kind_of(fields.get("span kind")),
        status=status_of(fields.get("status")),
        message=fields.get("description", ""),
        scope=fields.get("instr-lib", ""),
        attributes=pairs.get("attributes", []),
        events=events,
        links=[(one.get("trace_id", ""), one.get("span_id", "")) for one in links],
        faults=faults_in(events),
        source=source,
    )


def _number(written: str | None) -> int:
    return int(written) if written and written.isascii() and written.isdigit() else 0


def _goes_on(_block: bytes, line: bytes) -> bool:
    return line.rstrip() != b"}" or line[:1] in (b" ", b"\t")


def _around(_before: bytes, line: bytes) -> bytes | None:
    """The braces of a span say nothing of their own."""
    return b"" if line.rstrip() in _BRACE else None


_PRINTED: Final = Printed(NAME, _FIRST, _goes_on, _span, _around)
read, open_record = _PRINTED.read, _PRINTED.open
