"""Log records in time order, each joined to its trace and span where it names them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from explorer.model.builder import Builder
from explorer.model.columns import AnyArray
from explorer.model.correlate import FieldValues
from explorer.model.store import Logs, Spans

Table = dict[str, AnyArray]


def assemble_logs(
    builder: Builder,
    spans: Spans,
    code_of: NDArray[np.int64],
    trace_row: NDArray[np.int64],
    numbers: list[int],
) -> tuple[Logs, Table, dict[int, int]]:
    """Logs by time with trace rows and span rows; their correlation fields; traces known only from logs.

    In ``Logs.trace`` a trace that has no spans is ``-2 - k``; the dict maps k to its number.
    """
    columns = builder.logs.arrays()
    order = np.argsort(columns["time"], kind="stable")
    columns = {name: values[order] for name, values in columns.items()}
    codes = code_of[columns["trace"]]
    rows = trace_row[codes]
    unknown = (codes >= 0) & (rows < 0)
    known_codes = np.unique(codes[unknown])
    rows[unknown] = -2 - np.searchsorted(known_codes, codes[unknown])
    columns["trace"] = rows.astype(np.int32)
    span = _span_rows(columns, spans)
    no_id = np.full(len(order), -1, np.int32)
    logs = Logs(**columns, span=span, id=no_id)
    row_of = np.empty(len(order), np.int64)
    row_of[order] = np.arange(len(order))
    fields = builder.log_fields.arrays()
    fields["row"] = row_of[fields["row"]].astype(np.int32)
    by_row = np.argsort(fields["row"], kind="stable")
    fields = {name: values[by_row] for name, values in fields.items()}
    return logs, fields, {k: numbers[code] for k, code in enumerate(known_codes.tolist())}


def _span_rows(logs: Table, spans: Spans) -> NDArray[np.int32]:
    """Row of the span each log names, -1 for none or where it is not in its trace."""
    span = np.full(len(logs["trace"]), -1, np.int32)
    named = np.flatnonzero((logs["trace"].astype(np.int64) >= 0) & (logs["span_id"].astype(np.uint64) != 0))
    if not len(named) or not len(spans):
        return span
    mixer = np.uint64(0x9E3779B97F4A7C15)
    key = spans.span_id ^ (spans.trace.astype(np.uint64) + np.uint64(1)) * mixer
    order = np.argsort(key, kind="stable")
    trace = logs["trace"][named].astype(np.uint64)
    wanted = logs["span_id"][named].astype(np.uint64) ^ (trace + np.uint64(1)) * mixer
    at = np.minimum(np.searchsorted(key[order], wanted), len(order) - 1)
    row = order[at]
    match = (key[row] == wanted) & (spans.trace[row] == logs["trace"][named])
    span[named[match]] = row[match]
    return span


def field_values(fields: Mapping[str, AnyArray], trace_of_row: NDArray[np.int32] | None) -> FieldValues:
    """Correlation fields by trace (``trace_of_row`` given) or by log row, in row order (entry spans first)."""
    rows = fields["row"]
    of = trace_of_row[rows] if trace_of_row is not None else rows
    return FieldValues(
        of.astype(np.int32), fields["field"].astype(np.int32), fields["value"].astype(np.int32)
    )
