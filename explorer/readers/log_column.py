"""CSV of one column that holds log records: what Kibana saves of a search that shows only ``_source`` or ``message``.

A cell is a JSON object or a line of text of any known format.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.logs.entries import Entry, open_decoded, read_decoded
from explorer.decoding.tables.rows import Header, Rows, Table
from explorer.model.builder import Builder, Records

NAME = "log-column"
LABEL = "Table of one column of logs (CSV)"
RECOGNISED_BY = "A first line that is _source, message or @message alone, with cells in quotes below it."
FRAMINGS: Collection[str] = frozenset({"lines"})

_HEAD: Final = re.compile(rb'(?:\xef\xbb\xbf)?"?(_source|@?message)"?\r?\n(?:"|\Z)')
_KEY: Final = f"{NAME} rows"


def detect(head: bytes) -> Confidence | None:
    """By the first line and the quote below it."""
    return Confidence.CERTAIN if _HEAD.match(head) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the cells into the builder; the reader holds the file from its header on."""
    number = len(builder.files) - 1
    table = builder.memory.get(_KEY)
    begin = 0
    if not isinstance(table, Table) or table.file != number:
        begin = int(records.starts[0])
        match = _HEAD.match(records.data, begin)
        if match is None:
            return range(len(records))
        name = match[1].decode("ascii")
        table = builder.memory[_KEY] = Table(number, Header((name,), ",", quoted=True, end=0), None)
        begin = match.end() - records.data.startswith(b'"', match.end() - 1)
        builder.hold()
        builder.at_end(lambda: _finish(builder, table, records))
    _take(table.feed(records.data[begin:], records.offset + begin), builder, records)
    return ()


def open_record(raw: bytes) -> OpenRecord:
    """Open one cell again, which is kept as JSON."""
    return open_decoded(raw)


def _take(rows: Rows, builder: Builder, place: Records) -> None:
    entries = [Entry(row[0]) for row in rows if row[0].strip()]
    if entries:
        read_decoded(place, builder, NAME, entries, apart=True)


def _finish(builder: Builder, table: Table, place: Records) -> None:
    builder.begin_reader(NAME)
    _take(table.rest(), builder, place)
