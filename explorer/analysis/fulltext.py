"""Words in the bytes of records: which spans and log records hold them in what they say, decoded or not.

All bytes are looked through for the words as files spell them; what lies around a hit then tells whether it counts.
Names of fields do not, nor a span's own ids and times. Where a reader cannot tell where its records lie, those of
the document are opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.scanning import Found, Hits, Step, no_step, scanned
from explorer.decoding.extents import Extents
from explorer.decoding.finding import NOWHERE, Finder
from explorer.decoding.needles import Needle, unescaped
from explorer.decoding.tokens import named, tokens
from explorer.model.raw import ChangedError
from explorer.model.records import Detail
from explorer.model.store import Logs, Spans, Store
from explorer.readers.details import extents_of, hiding, log_detail, span_detail

Places = NDArray[np.int64]
Mask = NDArray[np.bool_]

EVERY: Final = slice(None)
_REGION: Final = 1 << 20
"""Bytes of records that are judged together."""
_ESCAPE: Final = 92
_LONGEST_ESCAPE: Final = 6


def spans_holding(store: Store, needle: Needle, step: Step = no_step, rows: slice = EVERY) -> Mask:
    """Bool (spans,): spans that say the words in an attribute, an event, their status or their resource.

    Args:
        rows: only their documents are looked through; of others, nothing is said.

    Raises:
        Cancelled: by ``step``, which is called before each block.
    """
    return _holding(store, store.spans, needle, step, rows)


def logs_holding(store: Store, needle: Needle, step: Step = no_step) -> Mask:
    """Bool (logs,): log records that say the words anywhere but in the name of a field. Raises as above."""
    return _holding(store, store.logs, needle, step)


def _holding(store: Store, records: Spans | Logs, needle: Needle, step: Step, rows: slice = EVERY) -> Mask:
    found, docs = Found(records), records.doc[rows]
    by_offset = isinstance(records, Logs) and bool(records.length.any())
    for hits in scanned(store, docs, [Finder(one) for one in needle.spellings], step):
        own = found.rows_of(hits.doc) if by_offset else NOWHERE
        if isinstance(records, Logs) and len(own) and records.length[own[0]]:
            begin = records.index[own].astype(np.int64)
            end = begin + records.length[own]
            found.add_rows(own[_records_holding(hits, needle, begin, end, frozenset())])
            continue
        extents = extents_of(store, hits.doc, hits.data)
        if extents is not None:
            found.add(hits.doc, _ordinals_holding(hits, needle, extents))
        else:
            opened = partial(step, hits.share)
            found.add_rows(_opened_and_holding(store, records, found.rows_of(hits.doc), needle, opened))
    for doc in hiding(store, docs):
        found.add_rows(_opened_and_holding(store, records, found.rows_of(doc), needle, partial(step, 1.0)))
    return found.mask()


def _opened_and_holding(
    store: Store, records: Spans | Logs, rows: Places, needle: Needle, step: Callable[[], None]
) -> Places:
    """Those of some rows that hold the words once they are opened."""
    opened = span_detail if isinstance(records, Spans) else log_detail
    found = []
    for row in rows.tolist():
        step()
        try:
            if any(map(needle.within, texts_of(opened(store, row)))):
                found.append(row)
        except ChangedError:
            break
    return np.array(found, np.int64)


def _ordinals_holding(hits: Hits, needle: Needle, extents: Extents) -> Mask:
    """Bool (records,): which of a document's records hold the words, themselves or in what they share with others."""
    begin, end, count = extents.begin, extents.end, len(extents.begin)
    order = np.argsort(begin, kind="stable")
    before = np.searchsorted(begin[order], hits.at, "right") - 1
    outside = (before < 0) | (hits.at >= end[order][before])
    shared = extents.shared() if outside.any() else ()
    begin = np.concatenate([begin, np.array([part.begin for part in shared], np.int64)])
    end = np.concatenate([end, np.array([part.end for part in shared], np.int64)])
    holding = _records_holding(hits, needle, begin, end, extents.silent)
    said = np.zeros(count, bool)
    said[holding[holding < count]] = True
    for part in holding[holding >= count].tolist():
        said[shared[part - count].ordinals] = True
    return said


