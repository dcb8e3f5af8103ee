"""CSV that Grafana makes of a panel's data: a column of times, then one a series.

Format: grafana/packages/grafana-data/src/utils/csv.ts. The delimiter follows the browser's language, ``sep=`` may tell
it; several tables may follow one another. "Formatted data" has units in its cells (``1.2 GiB``).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import moment, open_whole
from explorer.decoding.metrics.labels import service_of, unit_of
from explorer.decoding.tables.columns import kind_of
from explorer.model.builder import Builder, Records
from explorer.model.records import Series

NAME: Final = "grafana-csv"
LABEL: Final = "Grafana panel CSV"
RECOGNISED_BY: Final = 'A line sep=, or a header that begins with "Time" in quotes.'
FRAMINGS: Final = frozenset({"lines"})

_SEP: Final = re.compile(r"sep=(.)\s*$")
_HEADER: Final = re.compile(r'"Time"([,;\t])"(?!_source")')
_CELL: Final = re.compile(
    r"([+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|inf(?:inity)?\b)|nan\b)\s*([^\d\s].*)?$", re.IGNORECASE
)
_NOTHING: Final = ("", "null", "undefined", "-")
_COMMA: Final = re.compile(r"^\s*(-?\d+),(\d+)(?![\d.,])")
_LABELS: Final = re.compile(r"^([^{]*)\{(.*)\}$")
_LABEL: Final = re.compile(r'([\w.]+)="((?:[^"\\]|\\.)*)"')
_UNITS: Final = {
    "": (1.0, ""), "%": (1.0, "%"), "ns": (1e-9, "s"), "µs": (1e-6, "s"), "ms": (1e-3, "s"), "s": (1.0, "s"),
    "min": (60.0, "s"), "mins": (60.0, "s"), "hour": (3600.0, "s"), "hours": (3600.0, "s"), "B": (1.0, "By"),
    "KiB": (2.0**10, "By"), "MiB": (2.0**20, "By"), "GiB": (2.0**30, "By"), "TiB": (2.0**40, "By"),
    "kB": (1e3, "By"), "MB": (1e6, "By"), "GB": (1e9, "By"), "TB": (1e12, "By"), "K": (1e3, ""), "Mil": (1e6, ""),
    "Bil": (1e9, ""), "req/s": (1.0, "req/s"), "ops/s": (1.0, "ops/s"), "reqps": (1.0, "req/s"),
}  # fmt: skip


@dataclass(slots=True)
class _Table:
    """A file being read: its index, delimiter, and the names of the columns of the table at hand."""

    file: int
    delimiter: str = ""
    header: tuple[str, ...] = ()
    labels: tuple[int, ...] | None = None
    """Columns of texts that tell the series of a row; None until the first row."""


def detect(head: bytes) -> Confidence | None:
    """By the first line, or the one behind the delimiter's."""
    lines = head.lstrip(b"\xef\xbb\xbf").split(b"\n", 2)
    first, second = (
        line.decode("utf-8", "replace") for line in (lines[0], lines[1] if len(lines) > 1 else b"")
    )
    if _SEP.match(first):  # spreadsheets write it, too
        return Confidence.CERTAIN if not second or _is_header(second) else None
    return Confidence.CERTAIN if _is_header(first) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the columns into the builder as series."""
    table = builder.memory.get(NAME)
    if not isinstance(table, _Table) or table.file != len(builder.files):
        table = builder.memory[NAME] = _Table(len(builder.files))
    refused = []
    lost = 0
    for i in range(len(records)):
        line = records[i].decode("utf-8", "replace").strip("\ufeff\r ")
        if match := _SEP.match(line):
            table.delimiter = match[1]
            continue
        if match := _HEADER.match(line):
            table.delimiter = table.delimiter or match[1]
        cells = _cells(line, table.delimiter or ",")
        if cells and cells[0] == "Time":
            table.header, table.labels = tuple(cells), None
        elif not line or cells[0].startswith("#"):
            continue
        elif (
            table.header
            and i == len(records) - 1
            and len(cells) < len(table.header)
            and moment(_whole(cells[0]))
        ):
            said = "a row is cut short and left out"
            builder.skip("warning", "truncated-record", said, offset=records.offset + int(records.starts[i]))
        elif len(cells) != len(table.header) or not (time := moment(_whole(cells[0]))):
            refused.append(i)
        else:
            if table.delimiter == ";":  # of countries that write 1,5
                cells = [cells[0], *(_COMMA.sub(r"\1.\2", cell) for cell in cells[1:])]
            if table.labels is None:
                table.labels = _labels_in(cells)
            lost += _add(builder, table, time, cells)
    if lost:
        told = "cells that are no numbers are left out"
        builder.skip("warning", "broken-point", told, offset=records.offset, count=lost)
    return refused


def open_record(raw: bytes) -> OpenRecord:
    """Points have no detail beyond their series."""
    return open_whole(raw)


def _is_header(line: str) -> bool:
    """Whether the columns are a panel's, and not those of log lines, which Grafana writes likewise."""
    match = _HEADER.match(line)
    return match is not None and kind_of(_cells(line.strip(), match[1])) != "logs"


def _whole(cell: str) -> int | str:
    return int(cell) if cell.isdigit() else cell


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(line), delimiter=delimiter), [""])
    except csv.Error:
        return [""]


def _labels_in(cells: Sequence[str]) -> tuple[int, ...]:
    """The columns of texts, in a row that holds numbers too: Grafana's long form has them beside the value."""
    told = [(i, cell.strip()) for i, cell in enumerate(cells) if i and cell.strip() not in _NOTHING]
    texts = tuple(i for i, cell in told if not _CELL.match(cell))
    return texts if len(texts) < len(told) else ()


def _add(builder: Builder, table: _Table, time: int, cells: Sequence[str]) -> int:
    """Append the points of a row; returns how many cells hold text that is no number. Empty cells are no points."""
    lost, said = 0, table.labels or ()
    labels = {table.header[i]: cells[i].strip() for i in said if cells[i].strip() not in _NOTHING}
    for i, (name, cell) in enumerate(zip(table.header, cells, strict=True)):
        text = cell.strip()
        if not i or i in said or text in _NOTHING:
            continue
        match = _CELL.match(text)
        scale = _UNITS.get((match[2] or "").strip()) if match else None
        if match is None or scale is None:
            lost += 1
            continue
        code = builder.series_code(_series(name, scale[1], labels))
        builder.points.append(series=code, time=time, value=float(match[1]) * scale[0])
    return lost


def _series(column: str, unit: str, beside: dict[str, str]) -> Series:
    """A column's series; Prometheus' own name of it holds labels, others stand beside it."""
    match = _LABELS.match(column)
    name, labels = (match[1].strip(), dict(_LABEL.findall(match[2]))) if match else (column, {})
    labels |= beside
    shown = tuple(sorted((label, value) for label, value in labels.items() if label != "__name__"))
    return Series(
        name or labels.get("__name__") or column, shown, unit or unit_of(name), "gauge", service_of(labels)
    )
