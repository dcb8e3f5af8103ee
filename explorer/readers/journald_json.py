"""Lines of ``journalctl -o json`` (and ``json-pretty``, ``json-seq``)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.logs.entries import Entry, opened, read_entries
from explorer.decoding.logs.journal import TIME, journal_entry
from explorer.decoding.logs.objects import parse_object
from explorer.model.builder import Builder, Records

NAME = "journald-json"
LABEL = "systemd journal (JSON)"
RECOGNISED_BY = "JSON objects with the journal's time in µs."
FRAMINGS: Collection[str] = frozenset({"lines", "document"})

_MARK = f'"{TIME}"'.encode()


def detect(head: bytes) -> Confidence | None:
    """By the name of the time in the first object."""
    begin = head.lstrip(b"\xef\xbb\xbf \t\r\n\x1e")
    if begin[:1] != b"{":
        return None
    line = begin.split(b"\n", 1)[0]
    return Confidence.CERTAIN if _MARK in (line if len(line) > 2 else begin[:8192]) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the entries into the builder; refuses objects without the journal's time."""
    return read_entries(records, builder, NAME, [_entry(records[i]) for i in range(len(records))])


def open_record(raw: bytes) -> OpenRecord:
    """Open one record again: an object, or the lines of the process that continue one another."""
    whole = _entry(raw)
    if whole is not None:
        return opened([whole], raw)
    found = [one for line in raw.split(b"\n") if (one := _entry(line)) is not None]
    return opened([one for one in found if one.stream == found[0].stream], raw)


def _entry(raw: bytes) -> Entry | None:
    value = parse_object(raw.lstrip(b"\x1e \t\r\n"))
    return journal_entry(value) if value is not None else None