def _records_holding(
    hits: Hits, needle: Needle, begin: Places, end: Places, silent: frozenset[bytes]
) -> Places:
    """Which of a document's records hold the words, by the place of their stretches in ``begin``; each once."""
    order = np.argsort(begin, kind="stable")
    begin, end = begin[order], end[order]
    which = np.searchsorted(begin, hits.at, "right") - 1
    inside = (which >= 0) & (hits.at < end[which])
    at, which = hits.at[inside], which[inside]
    found = [
        which[part][_said(hits.data, at[part], begin[which[part]], end[which[part]], needle, silent)]
        for part in _regions(begin[which], end[which])
    ]
    return order[np.unique(np.concatenate(found))] if found else order[:0]


def _regions(begin: Places, end: Places) -> Iterator[slice]:
    """Runs of hits whose records lie together, as slices."""
    first = 0
    while first < len(begin):
        last = int(np.searchsorted(begin, begin[first] + _REGION, "right"))
        apart = np.flatnonzero(begin[first + 1 : last] > end[first : last - 1] + _REGION // 64)
        if len(apart):
            last = first + 1 + int(apart[0])
        yield slice(first, last)
        first = last


def _said(
    data: bytes, at: Places, begin: Places, end: Places, needle: Needle, silent: frozenset[bytes]
) -> Mask:
    """Which hits count, of records that lie together.

    Args:
        at, begin, end: of each hit, and of its record.
        silent: names whose values do not count.
    """
    if not len(at):
        return np.zeros(0, bool)
    origin, stop = int(begin.min()), int(end.max())
    region = np.frombuffer(data, np.uint8)[origin:stop]
    at, begin, end = at - origin, begin - origin, end - origin
    json = np.isin(region[begin], (ord("{"), ord("[")))
    seen = tokens(region, at, begin)
    counts = ~json | (~seen.is_name & (seen.in_text | needle.tame))
    for name in silent:
        counts[named(region, seen.owner, name)] = False
    test = _Test(data[origin:stop], needle)
    doubtful = counts & ~(json & seen.in_text & needle.certain & ~_near_escape(region, at))
    for one in np.flatnonzero(doubtful).tolist():
        if not json[one]:
            counts[one] = needle.certain or test.line(int(begin[one]), int(end[one]))
        else:
            counts[one] = test.token(int(seen.begin[one]), int(seen.end[one]), quoted=bool(seen.in_text[one]))
    return counts


def _near_escape(region: NDArray[np.uint8], at: Places) -> Mask:
    """Where a backslash stands so shortly before that it may change what a sign means."""
    near = np.zeros(len(at), bool)
    for back in range(1, _LONGEST_ESCAPE):
        near |= region[np.maximum(at - back, 0)] == _ESCAPE
    return near


class _Test:
    """Asks each distinct stretch of the bytes once whether it holds the words."""

    def __init__(self, data: bytes, needle: Needle) -> None:
        self.data, self._needle = data, needle
        self._known: dict[tuple[bytes, bool], bool] = {}

    def token(self, begin: int, end: int, *, quoted: bool) -> bool:
        """Whether a JSON string does, or what stands between two."""
        key = self.data[begin:end], quoted
        if key not in self._known:
            self._known[key] = self._needle.within(unescaped(key[0]) if quoted else _bare(key[0]))
        return self._known[key]

    def line(self, begin: int, end: int) -> bool:
        """Whether a line does, as it stands or without the escapes of quotes."""
        text = self.data[begin:end].decode("utf-8", "replace")
        return self._needle.within(text) or self._needle.within(text.replace('\\"', '"').replace('""', '"'))


def _bare(between: bytes) -> str:
    """What stands between two strings of JSON, without that which is nothing."""
    return between.replace(b"null", b"").decode("utf-8", "replace")


def texts_of(detail: Detail) -> Iterator[str]:
    """All that a record says, text by text, without the names of its fields."""
    yield from (
        detail.message,
        detail.exception_type,
        detail.exception_message,
        detail.stack,
    )
    for attributes in (detail.attributes, detail.resource, *(event.attributes for event in detail.events)):
        yield from _texts(value for _, value in attributes)
    yield from (*detail.scope.rsplit(" ", 1), *(event.name for event in detail.events))


def _texts(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, bool):
            yield "true" if value else "false"
        elif isinstance(value, dict):
            yield from _texts(value.values())
        elif isinstance(value, list | tuple):
            yield from _texts(value)
        elif value is not None:
            yield str(value)
