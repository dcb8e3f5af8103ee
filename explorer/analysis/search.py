"""Searching what the columns do not hold: log messages and attributes, in the raw bytes of their documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from explorer.model.fields import normalise
from explorer.model.raw import ChangedError
from explorer.model.records import Detail
from explorer.model.store import Store
from explorer.query.columns import Coded
from explorer.readers.details import log_detail, raw_bytes, span_detail
from explorer.readers.registry import reader

Ints = NDArray[np.int32]


@lru_cache(maxsize=1)
def log_texts(store: Store) -> Coded:
    """Message of every log record: codes and table of distinct messages. Decodes all of them."""
    table: dict[str, int] = {}
    codes = np.full(len(store.logs), -1, np.int64)
    for _, rows in _by_document(store.logs.doc, store.logs.index):
        for row in rows.tolist():
            try:
                codes[row] = table.setdefault(log_detail(store, row).message, len(table))
            except ChangedError:
                break
    return codes, list(table)


@lru_cache(maxsize=8)
def attribute_column(store: Store, name: str) -> Coded | None:
    """An attribute of spans (or of their resources) as codes and a table of texts; None where no span has it.

    Only documents in whose bytes the last part of the name stands are decoded.
    """
    return _column(store, name, store.spans.doc, store.spans.index, span_detail, of_spans=True)


@lru_cache(maxsize=8)
def log_attribute_column(store: Store, name: str) -> Coded | None:
    """The same for log records."""
    return _column(store, name, store.logs.doc, store.logs.index, log_detail)


def _column(
    store: Store,
    name: str,
    doc_of: Ints,
    index_of: Ints,
    decode: Callable[[Store, int], Detail],
    *,
    of_spans: bool = False,
) -> Coded | None:
    wanted = normalise(name)
    needle = name.replace("@", ".").rsplit(".", 1)[-1].encode().lower()
    table: dict[str, int] = {}
    codes = np.full(len(doc_of), -1, np.int64)
    for doc, rows in _by_document(doc_of, index_of):
        data = _bytes(store, doc)
        if needle not in data.lower():
            continue
        told = _told_at_once(store, doc, data, name) if of_spans else None
        if told is not None:
            texts = [told[index] for index in index_of[rows].tolist()]
            codes[rows] = [-1 if text is None else table.setdefault(text, len(table)) for text in texts]
            continue
        for row in rows.tolist():
            detail = decode(store, row)
            value = next(
                (v for k, v in (*detail.attributes, *detail.resource) if normalise(k) == wanted), None
            )
            if value is not None:
                codes[row] = table.setdefault(str(value), len(table))
    return (codes, list(table)) if table else None


def _told_at_once(store: Store, doc: int, data: bytes, name: str) -> Sequence[str | None] | None:
    """What a document's reader tells of one attribute of all its spans; None where they must be opened."""
    documents = store.documents
    read_by = reader(store.readers[int(documents["reader"][doc])])
    column: Callable[[bytes, str], Sequence[str | None] | None] | None = getattr(read_by, "column", None)
    return None if column is None or documents["mended"][doc] else column(data, name)


def _by_document(doc: Ints, index: Ints) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Rows of each document, by their place in it."""
    if not len(doc):
        return
    order = np.lexsort((index, doc))
    starts = np.flatnonzero(np.concatenate(([True], np.diff(doc[order]) != 0)))
    for rows in np.split(order, starts[1:]):
        yield int(doc[rows[0]]), rows


def _bytes(store: Store, doc: int) -> bytes:
    try:
        return raw_bytes(store, doc)
    except ChangedError:
        return b""
