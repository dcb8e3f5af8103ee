"""Logs whose comments name their fields: W3C extended (IIS, CloudFront, Exchange) and Zeek.

Formats: w3.org TR/WD-logfile; learn.microsoft.com "W3C logging"; docs.aws.amazon.com CloudFront "standard logs";
docs.zeek.org "Zeek log formats". W3C's times are UTC; Zeek's count seconds. Fields that are ``-`` hold nothing.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.logs.entries import Entry, open_decoded, read_decoded
from explorer.decoding.logs.hits import object_entry
from explorer.decoding.logs.times import parse_time
from explorer.model.builder import Builder, Records

NAME = "w3c-log"
LABEL = "W3C extended and Zeek logs"
RECOGNISED_BY = "Comments at the beginning, one of which names the fields."
FRAMINGS: Collection[str] = frozenset({"lines"})

_FIELDS: Final = re.compile(r"#fields(?::|\t)[ \t]*(.*)", re.IGNORECASE | re.DOTALL)
_DATE: Final = re.compile(r"#(?:Start-)?Date: *(\d{4}-\d\d-\d\d)", re.IGNORECASE)
_HEAD: Final = re.compile(rb"(?:\s*#[^\n]*\n){0,12}?\s*#fields(?::|\t)[ \t]*[\w(]", re.IGNORECASE)
_BEGIN: Final = re.compile(
    rb"#(?:Software|Version|(?:Start-)?Date|Log-type|Remark): |#separator \\x", re.IGNORECASE
)
_COMMENTS: Final = re.compile(rb"(?:\s*#[^\n]*(?:\n|\Z))+\s*\Z")
_CELL: Final = re.compile(r'"((?:[^"]|"")*)"|(\S+)')
_HEADER: Final = re.compile(r"(?:cs|sc|s|c|x|r|rs)?\(([\w-]+)\)\Z", re.IGNORECASE)
_NOTHING: Final = frozenset({"", "-", "(empty)"})
_NAMES: Final = {
    "sc-status": "http.status_code", "cs-status": "http.status_code", "status_code": "http.status_code",
    "s-computername": "host.name", "s-sitename": "service.name", "_path": "service.name",
    "x-edge-request-id": "request_id", "cs-message": "message", "level": "level",
}  # fmt: skip
"""Names that the rest of the program knows, of fields that are called otherwise here."""
_DATES: Final = ("date", "date-local", "x-date")
_CLOCKS: Final = ("time", "time-local", "x-time")
_STATE: Final = f"{NAME} comments"
_WHOLE: Final = ("date-time", "ts", "timestamp", "#date-time")


@dataclass(slots=True)
class _State:
    """What the comments of a file told so far: names of fields, the date of its times, Zeek's name of the log."""

    file: int
    names: list[str] = field(default_factory=list)
    date: str = ""
    path: str = ""

    def take(self, comment: str) -> None:
        """Take a comment into account."""
        if match := _FIELDS.match(comment):
            said = match[1].strip()
            self.names = re.split(r"[ \t]*,[ \t]*" if "," in said else r"[ \t]+", said)
        elif match := _DATE.match(comment):
            self.date = match[1]
        elif comment.startswith("#path\t"):
            self.path = comment[6:].strip()


def detect(head: bytes) -> Confidence | None:
    """By the comment that names the fields, or where there are only comments by the first of them."""
    head = head.removeprefix(b"\xef\xbb\xbf")
    named = _HEAD.match(head) or (_BEGIN.match(head) and _COMMENTS.match(head))
    return Confidence.CERTAIN if named else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the lines into the builder; the reader holds the file from its first comment on."""
    number = len(builder.files) - 1
    state = builder.memory.get(_STATE)
    if not isinstance(state, _State) or state.file != number:
        state = builder.memory[_STATE] = _State(number)
        builder.hold()
    entries: list[Entry] = []
    broken: list[int] = []
    for i in range(len(records)):
        line = records[i].decode("utf-8", "replace").strip("\ufeff\r\n")
        if line.startswith("#"):
            state.take(line)
            continue
        entry = _entry(line, state)
        if entry is not None:
            entries.append(entry)
        elif line.strip():
            broken.append(i)
    read_decoded(records, builder, NAME, entries)
    if broken:
        text = "lines that do not have the fields that the comments name are left out"
        offset = records.offset + int(records.starts[broken[0]])
        builder.skip("warning", "broken-row", text, offset=offset, count=len(broken))
    return ()


def open_record(raw: bytes) -> OpenRecord:
    """Open one line again, which is kept as JSON."""
    return open_decoded(raw)


def _entry(line: str, state: _State) -> Entry | None:
    names, cells = state.names, _cells(line, state.names)
    if not names or len(cells) < len(names):
        return None
    names = [*names, *(f"field {i + 1}" for i in range(len(names), len(cells)))]
    found = {name: cell for name, cell in zip(names, cells, strict=True) if cell not in _NOTHING}
    time, zoned = _time(found, state.date)
    if not time:
        return None
    value: dict[str, Any] = {"message": _message(found, line)}
    if state.path:
        value["service.name"] = state.path
    for name, cell in found.items():
        header = _HEADER.match(name)
        # Zeek's "service" is a protocol, its "host" a header.
        own = f"{state.path}.{name}" if state.path else name
        known = header[1] if header else _NAMES.get(name.lower(), own)
        value.setdefault(known, cell)
    entry = object_entry(value, time)
    return Entry(entry.text, time, is_object=True, zoned=zoned)


def _cells(line: str, names: Sequence[str]) -> list[str]:
    if "\t" in line:
        cells = line.split("\t")
        return cells if len(cells) == len(names) else [cell for cell in cells if cell]
    blank = [one[2] or (one[1] or "").replace('""', '"') for one in _CELL.finditer(line)]
    if len(blank) >= len(names):
        return blank
    try:
        return next(csv.reader([line]), [])
    except csv.Error:
        return []


def _time(found: dict[str, str], date: str) -> tuple[int, bool]:
    """The time of a line and whether its zone is known, taken out of its fields; 0: it has none."""
    for name in _WHOLE:
        if (cell := found.pop(name, None)) and (parsed := parse_time(cell)):
            return parsed
    at = next((name for name in _CLOCKS if name in found), None)
    day = next((name for name in _DATES if name in found), None)
    if at is None:
        return 0, False
    parsed = parse_time(f"{found.pop(day) if day else date} {found.pop(at)}")
    return (parsed[0], not at.endswith("local")) if parsed else (0, False)


def _message(found: dict[str, str], line: str) -> str:
    """What was asked for and what came of it; the line where it is no access log."""
    method = found.get("cs-method") or found.get("method")
    path = found.get("cs-uri-stem") or found.get("cs-uri") or found.get("uri")
    if not method and not path:
        return found.get("cs-message") or found.get("message") or line.replace("\t", " ")
    query = f"?{found['cs-uri-query']}" if "cs-uri-query" in found else ""
    parts = (method, f"{path or ''}{query}", found.get("sc-status") or found.get("status_code"),
             found.get("x-edge-detailed-result-type"))  # fmt: skip
    return " ".join(part for part in parts if part)
