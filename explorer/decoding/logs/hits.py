"""Log objects within documents: each element where it stands in the file, made to a plain log object."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np

from explorer.decoding import lenient
from explorer.decoding.contract import OpenRecord
from explorer.decoding.logs.elements import element_lines
from explorer.decoding.logs.entries import Entry, opened, pages, places_of, read_entries
from explorer.decoding.logs.objects import parse_object
from explorer.model.builder import Builder, Records

Unwrap = Callable[[dict[str, Any]], Entry | None]
"""The entry that an element holds; None where it is none."""

Same = Callable[[dict[str, Any]], Hashable]
"""What is equal for elements that are one and the same, exported twice; None where it does not tell."""


def read_elements(
    records: Records, builder: Builder, reader: str, unwrap: Unwrap, same: Same | None = None
) -> Sequence[int]:
    """Write the elements of documents, or lines that are one each, into the builder.

    Returns:
        The records that are neither.
    """
    known = _Known(builder, reader, same) if same is not None else None
    if len(records) == 1:
        return [i for i, page in pages(records) if not _read_page(page, builder, reader, unwrap, known)]
    values = [parse_object(records[i]) for i in range(len(records))]
    entries = [unwrap(value) if value is not None else None for value in values]
    again = known.again(values, entries, records.offset) if known is not None else []
    mine = [i for i, one in enumerate(entries) if one is not None and i not in again]
    if mine:
        kept = records.take(mine)
        tell_dropped(
            builder,
            kept,
            len(read_entries(kept, builder, reader, [entries[i] for i in mine], only_logs=True)),
        )
    others = [i for i, one in enumerate(entries) if one is None]
    return [
        others[k]
        for k, page in pages(records.take(others))
        if not _read_page(page, builder, reader, unwrap, known)
    ]


class _Known:
    """Elements seen before, in this file or another of the bundle."""

    def __init__(self, builder: Builder, reader: str, same: Same) -> None:
        self._builder, self._same = builder, same
        self._seen: set[Hashable] = builder.memory.setdefault(f"{reader} seen", set())

    def again(
        self, values: Sequence[dict[str, Any] | None], entries: Sequence[Entry | None], offset: int
    ) -> set[int]:
        """Which elements came before; they are counted."""
        found = set()
        for i, (value, entry) in enumerate(zip(values, entries, strict=True)):
            key = self._same(value) if value is not None and entry is not None else None
            if key is not None and key in self._seen:
                found.add(i)
            elif key is not None:
                self._seen.add(key)
        if found:
            text = "entries that were exported twice are shown once"
            self._builder.skip("info", "duplicate-entry", text, offset=offset, count=len(found))
        return found


def _read_page(
    page: Records, builder: Builder, reader: str, unwrap: Unwrap, known: _Known | None = None
) -> bool:
    """Write the elements of one document into the builder; False where it holds none."""
    lines = element_lines(page)
    values = [parse_object(lines[k]) for k in range(len(lines))] if lines is not None else []
    entries = [unwrap(value) if value is not None else None for value in values]
    if lines is None or not any(one is not None for one in entries):
        return False
    if known is not None:
        again = known.again(values, entries, page.offset)
        kept = [i for i in range(len(entries)) if i not in again]
        lines, entries = lines.take(np.array(kept, np.int64)), [entries[i] for i in kept]
    tell_dropped(
        builder, page, len(read_entries(places_of(page, lines), builder, reader, entries, only_logs=True))
    )
    return True


def tell_dropped(builder: Builder, records: Records, dropped: int) -> None:
    """Count what of a document is no log."""
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
