"""Spans of one kind read by its spots, one attribute of all of them after the other.

Names are found in the bytes of all spans at once, and what is left to do for a span is a look-up of its value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from explorer.bundle.block import positions
from explorer.decoding.traces.spots import Plan, Spot, What

Meant = Callable[[Spot, str], Any]
"""What the text of a spot's value means: a number for kind, status, error and code, else a text."""
Longs = NDArray[np.int64]

_CODE: Final = 4
"""Bytes after a needle that mostly hold a whole status code and its end."""
_WORD: Final = 10
"""The same of a word such as a kind or a status."""

_REMEMBERED: Final = 4096
_SERVER: Final = 2
_LONGEST: Final = 256
_QUOTE: Final = 0x22


class Raws:
    """The bytes of some spans' attributes end to end: searched there, they need not be an object each.

    Attributes:
        joined: all of them, each with a zero byte behind it.
        begins, ends: int64 (n,), of each in ``joined``.
    """

    __slots__ = ("_bytes", "_quotes", "begins", "ends", "joined")

    def __init__(self, attributes: Sequence[Any]) -> None:
        self.joined = b"\0".join((*attributes, bytes(_WORD)))
        lengths = np.fromiter(map(len, attributes), np.int64, len(attributes))
        self.ends = np.cumsum(lengths + 1) - 1
        self.begins = self.ends - lengths
        self._bytes = np.frombuffer(self.joined, np.uint8)
        self._quotes = self._bytes == _QUOTE

    def __len__(self) -> int:
        return len(self.begins)

    def find(self, wanted: bytes, i: int) -> int:
        """Where some bytes begin in those of span ``i``, counted in ``joined``; -1 for nowhere."""
        return self.joined.find(wanted, int(self.begins[i]), int(self.ends[i]))

    def keys(self, key: bytes) -> Longs:
        """Where a quoted name stands, in order."""
        last = len(key) - 1
        hits = self._quotes[:-last] & self._quotes[last:]
        hits &= self._bytes[1 : len(hits) + 1] == key[1]
        return self.those(positions(hits), key)

    def those(self, places: Longs, wanted: bytes) -> Longs:
        """The places at which some bytes stand, none of which is zero."""
        places = places[places + len(wanted) <= len(self.joined)]
        found: Longs = places[self.near(places, len(wanted)) == wanted]
        return found

    def near(self, places: Longs, width: int) -> NDArray[np.bytes_]:
        """So many bytes from each place on, which must lie within; zeros at their end are left out."""
        count = max(0, len(self.joined) - width + 1)
        windows: NDArray[np.bytes_] = np.ndarray((count,), f"S{width}", self.joined, strides=(1,))
        return windows[places]

    def spans(self, places: Longs) -> Longs:
        """The span in which each place lies."""
        of: Longs = np.searchsorted(self.ends, places)
        return of

    def first(self, places: Longs) -> Longs:
        """The first place in each span, of some that are in order; -1 for none."""
        found = np.full(len(self), -1)
        found[self.spans(places)[::-1]] = places[::-1]
        return found


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
            self.unfit.update(raws.spans(raws.keys(name)).tolist())
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
        """Values of which there are few: looked up by the bytes that begin there, if they end within them."""
        values, known = self._values(spot), spot.known
        told = np.flatnonzero(values >= 0)
        near = self.raws.near(values[told], _CODE if spot.what is What.CODE else _WORD).tolist()
        found: list[int | None] = list(map(known.get, near))
        for k in [k for k, number in enumerate(found) if number is None]:
            number = known.get(near[k])
            if number is None:
                i = int(told[k])
                number = self._new(spot, self._text(spot, int(values[i])), i)
                if number is not None and spot.end in near[k] and len(known) < _REMEMBERED:
                    known[near[k]] = number
            found[k] = number or 0
        numbers = np.zeros(len(self.raws), np.int64)
        numbers[told] = np.array(found, np.int64)
        return numbers.tolist()

    def _texts(self, spot: Spot, which: Sequence[int]) -> list[str | None]:
        """What the values of some spans mean, None where there is none."""
        known, values = spot.known, self._values(spot)[which].tolist()
        chunks = [None if at < 0 else self._text(spot, at) for at in values]
        texts = [None if chunk is None else known.get(chunk) for chunk in chunks]
        for k in [k for k, text in enumerate(texts) if text is None]:
            chunk = chunks[k]
            if chunk is not None:
                texts[k] = self._new(spot, chunk, which[k])
                if spot.what is not What.FIELD and texts[k] is not None and len(known) < _REMEMBERED:
                    known[chunk] = texts[k]
        return texts

    def _values(self, spot: Spot) -> Longs:
        """Where a value begins in each span; -1 where there is none, or none as it was."""
        raws = self.raws
        keys = raws.keys(spot.key)
        needles = raws.those(keys, spot.needle)
        values = raws.first(needles)
        if len(needles) < len(keys):
            self.unfit.update(np.flatnonzero((values < 0) & (raws.first(keys) >= 0)).tolist())
        values[values >= 0] += len(spot.needle)
        return values

    def _text(self, spot: Spot, at: int) -> bytes:
        """The text of a value that begins there."""
        return self.raws.joined[at : self.raws.joined.find(spot.end, at)]

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
