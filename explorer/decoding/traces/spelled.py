"""Spans spelled out line by line, as OpenTelemetry's collector (debug exporter) and its Rust SDK print them.

Source: opentelemetry-collector exporter/debugexporter/internal/otlptext, opentelemetry-rust opentelemetry-stdout.
Lines of ``name : value`` belong to a span, an event or a link, those behind an arrow to the attributes above them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from explorer.decoding.documents import moment
from explorer.decoding.traces.otel_names import faults_in, kind_of, status_of
from explorer.decoding.traces.plain import Origin, Pairs, PlainSpan
from explorer.model.records import SpanEvent

_PAIR: Final = re.compile(r"\s*->\s+([^\s:=][^:=]*?(?:[:=][^\s:=][^:=]*?)*?)(?:: |=)(.*)\Z", re.DOTALL)
_FIELD: Final = re.compile(r"\s*([A-Z][A-Za-z ]*?)\s*: ?(.*)\Z")
_PART: Final = re.compile(r"\s*(Span|SpanEvent|Event|SpanLink|Link) #\d+\s*\Z")
_HEAD: Final = re.compile(r"\s*(Resource|Resource attributes:|Instrumentation Scope)\s*\Z")
_TYPED: Final = re.compile(
    r"(Str|Int|Double|Bool|Map|Slice|Bytes|Empty|String|I64|F64|Array)\((.*)\)\Z", re.DOTALL
)
_OWNED: Final = re.compile(r'(?:(?:Static|Owned|RefCounted)\()?"(.*)"\)?\Z', re.DOTALL)
_ERROR: Final = re.compile(r'Error \{ description: "(.*)" \}\Z', re.DOTALL)
_INNER: Final = frozenset({"Name", "Timestamp", "Trace ID", "ID", "TraceState", "DroppedAttributesCount"})
"""Names that the collector writes behind an arrow though they are no attributes."""
_ATTRIBUTES: Final = "Attributes"
_BLANK: Final = ' "'


@dataclass(slots=True)
class _Part:
    """A span, an event or a link."""

    fields: dict[str, str] = field(default_factory=dict)
    pairs: Pairs = field(default_factory=list)


@dataclass(slots=True)
class _Told:
    """What a block tells."""

    span: _Part = field(default_factory=_Part)
    events: list[_Part] = field(default_factory=list)
    links: list[_Part] = field(default_factory=list)
    resource: Pairs = field(default_factory=list)
    scope: str = ""


def spelled_span(source: str) -> PlainSpan | None:
    """The span of a block, with the lines on its resource before it; None where it has no ids."""
    told = _told(source)
    said = told.span.fields
    trace, own = (
        said.get(names[0]) or said.get(names[1], "") for names in (("Trace ID", "TraceId"), ("ID", "SpanId"))
    )
    if not trace or not own:
        return None
    parent = said.get("Parent ID") or said.get("ParentSpanId", "")
    start, end = moment(said.get("Start time")), moment(said.get("End time"))
    status = said.get("Status code") or said.get("Status", "")
    error = _ERROR.match(status)
    events = [
        SpanEvent(moment(one.fields.get("Timestamp")), one.fields.get("Name", ""), tuple(one.pairs))
        for one in told.events
    ]
    return PlainSpan(
        trace=trace,
        span_id=own,
        parent_id="" if parent.startswith("None") or not parent.strip("0") else parent,
        name=said.get("Name", ""),
        origin=Origin("", told.resource),
        start=start,
        duration=end - start if start and end else None,
        kind=kind_of(said.get("Kind")),
        status=status_of("Error" if error else status),
        message=_unescaped(error[1]) if error else said.get("Status message", ""),
        scope=told.scope,
        attributes=told.span.pairs,
        events=events,
        links=[
            (
                one.fields.get("Trace ID") or one.fields.get("TraceId", ""),
                one.fields.get("ID") or one.fields.get("SpanId", ""),
            )
            for one in told.links
        ],
        faults=faults_in(events),
        source=source,
    )


def _told(source: str) -> _Told:
    told = _Told()
    part, within = told.span, told.resource
    place = "resource"
    for line in _whole_lines(source):
        if match := _PART.match(line):
            part = told.span if match[1] == "Span" else _Part()
            if match[1] != "Span":
                (told.links if match[1].endswith("Link") else told.events).append(part)
            place, within = match[1], part.pairs
        elif match := _HEAD.match(line):
            place = "scope" if match[1].startswith("Instr") else "resource"
            within = [] if place == "scope" else told.resource
        elif line.startswith("InstrumentationScope "):
            told.scope = line.partition(" ")[2].strip()
        elif match := _PAIR.match(line):
            if (
                place in ("SpanEvent", "SpanLink")
                and match[1] in _INNER
                and not line.startswith("          ")
            ):
                part.fields[match[1]] = match[2].strip()
            elif not match[1].startswith(_ATTRIBUTES):
                within.append((match[1], _value(match[2].strip())))
        elif match := _FIELD.match(line):
            if place == "scope" and line.startswith("\t\t"):
                told.scope = f"{told.scope} {match[2].strip(_BLANK)}".strip()
                continue
            if place == "scope":
                place, within = "Span", part.pairs
            part.fields.setdefault(match[1], match[2].strip())
    return told


def _whole_lines(source: str) -> list[str]:
    """Lines; those that a text goes on with are one with the line it begins in."""
    found: list[str] = []
    for line in source.splitlines():
        if found and is_open(found[-1]):
            found[-1] += "\n" + line
        else:
            found.append(line.rstrip("\r"))
    return found


def is_open(line: str) -> bool:
    """Whether the text of an attribute goes on in the next line."""
    _, arrow, rest = line.partition("-> ")
    return bool(arrow) and ": Str(" in rest and not rest.rstrip().endswith(")")


def _value(written: str) -> Any:
    match = _TYPED.match(written)
    if match is None:
        return written.strip('"')
    kind, inner = match[1], match[2]
    if kind in ("Int", "I64") and inner.lstrip("-").isdecimal():
        return int(inner)
    if kind == "Bool":
        return inner == "true"
    if kind in ("Double", "F64"):
        try:
            return float(inner)
        except ValueError:
            return inner
    if kind == "String":
        owned = _OWNED.match(inner)
        return _unescaped(owned[1]) if owned else inner
    return inner


def _unescaped(text: str) -> str:
    """A text as Rust's debug format writes it."""
    return text.replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"').replace("\\\\", "\\")
