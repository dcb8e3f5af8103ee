"""Which rows of the Parquet files of a bundle are read, where only some ids, a query or a time range are asked for.

All files are looked over once, in the columns that the question needs; the traces found are then read whole, from
the row groups that hold them. What cannot be answered by rows (:mod:`explorer.readers.parquet.weakening`) widens
what is read, never narrows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from explorer.bundle.folder import files_below
from explorer.bundle.ledger import Ledger
from explorer.model.asking import Asking
from explorer.model.builder import Builder
from explorer.model.ids import id_forms
from explorer.model.issue import Issues
from explorer.query.columns import Mask
from explorer.query.evaluation import evaluate
from explorer.query.parser import parse
from explorer.query.syntax import Query
from explorer.readers.parquet.asking import ALWAYS, Asked, answers, columns_for
from explorer.readers.parquet.layout import DataSet, data_set, flat
from explorer.readers.parquet.weakening import answers_nothing, weakened

AROUND_NS: Final = 15 * 60 * 10**9
"""Points, and logs that name no trace, are read from so long before to so long after what was asked for."""

_ROWS: Final = 16_384
_DAY_NS: Final = 86_400 * 10**9
_BROKEN: Final = (pa.ArrowException, OSError, ValueError)
_TIMES: Final[dict[DataSet, str]] = {"spans": "Timestamp", "logs": "Timestamp", "points": "TimeUnix"}


@dataclass(frozen=True)
class Slice:
    """What is read.

    Attributes:
        traces: trace ids as the files spell them, sorted.
        begin, end: of what was asked for, in ns since 1970; ``end`` lies before ``begin`` where nothing was found.
    """

    traces: tuple[str, ...]
    begin: int
    end: int

    def groups(self, file: pq.ParquetFile, kind: DataSet) -> list[int]:
        """The row groups that may hold rows of the slice, by their statistics."""
        return [i for i in range(file.metadata.num_row_groups) if self._may_hold(file, i, kind)]

    def wanted(self, rows: pa.RecordBatch, kind: DataSet) -> pa.RecordBatch:
        """The rows of the slice."""
        asked = Asked(rows, 0)
        traces = asked.cells.strings("TraceId")
        if traces is None:
            return rows.filter(pa.array(self._near(np.array(asked.cells.times(_TIMES[kind]), np.int64))))
        keep = pc.fill_null(pc.is_in(traces, value_set=self._set), fill_value=False)
        if kind == "logs":
            without = pc.equal(pc.fill_null(traces, ""), "")
            keep = pc.or_(keep, pc.and_(without, pa.array(self._near(asked.times()))))
        return rows.filter(keep)

    @cached_property
    def _set(self) -> pa.Array:
        return pa.array(self.traces, pa.string())

    def _near(self, times: np.ndarray[Any, np.dtype[np.int64]]) -> Mask:
        mask: Mask = (times >= self.begin - AROUND_NS) & (times <= self.end + AROUND_NS)
        return mask if self.begin <= self.end else np.zeros(len(times), np.bool_)

    def _may_hold(self, file: pq.ParquetFile, group: int, kind: DataSet) -> bool:
        traces = None if kind == "points" else _bounds(file, group, "TraceId")
        if traces is not None and all(isinstance(one, str) for one in traces):
            first = int(np.searchsorted(self._sorted, traces[0]))
            if first < len(self._sorted) and self._sorted[first] <= traces[1]:
                return True
            if kind == "spans" or traces[0]:
                return False
        times = None if kind == "spans" else _time_bounds(file, group, _TIMES[kind])
        return times is None or bool(times[0] <= self.end + AROUND_NS and times[1] >= self.begin - AROUND_NS)

    @cached_property
    def _sorted(self) -> np.ndarray[Any, Any]:
        return np.array(self.traces, object)


def slice_of(builder: Builder) -> Slice | None:
    """What is to be read of the bundle's Parquet files; None for all. Found out at the first of them."""
    if not builder.options.asking:
        return None
    if "parquet slice" not in builder.memory:
        builder.memory["parquet slice"] = _find(builder.paths, builder.options.asking)
    found: Slice | None = builder.memory["parquet slice"]
    return found


def _find(paths: Sequence[Path], asking: Asking) -> Slice | None:
    files = [file for file in _parquet_files(paths) if file[1] in ("spans", "logs")]
    bounds = [one for path, _ in files for one in _row_times(path)]
    first, last = min((one[0] for one in bounds), default=0), max((one[1] for one in bounds), default=0)
    question = _Question(asking, first, last)
    if question.everything:
        return None
    traces: set[str] = set()
    begin, end = question.range
    for path, kind in files:
        for rows in _looked_over(path, kind, question):
            traces.update(rows.traces)
            if not question.ranged:
                begin, end = min(begin, rows.begin), max(end, rows.end)
    return Slice(tuple(sorted(traces - {""})), begin, end)


def _parquet_files(paths: Sequence[Path]) -> Iterator[tuple[Path, DataSet]]:
    for root in paths:
        for path, _ in files_below(root, "", Ledger(Issues())):
            try:
                with open(path, "rb") as stream:
                    if stream.read(4) != b"PAR1":
                        continue
                yield path, data_set(pq.read_schema(path).names)
            except _BROKEN:  # told when it is read
                continue


def _row_times(path: Path) -> list[tuple[int, int]]:
    """From when to when the row groups of a file last, as far as its writer told."""
    with pq.ParquetFile(path) as file:
        found = [_time_bounds(file, group, "Timestamp") for group in range(file.metadata.num_row_groups)]
        return [bounds for bounds in found if bounds is not None]


