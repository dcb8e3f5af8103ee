"""Where spans and their attributes lie in a region: what the formats' own layouts are made of."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from explorer.decoding.cutting.region import Bytes, Layout, Mark, Marks, Mask, Places, Region
from explorer.decoding.naming import stands

_KEY = b'"key":"'
_BLOCK = 1 << 18
"""Bytes that are compared at once; what is made of them stays in the processor's cache."""


def places_of(view: Bytes, wanted: int) -> Places:
    """Where a byte stands, int64 ascending."""
    met = np.empty(min(_BLOCK, len(view)), bool)
    found = []
    for begin in range(0, len(view), _BLOCK):
        part = view[begin : begin + _BLOCK]
        np.equal(part, wanted, out=met[: len(part)])
        found.append(np.flatnonzero(met[: len(part)]) + begin)
    return np.concatenate(found) if found else np.empty(0, np.int64)


def marked(view: Bytes, openers: Places, names: Iterable[tuple[bytes, Mark]]) -> Marks:
    """What brackets open, by the bytes before each of them; int8."""
    marks = np.full(len(openers), Mark.UNKNOWN, np.int8)
    rest = np.arange(len(openers))
    for before, mark in names:
        met = stands(view, openers[rest] - len(before), before)
        marks[rest[met]] = mark
        rest = rest[~met]
    return marks


def each_its_own(region: Region, openers: Places, marks: Marks, possible: Mask) -> Layout:
    """The layout where each span has attributes: spans begin where these do. Other documents are not known."""
    own = np.flatnonzero(marks == Mark.OWN)
    first, last = np.searchsorted(openers[own], (region.begin, region.end))
    known = possible & (last - first == region.count)
    return of_spans(region, openers, marks, openers[own], own, known)


def of_spans(
    region: Region,
    openers: Places,
    marks: Marks,
    begin: Places,
    own: Places,
    known: Mask,
    *,
    strict: Mask | None = None,
    closers: Places | None = None,
) -> Layout:
    """The layout where spans begin at some places, some of which are in documents that are not known."""
    doc = np.searchsorted(region.begin, begin, "right") - 1
    kept = (doc >= 0) & known[doc] & (begin < region.end[doc])
    first = np.concatenate(([0], np.cumsum(np.where(known, region.count, 0))))
    strict = known if strict is None else strict
    return Layout(openers, marks, begin[kept], own[kept], first, strict, known, closers)


def key_otherwise(view: Bytes, at: Places) -> Mask:
    """At which places behind a quote the value of ``"key"`` may stand: with blanks around the colon, or not first."""
    before = view[np.maximum(at - 2, 0)]
    spaced = (before <= ord(" ")) | ((before == ord(":")) & (view[np.maximum(at - 3, 0)] <= ord(" ")))
    met: Mask = spaced | stands(view, at - len(_KEY), _KEY)
    return met
