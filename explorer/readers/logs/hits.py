"""Log objects within documents: each element where it stands in the file, made to a plain log object."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from explorer.model.builder import Builder, Records
from explorer.readers import lenient
from explorer.readers.contract import OpenRecord
from explorer.readers.logs.elements import element_lines
from explorer.readers.logs.entries import Entry, opened, pages, places_of, read_entries
from explorer.readers.logs.objects import parse_object

Unwrap = Callable[[dict[str, Any]], Entry | None]
"""The entry that an element holds; None where it is none."""


def read_elements(records: Records, builder: Builder, reader: str, unwrap: Unwrap, remark: str = "") -> Sequence[int]:
    """Write the elements of documents into the builder; returns the documents of which none is a log.

    Args:
        remark: what is said of elements that are no logs.
    """
    refused = []
    for i, page in pages(records):
        lines = element_lines(page)
        values = [parse_object(lines[k]) for k in range(len(lines))] if lines is not None else []
        entries = [unwrap(value) if value is not None else None for value in values]
        if lines is None or not any(one is not None for one in entries):
            refused.append(i)
            continue
        dropped = read_entries(places_of(page, lines), builder, reader, entries, only_logs=True)
        if dropped:
            text = remark or "elements without a message, level or status are no logs"
            builder.skip("info", "no-logs", text, offset=page.offset, count=len(dropped))
    return refused


def open_element(raw: bytes, unwrap: Unwrap) -> OpenRecord:
    """Open one element again."""
    value = parse_object(raw)
    entry = unwrap(value) if value is not None else None
    return opened([entry] if entry is not None else [], raw)


def object_entry(value: dict[str, Any], time: int = 0) -> Entry:
    """An entry that is a log object itself."""
    return Entry(lenient.dumps(value).decode("utf-8", "replace"), time, is_object=True)
