"""A user's mapping of columns, from TOML: ``[[table]]`` tables, read strictly.

::

    [[table]]
    kind = "spans"                  # or "logs", "metrics"
    trace = "corr"                  # role = "name of the column"
    span = "step"
    parent = "caused by"
    operation = "what"
    service = "component"
    start = "began"
    duration = "took"
    units = { start = "ms", duration = "us" }
    time_format = "%d.%m.%Y %H:%M:%S,%f"   # left out: any known way
    delimiter = ";"                        # left out: found
    header = ["corr", "step"]              # of files that have no line of names; needs files
    files = "calls-*.csv"                  # left out: all tables that have these columns
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any, Final, get_args

from explorer.decoding.logs.times import time_format
from explorer.decoding.stated import StatedLines, tables_of_stated, text_of_stated
from explorer.errors import UsageError
from explorer.model.mapping import TableKind, TableMapping

_PLACE: Final = ("service", "pod", "host")
ROLES: Final[Mapping[TableKind, tuple[str, ...]]] = {
    "spans": ("trace", "span", "parent", "operation", *_PLACE, "start", "end", "duration", "span_kind", "status",
              "status_message", "success", "attributes", "resource"),
    "logs": ("time", "message", "level", "trace", "span", "request_id", *_PLACE, "container", "logger"),
    "metrics": ("time", "name", "value", *_PLACE),
}  # fmt: skip
"""The roles of columns, by what a row is."""
NEEDED: Final[Mapping[TableKind, tuple[tuple[str, ...], ...]]] = {
    "spans": (("trace",), ("span",), ("start",), ("end", "duration")),
    "logs": (("time",), ("message",)),
    "metrics": (("time",), ("value", "values")),
}
"""What a table must have: of each, one."""
TIMED: Final = frozenset({"start", "end", "duration", "time"})
"""Roles whose columns have a unit."""
UNITS: Final = {"ns": 1, "us": 1000, "ms": 10**6, "s": 10**9, "min": 60 * 10**9}
"""Nanoseconds of each unit."""
_LISTS: Final = ("values", "header")
_WORDS: Final = ("time_format", "delimiter", "files")

READERS: Final[Mapping[TableKind, str]] = {
    "spans": "span-table",
    "logs": "log-table",
    "metrics": "metric-table",
}
"""The reader that takes a mapped table."""


def read_mappings(path: Path) -> tuple[TableMapping, ...]:
    """All mappings of a file, in its order.

    Raises:
        UsageError: it cannot be read, or something in it is of no use; names the file and the line.
    """
    return mappings(text_of_stated(path), str(path))


def mappings(text: str, file: str) -> tuple[TableMapping, ...]:
    """As :func:`read_mappings`, from text."""
    tables, lines = tables_of_stated(text, file, "table")
    return tuple(_of_table(table, number, lines) for number, table in enumerate(tables, 1))


def mapping_for(names: Sequence[str], file: str, given: Sequence[TableMapping]) -> TableMapping | None:
    """The first mapping that fits the first line of a file; one with a header of its own by the count of cells."""
    name = PurePosixPath(file).name
    for one in given:
        fits = len(names) == len(one.header) if one.header else one.needed <= {*names}
        if fits and (not one.files or fnmatchcase(name, one.files) or fnmatchcase(file, one.files)):
            return one
    return None


def _of_table(table: Mapping[str, Any], number: int, lines: StatedLines) -> TableMapping:
    def fault(key: str, text: str) -> UsageError:
        return lines.error(lines.of(number, key), text)

    kind: Any = table.get("kind")
    if kind not in get_args(TableKind):
        raise fault("kind", f"kind must be one of {', '.join(get_args(TableKind))}")
    known = ("kind", *ROLES[kind], "units", *_LISTS[kind != "metrics" :], *_WORDS)
    for key, value in table.items():
        if key not in known:
            raise fault(key, f"unknown key “{key}”; of {kind} known are {', '.join(known)}")
        said = _fault_of(key, value)
        if said:
            raise fault(key, f"{key} must be {said}")
    for choice in NEEDED[kind]:
        if not any(key in table for key in choice):
            raise fault("table", f"a table of {kind} needs {' or '.join(choice)}")
    units = table.get("units", {})
    for role in units:
        if role not in table:
            raise fault("units", f"units names {role}, which has no column here")
    made = TableMapping(
        kind=kind,
        columns=tuple((role, table[role].strip()) for role in ROLES[kind] if role in table),
        values=tuple(table.get("values", ())),
        units=tuple((role, UNITS[unit]) for role, unit in units.items()),
        time_format=table.get("time_format", ""),
        delimiter=table.get("delimiter", ""),
        header=tuple(table.get("header", ())),
        files=table.get("files", ""),
    )
    missing = made.needed - {*made.header} if made.header else set()
    if missing:
        raise fault("header", f"header has no column “{min(missing)}”")
    if made.header and not made.files:
        raise fault("header", "header is for files without a line of names: say which with files")
    return made


def _fault_of(key: str, value: object) -> str:
    """What a value must be, "" where it is."""
    if key in _LISTS:
        good = isinstance(value, list) and value and all(isinstance(one, str) and one for one in value)
        return "" if good else "a list of names of columns"
    if key == "units":
        good = isinstance(value, dict) and all(
            role in TIMED and str(unit) in UNITS for role, unit in value.items()
        )
        return "" if good else f"a table of times and durations with one of {', '.join(UNITS)} each"
    if not isinstance(value, str) or not value.strip(" "):
        return "a text"
    if key == "delimiter" and len(value) != 1:
        return "one character"
    if key == "time_format":
        try:
            time_format(value)
        except ValueError as error:
            return f"a format of times: {error}"
    return ""
