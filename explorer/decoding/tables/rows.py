"""CSV and TSV into rows of cells, block by block; a row may hold line breaks and lie across blocks.

RFC 4180, and what spreadsheets (``sep=``, semicolons), ClickHouse and database clients write instead.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from explorer.decoding.logs.date_order import order_of
from explorer.decoding.tables.columns import DAY_FIRST, Role, kind_of, role_of, roles_of, unit_of
from explorer.decoding.tables.headless import headless
from explorer.decoding.tables.mapping import mapping_for
from explorer.model.builder import Builder, Records
from explorer.model.mapping import TableMapping

_DELIMITERS: Final = ",\t;|"
_NAME: Final = re.compile(r"(?:\d{1,3}(?:\.\d+)?%|[@_A-Za-z][\w .:/()%\[\]@#*-]{0,79})\Z")
"""Of a column; percentiles may be called by their number alone (``95%``)."""
_VIEWER: Final = ("Date and Time", "Source", "Event ID", "Task Category")
"""Columns that Windows' Event Viewer saves, behind the level or keywords and before the message, which has no name."""
_MOST_CARRIED: Final = 16 << 20
_CELL_BYTES: Final = 64 << 20
_ESCAPED: Final = re.compile(r"\\([tnr\\])")
_ESCAPES: Final = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}

