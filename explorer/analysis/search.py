"""Columns of what the store does not hold as columns: log messages and attributes, from the bytes of documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.scanning import Found, Step, by_document, no_step, scanned
from explorer.analysis.told import forms_for, told
from explorer.decoding.cutting.cut import Texts
from explorer.decoding.finding import Finder
from explorer.decoding.naming import value_of
from explorer.decoding.needles import Needle
from explorer.model.fields import normalise
from explorer.model.raw import ChangedError
from explorer.model.records import Detail
from explorer.model.store import Logs, Spans, Store
from explorer.query.columns import Coded
from explorer.readers.details import hiding, log_detail, span_detail

_ASKED: Final = 256
"""Records that are opened to see whether a reader makes up a name."""


@lru_cache(maxsize=1)
def log_texts(store: Store) -> Coded:
    """Message of every log record: codes and table of distinct messages. Decodes all of them."""
    table: dict[str, int] = {}
    codes = np.full(len(store.logs), -1, np.int64)
    broken = -1
    for row in by_document(store.logs)[0].tolist():
        if store.logs.doc[row] == broken:
            continue
        try:
            codes[row] = table.setdefault(log_detail(store, row).message, len(table))
        except ChangedError:
            broken = store.logs.doc[row]
    return codes, list(table)


def attribute_column(store: Store, name: str, step: Step = no_step) -> Coded | None:
    """An attribute of spans (or of their resources) as codes and a table of texts; None where no span has it.

    Kept for the few attributes asked for last.

    Raises:
        Cancelled: by ``step``.
    """
    return _kept(store, store.spans, name, step)


def log_attribute_column(store: Store, name: str, step: Step = no_step) -> Coded | None:
    """The same for log records."""
    return _kept(store, store.logs, name, step)


def _kept(store: Store, records: Spans | Logs, name: str, step: Step) -> Coded | None:
    place = _place(store, records, name)
    if not place:
        place.append(column(store, records, name, step))
    return place[0]


@lru_cache(maxsize=8)
def _place(_store: Store, _records: Spans | Logs, _name: str) -> list[Coded | None]:
    """Where a column is kept once it is known."""
    return []


def column(store: Store, records: Spans | Logs, name: str, step: Step = no_step) -> Coded | None:
    """An attribute as codes and a table of texts; see :func:`attribute_column`. Nothing is kept."""
    texts = Texts()
    whole, rest = _told(store, records, name, texts, step)
    opened = span_detail if isinstance(records, Spans) else log_detail
    found = Found(records)
    for doc, share in rest.items():
        for row in found.rows_of(doc).tolist():
            step(share)
            try:
                detail = opened(store, row)
            except ChangedError:
                break
            own = value_of(detail.attributes, name)
            whole[row] = texts[value_of(detail.resource, name) if own is None else own]
    table = [text for text in texts if text is not None]
    return (whole, table) if table else None


def _told(
    store: Store, records: Spans | Logs, name: str, texts: Texts, step: Step
) -> tuple[NDArray[np.int32], Mapping[int, float]]:
    """Codes of the rows that are told without being opened, and which documents must be opened, when."""
    codes, others = np.full(len(records), -1, np.int32), records.doc
    rest: dict[int, float] = {}
    if isinstance(records, Spans):
        documents, forms = store.documents, forms_for(store, name)
        fast = np.array([form is not None for form in forms], bool)[documents["reader"][others]]
        fast &= documents["mended"][others] == 0
        if fast.any():
            codes, rest = told(store, forms, others[fast], name, texts, step)
        others = others[~fast]
    # Readers put names together, so that but the last part need stand in the bytes.
    last = name.replace("@", ".").rsplit(".", 1)[-1] or name
    if last:
        finders = [Finder(one) for one in Needle(last.lower()).spellings]
        rest |= {hits.doc: hits.share for hits in scanned(store, others, finders, step)}
    return codes, rest | dict.fromkeys([*hiding(store, others), *_naming(store, records, others, name)], 1.0)


def _naming(store: Store, records: Spans | Logs, docs: NDArray[np.int32], name: str) -> list[int]:
    """Documents whose reader gives that name to what has none in the file, as to a column of an access log.

    Some records of each file and reader tell, all where there are few.
    """
    documents, found, wanted = store.documents, Found(records), normalise(name)
    opened = span_detail if isinstance(records, Spans) else log_detail
    every = np.unique(docs)
    kinds, kind_of = np.unique(
        documents["file"][every].astype(np.int64) << 32 | documents["reader"][every], return_inverse=True
    )
    named = []
    for kind in range(len(kinds)):
        own, asked = every[kind_of == kind].tolist(), max(1, _ASKED // len(kinds))
        rows = islice((row for doc in own for row in found.rows_of(doc).tolist()), asked)
        if any(_has(opened, store, row, wanted) for row in rows):
            named += own
    return named


def _has(opened: Callable[[Store, int], Detail], store: Store, row: int, wanted: str) -> bool:
    try:
        detail = opened(store, row)
    except ChangedError:
        return False
    return any(normalise(name) == wanted for name, _ in (*detail.attributes, *detail.resource))
