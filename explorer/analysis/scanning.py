"""All raw bytes of some documents, looked through block by block; and the way back from a document to rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from explorer.decoding.finding import NOWHERE, Finder
from explorer.errors import Cancelled
from explorer.model.raw import ChangedError
from explorer.model.store import Logs, Spans, Store

Ints = NDArray[np.int32]
Places = NDArray[np.int64]
Mask = NDArray[np.bool_]
Step = Callable[[float], None]
"""Told which share is done; may raise :class:`~explorer.errors.Cancelled`."""

BLOCK: Final = 1 << 20
_WHOLE: Final = 4 << 20
"""Documents larger than that are read block by block, and whole only where something was found."""


def no_step(_share: float) -> None:
    """Nobody waits for it."""


def watched(cancelled: Callable[[], bool], report: Step = no_step) -> Step:
    """Tells how far it is, and stops once that is asked for."""

    def step(share: float) -> None:
        if cancelled():
            raise Cancelled
        report(share)

    return step


@dataclass(frozen=True, slots=True)
class Hits:
    """A document in which something was found.

    Attributes:
        data: its bytes; at: places in them, int64 ascending.
        share: what was done by then.
    """

    doc: int
    data: bytes
    at: Places
    share: float


@dataclass(frozen=True, slots=True)
class Run:
    """Documents that lie one behind the other in a file.

    Attributes:
        docs: in their order; begin, end: of each in the file, int64.
        share: what came before.
    """

    docs: Places
    file: int
    begin: Places
    end: Places
    share: float


def runs(store: Store, docs: Ints, size: int = BLOCK) -> Iterator[Run]:
    """Documents in the order of the files, those together that begin in the same so many bytes.

    Args:
        docs: any of them may be named more than once.
    """
    table = store.documents
    used = np.zeros(len(table["file"]), bool)
    used[docs] = True
    chosen = np.flatnonzero(used)
    chosen = chosen[np.lexsort((table["offset"][chosen], table["file"][chosen]))]
    file, offset, length = (table[name][chosen] for name in ("file", "offset", "length"))
    cuts = np.flatnonzero((np.diff(file) != 0) | (np.diff(offset // size) != 0)) + 1
    total, done = max(int(length.sum()), 1), 0
    for first, last in pairwise([0, *cuts.tolist(), len(chosen)]):
        if first < last:
            begin, here = offset[first:last], length[first:last]
            yield Run(chosen[first:last], int(file[first]), begin, begin + here, done / total)
            done += int(here.sum())


def scanned(store: Store, docs: Ints, finders: Sequence[Finder], step: Step) -> Iterator[Hits]:
    """The documents in which any of the finders finds something, in the order of the files.

    What can no longer be read is passed over.

    Args:
        docs: documents to look through; any of them may be named more than once.
        step: called before each block.
    """
    for run in runs(store, docs):
        begin, end = int(run.begin[0]), int(run.end.max())
        try:
            data, at = _looked_through(store, run.file, begin, end, finders, partial(step, run.share))
        except ChangedError:
            continue
        begins, ends = run.begin - begin, run.end - begin
        for one in np.flatnonzero(np.searchsorted(at, begins) < np.searchsorted(at, ends)).tolist():
            here, there = int(begins[one]), int(ends[one])
            part = data if (here, there) == (0, len(data)) else data[here:there]
            inside = at[slice(*np.searchsorted(at, [here, there]))]
            yield Hits(int(run.docs[one]), part, inside - here, run.share)


def _looked_through(
    store: Store, file: int, begin: int, end: int, finders: Sequence[Finder], step: Callable[[], None]
) -> tuple[bytes, Places]:
    """The bytes of a file from ``begin`` to ``end``, and where something was found; no bytes where nothing was."""
    longest = max(len(finder.wanted) for finder in finders)
    size = end - begin if end - begin <= _WHOLE else BLOCK
    data, found = b"", []
    for at in range(begin, end, max(size, 1)):
        step()
        data = store.raw.read(file, at, min(size + longest - 1, end - at))
        found += [finder.places(data) + (at - begin) for finder in finders]
    if len(found) == 1:
        return data, found[0]
    every = np.unique(np.concatenate(found)) if found else NOWHERE
    if len(every) and size < end - begin:
        data = store.raw.read(file, begin, end - begin)
    return data, every


class Found:
    """Records that were found, by their place in a document or by their row.

    Args:
        records: of a store; which document and place each row has.
    """

    def __init__(self, records: Spans | Logs) -> None:
        self._records = records
        self._rows = np.zeros(len(records), bool)
        self._docs: dict[int, Mask] = {}

    def add(self, doc: int, ordinals: Mask) -> None:
        """Whether each record of a document was found, by its ordinal."""
        self._docs[doc] = ordinals

    def add_rows(self, rows: Places) -> None:
        """Rows that were found."""
        self._rows[rows] = True

    def rows_of(self, doc: int) -> Places:
        """All rows of a document, by their place in it."""
        order, docs = by_document(self._records)
        return order[slice(*np.searchsorted(docs, np.array([doc, doc + 1], docs.dtype)))]

    def mask(self) -> Mask:
        """Bool (rows,)."""
        if self._docs:
            flat = gathered(self._records, self._docs, False)
            self._rows |= flat
        return self._rows


def gathered(records: Spans | Logs, by_doc: Mapping[int, NDArray[Any]], other: Any) -> NDArray[Any]:
    """What is known of some documents' records, by ordinal, for all rows; ``other`` for those of other documents."""
    doc, index = records.doc, records.index
    size = np.zeros(int(doc.max(initial=0)) + 1, np.int64)
    first = np.zeros(len(size), np.int64)
    size[list(by_doc)] = [len(values) for values in by_doc.values()]
    first[list(by_doc)] = np.cumsum([1, *map(len, by_doc.values())])[:-1]
    flat = np.concatenate([[other], *by_doc.values()])
    known = (index >= 0) & (index < size[doc])
    return flat[np.where(known, first[doc] + index, 0)]


@lru_cache(maxsize=2)
def by_document(records: Spans | Logs) -> tuple[Places, Ints]:
    """Rows by document and place in it, int64 (rows,), and the document of each of these."""
    order = np.argsort(
        records.doc.astype(np.int64) << 32 | (records.index.astype(np.int64) + 1), kind="stable"
    )
    return order, records.doc[order]
