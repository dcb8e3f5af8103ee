"""Bodies of Elasticsearch's ``_bulk``: a line that says what to do, then the document.

Format: Elasticsearch REST API, bulk. ``delete`` has no document; that of ``update`` lies in ``doc``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import named
from explorer.decoding.logs.entries import Entry, read_entries
from explorer.decoding.logs.hits import object_entry, open_element
from explorer.decoding.logs.objects import parse_object
from explorer.model.builder import Builder, Records

NAME = "elastic-bulk"
LABEL = "Elasticsearch bulk body"
RECOGNISED_BY = "Lines that name one of index, create, update and delete, each before a document."
FRAMINGS: Collection[str] = frozenset({"lines"})

_HANDING: Final = "documents of a bulk body being handed on"
_NO_LOG: Final = re.compile(
    rb'"(?:operationName|startTimeMillis|durationInNanos|data_binary|processor(?:\.event)?|metricset(?:\.name)?)"\s*:'
)
"""What documents of spans and of metrics have."""
_ACTION: Final = re.compile(rb'\s*\{\s*"(index|create|update|delete)"\s*:\s*\{[^{}]*\}\s*\}\s*\Z')


def detect(head: bytes) -> Confidence | None:
    """By the first line."""
    return Confidence.CERTAIN if _ACTION.match(head.lstrip(b"\xef\xbb\xbf").split(b"\n", 1)[0]) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the documents into the builder; lines that do not parse are refused."""
    if builder.memory.get(_HANDING):  # lines that nobody knows come back to the reader of those before
        return range(len(records))
    builder.hold()
    entries: list[Entry | None] = []
    actions, others = set(), []
    for i in range(len(records)):
        raw = records[i]
        if _ACTION.match(raw):
            actions.add(i)
        elif _NO_LOG.search(raw):
            others.append(i)
        entries.append(None if i in actions or (others and others[-1] == i) else _entry(raw))
    if others:
        _hand_on(records.take(others), builder)
        actions.update(others)
    mine = [i for i, one in enumerate(entries) if one is not None]
    if mine:
        kept = records.take(mine)
        dropped = len(read_entries(kept, builder, NAME, [entries[i] for i in mine], only_logs=True))
        if dropped:
            text = "documents without a message, level or status are no logs"
            builder.skip("info", "no-logs", text, offset=records.offset, count=dropped)
    return [i for i, one in enumerate(entries) if one is None and i not in actions]


def _hand_on(documents: Records, builder: Builder) -> None:
    """Have documents of spans and metrics read by whoever knows them; they count to this format too."""
    held, builder.held = builder.held, ""
    builder.memory[_HANDING] = True
    builder.hand_on(documents)
    builder.memory[_HANDING] = False
    builder.held = held
    builder.count_format(NAME, len(documents))


def open_record(raw: bytes) -> OpenRecord:
    """Open one document again."""
    return open_element(raw, _entry_of)


def _entry(raw: bytes) -> Entry | None:
    value = parse_object(raw)
    return _entry_of(value) if value is not None else None


def _entry_of(value: dict[str, object]) -> Entry:
    return object_entry(named(value.get("doc")) or value)
