"""What MLflow's ``search_traces()`` gives as CSV: a trace a row, its spans as JSON or as Python writes them."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.lenient import dumps, loads
from explorer.decoding.tables.rows import Header, Rows, Table, header_of, read_table
from explorer.decoding.traces.mlflow import parse
from explorer.decoding.traces.plain_documents import open_plain
from explorer.decoding.traces.plain_rows import PlainRows
from explorer.model.builder import Builder, Records

NAME: Final = "mlflow-table"
LABEL: Final = "MLflow traces (CSV)"
RECOGNISED_BY: Final = "a header with trace, spans and trace_id or request_id"
FRAMINGS: Final = ("lines", "document")

_PREFIXES: Final = ("{", "[")


def detect(head: bytes) -> Confidence | None:
    """By the names of the columns."""
    header = header_of(head) if b"spans" in head else None
    return Confidence.CERTAIN if header is not None and _columns(header, []) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the spans of all rows into the builder."""
    out = PlainRows(builder)

    def take(table: Table, rows: Rows, place: Records) -> None:
        broken = 0
        for row in rows:
            value = {name: _decoded(cell) for name, cell in zip(table.header.names, row, strict=True)}
            parsed = parse(value)
            if parsed is None:
                broken += 1
                continue
            out.spans(parsed.spans, builder.document(builder.canonical(place, [dumps(value)]), 0))
            broken += parsed.dropped
        out.finish()
        if broken:
            text = "traces or spans that do not parse are left out"
            builder.skip("warning", "broken-record", text, offset=place.offset, count=broken)

    return read_table(records, builder, NAME, _columns, take)


def open_record(raw: bytes) -> OpenRecord:
    """Open a row again, which is kept as JSON."""
    return open_plain(raw, parse)


def _columns(header: Header, _: Rows) -> object | None:
    names = set(header.names)
    return header if {"trace", "spans"} <= names and names & {"trace_id", "request_id"} else None


def _decoded(cell: str) -> Any:
    """A cell's value: JSON, what Python writes for a list or dictionary, or text."""
    if not cell.startswith(_PREFIXES):
        return cell
    try:
        return loads(cell.encode("utf-8", "replace"))
    except ValueError:
        pass
    try:
        return ast.literal_eval(cell)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return cell
