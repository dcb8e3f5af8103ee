"""Tables of spans or logs that stores and query tools answer in JSON.

The shapes are listed in :mod:`explorer.decoding.tables.objects`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import Document, moment, read_documents
from explorer.decoding.lenient import loads, text_of
from explorer.decoding.logs.entries import Entry, open_decoded, read_decoded
from explorer.decoding.logs.hits import object_entry
from explorer.decoding.outline import Outline, outline
from explorer.decoding.tables.columns import Role, roles_of
from explorer.decoding.tables.fields import log_fields
from explorer.decoding.tables.frames import are_tables, has_frames
from explorer.decoding.tables.nested import has_nested_rows, nested_rows
from explorer.decoding.tables.objects import Row, extended, filled, has_span_rows, kind_of_row, rows_in
from explorer.decoding.tables.rows import Header
from explorer.decoding.tables.spans import SpanColumns
from explorer.decoding.traces.plain import Parsed, PlainSpan
from explorer.decoding.traces.plain_documents import open_parsed
from explorer.decoding.traces.plain_rows import PlainRows
from explorer.model.builder import Builder, Records

NAME: Final = "json-table"
LABEL: Final = "Table in JSON (spans, logs)"
RECOGNISED_BY: Final = "rows of spans as objects, or columns with rows, as query tools and warehouses answer"
FRAMINGS: Collection[str] = ("lines", "document")

_COLUMNS: Final = frozenset(
    {("columns", "name"), ("tables", "columns"), ("Tables", "Columns"), ("Columns", "ColumnName")}
)
_CELLS: Final = frozenset({("values",), ("rows",), ("tables", "rows"), ("Tables", "Rows"), ("Rows",)})
_COLLECTOR: Final = (("sourcetype",), ("source",), ("host",), ("index",), ("fields",))
_WRAPPED: Final = (
    frozenset({("preview",), ("result", "_raw")}),  # Splunk's export and answers
    frozenset({("preview",), ("results", "_raw")}),
    frozenset({("common",), ("logs",)}),  # New Relic's ingest
    frozenset({("common",), ("spans",)}),
    frozenset({("time",), ("data", "trace.trace_id")}),  # Honeycomb's events
    frozenset({("data", "actor", "account", "nrql")}),
)
_AZURE: Final = ({"operation_Id", "cloud_RoleName"}, {"OperationId", "AppRoleName"})
"""Columns that rows of Application Insights have, spans and logs."""
_KEPT_AS_JSON: Final = "text"
_DEEP: Final = 7
"""Keys above which rows may lie in an answer."""


def detect(head: bytes) -> Confidence | None:
    """By columns with cells below them, by the names of a span's fields, or by a tool's own wrapping."""
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
        return None
    paths = outline(head)
    if any(marks <= {path[-1] for path in paths} for marks in _AZURE):
        return Confidence.CERTAIN
    if paths & _COLUMNS and paths & _CELLS:
        return Confidence.LIKELY
    if has_frames(paths) and are_tables(head):
        return Confidence.CERTAIN
    if has_span_rows(paths) or _is_wrapped(paths):
        return Confidence.LIKELY
    return Confidence.POSSIBLE if has_nested_rows(outline(head, _DEEP)) else None


def _is_wrapped(paths: Outline) -> bool:
    collected = ("event",) in paths and ("time",) in paths and any(mark in paths for mark in _COLLECTOR)
    return collected or any(marks <= paths for marks in _WRAPPED)


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the rows into the builder; documents without any row of spans or logs are returned."""
    rows_out, known, logs = PlainRows(builder), _Known(), list[Entry]()

    def take(document: Document) -> bool:
        spans, entries, others = known.parse(document.value)
        if not spans and not entries:
            return False
        if spans:
            rows_out.spans(spans, document.doc)
        logs.extend(entries)
        document.skip("warning", "broken-record", "rows that are neither spans nor logs are left out", others)
        return True

    refused = read_documents(records, builder, take)
    rows_out.finish()
    read_decoded(records, builder, NAME, logs, apart=True)
    if known.assumed:
        text = "durations do not tell their unit: the likeliest is taken"
        builder.remark("info", "unit-assumed", text, offset=records.offset)
    return refused


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again; log rows are kept as JSON of their own."""
    try:
        value = loads(raw)
    except ValueError:  # lines of log that were joined
        value = loads(raw.partition(b"\n")[0])
    if isinstance(value, dict) and _KEPT_AS_JSON in value and "stream" in value:
        return open_decoded(raw)
    return open_parsed(Parsed(spans=_Known().parse(value)[0]), raw)


class _Known:
    """Columns by the names of a row, worked out once for all rows of the same names."""

    def __init__(self) -> None:
        self._columns: dict[tuple[str, ...], SpanColumns | None] = {}
        self._kinds: dict[tuple[str, ...], str] = {}

    @property
    def assumed(self) -> bool:
        """Whether the unit of a duration was guessed."""
        return any(columns is not None and columns.assumed for columns in self._columns.values())

    def parse(self, value: Any) -> tuple[list[PlainSpan], list[Entry], int]:
        """Spans, log entries, and how many rows are neither."""
        spans, entries, others = self._sorted(rows_in(value))
        return (spans, entries, others) if spans or entries else self._sorted(nested_rows(value))

    def _sorted(self, rows: Iterable[Row]) -> tuple[list[PlainSpan], list[Entry], int]:
        spans, entries, others = list[PlainSpan](), list[Entry](), 0
        for found in rows:
            row = extended(found)
            names = tuple(row)
            kind = self._kind(names)
            if kind == "both":
                kind = self._kind(filled(row))
            if kind == "spans":
                spans.append(self._span(names, row))
            elif kind:
                entries.append(_entry(row))
            else:
                others += 1
        return spans, entries, others

    def _kind(self, names: tuple[str, ...]) -> str:
        kind = self._kinds.get(names)
        if kind is None:
            kind = self._kinds[names] = kind_of_row(names)
        return kind

    def _span(self, names: tuple[str, ...], row: Row) -> PlainSpan:
        cells = [text_of(item) for item in row.values()]
        columns = self._columns.get(names)
        if columns is None:
            columns = self._columns[names] = SpanColumns.of(Header(names, ",", quoted=True, end=0), [cells])
        return columns.span(cells, tuple(row.values()))


def _entry(row: Row) -> Entry:
    at = roles_of(tuple(row))
    start = list(row.values())[at[Role.START]] if Role.START in at else None
    return object_entry(log_fields({name: row[name] for name in filled(row)}), moment(start))
