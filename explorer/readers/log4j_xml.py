"""Events of log4j as XML: log4j 1's XMLLayout (Chainsaw, log4net, NLog and java logging's formatter write it too) and
log4j 2's XmlLayout.

Formats: logging.apache.org/log4j/1.x XMLLayout, /log4j/2.x XmlLayout, java.util.logging.XMLFormatter (``record``).
Events are fragments mostly, below no root, with a namespace's prefix that nothing declares.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any, Final
from xml.etree import ElementTree as ET

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.logs.entries import Entry, open_decoded
from explorer.decoding.logs.hits import object_entry
from explorer.decoding.logs.times import parse_time
from explorer.decoding.logs.xml_events import XmlEvents
from explorer.model.builder import Builder, Records

NAME: Final = "log4j-xml"
LABEL: Final = "log4j, log4net, NLog and java.util.logging, XML"
RECOGNISED_BY: Final = "An event element of log4j, or a record of java.util.logging."
FRAMINGS: Final[Collection[str]] = frozenset({"lines"})

_BELOW: Final = rb"</?(?:\w+:)?(?:eventSet|Events|log)\b[^>]*>"
_ROOT: Final = rb"(?:<\?xml[^>]*>|<!DOCTYPE log SYSTEM \"logger\.dtd\">|<!--.*?-->|" + _BELOW + rb")"
_HEAD: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?"
    rb"(?:<(?:log4j|log4net|nlog):event|<event [^>]*\btimestamp=|"
    rb"<Events? xmlns=[\"']http://logging\.apache|<Event [^>]*\b(?:timeMillis|loggerName)="
    rb"|<!DOCTYPE log SYSTEM \"logger\.dtd\">|(?:<log>\s*)?<record>\s*<date>[^<]*</date>\s*<(?:millis|nanos)>)",
    re.DOTALL,
)
_BETWEEN: Final = re.compile(rb"(?:\xef\xbb\xbf|\s|" + _ROOT + rb")*", re.DOTALL)
_PLACE: Final = (
    ("class", "code.class"),
    ("method", "code.function"),
    ("file", "code.file"),
    ("line", "code.line"),
)


def detect(head: bytes) -> Confidence | None:
    """By the first element."""
    return Confidence.CERTAIN if _HEAD.match(head) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the events into the builder; the reader holds the file from the first one on."""
    _EVENTS.read(records, builder)
    return ()


def open_record(raw: bytes) -> OpenRecord:
    """Open one event again, which is kept as JSON."""
    return open_decoded(raw)


def _entry(event: ET.Element) -> Entry | None:
    """What an event of log4j 1 or 2, or of java.util.logging, tells; None for what has no time."""
    if event.tag == "record":
        return _record(event)
    instant = event.find("Instant")
    if instant is not None and instant.get("epochSecond"):
        time = int(instant.get("epochSecond", "0")) * 10**9 + int(instant.get("nanoOfSecond") or 0)
    else:
        written = event.get("timestamp") or event.get("timeMillis") or ""
        parsed = parse_time(int(written) if written.isdecimal() else written)
        if parsed is None:
            return None
        time = parsed[0]
    found: dict[str, Any] = {
        "message": _text(event, "message", "Message"), "level": event.get("level"), "thread": event.get("thread"),
        "logger": event.get("logger") or event.get("loggerName"), "stack_trace": _text(event, "throwable", "exception"),
        "ndc": _text(event, "NDC"), "marker": event.get("marker"), "user.name": event.get("username"),
    }  # fmt: skip
    thrown = event.find("Thrown")
    if thrown is not None:
        found["error.type"], found["error.message"] = thrown.get("name"), thrown.get("message") or ""
        found["stack_trace"] = _thrown(thrown)
    for tag in ("locationInfo", "Source", "locationinfo"):
        place = event.find(tag)
        if place is not None:
            found |= {name: place.get(part) for part, name in _PLACE}
    for element in (*event.findall("properties/data"), *event.findall("ContextMap/item")):
        found[element.get("name") or element.get("key") or "data"] = element.get("value")
    found |= {f"context.{e.tag}": (e.text or "") for e in event.findall("ContextMap/*") if e.tag != "item"}
    return _object(found, time)


def _thrown(thrown: ET.Element) -> str:
    """The stack trace of log4j 2's elements, as Java prints it."""
    lines = [f"{thrown.get('name')}: {thrown.get('message') or ''}".removesuffix(": ")]
    lines += [
        f"\tat {item.get('class')}.{item.get('method')}({item.get('file')}:{item.get('line')})"
        for item in thrown.findall("ExtendedStackTrace/*")
    ]
    text = (thrown.findtext("ExtendedStackTrace") or "").strip()
    cause = thrown.find("Cause")
    return text or "\n".join([*lines, *([f"Caused by: {_thrown(cause)}"] if cause is not None else [])])


def _record(event: ET.Element) -> Entry | None:
    """What a record of java.util.logging tells: its ``date`` has a zone since Java 9, its ``millis`` always."""
    millis = event.findtext("millis", "")
    parsed = parse_time(int(millis)) if millis.isdecimal() else parse_time(event.findtext("date", ""))
    if parsed is None:
        return None
    nanos = event.findtext("nanos", "")
    time = parsed[0] + (int(nanos) if nanos.isdecimal() and int(nanos) < 10**6 else 0)
    thrown = event.find("exception")
    frames = [] if thrown is None else [
        f"\tat {frame.findtext('class')}.{frame.findtext('method')}({frame.findtext('line') or ''})"
        for frame in thrown.findall("frame")
    ]  # fmt: skip
    stack = "" if thrown is None else "\n".join([thrown.findtext("message") or "", *frames])
    found = {name: event.findtext(name) for name in ("message", "level", "logger", "thread")}
    place = {"code.class": event.findtext("class"), "code.function": event.findtext("method")}
    return _object(found | place | {"stack_trace": stack}, time)


def _object(found: dict[str, Any], time: int) -> Entry:
    told = {name: item.strip() if isinstance(item, str) else item for name, item in found.items() if item}
    return Entry(object_entry({"message": "", **told}, time).text, time, is_object=True)


def _text(event: ET.Element, *names: str) -> str:
    return next((text for name in names if (text := event.findtext(name))), "")


_PREFIXES: Final = (b"log4j:", b"log4net:", b"nlog:")
_TAG: Final = rb"(?:" + b"|".join(_PREFIXES) + rb")?(?:[eE]vent|record)"
_EVENTS: Final = XmlEvents(
    NAME, re.compile(b"<" + _TAG + b"[ >]"), re.compile(b"</" + _TAG + b">"), _BETWEEN, _entry, _PREFIXES
)
