"""ML Metadata (TFX, Kubeflow Pipelines): the executions in an SQLite database as traces, one a run.

Source: google/ml-metadata ml_metadata/proto/metadata_store.proto, metadata_source_query_config. The database is read
from memory: its file is neither opened nor changed. An execution has no parent and no end of its own; it is linked to
those whose artifacts it used.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.databases import MAGIC, read_database, tables_in
from explorer.decoding.lenient import dumps, loads
from explorer.decoding.traces.executions import execution_span, link, with_runs
from explorer.decoding.traces.plain import Parsed
from explorer.decoding.traces.plain_documents import open_parsed
from explorer.decoding.traces.plain_rows import PlainRows
from explorer.model.builder import Builder, Records

NAME: Final = "ml-metadata"
LABEL: Final = "ML Metadata (SQLite)"
RECOGNISED_BY: Final = "an SQLite database with tables of executions, events and contexts"
FRAMINGS: Final = ("binary",)

_NEEDED: Final = frozenset({"Execution", "Event", "Type"})
_EXECUTIONS: Final = (
    "select Execution.id, Execution.name, last_known_state, create_time_since_epoch, last_update_time_since_epoch,"
    " Type.name from Execution left join Type on Type.id = Execution.type_id order by Execution.id"
)
_OLD: Final = (
    "select Execution.id, null, null, 0, 0, Type.name from Execution left join Type on Type.id = type_id"
)
_PROPERTIES: Final = (
    "select execution_id, name, coalesce(string_value, int_value, double_value)"
    " from ExecutionProperty order by 1, 2"
)
_CONTEXTS: Final = (
    "select execution_id, Type.name, Context.name from Association join Context on Context.id = context_id"
    " left join Type on Type.id = Context.type_id order by Association.id"
)
_EVENTS: Final = "select execution_id, artifact_id, type, milliseconds_since_epoch from Event order by id"


def detect(head: bytes) -> Confidence | None:
    """Any SQLite database may be one; certain where its tables are seen."""
    if not head.startswith(MAGIC):
        return None
    return Confidence.CERTAIN if b"last_known_state" in head or b"MLMDEnv" in head else Confidence.LIKELY


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the executions into the builder."""
    return read_database(records, builder, lambda connection: _read(connection, records, builder))


def open_record(raw: bytes) -> OpenRecord:
    """Open an execution again, which is kept as JSON."""
    return open_parsed(Parsed(spans=[execution_span(loads(raw))]), raw)


def _read(connection: sqlite3.Connection, records: Records, builder: Builder) -> bool:
    tables = tables_in(connection)
    if not tables >= _NEEDED:
        return False
    executions = with_runs(_executions(connection, tables))
    rows = PlainRows(builder)
    kept = builder.canonical(records, [dumps(one) for one in executions])
    for i, execution in enumerate(executions):
        rows.spans([execution_span(execution)], builder.document(kept, i))
    rows.finish()
    if executions:
        builder.remark(
            "info", "end-inferred", "executions have no end of their own: their last update is taken"
        )
    return True


def _executions(connection: sqlite3.Connection, tables: set[str]) -> list[dict[str, Any]]:
    """Executions as plain values, with properties, contexts, and the executions whose artifacts they used."""
    columns = {row[1] for row in connection.execute("pragma table_info(Execution)")}
    query = _EXECUTIONS if {"last_known_state", "create_time_since_epoch"} <= columns else _OLD
    found = {
        row[0]: dict(zip(("id", "name", "state", "created", "updated", "type"), row, strict=True))
        | {"properties": {}, "contexts": [], "from": []}
        for row in connection.execute(query)
    }
    for owner, name, value in connection.execute(_PROPERTIES) if "ExecutionProperty" in tables else ():
        if owner in found:
            found[owner]["properties"][str(name)] = (
                value if isinstance(value, str | int | float) else str(value)
            )
    for owner, kind, name in connection.execute(_CONTEXTS) if {"Association", "Context"} <= tables else ():
        if owner in found:
            found[owner]["contexts"].append([kind, name])
    _add_only_pipeline(connection, tables, found)
    link(found, connection.execute(_EVENTS))
    return list(found.values())


def _add_only_pipeline(
    connection: sqlite3.Connection, tables: set[str], found: dict[Any, dict[str, Any]]
) -> None:
    """Executions that name no pipeline belong to the only one there is."""
    if "Context" not in tables:
        return
    query = "select Type.name, Context.name from Context join Type on Type.id = Context.type_id"
    known = [[kind, name] for kind, name in connection.execute(query) if "pipeline" in str(kind).lower()]
    known = [one for one in known if "run" not in one[0].lower()]
    for one in found.values() if len(known) == 1 else ():
        if known[0] not in one["contexts"]:
            one["contexts"].append(known[0])