_SHOWN: Final = {
    ("", "host"): "host.name",
    ("", "level"): "level",
    ("", "container"): "k8s.container.name",
    ("", "logger"): "logger",
    ("", "request_id"): "request_id",
    ("logs", "trace"): "trace_id",
    ("logs", "span"): "span_id",
    ("logs", "service"): "service.name",
    ("logs", "pod"): "k8s.pod.name",
}
"""Known names for columns whose role the user stated: their cells are then read as fields of these names."""

Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of a table.

    Attributes:
        names: of the columns, as written.
        delimiter: between cells.
        quoted: cells may stand in quotes; else tabs and breaks within cells are escaped with a backslash.
        end: offset behind the line.
        written: the names as in the file, where they are shown as others.
        mapping: what the user stated of these columns; ``stated`` is the column of each role of it.
    """

    names: tuple[str, ...]
    delimiter: str
    quoted: bool
    end: int
    written: tuple[str, ...] = ()
    mapping: TableMapping | None = None
    stated: Mapping[Role, int] = field(default_factory=dict)
    day_first: bool = False

    @property
    def kind(self) -> str:
        """What a row is: ``spans``, ``logs``, ``metrics`` (of a mapping only), "" where names do not tell."""
        return self.mapping.kind if self.mapping else kind_of(self.names)

    @property
    def roles(self) -> dict[Role, int]:
        """The column of each role."""
        return dict(self.stated) if self.mapping else roles_of(self.names)

    @property
    def time_format(self) -> str:
        """How the user says times are written, else :data:`DAY_FIRST` where rows show it, "" for known ways."""
        stated = self.mapping.time_format if self.mapping else ""
        return stated or (DAY_FIRST if self.day_first else "")

    def unit(self, role: Role, column: int) -> int:
        """Nanoseconds in one unit of a column; 0: not told."""
        said = dict(self.mapping.units) if self.mapping else {}
        words = (role.value, "time") if role == Role.START else (role.value,)
        return next((said[word] for word in words if word in said), 0) or unit_of(self.names[column])


def mapped_header(head: bytes, given: Sequence[TableMapping], file: str) -> Header | None:
    """The header of a table that the user stated the columns of; None where none of the mappings fits."""
    begin = _begin_of(head)
    line, end = _line(head, begin)
    for one in given:
        delimiter = one.delimiter or max(_DELIMITERS, key=line.count)
        quoted = delimiter != "\t" or '"' in line
        cells = tuple(cell.strip() for cell in _cells(line, delimiter, quoted))
        if mapping_for(cells, file, [one]) is None:
            continue
        names, end_of = (one.header, begin) if one.header else (cells, end)
        stated = {
            role: names.index(name) for word, name in one.columns if (role := role_of(word)) is not None
        }
        shown = list(names)
        for word, name in one.columns:
            shown[names.index(name)] = _SHOWN.get((one.kind, word)) or _SHOWN.get(("", word)) or name
        return Header(tuple(shown), delimiter, quoted, end_of, names, one, stated)
    return None


def header_of(head: bytes) -> Header | None:
    """The header that a text begins with, or lacks in a known way; None where its first line is not one."""
    begin = _begin_of(head)
    if names_known := headless(head[begin:]):
        return Header(names_known, ",", quoted=True, end=begin)
    line, end = _line(head, begin)
    said = re.fullmatch(r"sep=(.)", line)
    if said:
        line, end = _line(head, end)
    found = said[1] if said else max(_DELIMITERS, key=line.count)
    if found not in line or line[:1] in ("{", "["):
        return None
    quoted = found != "\t" or '"' in line
    names = [name.strip() for name in _cells(line, found, quoted)]
    if names and (not names[0] or (names[0] in names[1:] and kind_of(names[1:]))):
        names[0] = "index"  # pandas writes no name for it, or that of the column it was made from
    if len(set(names)) < max(len(names), 2) or not all(_NAME.match(name) for name in names):
        return None
    if any(name.replace(".", "").isdigit() for name in names):
        return None
    order = order_of(head, 0)
    if tuple(names[1:]) == _VIEWER:
        names.append("Message")
    return Header(tuple(names), found, quoted, end, day_first=order is not None and order[0])


def any_header(head: bytes) -> Header | None:
    """The first line of a text as the names of columns, whatever they are; None where it has one cell or two alike."""
    begin = _begin_of(head)
    line, end = _line(head, begin)
    delimiter = max(_DELIMITERS, key=line.count)
    quoted = delimiter != "\t" or '"' in line
    names = tuple(cell.strip() for cell in _cells(line, delimiter, quoted))
    return Header(names, delimiter, quoted, end) if len(names) > 1 and len({*names}) == len(names) else None


def _begin_of(head: bytes) -> int:
    return len(head) - len(head.lstrip(b"\xef\xbb\xbf\r\n"))


def sample_of(head: bytes, header: Header, most: int = 5) -> Rows:
    """The first whole rows below a header."""
    text = head[header.end :]
    cut = text[: text.rfind(b"\n") + 1] or text
    rows = _parse(cut[: most << 12], header)
    return [row for row in rows[:most] if len(row) == len(header.names)]


def _line(head: bytes, begin: int) -> tuple[str, int]:
    end = head.find(b"\n", begin)
    end = len(head) if end < 0 else end
    return head[begin:end].decode("utf-8", "replace").strip("\r\ufeff"), min(end + 1, len(head))


def _cells(line: str, delimiter: str, quoted: bool) -> list[str]:
    if not quoted:
        return line.split(delimiter)
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _parse(data: bytes, header: Header) -> Rows:
    text = data.decode("utf-8", "replace")
    if not header.quoted:
        lines = [line.rstrip("\r") for line in text.split("\n")]
        return [
            [_ESCAPED.sub(lambda one: _ESCAPES[one[1]], cell) for cell in line.split(header.delimiter)]
            for line in lines if line
        ]  # fmt: skip
    csv.field_size_limit(_CELL_BYTES)
    rows: Rows = []
    reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=header.delimiter)
    while True:
        try:
            rows.append(next(reader))
        except StopIteration:
            return [row for row in rows if row]
        except csv.Error:
            rows.append([])


@dataclass(slots=True)
class Table:
    """A table being read.

    Attributes:
        file: number of its file.
        columns: what a reader made of the header.
        carry: the beginning of a row whose end has not come yet, which begins at ``begin``.
        broken: rows with too few cells, the first of them (or the block it is in) at ``broken_at``.
        kept: rows that are whole.
        torn: whether zeros stand among them, or lines of one row make more cells than the header has.
    """

    file: int
    header: Header
    columns: object
    carry: bytes = b""
    begin: int = 0
    broken: int = field(default=0)
    broken_at: int = -1
    kept: int = 0
    torn: bool = False

    def feed(self, data: bytes, offset: int) -> Rows:
        """The rows that are whole with these bytes; what follows the last of them is carried over."""
        gap = offset - self.begin - len(self.carry) if self.carry else 0
        whole = self.carry + b"\n" * max(0, gap) + data if self.carry else data
        self.begin = self.begin if self.carry else offset
        cut = _last_end(whole) if self.header.quoted else whole.rfind(b"\n") + 1
        if len(whole) - cut > _MOST_CARRIED:
            cut = len(whole)
        self.carry, ready = whole[cut:], whole[:cut]
        self.begin += cut
        return self._fitting(ready, self.begin - len(ready)) if ready else []

    def rest(self) -> Rows:
        """The last row, which may lack its line break or its closing quote."""
        ready, self.carry = self.carry, b""
        return self._fitting(ready, self.begin) if ready.strip() else []

    def _fitting(self, data: bytes, begin: int) -> Rows:
        """Rows with a cell for each column; a last column that was not quoted takes what is too much."""
        names = self.header.written or self.header.names
        count = len(names)
        found = []
        self.torn = self.torn or b"\0" in data
        for row in _parse(data, self.header):
            if len(row) > count and not any(row[count:]):
                row = row[:count]  # noqa: PLW2901
            if len(row) == count:
                if row[0].strip() != names[0] or tuple(cell.strip() for cell in row) != names:
                    found.append(row)  # else a file put together of several
            elif len(row) > count:
                self.torn = self.torn or any("\n" in cell for cell in row)
                found.append([*row[: count - 1], self.header.delimiter.join(row[count - 1 :])])
            else:
                if self.broken_at < 0:
                    at = data.find(b"\n" + self.header.delimiter.join(row).encode("utf-8", "replace") + b"\n")
                    self.broken_at = begin + at + 1 if at >= 0 else begin
                self.broken += 1
        self.kept += len(found)
        return found


def _last_end(data: bytes) -> int:
    """Offset behind the last line break that lies in no quotes, 0 for none."""
    if b'"' not in data:
        return data.rfind(b"\n") + 1
    buffer = np.frombuffer(data, np.uint8)
    quotes = np.flatnonzero(buffer == 34)
    breaks = np.flatnonzero(buffer == 10)
    outside = breaks[np.searchsorted(quotes, breaks) % 2 == 0]
    return int(outside[-1]) + 1 if len(outside) else 0


def read_table(
    records: Records,
    builder: Builder,
    reader: str,
    columns_of: Callable[[Header, Rows], object | None],
    take: Callable[[Table, Rows, Records], None],
    sample: int = 5,
) -> Sequence[int]:
    """Read a run of lines; the reader holds the file from its header on.

    Args:
        records: the lines.
        builder: what ``take`` writes into.
        reader: the reader's name.
        columns_of: what a header and the first rows mean; None where the table is another reader's.
        take: writes whole rows.
        sample: so many of the first rows ``columns_of`` sees, or fewer where they are not here yet.

    Returns:
        All indices where this is no such table.
    """
    number = len(builder.files) - 1
    key = f"{reader} rows"
    table = builder.memory.get(key)
    begin = 0
    if not isinstance(table, Table) or table.file != number:
        begin = int(records.starts[0])
        head = records.data[begin:]
        header = mapped_header(head, builder.options.tables, builder.file.name) or header_of(head)
        columns = columns_of(header, sample_of(head[: 1 << 16], header, sample)) if header else None
        if header is None or columns is None:
            return range(len(records))
        table = builder.memory[key] = Table(number, header, columns)
        begin += header.end
        builder.hold()
        builder.at_end(lambda: _finish(builder, reader, table, take))
    rows = table.feed(records.data[begin:], records.offset + begin)
    if rows:
        take(table, rows, records)
    return ()


def _finish(
    builder: Builder, reader: str, table: Table, take: Callable[[Table, Rows, Records], None]
) -> None:
    builder.begin_reader(reader)
    empty = np.zeros(0, np.int64)
    rows = table.rest()
    if rows:
        take(table, rows, Records(table.file, b"", table.begin, empty, empty))
    if table.torn:
        text = "rows are damaged (zeros, or a quote that does not close): some may have been taken for one"
        builder.remark("warning", "broken-row", text)
    if not table.kept + table.broken:
        builder.remark("info", "empty", "a table without rows")
    if table.broken:
        text = "rows with fewer cells than the header are left out"
        builder.skip("warning", "broken-row", text, offset=table.broken_at, count=table.broken)
