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
    columns, fields = _by_time(builder.logs.views()), builder.log_fields.arrays()
    order = columns.pop("order", None)
    if order is not None:
        row_of = np.empty(len(order), np.int32)
        row_of[order] = np.arange(len(order), dtype=np.int32)
        fields["row"] = row_of[fields["row"]]
    by_row = np.argsort(fields["row"], kind="stable")
    fields = {name: values[by_row] for name, values in fields.items()}
    only_logs = np.zeros(len(numbers) + 1, bool)
    only_logs[code_of[columns["trace"]]] = True
    only_logs &= trace_row < 0
    only_logs[-1] = False  # no trace at all
    row_of_code = np.where(only_logs, -1 - np.cumsum(only_logs), trace_row).astype(np.int32)
    columns["trace"] = row_of_code[code_of][columns["trace"]]
    span = _span_rows(columns, spans)
    no_id = np.full(len(columns["time"]), -1, np.int32)
    known = {k: numbers[code] for k, code in enumerate(np.flatnonzero(only_logs).tolist())}
    return Logs(**columns, span=span, id=no_id), fields, known


def _by_time(columns: Table) -> Table:
    """Copies of the columns in the order of their times, which is told as ``order`` where it is another one."""
    times = columns["time"]
    if (times[1:] >= times[:-1]).all():  # as most files are written
        return {name: values.copy() for name, values in columns.items()}
    order = np.argsort(times, kind="stable")
    return {name: values[order] for name, values in columns.items()} | {"order": order}


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
