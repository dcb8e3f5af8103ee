"""One attribute of all spans of a region, cut out of its bytes.

The name is found first. Which bracket opened last before it then tells whose attribute it is, where the documents are
written without blanks and in their format's usual order; what lies deeper or is spelt otherwise is decoded, span by
span. Whatever does not add up (as many spans as were read, each resource before its spans) leaves the whole document
to be told otherwise.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from explorer.decoding.cutting.distinct import alike, ends
from explorer.decoding.cutting.layout import places_of
from explorer.decoding.cutting.region import Codes, Form, Layout, Mark, Marks, Mask, Places, Region
from explorer.decoding.naming import Name, stands, value_of
from explorer.decoding.tokens import quotes_of

_JSON: Final = json.JSONDecoder(strict=False)
_ESCAPE: Final = ord("\\")
_TOKEN: Final = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*', re.DOTALL)
_NOT_CUT: Final = -2
_KEPT: Final = 1 << 16
_FEW: Final = 16
"""Spans of a region that are decoded rather than all its quotes looked at."""
_CLOSING: Final = ord("]")


class Texts(dict[str | None, int]):
    """Codes of texts, counted up as they come; -1 for none."""

    def __init__(self) -> None:
        self[None] = -1

    def __missing__(self, text: str) -> int:
        code = self[text] = len(self) - 1
        return code


@dataclass(frozen=True, slots=True)
class Told:
    """An attribute of the spans of a region.

    Attributes:
        codes: int32, of each span, -1 where it has none.
        first: int64 (documents + 1,), where each document's spans begin in ``codes``.
        known: bool (documents,), which of them it is told of; others must be asked otherwise.
    """

    codes: Codes
    first: Places
    known: Mask


class Cutter:
    """Cuts one attribute out of one region after the other of a format.

    Args:
        texts: the codes of its values, counted on.
    """

    def __init__(self, form: Form, name: Name, texts: Texts) -> None:
        self.form, self.name, self.texts = form, name, texts
        self.values = {kind: _Values(tell, texts) for kind, tell in form.kinds.items()}
        self.shared = _Shared(self)

    def cut(self, region: Region) -> Told:
        """The attribute of each span in the order of the documents; of a span without it, that of its resource."""
        layout = self.form.layout(region)
        one = _Cutting(self, region, layout)
        one.tell(self.name.whole.places(region.data) + 1)
        return Told(one.codes, layout.first, one.known)

    def code(self, value: Any) -> int:
        """The code of the attribute among all of a span or resource."""
        return self.texts[value_of(self.form.attributes(value), self.name.text)]


class _Values(dict[bytes, int]):
    """Codes of values of one kind by their bytes."""

    def __init__(self, tell: Callable[[bytes], str], texts: Texts) -> None:
        self._tell, self._texts = tell, texts

    def __missing__(self, token: bytes) -> int:
        try:
            code = self._texts[self._tell(token)]
        except ValueError:
            code = _NOT_CUT
        if len(self) < _KEPT:
            self[token] = code
        return code


class _Shared(dict[bytes, int]):
    """Codes of resources by what stands from the bracket of their attributes on."""

    def __init__(self, cutter: Cutter) -> None:
        self._cutter = cutter

    def __missing__(self, part: bytes) -> int:
        try:
            value, _ = _JSON.raw_decode(part.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            value = []
        code = self._cutter.code(value)
        if len(self) < _KEPT:
            self[part] = code
        return code


class _Cutting:
    """One region."""

    def __init__(self, cutter: Cutter, region: Region, layout: Layout) -> None:
        self.cutter, self.region, self.layout = cutter, region, layout
        self.known = layout.known.copy()
        self.codes = np.full(len(layout.begin), -1, np.int32)

    def tell(self, at: Places) -> None:
        """Fill in the codes of all spans; ``at`` is where the name stands."""
        layout = self.layout
        at, doc = self.region.within(self._names(at))
        at, doc = at[self.known[doc]], doc[self.known[doc]]
        bracket = np.searchsorted(layout.openers, at) - 1
        sure = (layout.marks != Mark.UNKNOWN) & (layout.marks < Mark.LIKE_OWN)
        within = self._last(bracket, sure)
        mark = layout.marks[within]
        self._give_up(doc, bracket, within, mark)
        span = np.searchsorted(layout.begin, at, "right") - 1
        direct = (span >= layout.first[doc]) & (layout.own[span] == bracket)
        if layout.closers is not None:
            opened = np.searchsorted(layout.closers, layout.openers[bracket])
            direct &= np.searchsorted(layout.closers, at) == opened
        else:
            deeper = np.flatnonzero(~direct & (span >= layout.first[doc]) & (layout.own[span] == within))
            if len(deeper) > _FEW:
                direct[deeper] = self._beside(layout.openers[within[deeper]], at[deeper])
        of_span = direct | ((mark != Mark.SHARED) & (span >= layout.first[doc]))
        of_span &= direct | ~(layout.strict[doc] & ((mark == Mark.OTHER) | (mark == Mark.GROUP)))
        first = np.flatnonzero(of_span)
        first = first[np.diff(span[first], prepend=-1) != 0]  # of several of the name, the first counts
        self._cut(at[first], span[first], direct[first])
        if (self.codes < 0).any():
            self._spelt_otherwise()
            shared = np.flatnonzero(mark == Mark.SHARED)
            if len(shared):
                self._share(at[shared], doc[shared], layout.openers[within[shared]])

    def _beside(self, opener: Places, at: Places) -> Mask:
        """Which places lie directly in the list that opens before them, behind others that are closed again."""
        view = self.region.view
        quotes, depth = quotes_of(view), np.zeros(len(at), np.int64)
        side = np.searchsorted(quotes, opener) % 2
        for brackets, step in ((self.layout.openers, 1), (places_of(view, _CLOSING), -1)):
            of_bracket = (
                np.searchsorted(quotes, brackets) % 2
            )  # those of a text are on the other side of a quote
            for which in (0, 1):
                one = brackets[of_bracket == which]
                count = np.searchsorted(one, at) - np.searchsorted(one, opener, "right")
                depth += np.where(side == which, step * count, 0)
        directly: Mask = depth == 0
        return directly

    def _names(self, at: Places) -> Places:
        """Those places where a name stands as usual; gives up documents in which one may stand otherwise."""
        form, view = self.cutter.form, self.region.view
        usual = np.zeros(len(at), bool)
        for before in form.before:
            rest = np.flatnonzero(~usual)
            usual[rest] = stands(view, at[rest] - len(before), before)
        unusual = at[~usual]
        unusual = unusual[form.maybe_name(view, unusual)] if len(unusual) else unusual
        self.known[self.region.within(unusual)[1]] = False
        return at if usual.all() else at[usual]

    def _last(self, bracket: Places, which: Mask) -> Places:
        """The last of some brackets up to each, -1 for none."""
        last = np.maximum.accumulate(np.where(which, np.arange(len(which)), -1))
        return np.where(bracket >= 0, last[bracket], -1)

    def _give_up(self, doc: Places, bracket: Places, within: Places, mark: Marks) -> None:
        """Documents in which a name stands before anything known, or perhaps in a resource written otherwise."""
        layout, marks = self.layout, self.layout.marks
        lost = (within < 0) | (layout.openers[within] < self.region.begin[doc])
        named = marks[self._last(bracket, marks != Mark.UNKNOWN)]
        lost |= (named == Mark.DOUBTFUL) | (
            (named == Mark.LIKE_OWN) & (mark == Mark.OWN) & layout.strict[doc]
        )
        self.known[doc[lost]] = False

    def _cut(self, at: Places, span: Places, direct: Mask) -> None:
        """Codes of spans by the values behind a name, decoding those that cannot be cut."""
        codes = np.full(len(at), _NOT_CUT, np.int32)
        begin, rest = at + len(self.cutter.name.exact), np.flatnonzero(direct)
        for kind, values in self.cutter.values.items():
            if not len(rest):
                break
            fits = stands(self.region.view, begin[rest], kind)
            codes[rest[fits]] = self._values(begin[rest[fits]] + len(kind), values, quoted=kind[-1:] == b'"')
            rest = rest[~fits]
        self.codes[span] = codes
        for one in span[codes == _NOT_CUT].tolist():
            self._decode(one)

    def _values(self, begin: Places, values: _Values, *, quoted: bool) -> Codes:
        """Codes of the values that begin at some places."""
        data, view = self.region.data, self.region.view
        end = ends(view, begin, b'"\\' if quoted else b",}")
        near = (end >= 0) & (view[end] != _ESCAPE)
        kind, sample = alike(view, begin[near], end[near])
        codes = np.full(len(begin), _NOT_CUT, np.int32)
        codes[near] = np.array(
            [values[data[first:last]] for first, last in _pairs(begin[near][sample], end[near][sample])],
            np.int32,
        )[kind]
        for one in np.flatnonzero(~near).tolist() if quoted else ():
            token = _TOKEN.match(data, int(begin[one]))
            codes[one] = values[token[0]] if token else _NOT_CUT
        return codes

    def _decode(self, span: int) -> None:
        """The code of a span by all of its attributes."""
        layout, region = self.layout, self.region
        begin = int(layout.begin[span])
        doc = int(np.searchsorted(region.begin, begin, "right")) - 1
        end = int(region.end[doc])
        if span + 1 < len(layout.begin):
            end = min(end, int(layout.begin[span + 1]))
        try:
            value, _ = _JSON.raw_decode(region.data[begin:end].decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            self.known[doc] = False
        else:
            self.codes[span] = self.cutter.code(value)

    def _spelt_otherwise(self) -> None:
        """Leave documents in which the name stands in another spelling."""
        _, docs = self.region.within(self.cutter.name.otherwise(self.region.data))
        self.known[docs] = False

    def _share(self, at: Places, doc: Places, opener: Places) -> None:
        """Give the spans that have no value of their own that of their resource."""
        layout, region = self.layout, self.region
        groups = layout.openers[layout.marks == Mark.GROUP]
        group = np.searchsorted(groups, at)
        there = np.append(groups, len(region.data))[group] < region.end[doc]
        self.known[doc[~there]] = False
        if not there.any():
            return
        first = np.flatnonzero(there)
        first = first[np.diff(group[first], prepend=-1) != 0]
        codes, shared, data = np.full(len(groups), -1, np.int32), self.cutter.shared, region.data
        parts = _pairs(opener[first], groups[group[first]])
        codes[group[first]] = [shared[data[begin:end]] for begin, end in parts]
        bare = np.flatnonzero(self.codes < 0)
        of_span = np.searchsorted(groups, layout.begin[bare]) - 1
        doc = np.searchsorted(region.begin, layout.begin[bare], "right") - 1
        apart = (of_span < 0) | (groups[of_span] < region.begin[doc])
        self.known[doc[apart]] = False
        self.codes[bare] = np.where(apart, -1, codes[of_span])


def _pairs(begin: Places, end: Places) -> Iterator[tuple[int, int]]:
    return zip(begin.tolist(), end.tolist(), strict=True)
