"""MLflow's tracking database (``mlflow.db``): its runs, model versions and traces, as its exports would tell them.

Source: mlflow/store/tracking/dbmodels/models.py and model_registry/dbmodels/models.py of versions 2 and 3. Each run,
version and trace becomes the JSON document that MLflow's own exports hold, for the readers of those.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.databases import MAGIC, read_database, tables_in
from explorer.decoding.documents import open_whole
from explorer.decoding.lenient import dumps, loads
from explorer.model.builder import Builder, Records

NAME: Final = "mlflow-db"
LABEL: Final = "MLflow tracking database (SQLite)"
RECOGNISED_BY: Final = "an SQLite database with MLflow's tables of experiments and runs"
FRAMINGS: Final = ("binary",)

_MARKS: Final = (b"experiments_lifecycle_stage", b"runs_lifecycle_stage", b"experiment_pk")
_NEEDED: Final = frozenset({"experiments", "runs"})
_TOGETHER: Final = 500
_NOT_A_NUMBER: Final = float("nan")

Row = dict[str, Any]


def detect(head: bytes) -> Confidence | None:
    """By the names of MLflow's tables and constraints; migrations move them beyond the first pages."""
    if not head.startswith(MAGIC):
        return None
    return Confidence.CERTAIN if any(mark in head for mark in _MARKS) else Confidence.POSSIBLE


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Hand the documents on; what follows damage is counted."""
    return read_database(records, builder, lambda connection: _read(connection, records, builder))


def open_record(raw: bytes) -> OpenRecord:
    """Documents are kept as JSON, and opened by those who read them."""
    return open_whole(raw)


def _read(connection: sqlite3.Connection, records: Records, builder: Builder) -> bool:
    tables = tables_in(connection)
    if not tables >= _NEEDED:
        return False
    for needed, documents in _KINDS.items():
        if needed in tables:
            _hand_on(documents(connection, tables), records, builder)
    return True


def _hand_on(documents: Iterator[Row], records: Records, builder: Builder) -> None:
    """Documents of one kind, some at a time; what came before damage is handed on too."""
    while True:
        lines: list[bytes] = []
        try:
            lines += (dumps(one) for one in islice(documents, _TOGETHER))
        finally:
            if lines:
                builder.hand_on(builder.canonical(records, lines))
                builder.count_format(NAME, len(lines))
        if len(lines) < _TOGETHER:
            return


def _versions(connection: sqlite3.Connection, _: set[str]) -> Iterator[Row]:
    for version in _rows(connection, "model_versions"):
        yield {"model_version": {**version, "creation_timestamp": version.get("creation_time")}}


def _runs(connection: sqlite3.Connection, tables: set[str]) -> Iterator[Row]:
    metrics = _by(connection, tables, "metrics", "run_uuid")
    tags = _by(connection, tables, "tags", "run_uuid")
    for run in _rows(connection, "runs"):
        own = run.get("run_uuid")
        points: dict[str, list[Row]] = defaultdict(list)
        for metric in metrics.get(own, ()):
            value = _NOT_A_NUMBER if metric.get("is_nan") else metric.get("value")
            told = value if value is None or value == value else "NaN"  # noqa: PLR0124 - JSON has no NaN
            points[str(metric.get("key"))].append({**metric, "value": told})
        said = {str(tag.get("key")): tag.get("value") for tag in tags.get(own, ())}
        yield {
            "info": {**run, "run_id": own, "run_name": run.get("name") or said.get("mlflow.runName")},
            "data": {"metrics": dict(points)},
            "tags": said,
        }


def _traces(connection: sqlite3.Connection, tables: set[str]) -> Iterator[Row]:
    by_trace = "trace_id" if "spans" in tables else ""
    spans = _by(connection, tables, "spans", by_trace) if by_trace else {}
    tags = _by(connection, tables, "trace_tags", "request_id")
    metadata = _by(connection, tables, "trace_request_metadata", "request_id")
    assessments = _by(connection, tables, "assessments", "trace_id")
    for info in _rows(connection, "trace_info"):
        own = info.get("request_id")
        yield {
            "info": {
                **info, "trace_id": own, "trace_location": {}, "request_time": info.get("timestamp_ms"),
                "tags": {row.get("key"): row.get("value") for row in tags.get(own, ())},
                "trace_metadata": {row.get("key"): row.get("value") for row in metadata.get(own, ())},
                "assessments": [_assessment(row) for row in assessments.get(own, ())],
            },
            "data": {"spans": [_span(row) for row in spans.get(own, ())]},
        }  # fmt: skip


def _span(row: Row) -> Row:
    """A span as it was logged, which the table keeps whole; else what its columns tell."""
    try:
        content = loads(str(row.get("content")).encode("utf-8", "replace"))
    except ValueError:
        content = None
    return content if isinstance(content, dict) and content.get("span_id") else row


def _assessment(row: Row) -> Row:
    try:
        value = loads(str(row.get("value")).encode("utf-8", "replace"))
    except ValueError:
        value = row.get("value")
    kind = str(row.get("assessment_type") or "feedback")
    source = {"source_type": row.get("source_type"), "source_id": row.get("source_id")}
    return {
        "assessment_name": row.get("name"), kind: {"value": value}, "rationale": row.get("rationale"),
        "create_time": row.get("created_timestamp"), "source": source, "span_id": row.get("span_id"),
        "error": row.get("error"),
    }  # fmt: skip


def _by(connection: sqlite3.Connection, tables: set[str], table: str, key: str) -> dict[Any, list[Row]]:
    """The rows of a table by one of its columns, none where it is not there."""
    found: dict[Any, list[Row]] = defaultdict(list)
    if table in tables:
        for row in _rows(connection, table):
            found[row.get(key)].append(row)
    return found


def _rows(connection: sqlite3.Connection, table: str) -> Iterator[Row]:
    cursor = connection.execute(f'select * from "{table}"')  # noqa: S608 - a name of ours
    names = [column[0] for column in cursor.description]
    for row in cursor:
        yield dict(zip(names, row, strict=True))


_KINDS: Final[Mapping[str, Callable[[sqlite3.Connection, set[str]], Iterator[Row]]]] = {
    "runs": _runs,
    "model_versions": _versions,
    "trace_info": _traces,
}
"""What is made of a table, and of those that belong to it."""
