"""Where a record stands in its file, for evidence that is clicked."""

from __future__ import annotations

from explorer.model.raw import DECODED
from explorer.model.store import Store


def span_place(store: Store, row: int) -> tuple[str, int]:
    """File name and byte offset of the document that holds a span; ``("", -1)`` for none."""
    return _place(store, int(store.spans.doc[row]), 0)


def log_place(store: Store, row: int) -> tuple[str, int]:
    """File name and byte offset of a log record."""
    length = int(store.logs.length[row])
    return _place(store, int(store.logs.doc[row]), int(store.logs.index[row]) if length else 0)


def document_place(store: Store, doc: int) -> tuple[str, int]:
    """File name and byte offset of a document (of a mark or finding)."""
    return _place(store, doc, 0) if doc >= 0 else ("", -1)


def _place(store: Store, doc: int, beyond: int) -> tuple[str, int]:
    if not 0 <= doc < len(store.documents["file"]):
        return "", -1
    file = int(store.documents["file"][doc])
    offset = int(store.documents["offset"][doc]) + beyond
    return store.files[file].name, offset if offset < DECODED else -1
