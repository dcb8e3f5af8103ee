"""Spans as OpenTelemetry's .NET SDK prints them (``AddConsoleExporter``): a block of ``Activity.…`` lines each.

Source: opentelemetry-dotnet src/OpenTelemetry.Exporter.Console/ConsoleActivityExporter.cs of versions 1.0 to 1.12.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from explorer.decoding.contract import Confidence
from explorer.decoding.documents import moment
from explorer.decoding.traces.harvest import KINDS, STATUSES
from explorer.decoding.traces.otel_names import faults_in
from explorer.decoding.traces.plain import Origin, Pairs, PlainSpan
from explorer.decoding.traces.printed import Printed
from explorer.model.records import SpanEvent

NAME: Final = "otel-dotnet"
LABEL: Final = "OpenTelemetry spans (.NET console)"
RECOGNISED_BY: Final = "lines of Activity.TraceId and Activity.SpanId"
FRAMINGS: Final = ("lines",)

_FIRST: Final = re.compile(rb"Activity\.(?:TraceId|Id): ")
_MORE: Final = re.compile(
    rb"Activity\.\w+: ?|StatusCode ?: |(?:Status|Error )Description ?: |Resource associated with Activity:"
    rb"|Instrumentation scope \(ActivitySource\):"
)
_WITHIN: Final = re.compile(
    rb"^Activity\.TraceId: +[0-9a-f]{32}\r?\nActivity\.SpanId: +[0-9a-f]{16}\r?$", re.MULTILINE
)
_FIELD: Final = re.compile(r"(?:Activity\.)?([A-Z][A-Za-z]*(?: [A-Z]\w+)?)\s*: ?(.*)\Z")
_SECTION: Final = re.compile(r"Resource associated with Activity|Instrumentation scope \(ActivitySource\)")
_PAIR: Final = re.compile(r" {4,}([^\s:][^:]*(?::[^\s:][^:]*)*?): ?(.*)\Z")
_EVENT: Final = re.compile(r" {4}(\S.*?) \[([^\]]*\d[^\]]*)\]\Z")
_LINK: Final = re.compile(r" {4}([0-9a-f]{32}) ([0-9a-f]{16})\Z")
_SPAN_OF_TIME: Final = re.compile(r"(-?)(?:(\d+)\.)?(\d+):(\d\d):(\d\d)(?:\.(\d{1,7}))?\Z")
_AMONG_TAGS: Final = ("StatusCode", "Activity.StatusDescription")
"""A status that was set by the tags of OpenTelemetry stands among them."""
_S: Final = 10**9


def detect(head: bytes) -> Confidence | None:
    """By the first line of a block, or such lines among others: a log's reader would take them for more of its text."""
    within = b"Activity.SpanId: " in head and _WITHIN.search(head)  # lines are looked at byte by byte
    known = within or _FIRST.match(head.lstrip(b"\xef\xbb\xbf \t\r\n"))
    return Confidence.CERTAIN if known else None


def _continues(_block: bytes, line: bytes) -> bool:
    return line[:1] == b" " or _MORE.match(line) is not None


@dataclass(slots=True)
class _Block:
    """What a block tells, section by section."""

    fields: dict[str, str] = field(default_factory=dict)
    pairs: dict[str, Pairs] = field(default_factory=dict)
    events: list[tuple[str, str, Pairs]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)

    def line(self, line: str, section: str) -> str:
        """Take a line in; returns the section that the next one is in."""
        if not line.startswith(" "):
            if match := _SECTION.match(line):
                return match[0]
            match = _FIELD.match(line)
            if match is not None:
                self.fields.setdefault(match[1], match[2].strip())
            return match[1] if match is not None and not match[2] else ""
        if section == "Events" and (event := _EVENT.match(line)):
            self.events.append((event[1], event[2], []))
        elif section == "Links" and (link := _LINK.match(line)):
            self.links.append((link[1], link[2]))
        else:
            self._pair(line, section)
        return section

    def _pair(self, line: str, section: str) -> None:
        """An attribute of the section, or of its last event; what is none is the next line of the one before."""
        within = (
            self.events[-1][2] if section == "Events" and self.events else self.pairs.setdefault(section, [])
        )
        match = _PAIR.match(line)
        if match is not None and section == "Tags" and match[1] in _AMONG_TAGS:
            self.fields.setdefault(match[1].removeprefix("Activity."), match[2])
        elif match is not None and not (
            within and within[-1][0] == "exception.stacktrace" and " at " in line
        ):
            within.append((match[1], match[2]))
        elif within:
            within[-1] = (within[-1][0], f"{within[-1][1]}\n{line.rstrip()}")


def _span(source: str) -> PlainSpan:
    block, section = _Block(), ""
    for line in source.splitlines():
        section = block.line(line.rstrip("\r"), section)
    said = block.fields
    events = [SpanEvent(moment(time), name, tuple(pairs)) for name, time, pairs in block.events]
    scope = dict(block.pairs.get("Instrumentation scope (ActivitySource)", []))
    resource = block.pairs.get("Resource associated with Activity", [])
    code = (said.get("StatusCode") or said.get("Status") or "").partition(",")[0]
    return PlainSpan(
        trace=said.get("TraceId", ""),
        span_id=said.get("SpanId", ""),
        parent_id=said.get("ParentSpanId", ""),
        name=said.get("DisplayName", ""),
        origin=Origin(str(dict(resource).get("service.name") or ""), resource),
        start=moment(said.get("StartTime")),
        duration=_duration(said.get("Duration", "")),
        kind=KINDS.get(said.get("Kind", "").lower(), 0),
        status=STATUSES.get(code.upper(), 0),
        message=said.get("StatusDescription") or said.get("Error Description") or "",
        scope=" ".join(filter(None, (scope.get("Name", said.get("ActivitySourceName", "")), scope.get("Version", "")))),
        attributes=block.pairs.get("Tags", []) or block.pairs.get("TagObjects", []),
        events=events,
        links=block.links,
        faults=faults_in(events),
        source=source,
    )  # fmt: skip


def _duration(written: str) -> int | None:
    """``d.hh:mm:ss.fffffff`` in ns."""
    match = _SPAN_OF_TIME.match(written)
    if match is None:
        return None
    days, hours, minutes, seconds = (int(match[i] or 0) for i in (2, 3, 4, 5))
    whole = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    return (-1 if match[1] else 1) * (whole * _S + int((match[6] or "0").ljust(9, "0")))


_PRINTED: Final = Printed(NAME, _FIRST, _continues, _span)
read, open_record = _PRINTED.read, _PRINTED.open
