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
from explorer.decoding.mending import mended
from explorer.model.raw import ChangedError, RawBytes
from explorer.model.records import Detail
from explorer.model.store import Store
from explorer.readers.registry import reader

KEPT_BYTES = 64 << 20
"""Bytes of documents kept open a bundle, the last one always: opening one costs a decode of all of it."""


RECORD_BYTES = 2048
"""What an open record weighs besides its bytes."""


class _Open:
    """Open documents of one bundle, the one used last at the end; of several threads."""

    def __init__(self) -> None:
        self._records: OrderedDict[tuple[int, int, int], tuple[OpenRecord, int]] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: tuple[int, int, int]) -> OpenRecord | None:
        """One that is kept."""
        with self._lock:
            if key not in self._records:
                return None
            self._records.move_to_end(key)
            return self._records[key][0]

    def keep(self, key: tuple[int, int, int], record: OpenRecord, size: int) -> None:
        """Keep one, and forget those unused longest."""
        with self._lock:
            self._bytes += size - self._records.get(key, (None, 0))[1]
            self._records[key] = record, size
            while self._bytes > KEPT_BYTES and len(self._records) > 1:
                self._bytes -= self._records.popitem(last=False)[1][1]


_open: WeakKeyDictionary[RawBytes, _Open] = WeakKeyDictionary()


def span_detail(store: Store, row: int) -> Detail:
    """Attributes, events, links of one span.

    Raises:
        ChangedError: the user's file is no longer the one that was read.
    """
    return _detail(store, int(store.spans.doc[row]), int(store.spans.index[row]), 0)


def log_detail(store: Store, row: int) -> Detail:
    """Whole message and attributes of one log record.

    Raises:
        ChangedError: as :func:`span_detail`.
    """
    return _detail(store, int(store.logs.doc[row]), int(store.logs.index[row]), int(store.logs.length[row]))


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


def _detail(store: Store, doc: int, index: int, length: int) -> Detail:
    kept = _open.setdefault(store.raw, _Open())
    key = (doc, index, length) if length else (doc, -1, 0)
    record = kept.get(key)
    if record is None:
        read_by = reader(store.readers[int(store.documents["reader"][doc])])
        raw = raw_bytes(store, doc, index, length)
        again = mended(raw) if store.documents["mended"][doc] else None
        record = read_by.open_record(again.data if again else raw)
        kept.keep(key, record, len(raw) + RECORD_BYTES)
    return record(-1 if length else index)
