"""Tables of spans (CSV, TSV): research sets, ClickHouse, BigQuery, Kusto, spreadsheets; known by their columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, named
from explorer.decoding.lenient import dumps, loads
from explorer.decoding.tables.columns import Role
from explorer.decoding.tables.rows import Header, Rows, Table, header_of, read_table
from explorer.decoding.tables.spans import SpanColumns
from explorer.decoding.traces.plain_documents import span_detail
from explorer.decoding.traces.plain_rows import PlainRows
from explorer.model.builder import Builder, Records
from explorer.model.records import Detail

NAME: Final = "span-table"
LABEL: Final = "Table of spans (CSV, TSV)"
RECOGNISED_BY: Final = "a header with a trace id, a span id, a start, and an end or a duration"
FRAMINGS: Final = ("lines", "document")

_RELATIVE_NS: Final = 10**17
_SAMPLE: Final = 500
"""First rows that tell in which unit durations are."""
_TOGETHER: Final = 500
"""Rows kept as one document."""


def detect(head: bytes) -> Confidence | None:
    """By the names of the columns."""
    if b"race" not in head and b"peration" not in head and b"RACE" not in head:
        return None
    header = header_of(head)
    return Confidence.CERTAIN if header is not None and header.kind == "spans" else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the rows into the builder as spans."""
    rows_out = PlainRows(builder)

    def take(table: Table, rows: Rows, place: Records) -> None:
        columns = (
            table.columns if isinstance(table.columns, SpanColumns) else SpanColumns.of(table.header, rows)
        )
        table.columns = columns
        rows = _without_logs(columns, rows, place, builder)
        for begin in range(0, len(rows), _TOGETHER):
            part = rows[begin : begin + _TOGETHER]
            units = {role.name: unit for role, unit in columns.units.items()}
            roles = {role.name: column for role, column in columns.at.items()}
            told = {
                "columns": columns.names,
                "roles": roles,
                "units": units,
                "times": columns.time_format,
                "paths": columns.call_paths,
            }
            line = dumps({**told, "rows": part})
            doc = builder.document(builder.canonical(place, [line]), 0)
            rows_out.spans(columns.spans(part), doc)
        rows_out.finish()
        if columns.call_paths and rows and columns.start(rows[0]) < _RELATIVE_NS:
            text = "times count from the start of the recording: they are shown from 1970 on"
            builder.remark("info", "relative-time", text, offset=place.offset)
        if columns.assumed:
            columns.assumed = False
            text = "durations do not tell their unit: the likeliest is taken"
            builder.remark("info", "unit-assumed", text, offset=place.offset)

    return read_table(records, builder, NAME, _columns, take, _SAMPLE)


def _without_logs(columns: SpanColumns, rows: Rows, place: Records, builder: Builder) -> Rows:
    """The rows that are spans; where tables of spans and logs were joined, those without a span's id are handed on."""
    if Role.MESSAGE not in columns.at:
        return rows
    spans = [row for row in rows if columns.cell(row, Role.SPAN)]
    others = [dict(zip(columns.names, row, strict=True)) for row in rows if not columns.cell(row, Role.SPAN)]
    if others:
        held, builder.held = builder.held, ""
        lines = [dumps({name: cell for name, cell in one.items() if cell}) for one in others]
        builder.hand_on(builder.canonical(place, lines))
        builder.held = held
    return spans


def open_record(raw: bytes) -> OpenRecord:
    """Open rows again, which are kept together as JSON."""
    value: Any = loads(raw)
    names = tuple(map(str, listed(named(value).get("columns"))))
    at = {Role[role]: int(column) for role, column in named(named(value).get("roles")).items()}
    units = {Role[role]: int(unit) for role, unit in named(named(value).get("units")).items()}
    columns = SpanColumns(names, at, units, time_format=str(named(value).get("times") or ""))
    columns.call_paths = named(value).get("paths") is True
    rows = listed(named(value).get("rows"))

    def opened(ordinal: int) -> Detail:
        if 0 <= ordinal < len(rows):
            return span_detail(columns.span(rows[ordinal]))
        return Detail(raw=raw.decode("utf-8", "replace"))

    return opened


def _columns(header: Header, sample: Rows) -> SpanColumns | Header | None:
    """What the columns hold, once the first rows are there."""
    if header.kind != "spans":
        return None
    return SpanColumns.of(header, sample) if sample else header
