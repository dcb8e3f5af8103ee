"""Bytes through one reader of traces into a store, without files; and all that a store says of its spans."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from explorer.decoding.contract import Reader
from explorer.model.assemble import assemble
from explorer.model.builder import Builder, Records
from explorer.model.ids import span_text, trace_text
from explorer.model.issue import Issues
from explorer.model.options import ReadOptions
from explorer.model.records import File
from explorer.model.schema import FailureKind, Kind, SpanFlag, Status
from explorer.model.store import Store

Told = dict[str, Any]


def records_of(data: bytes, framing: str, offset: int = 0) -> Records:
    """The records of a block: its lines without blank ones, or the one document."""
    if framing == "document":
        return Records(0, data, offset, np.zeros(1, np.int64), np.array([len(data)]))
    newline = np.flatnonzero(np.frombuffer(data, np.uint8) == 10)
    starts, ends = np.concatenate(([0], newline + 1)), np.concatenate((newline, [len(data)]))
    full = ends > starts
    return Records(0, data, offset, starts[full], ends[full])


def store_of(
    reader: Reader,
    data: bytes,
    framing: str = "document",
    *,
    cuts: Sequence[int] = (),
    options: ReadOptions | None = None,
) -> Store:
    """What a reader makes of the bytes, which must be its own, read in runs that end at ``cuts``."""
    builder = Builder(Issues(), options)
    file = builder.begin_file(File("member", None, len(data), 0))
    builder.begin_reader(reader.NAME)
    builder.raw.keep(file, 0, data)
    bounds = [0, *cuts, len(data)]
    for begin, end in pairwise(bounds):
        assert not len(reader.read(records_of(data[begin:end], framing, begin), builder))
    return assemble(builder, "bundle", [builder.end_file()])


def rejects(reader: Reader, data: bytes, framing: str = "document") -> bool:
    """Whether a reader gives the one record back, leaving nothing behind."""
    builder = Builder(Issues())
    builder.begin_file(File("member", None, len(data), 0))
    builder.begin_reader(reader.NAME)
    rejected = list(reader.read(records_of(data, framing), builder))
    return rejected == [0] and not len(builder.spans) and not len(builder.logs)


def spans_told(store: Store) -> list[Told]:
    """All that the store says of each span, codes turned to texts, empty things left out."""
    return [
        {name: value for name, value in _span(store, row).items() if value} for row in range(len(store.spans))
    ]


def by_name(store: Store) -> dict[str, Told]:
    """:func:`spans_told` by operation."""
    return {told.get("name", ""): told for told in spans_told(store)}


def _span(store: Store, row: int) -> Told:
    spans = store.spans
    return {
        "trace": trace_text(store.traces.number[int(spans.trace[row])]),
        "id": span_text(int(spans.span_id[row])),
        "parent": span_text(int(spans.parent_id[row])),
        "service": store.service(row),
        "name": store.operation(row),
        "start": int(spans.start[row]),
        "duration": int(spans.duration[row]),
        "kind": Kind(int(spans.kind[row])).name,
        "status": Status(int(spans.status[row])).name,
        "code": int(spans.code[row]),
        "flags": SpanFlag(int(spans.flags[row])).name or "",
        "peer": store.texts[int(spans.peer[row])],
        "resource": store.resources[int(spans.resource[row])],
        "failures": [
            (FailureKind(kind).name, store.texts[type_], store.texts[message])
            for kind, type_, message in _rows(store.failures, "span", row, "kind", "type", "message")
        ],
        "events": [
            (time, store.texts[name]) for time, name in _rows(store.events, "span", row, "time", "name")
        ],
        "links": [
            (trace_text(store.traces.number[trace]) if trace >= 0 else "", span_text(number))
            for trace, number in _rows(store.links, "span", row, "trace", "span_id")
        ],
        "fields": [
            (store.texts[field], store.texts[value])
            for field, value in _rows(store.span_fields, "row", row, "field", "value")
        ],
    }


def _rows(table: Any, key: str, row: int, *columns: str) -> list[tuple[int, ...]]:
    at = np.flatnonzero(table[key] == row)
    return [tuple(int(table[column][i]) for column in columns) for i in at]


def issues_told(store: Store) -> list[tuple[str, int]]:
    """Code and count of each issue."""
    return [(issue.code, issue.count) for issue in store.issues]