class _Question:
    """What is asked of the rows: a time range and a query, or ids, or both: then what either matches."""

    def __init__(self, asking: Asking, first_ns: int, last_ns: int) -> None:
        self.day_start_ns = first_ns // _DAY_NS * _DAY_NS
        self.ids = tuple(text.strip() for text in asking.ids)
        self.ranged = bool(asking.begin or asking.end)
        begin, end = asking.moments(first_ns, last_ns)
        asked = (-(1 << 62) if begin is None else begin, 1 << 62 if end is None else end)
        self.range = asked if self.ranged else (1 << 62, -(1 << 62))
        whole = parse(asking.query)
        self._queries: dict[DataSet, Query] = {
            kind: weakened(whole, lambda condition, kind=kind: answers(kind, condition))  # type: ignore[misc]
            for kind in ("spans", "logs")
        }
        self._only_ids = bool(self.ids) and not asking.query and not self.ranged

    @property
    def everything(self) -> bool:
        """Whether every row would be met."""
        open_ended = any(answers_nothing(query) for query in self._queries.values())
        return open_ended and not self.ranged and not self._only_ids

    def columns(self, kind: DataSet) -> frozenset[str]:
        """The columns that it takes to answer, in the spelling of :func:`explorer.readers.parquet.layout.flat`."""
        names = {*ALWAYS, *columns_for(self._queries[kind])}
        if self.ids:
            names |= {"SpanAttributes", "LogAttributes", "ResourceAttributes", "Events.Attributes", "Body"}
        return frozenset(map(flat, names))

    def may_hold(self, file: pq.ParquetFile, group: int) -> bool:
        """Whether a row group may hold rows of the time range."""
        times = _time_bounds(file, group, "Timestamp")
        if not self.ranged or self.ids or times is None:
            return True
        longest = _bounds(file, group, "Duration")
        lasts = longest[1] if longest is not None and isinstance(longest[1], int) else 0
        return bool(times[0] <= self.range[1] and times[1] + lasts >= self.range[0])

    def matches(self, rows: Asked, kind: DataSet) -> Mask:
        """The rows that it is met by."""
        mask = np.zeros(rows.length, np.bool_)
        if not self._only_ids:
            mask = evaluate(self._queries[kind], rows, id_forms=id_forms) & self._in_range(rows)
        for text in self.ids:
            mask |= _is_of(text, rows)
        return mask

    def _in_range(self, rows: Asked) -> Mask:
        if not self.ranged:
            return np.ones(rows.length, np.bool_)
        times = rows.times()
        mask: Mask = (times <= self.range[1]) & (times + rows.durations() >= self.range[0])
        return mask


def _is_of(text: str, rows: Asked) -> Mask:
    """Rows of an id in any spelling, or that begins so: by their trace, an attribute or the words of a log."""
    mask = rows.any_value(text, beginning=True)
    traces, body = rows.cells.strings("TraceId"), rows.cells.strings("Body")
    if body is not None:
        mask |= _true(pc.match_substring(body, text, ignore_case=True))
    if traces is not None:
        lower = pc.utf8_lower(traces)
        mask |= _true(pc.starts_with(lower, text.lower()))
        for form in id_forms(text):
            mask |= _true(pc.ends_with(lower, form))
    return mask


def _true(found: pa.Array) -> Mask:
    mask: Mask = pc.fill_null(found, fill_value=False).to_numpy(zero_copy_only=False)
    return mask


@dataclass(frozen=True, slots=True)
class _Met:
    """Traces of rows that met the question, and from when to when the rows last."""

    traces: list[str]
    begin: int
    end: int


def _looked_over(path: Path, kind: DataSet, question: _Question) -> Iterator[_Met]:
    try:
        with pq.ParquetFile(path) as file:
            wanted = question.columns(kind)
            columns = [name for name in file.schema_arrow.names if flat(name) in wanted]
            groups = [i for i in range(file.metadata.num_row_groups) if question.may_hold(file, i)]
            for rows in file.iter_batches(_ROWS, row_groups=groups, columns=columns):
                asked = Asked(rows, question.day_start_ns)
                mask = question.matches(asked, kind)
                traces = asked.cells.strings("TraceId")
                if mask.any() and traces is not None:
                    times = asked.times()[mask]
                    ends = times + asked.durations()[mask]
                    found = pc.unique(traces.filter(pa.array(mask))).drop_null().to_pylist()
                    yield _Met(found, int(times.min()), int(ends.max()))
    except _BROKEN:  # told when it is read
        return


def _bounds(file: pq.ParquetFile, group: int, name: str) -> tuple[Any, Any] | None:
    """Least and greatest value of a column in a row group, as far as the writer told them."""
    metadata = file.metadata.row_group(group)
    for i in range(metadata.num_columns):
        column = metadata.column(i)
        if flat(column.path_in_schema) == flat(name):
            told = column.statistics
            return (told.min, told.max) if told is not None and told.has_min_max else None
    return None


def _time_bounds(file: pq.ParquetFile, group: int, name: str) -> tuple[int, int] | None:
    """The same of times, in ns since 1970."""
    bounds = _bounds(file, group, name)
    if bounds is None:
        return None
    try:
        first, last = (pa.scalar(one).cast(pa.timestamp("ns")).value for one in bounds)
    except (*_BROKEN, TypeError):
        return None
    return first, last
