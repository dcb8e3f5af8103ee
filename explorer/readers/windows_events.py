"""Events of Windows as XML: what Event Viewer saves, ``wevtutil qe``, ``Get-WinEvent`` and log shippers write.

Format: learn.microsoft.com "Event Schema". Events may stand one a line, over many lines or all on one line, below a
root element or without one. The text of an event is there where it was rendered; else its data are its message.
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

NAME = "windows-events"
LABEL = "Windows event log (XML)"
RECOGNISED_BY = "An Event element of Windows' event schema."
FRAMINGS: Collection[str] = frozenset({"lines"})

_HEAD: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<Events[^>]*>\s*)?(?:- )?"
    rb"<Event(?: xmlns=(?![\"']http://logging\.apache)|>)",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(
    rb"(?:\xef\xbb\xbf|\s|- (?=<)|<\?xml[^>]*>|</?Events[^>]*>|<!--.*?-->)*", re.DOTALL
)
_SYSTEM: Final = (
    ("EventID", "event_id"), ("Channel", "channel"), ("Task", "task"), ("Opcode", "opcode"), ("Keywords", "keywords"),
    ("EventRecordID", "record_id"), ("Computer", "host.name"),
)  # fmt: skip
_LEVELS: Final = {"0": "info", "1": "critical", "2": "error", "3": "warning", "4": "info", "5": "verbose"}


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
    """What an event tells; None for what has no time."""
    system = event.find("System")
    created = system.find("TimeCreated") if system is not None else None
    parsed = parse_time(created.get("SystemTime", "")) if created is not None else None
    if system is None or parsed is None:
        return None
    entry = object_entry(_facts(event, system), parsed[0])
    return Entry(entry.text, parsed[0], is_object=True)


def _facts(event: ET.Element, system: ET.Element) -> dict[str, Any]:
    """What an event tells, under the names that the rest of the program knows."""
    data = _data(event)
    level = (event.findtext("RenderingInfo/Level") or "").strip() or _LEVELS.get(
        system.findtext("Level", "").strip()
    )
    text = (event.findtext("RenderingInfo/Message") or "").strip()
    number = (system.findtext("EventID") or "").strip()
    said = " ".join(f"{name}={value}" for name, value in data.items())
    found: dict[str, Any] = {"message": text or f"{number} {said}".strip(), "level": level}
    provider = system.find("Provider")
    if provider is not None:
        found["service.name"] = provider.get("EventSourceName") or provider.get("Name")
    for tag, name in _SYSTEM:
        if told := (system.findtext(tag) or "").strip():
            found[name] = told
    for tag, part, name in (
        ("Execution", "ProcessID", "process.pid"), ("Execution", "ThreadID", "thread"),
        ("Correlation", "ActivityID", "correlation_id"), ("Security", "UserID", "user.sid"),
    ):  # fmt: skip
        element = system.find(tag)
        if element is not None and element.get(part):
            found[name] = str(element.get(part)).strip("{}")
    return found | {f"event_data.{name}": value for name, value in data.items()}


def _data(event: ET.Element) -> dict[str, str]:
    """The values of an event: named data, unnamed ones by their number, and what its provider defined."""
    found: dict[str, str] = {}
    for i, element in enumerate(event.findall("EventData/Data"), 1):
        found[element.get("Name") or str(i)] = (element.text or "").strip()
    for above in event.findall("UserData/*"):
        found |= {element.tag: (element.text or "").strip() for element in above}
    return {name: value for name, value in found.items() if value}


_EVENTS: Final = XmlEvents(NAME, re.compile(rb"<Event[ >]"), re.compile(b"</Event>"), _BETWEEN, _entry)
