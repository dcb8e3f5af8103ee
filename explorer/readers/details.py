"""One span or log decoded again from its raw bytes, for the one row on screen."""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from explorer.decoding.contract import OpenRecord
from explorer.decoding.extents import Extents
from explorer.decoding.mending import mended_again
from explorer.model.raw import ChangedError, RawBytes
from explorer.model.records import Detail
from explorer.model.store import Store
from explorer.readers.registry import reader

OpenText = Callable[[bytes, str], OpenRecord]
KEPT_BYTES = 64 << 20
"""Bytes of documents kept open a bundle, the last one always."""


DOCUMENT_BYTES = 2048
"""What an open document weighs besides its bytes."""


class _Documents:
    """Open documents of one bundle, the one used last at the end; of several threads."""

    def __init__(self) -> None:
        self._open: OrderedDict[int, tuple[OpenRecord, int]] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, doc: int) -> OpenRecord | None:
        """One that is kept."""
        with self._lock:
            if doc not in self._open:
                return None
            self._open.move_to_end(doc)
            return self._open[doc][0]

    def keep(self, doc: int, opened: OpenRecord, size: int) -> None:
        """Keep one, and forget those unused longest."""
        with self._lock:
            self._bytes += size - self._open.get(doc, (None, 0))[1]
            self._open[doc] = opened, size
            while self._bytes > KEPT_BYTES and len(self._open) > 1:
                self._bytes -= self._open.popitem(last=False)[1][1]


_documents: WeakKeyDictionary[RawBytes, _Documents] = WeakKeyDictionary()


def span_detail(store: Store, row: int) -> Detail:
    """Attributes, events, links of one span.

    Raises:
        ChangedError: the user's file is no longer the one that was read.
    """
    return _kept(store, int(store.spans.doc[row]))(int(store.spans.index[row]))


def log_detail(store: Store, row: int) -> Detail:
    """Whole message and attributes of one log record.

    Raises:
        ChangedError: as :func:`span_detail`.
    """
    logs = store.logs
    doc, index, length = int(logs.doc[row]), int(logs.index[row]), int(logs.length[row])
    if not length:
        return _kept(store, doc)(index)
    return _open(store, doc, raw_bytes(store, doc, index, length))(-1)


def _kept(store: Store, doc: int) -> OpenRecord:
    """A document, kept open: opening one costs a decode of all of it."""
    documents = _documents.get(store.raw) or _documents.setdefault(store.raw, _Documents())
    found = documents.get(doc)
    if found is None:
        raw = raw_bytes(store, doc)
        found = _open(store, doc, raw)
        documents.keep(doc, found, len(raw) + DOCUMENT_BYTES)
    return found


def raw_bytes(store: Store, doc: int, index: int = 0, length: int = 0) -> bytes:
    """The bytes of a document, or of a record in a block of lines."""
    documents = store.documents
    offset = int(documents["offset"][doc])
    if length:
        return store.raw.read(int(documents["file"][doc]), offset + index, length)
    return store.raw.read(int(documents["file"][doc]), offset, int(documents["length"][doc]))


def extents_of(store: Store, doc: int, data: bytes) -> Extents | None:
    """Where the records of a document lie in its bytes, by ordinal; None where they must be opened to be known."""
    documents = store.documents
    read_by = reader(store.readers[int(documents["reader"][doc])])
    extents: Callable[[bytes], Extents | None] | None = getattr(read_by, "extents", None)
    return None if extents is None or documents["mended"][doc] else extents(data)


def hiding(store: Store, docs: NDArray[np.int32]) -> list[int]:
    """Those of some documents whose bytes do not show their texts; see ``hides`` of a reader.

    What can no longer be read hides nothing that could be shown.
    """
    documents = store.documents
    found: list[int] = []
    for number in np.unique(documents["reader"][docs]).tolist():
        hides: Callable[[bytes], bool] | None = getattr(reader(store.readers[number]), "hides", None)
        if hides is not None:
            own = np.unique(docs[documents["reader"][docs] == number]).tolist()
            for doc in own:
                with contextlib.suppress(ChangedError):
                    if hides(raw_bytes(store, doc)):
                        found.append(doc)
    return found


def _open(store: Store, doc: int, raw: bytes) -> OpenRecord:
    """Bytes of a document, or of a record in it, as its reader opens them; as they stand where it no longer can."""
    documents = store.documents
    data = mended_again(raw) if documents["mended"][doc] else raw
    read_by, formats = reader(store.readers[int(documents["reader"][doc])]), int(documents["formats"][doc])
    open_text: OpenText | None = getattr(read_by, "open_text", None) if formats else None
    try:
        return open_text(data, store.texts[formats]) if open_text else read_by.open_record(data)
    except ValueError:  # mended in another way than when it was read
        return lambda _ordinal: Detail(raw=raw.decode("utf-8", "replace"))
