"""An attribute of spans without opening them, as far as the readers of their documents can tell it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.scanning import Run, Step, runs
from explorer.decoding.cutting.cut import Cutter, Texts
from explorer.decoding.cutting.region import Form, Region
from explorer.decoding.naming import Name, can_be_found
from explorer.model.raw import ChangedError
from explorer.model.store import Spans, Store
from explorer.readers.details import raw_bytes
from explorer.readers.registry import reader

Codes = NDArray[np.int32]
Column = Callable[[bytes, Name], Sequence[str | None] | None]
Ints = NDArray[np.int32]
Places = NDArray[np.int64]

_RUN: Final = 8 << 20
"""Bytes of documents that are looked through at once."""
_SAMPLE: Final = 1 << 16


def forms_for(store: Store, name: str) -> list[Form | None]:
    """How the documents of each reader write attributes; None where one of this name must be opened for."""
    findable = can_be_found(name)
    return [getattr(reader(one), "FORM", None) if findable else None for one in store.readers]


def told(
    store: Store, forms: Sequence[Form | None], docs: Ints, name: str, texts: Texts, step: Step
) -> tuple[Codes, dict[int, float]]:
    """Codes of all spans, -1 also for those of other documents, and which of the documents must be opened.

    Args:
        docs: whose reader has a form.
        step: called before each run of documents; what was done by then is told of those to be opened.
    """
    telling = _Telling(store, forms, Name(name, _sample(store, docs)), texts)
    rest: dict[int, float] = {}
    for run in runs(store, docs, _RUN):
        step(run.share)
        try:
            rest |= dict.fromkeys(telling.rest_of(run), run.share)
        except ChangedError:
            continue
    return telling.codes(store.spans), rest


class _Telling:
    def __init__(self, store: Store, forms: Sequence[Form | None], name: Name, texts: Texts) -> None:
        self._store, self._name, self._texts = store, name, texts
        self._cutters = [
            Cutter(form, name, texts) if form and not form.elsewhere(name.text) else None for form in forms
        ]
        size = len(store.documents["file"])
        self._count = np.bincount(store.spans.doc, minlength=size)
        self._first, self._size = np.zeros(size, np.int64), np.zeros(size, np.int64)
        self._told: list[Codes] = [np.array([-1], np.int32)]
        self._length = 1

    def rest_of(self, run: Run) -> list[int]:
        """Tell the attribute of the spans of some documents; returns the documents that must be opened."""
        begin = int(run.begin[0])
        data = self._store.raw.read(run.file, begin, int(run.end.max()) - begin)
        of_reader, rest = self._store.documents["reader"][run.docs], []
        for number in np.unique(of_reader).tolist():
            own = np.flatnonzero(of_reader == number)
            docs, known = run.docs[own], np.zeros(len(own), bool)
            cutter = self._cutters[number]
            if cutter is not None:
                region = Region(data, run.begin[own] - begin, run.end[own] - begin, self._count[docs])
                known = self._cut(region, cutter, docs)
            rest += [doc for doc in docs[~known].tolist() if not self._tell(doc, number)]
        return rest

    def _cut(self, region: Region, cutter: Cutter, docs: Places) -> NDArray[np.bool_]:
        found = cutter.cut(region)
        which = docs[found.known]
        self._first[which] = found.first[:-1][found.known] + self._length
        self._size[which] = np.diff(found.first)[found.known]
        self._keep(found.codes)
        return found.known

    def _tell(self, doc: int, number: int) -> bool:
        """Whether the reader tells all spans of a document, which is then kept."""
        column: Column | None = getattr(reader(self._store.readers[number]), "column", None)
        found = column(raw_bytes(self._store, doc), self._name) if column else None
        if found is None:
            return False
        self._first[doc], self._size[doc] = self._length, len(found)
        self._keep(np.array([self._texts[text] for text in found], np.int32))
        return True

    def _keep(self, codes: Codes) -> None:
        self._told.append(codes)
        self._length += len(codes)

    def codes(self, spans: Spans) -> Codes:
        """What was told, by row."""
        inside = (spans.index >= 0) & (spans.index < self._size[spans.doc])
        return np.concatenate(self._told)[np.where(inside, self._first[spans.doc] + spans.index, 0)]


def _sample(store: Store, docs: Ints) -> bytes:
    """How documents begin, as far as they can be read."""
    try:
        return raw_bytes(store, int(docs[0]), 0, _SAMPLE) if len(docs) else b""
    except ChangedError:
        return b""
