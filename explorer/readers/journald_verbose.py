"""The journal as ``journalctl -o verbose`` prints it: a line with time and cursor, below it the fields, indented.

Format: systemd src/shared/logs-show.c. The cursor holds the time in microseconds as hexadecimal digits (``t=``), so
that the zone of the printed time need not be known. Values of several lines go on below, indented more.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.logs.entries import open_decoded, read_decoded
from explorer.decoding.logs.journal import TIME, journal_entry
from explorer.model.builder import Builder, Records

NAME: Final = "journald-verbose"
LABEL: Final = "systemd journal (verbose)"
RECOGNISED_BY: Final = "A line with a time and a cursor of the journal, and fields below it."
FRAMINGS: Final[Collection[str]] = frozenset({"lines"})

_FIRST: Final = re.compile(
    rb"(?:-- [^\n]* --\s*\n)?[A-Z][a-z]{2} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? \S+ \[s=[0-9a-f]+;"
)
_HEAD: Final = re.compile(rb"[A-Z][a-z]{2} \d{4}-\d\d-\d\d .*\[s=[0-9a-f]+;.*?\bt=(?P<time>[0-9a-f]+)[;\]]")
_FIELD: Final = re.compile(rb" {4}(?P<name>[A-Z_][A-Z0-9_]{0,63})=(?P<value>.*)")
_FENCE: Final = b"-- "


@dataclass(slots=True)
class _File:
    """A file being read: the entry that is not closed yet, and the name of its last field."""

    number: int
    records: Records
    entry: dict[str, str] = field(default_factory=dict)
    last: str = ""


def detect(head: bytes) -> Confidence | None:
    """By the line of time and cursor."""
    return Confidence.CERTAIN if _FIRST.match(head) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the entries into the builder; the reader holds the file from the first one on."""
    file = builder.memory.get(_STATE)
    if not isinstance(file, _File) or file.number != records.file:
        file = builder.memory[_STATE] = _File(records.file, records)
        builder.hold()
        builder.at_end(partial(_finish, builder, file))
    entries, broken = [], 0
    for i in range(len(records)):
        line = records[i].rstrip(b"\r")
        if match := _HEAD.match(line):
            entries += [file.entry] if file.entry else []
            file.entry, file.last = {TIME: str(int(match["time"], 16))}, ""
        elif match := _FIELD.match(line):
            file.last = match["name"].decode("ascii")
            file.entry.setdefault(file.last, match["value"].decode("utf-8", "replace"))
        elif line.startswith(b"     ") and file.last:
            file.entry[file.last] += "\n" + line.decode("utf-8", "replace").strip()
        elif not line.startswith(_FENCE):
            broken += 1
    file.records = records
    _write(entries, broken, records, builder)
    return ()


def open_record(raw: bytes) -> OpenRecord:
    """Open one entry again, which is kept as JSON."""
    return open_decoded(raw)


def _finish(builder: Builder, file: _File) -> None:
    builder.begin_reader(NAME)
    _write([file.entry] if file.entry else [], 0, file.records, builder)


def _write(told: Sequence[dict[str, str]], broken: int, records: Records, builder: Builder) -> None:
    found = [journal_entry(one) for one in told]
    entries = [one for one in found if one is not None]
    lost = len(found) - len(entries) + broken
    if lost:
        text = "lines that are no fields, and entries without a time, are left out"
        builder.skip("warning", "broken-entry", text, offset=records.offset, count=lost)
    read_decoded(records, builder, NAME, entries)


_STATE: Final = f"{NAME} file"
