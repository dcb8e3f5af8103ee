"""One span or log decoded again from its raw bytes, for the one row on screen."""

from __future__ import annotations

from collections import OrderedDict
from weakref import WeakKeyDictionary

from explorer.model.raw import RawBytes
from explorer.model.records import Detail
from explorer.model.store import Store
from explorer.readers.contract import OpenRecord, readers
from explorer.readers.mending import mended

KEPT = 4
"""Documents kept open a bundle: opening a document of 100,000 spans costs a decode of it."""

_open: WeakKeyDictionary[RawBytes, OrderedDict[tuple[int, int, int], OpenRecord]] = WeakKeyDictionary()


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


def _detail(store: Store, doc: int, index: int, length: int) -> Detail:
    known = _open.setdefault(store.raw, OrderedDict())
    key = (doc, index, length) if length else (doc, -1, 0)
    record = known.get(key)
    if record is None:
        reader = readers()[store.readers[int(store.documents["reader"][doc])]]
        raw = raw_bytes(store, doc, index, length)
        again = mended(raw) if store.documents["mended"][doc] else None
        record = known[key] = reader.open_record(again.data if again else raw)
        while len(known) > KEPT:
            known.popitem(last=False)
    known.move_to_end(key)
    return record(-1 if length else index)
