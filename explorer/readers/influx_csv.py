"""CSV as InfluxDB 2 and 3 answer a Flux query, annotated or not, and as InfluxDB 1 answers over HTTP.

Formats: docs.influxdata.com, "Annotated CSV" (tables one after another, each with its header, ``_time``, ``_value``,
``_field``, ``_measurement`` and the tags); pivoted tables have a column a field. InfluxDB 1 writes ``name,tags,time``
and the columns.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import moment, number, open_whole
from explorer.decoding.metrics.influx import add_row
from explorer.model.builder import Builder, Records

NAME = "influx-csv"
LABEL = "InfluxDB CSV"
RECOGNISED_BY = (
    "A header with result, table and _time, perhaps below #datatype, or one with name, tags and time."
)
FRAMINGS: Collection[str] = frozenset({"lines"})

_ANNOTATION: Final = re.compile(rb"#(?:group|datatype|default),")
_HEADER: Final = re.compile(rb"(?:,result,table,|name,tags,time,)")
_ABOUT: Final = frozenset(
    {"", "result", "table", "_start", "_stop", "_time", "_value", "_field", "_measurement"}
)
_FIRST: Final = frozenset({"name", "tags", "time"})
_TEXTS: Final = frozenset({"string", "tag", "boolean"})


@dataclass(slots=True)
class _Table:
    """The columns of the table that rows are of.

    Attributes:
        kinds: what ``#datatype`` says of each column; empty where nothing is said.
    """

    file: int = -1
    names: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)


def detect(head: bytes) -> Confidence | None:
    """By an annotation or the header."""
    first = head.lstrip(b"\xef\xbb\xbf\r\n")
    return Confidence.CERTAIN if _ANNOTATION.match(first) or _HEADER.match(first) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the rows into the builder; lines before any header are returned."""
    table: _Table = builder.memory.setdefault(NAME, _Table())
    if table.file != records.file:
        table.file, table.names, table.kinds = records.file, [], []
    refused, lost = [], 0
    for i in range(len(records)):
        line = records[i].removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").rstrip("\r")
        cells = _cells(line)
        if line.startswith("#"):
            table.kinds = cells if cells[0] == "#datatype" else table.kinds
            table.names = []
        elif not table.names or _HEADER.match(records[i]):
            if "_time" in cells or "_stop" in cells or set(cells) >= _FIRST:
                table.names = cells
            else:
                refused.append(i)
        else:
            lost += not _add(builder, table, cells)
    if lost:
        said = "rows without a time or a number are left out"
        builder.skip("warning", "broken-point", said, offset=records.offset, count=lost)
    return refused


def open_record(raw: bytes) -> OpenRecord:
    """Points have no detail beyond their series."""
    return open_whole(raw)


def _cells(line: str) -> list[str]:
    try:
        return next(csv.reader([line]), [""])
    except csv.Error:
        return [""]


def _add(builder: Builder, table: _Table, cells: Sequence[str]) -> bool:
    """Append the points of a row; False where it has none."""
    if len(cells) != len(table.names):
        return False
    row = dict(zip(table.names, cells, strict=True))
    if row.keys() >= _FIRST:
        measurement, about = row["name"], _FIRST
        tags = dict(tag.split("=", 1) for tag in row["tags"].split(",") if "=" in tag)
    else:
        measurement, about, tags = row.get("_measurement", ""), _ABOUT, {}
    time = moment(_time(row))
    others = {name: cell for name, cell in row.items() if name not in about and cell}
    if "_value" in row:
        fields = {row.get("_field") or "value": row["_value"]}
    else:
        fields = {name: cell for name, cell in others.items() if _is_number(table, name, cell)}
    tags |= {name: cell for name, cell in others.items() if name not in fields}
    values = {name: _value(cell) for name, cell in fields.items()}
    return bool(time) and add_row(builder, measurement, tags, time, values.items()) < len(values)


def _time(row: dict[str, str]) -> str | int:
    told = row.get("time") or row.get("_time") or row.get("_stop") or ""
    return int(told) if told.isdecimal() else told


def _is_number(table: _Table, name: str, cell: str) -> bool:
    """Whether a column of a pivoted table holds a field: by what is said of it, else by the cell."""
    said = table.kinds[table.names.index(name)] if len(table.kinds) == len(table.names) else ""
    return said not in _TEXTS and number(cell) is not None


def _value(cell: str) -> str | bool:
    return cell == "true" if cell in ("true", "false") else cell
