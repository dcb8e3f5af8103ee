"""The journal's export format (``journalctl -o export``, systemd-journal-remote): fields a line, a blank line between.

Format: systemd docs JOURNAL_EXPORT_FORMATS.md; a value that holds line breaks or other controls follows its name's line
as a 64-bit little-endian size and bytes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.logs.entries import open_decoded, read_decoded
from explorer.decoding.logs.journal import CURSOR, journal_entry
from explorer.model.builder import Builder, Records

NAME = "journald-export"
LABEL = "systemd journal (export format)"
RECOGNISED_BY = "Fields a line, among them the journal's own."
FRAMINGS: Collection[str] = frozenset({"lines", "binary"})

_FIRST: Final = re.compile(rb"__CURSOR=s=[^\n]*(?:\n__[A-Z_]+=|\n?\Z)")
_TRUSTED: Final = re.compile(
    rb"(?:[A-Z][A-Z0-9_]*=[^\n]*\n){0,2}(?:__(?:REALTIME|MONOTONIC)_TIMESTAMP|__SEQNUM(?:_ID)?|_SOURCE_REALTIME_TIMESTAMP"
    rb"|_PID|_[UG]ID|_COMM|_EXE|_CMDLINE|_SYSTEMD_[A-Z_]+|_BOOT_ID|_MACHINE_ID|_HOSTNAME|_TRANSPORT|_CAP_EFFECTIVE"
    rb"|_SELINUX_CONTEXT|_AUDIT_[A-Z]+|_STREAM_ID|_RUNTIME_SCOPE|_KERNEL_[A-Z]+|_UDEV_[A-Z]+)="
)
"""A field that only the journal itself writes, among the first three lines: a block may begin within an entry."""
_NAME: Final = re.compile(rb"[A-Z_][A-Z0-9_]{0,63}\Z")
_SIZE: Final = 8


@dataclass(slots=True)
class _File:
    """A file being read: the bytes of the entry that is not closed yet, and the records they end with."""

    number: int
    rest: bytes
    records: Records


@dataclass(slots=True)
class _Parsed:
    """Whole entries, the bytes of the one behind them and of its whole fields, how many lines were no fields."""

    entries: list[dict[str, str]] = field(default_factory=list)
    rest: bytes = b""
    broken: int = 0
    fields_end: int = 0


def detect(head: bytes) -> Confidence | None:
    """By the cursor and what follows it, or by fields of an entry within which a block begins."""
    begin = head.lstrip(b"\n")
    return Confidence.CERTAIN if _FIRST.match(begin) or _TRUSTED.match(begin) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the entries into the builder; the last one waits for what comes behind it."""
    file = builder.memory.get(NAME)
    if not isinstance(file, _File) or file.number != len(builder.files):
        file = builder.memory[NAME] = _File(len(builder.files), b"", records)
        builder.hold()
        builder.at_end(partial(_finish, builder, file))
    parsed = _parsed(file.rest + records.data[0 if file.rest else int(records.starts[0]) :])
    file.rest, file.records = parsed.rest, records
    _write(parsed, records, builder)
    return ()


def _finish(builder: Builder, file: _File) -> None:
    """Write the entry that the file ends with."""
    builder.begin_reader(NAME)
    parsed = _parsed(file.rest + b"\n\n")
    if parsed.rest:
        text = "an entry is cut short; its whole fields are kept"
        builder.remark("warning", "truncated-record", text, offset=file.records.offset)
        parsed = _parsed(parsed.rest[: parsed.fields_end] + b"\n\n")
    _write(parsed, file.records, builder)


def _write(parsed: _Parsed, records: Records, builder: Builder) -> None:
    found = [journal_entry(one) for one in parsed.entries]
    entries = [one for one in found if one is not None]
    lost = len(found) - len(entries) + parsed.broken
    if lost:
        text = "lines that are no fields, and entries without a time, are left out"
        builder.skip("warning", "broken-entry", text, offset=records.offset, count=lost)
    read_decoded(records, builder, NAME, entries)


def open_record(raw: bytes) -> OpenRecord:
    """Open one entry again."""
    return open_decoded(raw)


def _parsed(data: bytes) -> _Parsed:
    parsed = _Parsed()
    at = begin = broken = 0
    current: dict[str, str] = {}
    while at < len(data):
        end = data.find(b"\n", at)
        end = end if end >= 0 else len(data)
        line = data[at:end]
        name, equals, value = line.partition(b"=")
        if not line or (name == CURSOR.encode() and CURSOR in current):
            if current:
                parsed.entries.append(current)
            parsed.broken, broken = parsed.broken + broken, 0
            current, begin = {}, end + 1 if not line else at
        if line and not _NAME.match(name):
            broken += 1
        elif equals:
            current.setdefault(name.decode("ascii"), value.decode("utf-8", "replace"))
        elif line:
            behind = end + 1 + _SIZE
            size = int.from_bytes(data[end + 1 : behind], "little")
            if behind + size > len(data):
                break  # cut, or not all here yet
            current.setdefault(name.decode("ascii"), data[behind : behind + size].decode("utf-8", "replace"))
            end = behind + size
        at = end + 1
    parsed.rest, parsed.fields_end = data[begin:], at - begin
    return parsed
