"""Spans of one kind read by its spots, one attribute of all of them after the other.

Column by column costs a third of span by span: what is done for a span is then a search, a slice and a look-up
in a list comprehension, with nothing around them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from explorer.decoding.traces.spots import Plan, Spot, What

Meant = Callable[[Spot, str], Any]
"""What the text of a spot's value means: a number for kind, status, error and code, else a text."""

_CODE: Final = 4
"""Bytes after a needle that mostly hold a whole status code and its end."""
_WORD: Final = 10
"""The same of a word such as a kind or a status."""

_REMEMBERED: Final = 4096
_SERVER: Final = 2
_LONGEST: Final = 256


class Raws:
    """The bytes of some spans' attributes end to end: searched there, they need not be an object each.

    Attributes:
        joined: all of them.
        begins, ends: of each in ``joined``.
    """

    __slots__ = ("begins", "ends", "joined")

    def __init__(self, attributes: Sequence[Any]) -> None:
        self.joined = b"\0".join(attributes)
        lengths = np.fromiter(map(len, attributes), np.int64, len(attributes))
        ends = np.cumsum(lengths + 1) - 1
        self.begins, self.ends = (ends - lengths).tolist(), ends.tolist()

    def __len__(self) -> int:
        return len(self.begins)

    def find(self, wanted: bytes, i: int) -> int:
        """Where some bytes begin in those of span ``i``, counted in ``joined``; -1 for nowhere."""
        return self.joined.find(wanted, self.begins[i], self.ends[i])


class Stretch:
    """What the spots of some spans told; lists are as long as ``raws``.

    Args:
        plan: how their kind is read.
        raws: the attributes of each span.
        kinds: the kind of each span as far as it is known without attributes.
        meant: see :data:`Meant`.

    Attributes:
        status, error, code: numbers, 0 for none; no list at all where no spot tells them. ``error`` is 1 where the
            span says that it did not fail.
        peer: texts, empty for none; no list at all where no spot tells it.
        fields: position, name and text of correlation fields.
        unfit: positions of spans that must be decoded whole.
        told_kind: whether attributes told the kind.
    """

    def __init__(self, plan: Plan, raws: Raws, kinds: list[int], meant: Meant) -> None:
        self.raws, self.kind, self._meant = raws, kinds, meant
        self.status: list[int] = []
        self.error: list[int] = []
        self.code: list[int] = []
        self.peer: list[str] = []
        self.fields: list[tuple[int, str, str]] = []
        self.unfit: set[int] = set()
        self.told_kind = False
        for name in plan.watch:
            if name in raws.joined:
                self.unfit.update([i for i in range(len(raws)) if raws.find(name, i) >= 0])
        for spot in plan.spots:
            self._read(spot)

    def _read(self, spot: Spot) -> None:
        what = spot.what
        if what is What.PEER:
            self._read_peer(spot)
            return
        if what is What.FIELD:
            texts = self._texts(spot, range(len(self.raws)))
            self.fields += [(i, spot.name, text) for i, text in enumerate(texts) if text]
            return
        numbers = self._numbers(spot)
        if what is What.KIND:
            self.told_kind = True
            self.kind = [new or old for new, old in zip(numbers, self.kind, strict=True)]
        elif what is What.STATUS:
            self.status = numbers
        elif what is What.ERROR:
            self.error = numbers
        else:
            self.code = list(map(max, numbers, self.code)) if self.code else numbers

    def _read_peer(self, spot: Spot) -> None:
        """The remote side as a caller names it: not of servers, and only where no more telling name told it."""
        told = self.peer or [""] * len(self.raws)
        wanted = [i for i, kind in enumerate(self.kind) if kind != _SERVER and not told[i]]
        if wanted:
            self.peer = told
            for i, text in zip(wanted, self._texts(spot, wanted), strict=True):
                told[i] = text or ""

    def _numbers(self, spot: Spot) -> list[int]:
        """Values of which there are few: looked up by the bytes that begin there."""
        raws, joined, needle = self.raws, self.raws.joined, spot.needle
        place, get, size = spot.place, spot.known.get, len(needle)
        width = _CODE if spot.what is What.CODE else _WORD
        stop = size + width
        numbers: list[Any] = [
            get(joined[at + size : at + stop])
            if (at := joined.find(needle, begin + place, end)) >= 0
            else None
            for begin, end in zip(raws.begins, raws.ends, strict=True)
        ]
        for i, number in enumerate(numbers) if None in numbers else ():
            if number is None:
                numbers[i] = self._number(spot, i, width)
        return numbers

    def _number(self, spot: Spot, i: int, width: int) -> int:
        """One of them that is not known yet; remembered with the bytes that begin there, if it ends within them."""
        joined, at = self.raws.joined, self._value(spot, i)
        if at < 0:
            return 0
        number: int | None = self._new(spot, joined[at : joined.find(spot.end, at)], i)
        near = joined[at : at + width]
        if number is not None and spot.end in near and len(spot.known) < _REMEMBERED:
            spot.known[near] = number
        return number or 0

    def _texts(self, spot: Spot, which: Sequence[int]) -> list[str | None]:
        """What the values of some spans mean, None where there is none."""
        raws, joined, needle, place, stop = self.raws, self.raws.joined, spot.needle, spot.place, spot.end
        begins, ends, size, known = raws.begins, raws.ends, len(spot.needle), spot.known
        chunks = [
            joined[at + size : joined.find(stop, at + size)]
            if (at := joined.find(needle, begins[i] + place, ends[i])) >= 0
            else None
            for i in which
        ]
        texts = [None if chunk is None else known.get(chunk) for chunk in chunks]
        for k in [k for k, text in enumerate(texts) if text is None]:
            i, chunk = which[k], chunks[k]
            if chunk is None and (at := self._value(spot, i)) >= 0:
                chunk = joined[at : joined.find(stop, at)]
            if chunk is not None:
                texts[k] = self._new(spot, chunk, i)
                if spot.what is not What.FIELD and texts[k] is not None and len(known) < _REMEMBERED:
                    known[chunk] = texts[k]
        return texts

    def _value(self, spot: Spot, i: int) -> int:
        """Where a value begins that was not found near its place; -1 where there is none, or none as it was."""
        raws = self.raws
        if raws.find(spot.key, i) < 0:
            return -1
        at = raws.find(spot.needle, i)
        if at < 0:
            self.unfit.add(i)
            return -1
        spot.place = min(spot.place, at - raws.begins[i])
        return at + len(spot.needle)

    def _new(self, spot: Spot, chunk: bytes, at: int) -> Any:
        """What a text means that is not known yet; None, with the span noted, where it must be decoded."""
        if not chunk or b"\\" in chunk or len(chunk) > _LONGEST:
            self.unfit.add(at)
            return None
        text = chunk.decode("utf-8", "replace")
        return self._meant(spot, text if spot.end == b'"' else text.partition(",")[0].strip())


def all_bytes(attributes: Sequence[Any]) -> list[bytes]:
    """The bytes of each; by one join and split, which is faster than one by one (JSON holds no zero byte)."""
    joined = b"\0".join(attributes).split(b"\0")
    return joined if len(joined) == len(attributes) else [bytes(one) for one in attributes]
