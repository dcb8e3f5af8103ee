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
    outer: Pairs = [
        pair
        for i, (name, cell) in enumerate(zip(columns.names, row, strict=True))
        if i not in (columns.message, columns.time) and cell not in _NOTHING
        for pair in log_field("level" if name.lower() == "status" and cell.isalpha() else name, cell)
    ]
    stream = "\t".join(row[i] for i in columns.stream)
    text = _FORMULA.sub("", row[columns.message], count=1)
    time = time_of(row[columns.time], columns.unit_ns, columns.time_format)
    zoned = columns.names[columns.time].endswith("[UTC]") or has_zone(row[columns.time], columns.time_format)
    return Entry(text, time, stream, outer, zoned=zoned)


def _columns(header: Header, _: Rows) -> _Columns | None:
    if header.kind != "logs":
        return None
    at = header.roles
    stream = tuple(at[role] for role in (Role.SERVICE, Role.POD) if role in at)
    start = at[Role.START]
    return _Columns(
        header.names, at[Role.MESSAGE], start, header.unit(Role.START, start), stream, header.time_format
    )
