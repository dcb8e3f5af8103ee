"""Tables of metrics (CSV, TSV): a time, and one number a column, or a name and a value; known by their columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import number, open_whole
from explorer.decoding.logs.origin import workload_of
from explorer.decoding.tables.columns import Role, kind_of, roles_of, time_of, unit_of
from explorer.decoding.tables.rows import Header, Rows, Table, header_of, read_table, sample_of
from explorer.model.builder import Builder, Records
from explorer.model.fields import normalise
from explorer.model.mapping import TableMapping
from explorer.model.records import Series

NAME: Final = "metric-table"
LABEL: Final = "Table of metrics (CSV, TSV)"
RECOGNISED_BY: Final = "a header with a time, and columns of numbers under it"
FRAMINGS: Final = ("lines", "document")

_TIMES: Final = frozenset({"time", "timestamp", "datetime", "date", "ts", "epoch"})
_UNIT: Final = re.compile(r"\s*[\[(]([^\])]*)[\])]\s*\Z")
_PROMISES: Final = re.compile(rf"{_UNIT.pattern}|^\d+(?:\.\d+)?%\Z")
"""A column of numbers by its name alone: one with a unit, or a percentile."""
_COMMA: Final = re.compile(r"\s*([+-]?\d+),(\d+)\s*")
"""A number of countries that write 1,5 and part cells by semicolons."""
_NOTHING: Final = frozenset({"", "n/a", "na", "null", "none", "-"})
_APART_NS: Final = 86_400 * 10**9


@dataclass(slots=True)
class _Columns:
    """What the columns hold.

    Attributes:
        values: columns of numbers; ``name``: that of a metric's name, -1 where each column is one.
        undecided: columns without any cell so far; the first cell says whether they hold numbers or labels.
        known: codes of the series by column, for each combination of labels; only columns with a value have one.
    """

    names: tuple[str, ...]
    time: int
    unit_ns: int
    values: tuple[int, ...]
    labels: tuple[int, ...]
    name: int
    at: dict[Role, int]
    apart: bool
    undecided: tuple[int, ...] = ()
    time_format: str = ""
    known: dict[tuple[str, ...], dict[int, int]] = field(default_factory=dict)

    def decide(self, row: Sequence[str]) -> None:
        """Sort in the undecided columns that have a cell in this row."""
        told = [i for i in self.undecided if _is_told(row[i])]
        if told:
            numbers = tuple(i for i in told if _is_number(row[i]))
            self.values += numbers
            self.labels += tuple(i for i in told if i not in numbers)
            self.undecided = tuple(i for i in self.undecided if i not in told)
            self.known.clear()


def detect(head: bytes) -> Confidence | None:
    """By a column of times and the numbers in the first rows."""
    header = header_of(head)
    if header is None or not _TIMES & {normalise(name) for name in header.names} or header.kind:
        return None
    return Confidence.LIKELY if _columns_of(header, sample_of(head, header)) is not None else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the columns into the builder as series."""

    def take(table: Table, rows: Rows, place: Records) -> None:
        rows = _with_points(table.header, rows)
        columns = table.columns if isinstance(table.columns, _Columns) else _columns(table.header, rows)
        table.columns = columns or table.header
        if columns is None:
            table.broken += len(rows)
            return
        if columns.apart:
            columns.apart = False
            text = "two columns of times lie more than a day apart: the one that people read is taken"
            builder.remark("warning", "times-disagree", text, offset=place.offset)
        lost = sum(_add(builder, columns, row) for row in rows)
        if lost:
            text = "rows without a time or a number are left out"
            builder.skip("warning", "broken-point", text, offset=place.offset, count=lost)

    return read_table(records, builder, NAME, _columns_of, take)


def open_record(raw: bytes) -> OpenRecord:
    """Points have no detail beyond their series."""
    return open_whole(raw)


def _with_points(header: Header, rows: Rows) -> Rows:
    """Rows whose numbers have a point before their fraction, and stand without the unit that the header tells."""
    units = {i: f" {match[1]}" for i, name in enumerate(header.names) if (match := _UNIT.search(name))}
    if units and any(row[i].endswith(unit) for row in rows[:1] for i, unit in units.items()):
        rows = [[_bare(cell, units[i]) if i in units else cell for i, cell in enumerate(row)] for row in rows]
    if header.delimiter != ";":
        return rows
    return [
        [f"{match[1]}.{match[2]}" if (match := _COMMA.fullmatch(cell)) else cell for cell in row]
        for row in rows
    ]


