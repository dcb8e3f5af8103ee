"""Log objects within documents: each element where it stands in the file, made to a plain log object."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from explorer.decoding import lenient
from explorer.decoding.contract import OpenRecord
from explorer.decoding.logs.elements import element_lines
from explorer.decoding.logs.entries import Entry, opened, pages, places_of, read_entries
from explorer.decoding.logs.objects import parse_object
from explorer.model.builder import Builder, Records

Unwrap = Callable[[dict[str, Any]], Entry | None]
"""The entry that an element holds; None where it is none."""


def read_elements(records: Records, builder: Builder, reader: str, unwrap: Unwrap) -> Sequence[int]:
    """Write the elements of documents, or lines that are one each, into the builder.

    Returns:
        The records that are neither.
    """
    if len(records) == 1:
        return [i for i, page in pages(records) if not _read_page(page, builder, reader, unwrap)]
    values = [parse_object(records[i]) for i in range(len(records))]
    entries = [unwrap(value) if value is not None else None for value in values]
    mine = [i for i, one in enumerate(entries) if one is not None]
    if mine:
        kept = records.take(mine)
        _tell(
            builder,
            kept,
            len(read_entries(kept, builder, reader, [entries[i] for i in mine], only_logs=True)),
        )
    others = [i for i, one in enumerate(entries) if one is None]
    return [
        others[k] for k, page in pages(records.take(others)) if not _read_page(page, builder, reader, unwrap)
    ]


def _read_page(page: Records, builder: Builder, reader: str, unwrap: Unwrap) -> bool:
    """Write the elements of one document into the builder; False where it holds none."""
    lines = element_lines(page)
    values = [parse_object(lines[k]) for k in range(len(lines))] if lines is not None else []
    entries = [unwrap(value) if value is not None else None for value in values]
    if lines is None or not any(one is not None for one in entries):
        return False
    _tell(builder, page, len(read_entries(places_of(page, lines), builder, reader, entries, only_logs=True)))
    return True


def _tell(builder: Builder, records: Records, dropped: int) -> None:
    if dropped:
        text = "documents without a message, level or status are no logs"
        builder.skip("info", "no-logs", text, offset=records.offset, count=dropped)


def open_element(raw: bytes, unwrap: Unwrap) -> OpenRecord:
    """Open one element again."""
    value = parse_object(raw)
    entry = unwrap(value) if value is not None else None
    return opened([entry] if entry is not None else [], raw)


def object_entry(value: dict[str, Any], time: int = 0) -> Entry:
    """An entry that is a log object itself."""
    return Entry(lenient.dumps(value).decode("utf-8", "replace"), time, is_object=True)
