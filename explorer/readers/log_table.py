"""Tables of logs (CSV, TSV): research sets, Kibana, Datadog, CloudWatch Insights, Splunk; known by their columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.logs.entries import Entry, open_decoded, read_decoded
from explorer.decoding.logs.objects import Pairs
from explorer.decoding.tables.columns import Role, has_zone, time_of
from explorer.decoding.tables.fields import log_field
from explorer.decoding.tables.rows import Header, Rows, Table, header_of, read_table
from explorer.model.builder import Builder, Records

NAME: Final = "log-table"
LABEL: Final = "Table of logs (CSV, TSV)"
RECOGNISED_BY: Final = "a header with a time and a message"
FRAMINGS: Final = ("lines", "document")

_NOTHING: Final = frozenset({"", "-", "(empty)", "null", "None", "nan"})

_SHORT_YEARS: Final = ("%y/%m/%d %H:%M:%S(?:[.,]%f)?", "%y%m%d %H%M%S")
_FORMULA: Final = re.compile(r"'(?=[=+\-@])")
"""Kibana's quote before what a spreadsheet would take for a formula."""


@dataclass(frozen=True, slots=True)
class _Columns:
    names: tuple[str, ...]
    message: int
    time: int
    unit_ns: int
    stream: tuple[int, ...]
    time_format: str
    clock: int = -1
    """The column of the time of day, where the date stands in one of its own."""


def detect(head: bytes) -> Confidence | None:
    """By the names of the columns."""
    header = header_of(head)
    return Confidence.CERTAIN if header is not None and header.kind == "logs" else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the rows into the builder as log records."""

    def take(table: Table, rows: Rows, place: Records) -> None:
        columns = table.columns
        assert isinstance(columns, _Columns)  # noqa: S101 - what _columns gave
        read_decoded(place, builder, NAME, [_entry(columns, row) for row in rows])

    return read_table(records, builder, NAME, _columns, take)


def open_record(raw: bytes) -> OpenRecord:
    """Open one row again, which is kept as JSON."""
    return open_decoded(raw)


def _entry(columns: _Columns, row: Sequence[str]) -> Entry:
    written, time = _time(columns, row)
    own = (columns.message, columns.time, columns.clock if time else -1)
    outer: Pairs = [
        pair
        for i, (name, cell) in enumerate(zip(columns.names, row, strict=True))
        if i not in own and cell not in _NOTHING
        for pair in log_field("level" if name.lower() == "status" and cell.isalpha() else name, cell)
    ]
    stream = "\t".join(row[i] for i in columns.stream)
    text = _FORMULA.sub("", row[columns.message], count=1)
    zoned = columns.names[columns.time].endswith("[UTC]") or has_zone(written, columns.time_format)
    return Entry(text, time, stream, outer, zoned=zoned)


def _time(columns: _Columns, row: Sequence[str]) -> tuple[str, int]:
    """The time of a row as written, and in ns, 0 where it is not understood: the time of day then stays a field."""
    if columns.clock < 0:
        return row[columns.time], time_of(row[columns.time], columns.unit_ns, columns.time_format)
    written = f"{row[columns.time]} {row[columns.clock]}"
    cells = (  # of both, as log4j and Hadoop write it too, or all of it in one of the two
        (written, ""),
        *((written, spec) for spec in _SHORT_YEARS),
        (row[columns.clock], ""),
        (row[columns.time], ""),
    )
    return written, next((found for cell, spec in cells if (found := time_of(cell, spec=spec))), 0)


def _columns(header: Header, _: Rows) -> _Columns | None:
    if header.kind != "logs":
        return None
    at = header.roles
    stream = tuple(at[role] for role in (Role.SERVICE, Role.POD) if role in at)
    start, clock = at[Role.START], -1
    flat = [name.lower() for name in header.names]
    if not header.mapping and {"date", "time"} <= {*flat} and flat[start] in ("date", "time"):
        start, clock = flat.index("date"), flat.index("time")
    return _Columns(
        header.names,
        at[Role.MESSAGE],
        start,
        header.unit(Role.START, start),
        stream,
        header.time_format,
        clock,
    )