def _bare(cell: str, unit: str) -> str:
    """A number without its unit; "" where none was measured (``[N/A]``)."""
    return "" if cell.strip().startswith("[") else cell.removesuffix(unit)


def _add(builder: Builder, columns: _Columns, row: Sequence[str]) -> bool:
    """Append the points of a row; True where it has none."""
    columns.decide(row)
    time = time_of(row[columns.time], columns.unit_ns, columns.time_format)
    values = [number(row[i].strip()) for i in columns.values]
    if not time or all(value is None for value in values):
        return True
    told = tuple(row[i] for i in columns.labels) + ((row[columns.name],) if columns.name >= 0 else ())
    codes = columns.known.setdefault(told, {})
    for i, value in zip(columns.values, values, strict=True):
        if value is not None:
            code = codes.get(i)
            if code is None:
                code = codes[i] = builder.series_code(_series(columns, row, i))
            builder.points.append(series=code, time=time, value=value)
    return False


def _series(columns: _Columns, row: Sequence[str], column: int) -> Series:
    labels = tuple(sorted((columns.names[i], row[i].strip()) for i in columns.labels if row[i].strip()))
    pod = row[columns.at[Role.POD]] if Role.POD in columns.at else ""
    service = row[columns.at[Role.SERVICE]] if Role.SERVICE in columns.at else ""
    service = service or (workload_of(pod) if pod else "")
    name = row[columns.name] if columns.name >= 0 else columns.names[column]
    unit = _UNIT.search(name)
    return Series(_UNIT.sub("", name) if unit else name, labels, unit[1] if unit else "", "gauge", service)


def _columns_of(header: Header, sample: Rows) -> object | None:
    """What the columns are; where no rows are there yet, the header, if it promises metrics."""
    if header.mapping is not None:
        return _stated_columns(header, header.mapping)
    if sample:
        return _columns(header, _with_points(header, sample))
    at = roles_of(header.names)
    told = {Role.METRIC, Role.VALUE} <= at.keys() or any(_PROMISES.search(name) for name in header.names)
    timed = _TIMES & {normalise(name) for name in header.names}
    return header if told and timed and not header.kind else None


def _columns(header: Header, sample: Rows) -> _Columns | None:
    names = header.names
    if kind_of(names) or not sample or any(name.startswith(("metrics.", "params.")) for name in names):
        return None
    times = [i for i, name in enumerate(names) if normalise(name) in _TIMES]
    times = [i for i in times if all(time_of(row[i]) for row in sample)]
    if not times:
        return None
    at = roles_of(names)
    readable = [i for i in times if not sample[0][i].replace(".", "", 1).isdigit()]
    named = set(at.values())
    others = [i for i in range(len(names)) if i not in times]
    blank = [i for i in others if not any(_is_told(row[i]) for row in sample)]
    values = [i for i in others if i not in blank and all(_is_number(row[i]) for row in sample)]
    values = [i for i in values if i not in (at.get(Role.TRACE), at.get(Role.SPAN), at.get(Role.POD))]
    undecided = tuple(i for i in blank if i not in named)
    name = at.get(Role.METRIC, at.get(Role.NAME, -1)) if Role.VALUE in at else -1
    if name >= 0:
        values, undecided = [at[Role.VALUE]], ()
    labels = tuple(i for i in others if i not in values and i not in undecided and i != name)
    enough = bool(values) and (name >= 0 or 2 * len(values) >= len(others) - len(blank))
    apart = any(abs(time_of(sample[0][i]) - time_of(sample[0][times[0]])) > _APART_NS for i in times)
    time = (readable or times)[0]
    if not enough:
        return None
    unit_ns = unit_of(names[time])
    order = header.time_format
    return _Columns(names, time, unit_ns, tuple(values), labels, name, at, apart, undecided, order)


def _stated_columns(header: Header, mapping: TableMapping) -> _Columns | None:
    """What the user says they are; all other columns are labels."""
    if mapping.kind != "metrics":
        return None
    at, names = header.roles, header.names
    values = tuple(names.index(name) for name in mapping.values) or (at[Role.VALUE],)
    time, name = at[Role.START], at.get(Role.METRIC, -1)
    labels = tuple(i for i in range(len(names)) if i not in (*values, time, name))
    unit_ns = header.unit(Role.START, time)
    return _Columns(
        names, time, unit_ns, values, labels, name, at, apart=False, time_format=mapping.time_format
    )


def _is_number(cell: str) -> bool:
    return not _is_told(cell) or number(cell.strip()) is not None


def _is_told(cell: str) -> bool:
    """Whether a cell holds anything: many programs write where they have no number that there is none."""
    return cell.strip().lower() not in _NOTHING
