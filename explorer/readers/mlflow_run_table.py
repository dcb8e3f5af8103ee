"""MLflow's runs as a table: what ``mlflow.search_runs().to_csv()`` and ``mlflow runs … csv`` write.

Source: mlflow/tracking/fluent.py (search_runs): ``run_id``, ``status``, times, and a column for each metric, parameter
and tag. A metric's value is the last one, so it is placed where the run ended.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import number, open_whole
from explorer.decoding.lenient import dumps
from explorer.decoding.quality.runs import Run, run_finding
from explorer.decoding.tables.rows import Header, Rows, Table, header_of, read_table
from explorer.model.builder import Builder, Records
from explorer.model.records import Finding, Series

NAME: Final = "mlflow-run-table"
LABEL: Final = "MLflow runs (CSV)"
RECOGNISED_BY: Final = "a header with run_id, status, start_time, and metrics.… or params.…"
FRAMINGS: Final = ("lines", "document")

_NEEDED: Final = frozenset({"run_id", "status", "start_time"})
_METRIC: Final = "metrics."


@dataclass(frozen=True, slots=True)
class _Columns:
    names: tuple[str, ...]


def detect(head: bytes) -> Confidence | None:
    """By the names of the columns."""
    header = header_of(head) if b"run_id" in head[:4096] else None
    return Confidence.CERTAIN if header is not None and _columns(header, []) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write a finding for each run, and its metrics as points."""

    def take(table: Table, rows: Rows, place: Records) -> None:
        columns = table.columns
        assert isinstance(columns, _Columns)  # noqa: S101 - what _columns gave
        kept = builder.canonical(place, [dumps(dict(zip(columns.names, row, strict=True))) for row in rows])
        for i, row in enumerate(rows):
            _add(builder, dict(zip(columns.names, row, strict=True)), builder.document(kept, i))

    return read_table(records, builder, NAME, _columns, take)


def open_record(raw: bytes) -> OpenRecord:
    """Open a run again, which is kept as JSON."""
    return open_whole(raw)


def _columns(header: Header, _: Rows) -> _Columns | None:
    told = any(name.startswith((_METRIC, "params.", "tags.")) for name in header.names)
    return _Columns(header.names) if told and {*header.names} >= _NEEDED else None


def _add(builder: Builder, row: dict[str, str], doc: int) -> None:
    own, name = row["run_id"], row.get("tags.mlflow.runName", "")
    ended = run_finding(Run(own, name, row["status"], row["start_time"], row.get("end_time")), doc)
    builder.findings.append(ended)
    labels = tuple(
        (label, value)
        for label, value in (("experiment", row.get("experiment_id", "")), ("run", own))
        if value
    )
    for column, cell in row.items():
        value = number(cell.strip()) if column.startswith(_METRIC) and cell.strip() else None
        if value is None:
            continue
        metric = column.removeprefix(_METRIC)
        if not math.isfinite(value):
            told = f"{metric} is {'not a number' if math.isnan(value) else 'infinite'}"
            builder.findings.append(
                Finding("MLflow", metric, "fail", told, None, None, ended.time_ns, "", own, doc)
            )
        if ended.time_ns:
            code = builder.series_code(Series(metric, labels, "", "gauge", ""))
            builder.points.append(series=code, time=ended.time_ns, value=value)
