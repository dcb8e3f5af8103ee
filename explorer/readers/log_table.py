"""Tables of logs (CSV, TSV): research sets, Kibana, Datadog, CloudWatch Insights, Splunk; known by their columns."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.logs.entries import Entry, open_decoded, read_decoded
from explorer.decoding.logs.objects import Pairs
from explorer.decoding.logs.times import NO_YEAR, TimeReference, time_format
from explorer.decoding.tables.columns import DAY_FIRST, Role, has_zone, time_of
from explorer.decoding.tables.fields import log_field
from explorer.decoding.tables.rows import Header, Rows, Table, header_of, read_table
from explorer.model.builder import Builder, Records

NAME: Final = "log-table"
LABEL: Final = "Table of logs (CSV, TSV)"
RECOGNISED_BY: Final = "a header with a time and a message, or the rows of PostgreSQL's CSV log"
FRAMINGS: Collection[str] = ("lines", "document")

_NOTHING: Final = frozenset({"", "-", "(empty)", "null", "None", "nan"})

_SHORT_YEARS: Final = ("%y/%m/%d %H:%M:%S(?:[.,]%f)?", "%y%m%d %H%M%S")
_YEARLESS: Final = tuple(
    time_format(f"{date} %H:%M:%S(?:[.,:]%f)?") for date in ("%o[-/. ]%k", "%b[- ]%e", "%k[- ]%b")
)
_FORMULA: Final = re.compile(r"'(?=[=+\-@])")
"""Kibana's quote before what a spreadsheet would take for a formula."""


@dataclass(frozen=True, slots=True)
class _Columns:
    names: tuple[str, ...]
    message: int
    time: int
    """-1: the message holds it."""
    unit_ns: int
    stream: tuple[int, ...]
    time_format: str
    clock: int = -1
    """The column of the time of day, where the date stands in one of its own."""
    days: tuple[int, ...] = ()
    """The columns of month and day, where it stands in two: the month comes first."""


@dataclass(frozen=True, slots=True)
class _Time:
    """The time of a row in ns, 0 where it is not understood, and whether it has a zone and lacks a year."""

    ns: int
    zoned: bool
    yearless: bool = False


def detect(head: bytes) -> Confidence | None:
    """By the names of the columns."""
    header = header_of(head)
    return Confidence.CERTAIN if header is not None and header.kind == "logs" else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the rows into the builder as log records."""

    def take(table: Table, rows: Rows, place: Records) -> None:
        columns = table.columns
        assert isinstance(columns, _Columns)  # noqa: S101 - what _columns gave
        reference = TimeReference(builder.options.year, builder.file.mtime_ns)
        times = [_time(columns, row, reference) for row in rows]
        if not reference.year and any(time.yearless for time in times):
            builder.remark("info", "no-year", NO_YEAR, offset=0)
        entries = [_entry(columns, row, time) for row, time in zip(rows, times, strict=True)]
        read_decoded(place, builder, NAME, entries, apart=True)

    return read_table(records, builder, NAME, _columns, take)


def open_record(raw: bytes) -> OpenRecord:
    """Open one row again, which is kept as JSON."""
    return open_decoded(raw)


def _entry(columns: _Columns, row: Sequence[str], time: _Time) -> Entry:
    own = (columns.message, columns.time, *((columns.clock, *columns.days) if time.ns else ()))
    outer: Pairs = [
        pair
        for i, (name, cell) in enumerate(zip(columns.names, row, strict=True))
        if i not in own and cell not in _NOTHING
        for pair in log_field("level" if name.lower() == "status" and cell.isalpha() else name, cell)
    ]
    stream = "\t".join(row[i] for i in columns.stream)
    text = _FORMULA.sub("", row[columns.message], count=1)
    return Entry(text, time.ns, stream, outer, zoned=time.zoned)


def _time(columns: _Columns, row: Sequence[str], reference: TimeReference) -> _Time:
    """The time of a row; where it is not understood, the time of day stays a field."""
    if columns.time < 0:
        return _Time(0, zoned=True)
    written, spec = row[columns.time], columns.time_format
    if columns.clock < 0:
        ns = time_of(written, columns.unit_ns, spec)
    else:
        written = f"{written} {row[columns.clock]}"
        cells = (  # of both, as log4j and Hadoop write it too, or all of it in one of the two
            (written, ""),
            *((written, short) for short in _SHORT_YEARS),
            (row[columns.clock], ""),
            (row[columns.time], ""),
        )
        ns = next((found for cell, one in cells if (found := time_of(cell, spec=one))), 0)
    if ns or spec not in ("", DAY_FIRST):
        return _Time(ns, columns.names[columns.time].endswith("[UTC]") or has_zone(written, spec))
    named = " ".join(row[i] for i in columns.days) + f" {row[columns.clock]}" if columns.days else written
    parsed = (one.parse(named.strip().encode("utf-8", "replace"), reference) for one in _YEARLESS)
    ns = next((one[0] for one in parsed if one is not None), 0)
    return _Time(ns, zoned=not ns, yearless=bool(ns))


def _columns(header: Header, _: Rows) -> _Columns | None:
    if header.kind != "logs":
        return None
    at = header.roles
    stream = tuple(at[role] for role in (Role.SERVICE, Role.POD) if role in at)
    start, clock = at.get(Role.START, -1), -1
    flat = [name.lower() for name in header.names]
    days: tuple[int, ...] = ()
    if not header.mapping and "time" in flat and start >= 0 and flat[start] in ("date", "time"):
        parts = [flat.index(name) for name in ("month", "date", "day") if name in flat]
        days = tuple(parts) if len(parts) == 2 else ()
        if days or "date" in flat:
            start, clock = flat.index("date") if "date" in flat else days[0], flat.index("time")
    return _Columns(
        header.names,
        at[Role.MESSAGE],
        start,
        header.unit(Role.START, start) if start >= 0 else 0,
        stream,
        header.time_format,
        clock,
        days,
    )
