"""A store of what one log reader makes of some bytes, without the rest of the read path."""

from __future__ import annotations

import numpy as np

from explorer.decoding.contract import Reader
from explorer.model.assemble import assemble
from explorer.model.builder import Builder, Records
from explorer.model.issue import Issues
from explorer.model.options import ReadOptions
from explorer.model.records import Detail, File
from explorer.model.store import Store
from explorer.readers.details import log_detail

MTIME_NS = 1_795_500_000_000_000_000
"""2026-11-24: the modification time of all that these tests read."""


def records_of(data: bytes, framing: str = "lines", offset: int = 0) -> Records:
    """The bytes as records: their lines without blank ones, or the one document."""
    if framing != "lines":
        return Records(0, data, offset, np.zeros(1, np.int64), np.array([len(data)]))
    places, begin = [], 0
    for line in data.split(b"\n"):
        if line:
            places.append((begin, begin + len(line)))
        begin += len(line) + 1
    table = np.array(places, np.int64).reshape(-1, 2)
    return Records(0, data, offset, table[:, 0].copy(), table[:, 1].copy())


def read_with(
    reader: Reader,
    *blocks: bytes,
    framing: str = "lines",
    name: str = "unknown",
    options: ReadOptions | None = None,
    mtime_ns: int = MTIME_NS,
) -> Store:
    """The store of a member whose blocks are given to one reader, one after the other; nothing may be refused."""
    builder = Builder(Issues(), options)
    data = b"".join(blocks)
    builder.begin_file(File(name, None, len(data), mtime_ns))
    builder.begin_reader(reader.NAME)
    builder.raw.keep(0, 0, data)
    offset = 0
    for block in blocks:
        assert not len(reader.read(records_of(block, framing, offset), builder))
        offset += len(block)
    return assemble(builder, "test", [builder.end_file()])


def refused_by(reader: Reader, data: bytes, framing: str = "lines") -> list[int]:
    """The records that a reader refuses."""
    builder = Builder(Issues())
    builder.begin_file(File("unknown", None, len(data), MTIME_NS))
    builder.begin_reader(reader.NAME)
    return list(reader.read(records_of(data, framing), builder))


def details_of(store: Store) -> list[Detail]:
    """Every log record opened again, by time."""
    return [log_detail(store, row) for row in range(len(store.logs))]


def messages_of(store: Store) -> list[str]:
    """The messages of all log records, by time."""
    return [detail.message for detail in details_of(store)]


def fields_of(store: Store) -> list[tuple[int, str, str]]:
    """Correlation fields: row of the log, name, value."""
    columns = (store.log_fields[name].tolist() for name in ("row", "field", "value"))
    return [(row, store.texts[name], store.texts[value]) for row, name, value in zip(*columns, strict=True)]
