"""Phoenix's database (``phoenix.db``): its spans, as its own API would tell them.

Source: Arize-ai/phoenix src/phoenix/db/models.py (Project, Trace, Span). Times are in UTC, without a zone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.databases import MAGIC, read_database, tables_in
from explorer.decoding.documents import open_whole
from explorer.decoding.lenient import dumps, loads
from explorer.model.builder import Builder, Records

NAME: Final = "phoenix-db"
LABEL: Final = "Phoenix database (SQLite)"
RECOGNISED_BY: Final = "an SQLite database with Phoenix's tables of spans, traces and projects"
FRAMINGS: Final = ("binary",)

_MARKS: Final = (b"trace_rowid", b"project_rowid")
_NEEDED: Final = frozenset({"projects", "traces", "spans"})
_TOGETHER: Final = 500
_NAMES: Final = (
    "trace_id", "project", "span_id", "parent_id", "name", "span_kind", "start_time", "end_time", "status_code",
    "status_message", "attributes", "events",
)  # fmt: skip
_SPANS: Final = (
    "select traces.trace_id, projects.name, span_id, parent_id, spans.name, span_kind, spans.start_time,"
    " spans.end_time, status_code, status_message, attributes, events from spans"
    " left join traces on traces.id = trace_rowid left join projects on projects.id = project_rowid order by spans.id"
)


def detect(head: bytes) -> Confidence | None:
    """By the columns that tie spans to traces, and these to projects."""
    known = head.startswith(MAGIC) and all(mark in head for mark in _MARKS)
    return Confidence.CERTAIN if known else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Hand the spans on; what follows damage is counted."""
    return read_database(records, builder, lambda connection: _read(connection, records, builder))


def open_record(raw: bytes) -> OpenRecord:
    """Spans are kept as JSON, and opened by those who read them."""
    return open_whole(raw)


def _read(connection: sqlite3.Connection, records: Records, builder: Builder) -> bool:
    connection.execute(
        "pragma trusted_schema = on"
    )  # indices take JSON apart, which is harmless, but not said to be
    if not tables_in(connection) >= _NEEDED:
        return False
    cursor = connection.execute(_SPANS)
    while rows := cursor.fetchmany(_TOGETHER):
        lines = [dumps(_span(dict(zip(_NAMES, row, strict=True)))) for row in rows]
        builder.hand_on(builder.canonical(records, lines))
        # Once more than who reads them, so that the file goes by this name.
        builder.count_format(NAME, len(lines) + 1)
    return True


def _span(row: dict[str, Any]) -> dict[str, Any]:
    attributes = _decoded(row["attributes"], {})
    if isinstance(attributes, dict):
        attributes.setdefault("project_name", row["project"])
    own = {name: row[name] for name in _NAMES[3:-2]}
    context = {"trace_id": row["trace_id"], "span_id": row["span_id"]}
    return {"context": context, **own, "attributes": attributes, "events": _decoded(row["events"], [])}


def _decoded(cell: Any, instead: Any) -> Any:
    try:
        return loads(str(cell).encode("utf-8", "replace"))
    except ValueError:
        return instead
