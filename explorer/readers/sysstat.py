"""What sysstat's programs print: ``sar``, ``mpstat``, ``pidstat``, ``iostat -t``, and what ``sadf -d`` and ``-p`` do.

Formats: sysstat's manual pages. A report begins with the system, its host and the date; each table within begins with
the names of its columns, behind a time where its rows have one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import moment, number, open_whole
from explorer.decoding.metrics.days import CLOCK, DATE, DAY, midnight, seconds
from explorer.model.builder import Builder, Records
from explorer.model.records import Mark, Series

NAME: Final = "sysstat"
LABEL: Final = "sysstat (sar, mpstat, pidstat, iostat -t, sadf -d, sadf -p)"
RECOGNISED_BY: Final = (
    "A line of system, host, date and processors, names of columns behind # hostname;interval;timestamp,"
    " or lines of host, interval, time, device, field and value between tabs."
)
FRAMINGS: Collection[str] = frozenset({"lines"})

_REPORT: Final = re.compile(
    r"(?:Linux|AIX|SunOS) \S+ \((?P<host>[^)]*)\)\s+(?P<date>\d{1,4}[-/.]\d\d[-/.]\d{2,4})\s+_?\w+_?\s+\(\d+ CPU\)\s*"
)
_TIMED: Final = re.compile(rf"{CLOCK}(?:\s+(?P<rest>\S.*))?")
_STAMP: Final = re.compile(rf"(?P<date>{DATE}) {CLOCK}")
_RESTART: Final = "LINUX RESTART"
_TABLE: Final = "# hostname;interval;timestamp"
_ONE: Final = re.compile(
    r"[^\t]+\t-?\d+\t(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?: [A-Z]{2,5})?|\d{9,10})\t[^\t]+\t[^\t]+\t-?[\d.]+"
)
"""A number of ``sadf -p``."""
_NO_DEVICE: Final = "-"
_NS: Final = 10**9
_NAMED: Final = re.compile(r"[A-Z]{2,}:?|Device:?|Command")
"""Columns that tell what a row is about: a processor, an interface, a disk."""


@dataclass(slots=True)
class _State:
    """How far a file was read.

    Attributes:
        file: its number.
        host: whose numbers these are.
        midnight: when the day of the report began, in seconds since the epoch.
        clock: the time of the last row, in seconds since then; None where no row has one.
        names: of the columns.
        averages: lines that only sum up the others.
    """

    file: int
    host: str = ""
    midnight: int = 0
    clock: int | None = None
    names: Sequence[str] = ()
    averages: int = 0


def detect(head: bytes) -> Confidence | None:
    """By the first line."""
    first = head.lstrip(b"\xef\xbb\xbf\r\n").split(b"\n", 1)[0].decode("utf-8", "replace").strip()
    known = first.startswith(_TABLE) or _REPORT.fullmatch(first) or _ONE.fullmatch(first)
    return Confidence.CERTAIN if known else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the numbers into the builder; the reader holds the file from its first line on."""
    state = builder.memory.get(NAME)
    if not isinstance(state, _State) or state.file != len(builder.files):
        state = builder.memory[NAME] = _State(len(builder.files))
        builder.hold()
    averages = state.averages
    broken = [
        i
        for i in range(len(records))
        if not _take(records[i].decode("utf-8", "replace").strip(), state, builder)
    ]
    if state.averages > averages:
        said = "averages of the numbers above them are left out"
        builder.skip("info", "averages", said, offset=records.offset, count=state.averages - averages)
    if broken:
        said, at = "rows with fewer cells than the header are left out", int(records.starts[broken[0]])
        builder.skip("warning", "broken-row", said, offset=records.offset + at, count=len(broken))
    return ()


def open_record(raw: bytes) -> OpenRecord:
    """Points have no detail beyond their series."""
    return open_whole(raw)


def _take(line: str, state: _State, builder: Builder) -> bool:
    """Take a line into account; False where it is none of a report's."""
    if "\t" in line and _ONE.fullmatch(line):
        return _take_one(line.split("\t"), builder)
    if ";" in line:
        return _take_cells(line.split(";"), state, builder)
    if match := _REPORT.fullmatch(line):
        state.host, state.names = match["host"], ()
        state.midnight, state.clock = midnight(match["date"]), None
        return True
    if match := _STAMP.fullmatch(line):
        state.midnight, state.clock = midnight(match["date"]), seconds(match)
        return True
    if line.startswith("Average:"):
        state.averages += 1
        return True
    match = _TIMED.fullmatch(line)
    rest = (match["rest"] or "") if match else line
    told = rest.split()
    is_header = not any(map(_is_number, told))
    if match:
        _go_on(state, seconds(match), is_header=is_header)
    if rest.startswith(_RESTART):
        time = (state.midnight + (state.clock or 0)) * _NS
        builder.marks.append(Mark("restart", time, -1, "", f"{state.host} restarted"))
        return True
    if is_header:
        state.names = [name for name in told if name != "avg-cpu:"]
        return True
    if state.clock is None:
        said = "samples without a time are placed where the file was last written"
        builder.remark("info", "no-time", said)
        return _add(told, state, max(builder.file.mtime_ns, 0), builder)
    return _add(told, state, (state.midnight + state.clock) * _NS, builder)


def _go_on(state: _State, clock: int, *, is_header: bool) -> None:
    """Note the time of a row; one before the row above it is of the next day, and tables begin where the first did."""
    before = state.clock or 0
    today = before - before % DAY
    if is_header:
        state.clock = clock if today + clock != before else before
    else:
        state.clock = today + clock + DAY * (today + clock < before)


def _take_cells(cells: Sequence[str], state: _State, builder: Builder) -> bool:
    """A line of ``sadf -d``: host, interval and time stand before the rest."""
    if cells[0].startswith("#"):
        state.names = cells[3:]
        return True
    time = moment(cells[2]) if len(cells) > 3 else 0
    state.host = cells[0]
    return bool(time) and _add(cells[3:], state, time, builder)


def _take_one(cells: Sequence[str], builder: Builder) -> bool:
    """A line of ``sadf -p``: host, interval, time, what the number is about, its name, and the number."""
    host, _, stamp, device, name, value = cells
    labels = {"host": host} if device == _NO_DEVICE else {"device": device, "host": host}
    series = Series(name, tuple(labels.items()), "%" if name.startswith("%") else "", "gauge", "")
    time = moment(stamp)
    if time:
        builder.points.append(series=builder.series_code(series), time=time, value=float(value))
    return bool(time)


def _add(cells: Sequence[str], state: _State, time: int, builder: Builder) -> bool:
    """The numbers of a row, each a series by its column and by what the row is about."""
    last = len(state.names) - 1
    if last < 0 or len(cells) <= last:
        return False
    row = dict(zip(state.names, [*cells[:last], " ".join(cells[last:])], strict=True))
    about = {name: cell for name, cell in row.items() if _NAMED.fullmatch(name) or not _is_number(cell)}
    labels = {name.rstrip(":"): cell for name, cell in about.items()} | {"host": state.host}
    told = tuple(sorted(labels.items()))
    for name in [name for name in row if name not in about]:
        series = Series(name, told, "%" if name.startswith("%") else "", "gauge", "")
        builder.points.append(series=builder.series_code(series), time=time, value=float(row[name]))
    return True


def _is_number(cell: str) -> bool:
    return number(cell) is not None
