"""Columns of what the store does not hold as columns: log messages and attributes, from the bytes of documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.scanning import Found, Hits, Step, by_document, gathered, no_step, scanned
from explorer.decoding.finding import Finder
from explorer.decoding.naming import Name
from explorer.decoding.needles import Needle
from explorer.model.fields import normalise
from explorer.model.raw import ChangedError
from explorer.model.records import Detail
from explorer.model.store import Logs, Spans, Store
from explorer.query.columns import Coded
from explorer.readers.details import hiding, log_detail, raw_bytes, span_detail
from explorer.readers.registry import reader

Column = Callable[[bytes, Name, NDArray[np.int64]], Sequence[str | None] | None]
_SAMPLE: Final = 1 << 16
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
    codes = _Codes()
    cut, rest = _cut(store, records, name, codes, step)
    whole = gathered(records, cut, -1) if cut else np.full(len(records), -1, np.int32)
    opened = span_detail if isinstance(records, Spans) else log_detail
    wanted, found = normalise(name), Found(records)
    for doc, share in rest.items():
        for row in found.rows_of(doc).tolist():
            step(share)
            try:
                detail = opened(store, row)
            except ChangedError:
                break
            value = next(
                (v for k, v in (*detail.attributes, *detail.resource) if normalise(k) == wanted), None
            )
            whole[row] = codes[None if value is None else str(value)]
    table = [text for text in codes if text is not None]
    return (whole, table) if table else None


class _Codes(dict[str | None, int]):
    """Codes of texts, counted up as they come."""

    def __init__(self) -> None:
        self[None] = -1

    def __missing__(self, text: str) -> int:
        code = self[text] = len(self) - 1
        return code


def _cut(
    store: Store, records: Spans | Logs, name: str, codes: _Codes, step: Step
) -> tuple[Mapping[int, NDArray[np.int32]], Mapping[int, float]]:
    """Codes by ordinal of the documents whose readers tell them at once, and which others must be opened, when."""
    columns = [getattr(reader(one), "column", None) for one in store.readers]
    at_once = np.array([isinstance(records, Spans) and one is not None for one in columns], bool)
    documents = store.documents
    fast = at_once[documents["reader"][records.doc]] & (documents["mended"][records.doc] == 0)
    cut: dict[int, NDArray[np.int32]] = {}
    rest: dict[int, float] = {}
    docs, others = records.doc[fast], records.doc[~fast]
    label = (
        Name(name, _sample(store, docs)) if any(sign.isascii() and sign.isalnum() for sign in name) else None
    )
    for hits in _holding(store, docs, name, label, step):
        tell: Column = columns[documents["reader"][hits.doc]]
        told = None if label is None else tell(hits.data, label, hits.at)
        if told is None:
            rest[hits.doc] = hits.share
        else:
            cut[hits.doc] = np.array([codes[text] for text in told], np.int32)
    # Readers put names together, so that but the last part need stand in the bytes.
    last = name.replace("@", ".").rsplit(".", 1)[-1] or name
    rest |= {hits.doc: hits.share for hits in _holding(store, others, last, None, step)}
    return cut, rest | dict.fromkeys([*hiding(store, others), *_naming(store, records, others, name)], 1.0)


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


def _holding(
    store: Store, docs: NDArray[np.int32], text: str, label: Name | None, step: Step
) -> Iterator[Hits]:
    if not text:
        return iter(())
    finders = [label.finder] if label else [Finder(one) for one in Needle(text.lower()).spellings]
    return scanned(store, docs, finders, step)


def _sample(store: Store, docs: NDArray[np.int32]) -> bytes:
    """How documents begin, as far as they can be read."""
    try:
        return raw_bytes(store, int(docs[0]), 0, _SAMPLE) if len(docs) else b""
    except ChangedError:
        return b""
