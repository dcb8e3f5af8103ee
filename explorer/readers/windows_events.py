"""Events of Windows as XML: what Event Viewer saves, ``wevtutil qe``, ``Get-WinEvent`` and log shippers write.

Format: learn.microsoft.com "Event Schema". Events may stand one a line, over many lines or all on one line, below a
root element or without one. The text of an event is there where it was rendered; else its data are its message.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.etree import ElementTree as ET

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.logs.entries import Entry, open_decoded, read_decoded
from explorer.decoding.logs.hits import object_entry
from explorer.decoding.logs.times import parse_time
from explorer.model.builder import Builder, Records

NAME = "windows-events"
LABEL = "Windows event log (XML)"
RECOGNISED_BY = "An Event element of Windows' event schema."
FRAMINGS: Collection[str] = frozenset({"lines"})

_HEAD: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<Events[^>]*>\s*)?(?:- )?<Event(?: xmlns=|>)", re.IGNORECASE
)
_BEGIN: Final = re.compile(rb"<Event[ >]")
_END: Final = b"</Event>"
_BETWEEN: Final = re.compile(
    rb"(?:\xef\xbb\xbf|\s|- (?=<)|<\?xml[^>]*>|</?Events[^>]*>|<!--.*?-->)*", re.DOTALL
)
"""What may stand between events: a root element, declarations, comments."""
_NOTE: Final = re.compile(rb"(^|>)\s*- (?=<)", re.MULTILINE)
"""What a browser prints before an element that can be folded."""
_STATE: Final = f"{NAME} rest"
_MOST_CARRIED: Final = 16 << 20
_SYSTEM: Final = (
    ("EventID", "event_id"), ("Channel", "channel"), ("Task", "task"), ("Opcode", "opcode"), ("Keywords", "keywords"),
    ("EventRecordID", "record_id"), ("Computer", "host.name"),
)  # fmt: skip
_LEVELS: Final = {"0": "info", "1": "critical", "2": "error", "3": "warning", "4": "info", "5": "verbose"}


@dataclass(slots=True)
class _Rest:
    """The beginning of an event whose end has not come yet, which begins at ``offset``."""

    file: int
    data: bytes = b""
    offset: int = 0


def detect(head: bytes) -> Confidence | None:
    """By the first element."""
    return Confidence.CERTAIN if _HEAD.match(head) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the events into the builder; the reader holds the file from the first one on."""
    number = len(builder.files) - 1
    rest = builder.memory.get(_STATE)
    if not isinstance(rest, _Rest) or rest.file != number:
        rest = builder.memory[_STATE] = _Rest(number)
        builder.hold()
        builder.at_end(lambda: _finish(rest, builder))
    begin = int(records.starts[0])
    if not rest.data:
        rest.offset = records.offset + begin
    data = rest.data + records.data[begin:]
    entries, broken, end = [], 0, 0
    while (behind := data.find(_END, end) + len(_END)) >= len(_END):
        begins = [match.start() for match in _BEGIN.finditer(data, end, behind)] or [behind]
        entry = _entry(data[begins[-1] : behind])
        if entry is not None:
            entries.append(entry)
        broken += (entry is None) + len(begins) - 1 + _is_foreign(data[end : begins[0]])
        end = behind
    read_decoded(records, builder, NAME, entries)
    if broken:
        text = "events that are cut, no XML or without a time, and text between events, are left out"
        builder.skip("warning", "broken-record", text, offset=rest.offset, count=broken)
    rest.offset, rest.data = rest.offset + end, data[end:]
    if len(rest.data) > _MOST_CARRIED:
        _finish(rest, builder)
    return ()


def open_record(raw: bytes) -> OpenRecord:
    """Open one event again, which is kept as JSON."""
    return open_decoded(raw)


def _finish(rest: _Rest, builder: Builder) -> None:
    if _BEGIN.search(rest.data):
        builder.skip("warning", "truncated-record", "an event is cut short", offset=rest.offset)
    elif _is_foreign(rest.data):
        builder.skip("warning", "broken-record", "text behind the events is left out", offset=rest.offset)
    rest.data = b""


def _is_foreign(between: bytes) -> bool:
    """Whether anything stands between events that is not part of how they are written down."""
    return _BETWEEN.fullmatch(between) is None


def _entry(raw: bytes) -> Entry | None:
    """An event, from its first tag to its last; None for what is none."""
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
        return None
    try:
        event = ET.fromstring(_NOTE.sub(rb"\1", raw))  # noqa: S314  no document type gets here
    except (ET.ParseError, ValueError, LookupError):
        return None
    for element in event.iter():
        element.tag = element.tag.rpartition("}")[2]
    system = event.find("System")
    created = system.find("TimeCreated") if system is not None else None
    parsed = parse_time(created.get("SystemTime", "")) if created is not None else None
    if system is None or parsed is None:
        return None
    value = _facts(event, system)
    entry = object_entry(value, parsed[0])
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
