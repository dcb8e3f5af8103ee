"""Correlation ids: one row for what a person calls one request, over all its traces and logs.

Each trace is in exactly one row: by a field the user named, else its request id, else its correlation
id, else itself. An id that spans several traces is one row; an id found only in logs is a row without
traces. Session, run, workflow, job, user ids and ranks group rows. Where nothing else makes a row, what the
processes of a training job wrote is one, for no line of theirs names a request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.model.fields import GROUP_ROLES, ROW_ROLES, role
from explorer.model.ids import trace_text

NO_ID = -1

_NONE_VALUES = frozenset({"", "-", "null", "none", "undefined", "<id_unknown>", "nan", "unknown", "0"})


class IdRow(NamedTuple):
    """One correlation id. There are as many as requests: a tuple is made in a fifth of a dataclass's time.

    Attributes:
        id: as written.
        kind: ``user`` fields give their own name; else ``request-id``, ``correlation-id``, ``trace-id``.
        traces: rows of the trace table, by start.
        groups: (kind, value) of the groupings it belongs to.
    """

    id: str
    kind: str
    traces: tuple[int, ...]
    groups: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, eq=False)
class Correlation:
    """All rows, and where each trace and log belongs.

    Attributes:
        rows: in order of first trace, ids only in logs last.
        of_trace: int32 (traces,), the row of each trace.
        log_order: int32, log rows sorted by row of the id; logs without id are left out.
        log_first: int64 (rows + 1,), where each row's logs begin in ``log_order``.
        trace_by_number: trace number to row of the trace table.
    """

    rows: Sequence[IdRow]
    of_trace: NDArray[np.int32]
    log_order: NDArray[np.int32]
    log_first: NDArray[np.int64]
    trace_by_number: Mapping[int, int]

    @cached_property
    def row_by_id(self) -> Mapping[str, int]:
        """Id as written to its row."""
        return {row.id: number for number, row in enumerate(self.rows)}

    def logs_of(self, row: int) -> NDArray[np.int32]:
        """Log rows of an id, by time."""
        return self.log_order[self.log_first[row] : self.log_first[row + 1]]


@dataclass(frozen=True, slots=True)
class FieldValues:
    """Correlation fields as read: which thing (trace of a span, or log) has which value.

    ``order`` ranks occurrences of one trace: the entry span's first.
    """

    of: NDArray[np.int32]
    field: NDArray[np.int32]
    value: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Job:
    """What may be a training job: its name, and bool (logs,), what its processes wrote for sure."""

    name: str
    logs: NDArray[np.bool_]


class RowIndex:
    """Gives out id rows by value: the same value in a field of another kind is the same id."""

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}
        self.kinds: list[str] = []

    def code(self, kind: str, value: str) -> int:
        """The row of an id, made on first sight; the first kind names it."""
        row = self.rows.setdefault(value, len(self.kinds))
        if row == len(self.kinds):
            self.kinds.append(kind)
        return row


def field_rank(name: str, is_user_field: Callable[[str], bool]) -> tuple[int, str] | None:
    """How strongly a field makes a row (0 strongest) and of which kind; None where it makes none."""
    if is_user_field(name):
        return 0, name
    found = role(name)
    if found in ROW_ROLES:
        return 1 + ROW_ROLES.index(found), found.value
    return None


def group_kind(name: str) -> str | None:
    """The grouping a field makes, None for none."""
    found = role(name)
    return found.value.removesuffix("-id") if found in GROUP_ROLES else None


class Chosen(NamedTuple):
    """The strongest id of each thing that has one.

    Attributes:
        of: (n,), the things, ascending.
        ids: (n,), numbers of rank, kind and value, which :meth:`told` tells.
    """

    of: NDArray[np.int64]
    ids: NDArray[np.int64]
    kinds: Sequence[tuple[int, str]]
    texts: Sequence[str]

    def told(self, ids: NDArray[np.int64]) -> list[tuple[str, str]]:
        """Kind and value of some ids."""
        kinds, values = np.divmod(ids, max(1, len(self.texts)))
        return [
            (self.kinds[kind][1], self.texts[value])
            for kind, value in zip(kinds.tolist(), values.tolist(), strict=True)
        ]


def choose_ids(values: FieldValues, texts: Sequence[str], is_user_field: Callable[[str], bool]) -> Chosen:
    """For each thing, its strongest id. Earlier occurrences win within a rank."""
    ranked = {code: field_rank(texts[code], is_user_field) for code in _codes(values.field, len(texts))}
    kinds = list(dict.fromkeys(one for one in ranked.values() if one is not None))
    kind_of = np.full(len(texts), -1, np.int64)
    for code, one in ranked.items():
        kind_of[code] = -1 if one is None else kinds.index(one)
    codes = _codes(values.value, len(texts))
    is_id = np.zeros(len(texts), bool)
    is_id[codes] = [texts[code].lower() not in _NONE_VALUES for code in codes]
    kind = kind_of[values.field]
    told = np.flatnonzero((kind >= 0) & (values.of >= 0) & is_id[values.value])
    rank = np.array([rank for rank, _ in kinds], np.int64)[kind[told]]
    told = told[np.lexsort((rank, values.of[told]))]
    of = values.of[told].astype(np.int64)
    strongest = np.ones(len(of), bool)
    strongest[1:] = of[1:] != of[:-1]
    told = told[strongest]
    return Chosen(of[strongest], kind[told] * len(texts) + values.value[told], kinds, texts)


def _codes(column: NDArray[np.int32], count: int) -> list[int]:
    """The different codes in a column, all of which are below ``count``."""
    found = np.zeros(count, bool)
    found[column] = True
    return np.flatnonzero(found).tolist()


def correlate(
    numbers: Sequence[int],
    span_values: FieldValues,
    log_values: FieldValues,
    log_trace: NDArray[np.int32],
    unknown_traces: Mapping[int, int],
    texts: Sequence[str],
    is_user_field: Callable[[str], bool],
    job: Job | None = None,
) -> tuple[Correlation, NDArray[np.int32]]:
    """Join traces and logs to rows.

    Args:
        job: the training job that logs may belong to.
        numbers: trace numbers of the trace table.
        span_values: correlation fields of spans, ``of`` = row of the trace table, entry spans first.
        log_values: correlation fields of logs, ``of`` = log row.
        log_trace: (logs,) row of the trace table; below -1: -2 - k for a trace known only from logs; -1 none.
        unknown_traces: k to trace number, for traces known only from logs.

    Returns:
        The correlation and, for each log, its id row or -1.
    """
    index = RowIndex()
    of_span = choose_ids(span_values, texts, is_user_field)
    of_log = choose_ids(log_values, texts, is_user_field)
    of_trace = _rows_of_traces(index, numbers, of_span, of_log, log_trace)
    also = _other_names(span_values, of_trace, texts, is_user_field)
    log_id = np.full(len(log_trace), -1, np.int32)
    known = log_trace >= 0
    log_id[known] = of_trace[log_trace[known]]
    left = np.flatnonzero(log_id[of_log.of] < 0)
    different, firsts, of = np.unique(of_log.ids[left], return_index=True, return_inverse=True)
    rows, order = np.empty(len(different), np.int32), np.argsort(firsts)
    rows[order] = [
        also[value] if value in also else index.code(kind, value)
        for kind, value in of_log.told(different[order])
    ]
    log_id[of_log.of[left]] = rows[of]
    logs = np.flatnonzero((log_id < 0) & (log_trace < -1))
    unknown = -2 - log_trace[logs]
    firsts = np.full(len(unknown_traces), len(logs))
    firsts[unknown[::-1]] = np.arange(len(logs))[::-1]  # of several the first one stays
    rows = np.full(len(unknown_traces), -1, np.int32)
    order = np.argsort(firsts, kind="stable")[: np.count_nonzero(firsts < len(logs))]
    rows[order] = [index.code("trace-id", trace_text(unknown_traces[trace])) for trace in order.tolist()]
    log_id[logs] = rows[unknown]
    if job is not None:
        _of_job(index, job, log_id)
    return _finish(index, of_trace, log_id, numbers, span_values, texts), log_id


def _rows_of_traces(
    index: RowIndex, numbers: Sequence[int], of_span: Chosen, of_log: Chosen, log_trace: NDArray[np.int32]
) -> NDArray[np.int32]:
    """The row of each trace: by its spans, else by its logs, else by itself."""
    by_logs = _ids_through_logs(of_log, log_trace, len(numbers))
    named = np.flatnonzero(by_logs != NO_ID)
    told = dict(zip(named.tolist(), of_log.told(by_logs[named]), strict=True))
    told |= zip(of_span.of.tolist(), of_span.told(of_span.ids), strict=True)
    rows = [
        index.code(*(told.get(trace) or ("trace-id", trace_text(number))))
        for trace, number in enumerate(numbers)
    ]
    return np.array(rows, np.int32)


def _of_job(index: RowIndex, job: Job, log_id: NDArray[np.int32]) -> None:
    """The row of a training job. Where nothing else makes a row, all that is beside its lines is of it, too."""
    left = (log_id < 0) & (job.logs | (not index.kinds and bool(job.logs.any())))
    if left.any():
        log_id[left] = index.code("job", job.name)


def _other_names(
    values: FieldValues,
    of_trace: NDArray[np.int32],
    texts: Sequence[str],
    is_user_field: Callable[[str], bool],
) -> dict[str, int]:
    """Values by which a row could be named too (a request id where the user named another field), to that row.

    A value that stands in several rows names none.
    """
    ranked = [code for code in np.unique(values.field).tolist() if field_rank(texts[code], is_user_field)]
    chosen = np.isin(values.field, ranked) & (values.of >= 0)
    found: dict[str, int] = {}
    for trace, value in zip(values.of[chosen].tolist(), values.value[chosen].tolist(), strict=True):
        row = int(of_trace[trace])
        if found.setdefault(texts[value], row) != row:
            found[texts[value]] = -1
    return {value: row for value, row in found.items() if row >= 0 and value.lower() not in _NONE_VALUES}


def _ids_through_logs(chosen: Chosen, log_trace: NDArray[np.int32], count: int) -> NDArray[np.int64]:
    """By trace, of ``count``, the id that its logs agree on (all that name one name the same), or :data:`NO_ID`."""
    traces = log_trace[chosen.of]
    traces, ids = traces[traces >= 0], chosen.ids[traces >= 0]
    found = np.full(count, NO_ID)
    found[traces] = ids
    found[traces[found[traces] != ids]] = NO_ID
    return found


def _finish(
    index: RowIndex,
    of_trace: NDArray[np.int32],
    log_id: NDArray[np.int32],
    numbers: Sequence[int],
    span_values: FieldValues,
    texts: Sequence[str],
) -> Correlation:
    traces: dict[int, list[int]] = {}
    for trace, row in enumerate(of_trace.tolist()):
        traces.setdefault(row, []).append(trace)
    groups: dict[int, dict[str, str]] = {}
    kinds = {code: group_kind(texts[code]) for code in np.unique(span_values.field).tolist()}
    for trace, field, value in zip(
        span_values.of.tolist(), span_values.field.tolist(), span_values.value.tolist(), strict=True
    ):
        kind = kinds[field]
        if kind and trace >= 0:
            groups.setdefault(int(of_trace[trace]), {}).setdefault(kind, texts[value])
    of_row = [tuple(traces[row]) if row in traces else () for row in range(len(index.kinds))]
    groups_of = [tuple(groups[row].items()) if row in groups else () for row in range(len(index.kinds))]
    rows = tuple(map(IdRow, index.rows, index.kinds, of_row, groups_of))
    with_id = np.flatnonzero(log_id >= 0)
    order = with_id[np.argsort(log_id[with_id], kind="stable")].astype(np.int32)
    first = np.zeros(len(rows) + 1, np.int64)
    np.cumsum(np.bincount(log_id[with_id], minlength=len(rows)), out=first[1:])
    return Correlation(rows, of_trace, order, first, {number: i for i, number in enumerate(numbers)})
