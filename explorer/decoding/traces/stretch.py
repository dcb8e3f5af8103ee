"""Spans of one kind read by its spots, one attribute of all of them after the other.

Column by column costs a third of span by span: what is done for a span is then a search, a slice and a look-up
in list comprehensions, with nothing around them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from explorer.decoding.traces.spots import Plan, Spot, What

Meant = Callable[[Spot, str], Any]
"""What the text of a spot's value means: a number for kind, status, error and code, else a text."""

_SHORT: Final = 4
"""Bytes after a needle that mostly hold a whole status code and its end."""

_REMEMBERED: Final = 4096
_SERVER: Final = 2
_ABSENT: Final = b""
_LONGEST: Final = 256


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

    def __init__(self, plan: Plan, raws: Sequence[bytes], kinds: list[int], meant: Meant) -> None:
        self.raws, self.kind, self._meant = raws, kinds, meant
        self.status: list[int] = []
        self.error: list[int] = []
        self.code: list[int] = []
        self.peer: list[str] = []
        self.fields: list[tuple[int, str, str]] = []
        self.unfit: set[int] = set()
        self.told_kind = False
        joined = b"\0".join(raws) if plan.watch else b""
        for name in plan.watch:
            if name in joined:
                self.unfit.update([i for i, raw in enumerate(raws) if name in raw])
        for spot in plan.spots:
            self._read(spot)

    def _read(self, spot: Spot) -> None:
        what = spot.what
        if what is What.PEER:
            self._read_peer(spot)
            return
        everyone = range(len(self.raws))
        values = self._codes(spot) if what is What.CODE else self._values(spot, self.raws, everyone)
        if what is What.KIND:
            self.told_kind = True
            self.kind = [new or old for new, old in zip(values, self.kind, strict=True)]
        elif what is What.STATUS:
            self.status = [value or 0 for value in values]
        elif what is What.ERROR:
            self.error = [value or 0 for value in values]
        elif what is What.CODE and self.code:
            self.code = list(map(max, values, self.code))
        elif what is What.CODE:
            self.code = values
        else:
            self.fields += [(i, spot.name, text) for i, text in enumerate(values) if text]

    def _read_peer(self, spot: Spot) -> None:
        """The remote side as a caller names it: not of servers, and only where no more telling name told it."""
        told = self.peer or [""] * len(self.raws)
        wanted = [i for i, kind in enumerate(self.kind) if kind != _SERVER and not told[i]]
        if len(wanted) == len(told):
            self.peer = [text or "" for text in self._values(spot, self.raws, wanted)]
        elif wanted:
            self.peer = told
            for i, text in zip(
                wanted, self._values(spot, [self.raws[i] for i in wanted], wanted), strict=True
            ):
                told[i] = text or ""

    def _begins(self, spot: Spot, raws: Sequence[bytes], which: Sequence[int]) -> tuple[list[int], bool]:
        """Where the needle stands in each of the raws, -1 for nowhere; and whether it stands in all of them."""
        needle, place = spot.needle, spot.place
        begins = [raw.find(needle, place) for raw in raws]
        if min(begins) >= 0:
            return begins, True
        for i, begin in enumerate(begins):
            if begin < 0 and spot.key in raws[i]:
                begins[i] = raws[i].find(needle)
                if begins[i] < 0:
                    self.unfit.add(which[i])
                else:
                    spot.place = min(spot.place, begins[i])
        return begins, min(begins) >= 0

    def _codes(self, spot: Spot) -> list[int]:
        """Values that are mostly three digits: looked up by the four bytes that begin there."""
        raws, size, get = self.raws, len(spot.needle), spot.known.get
        begins, everywhere = self._begins(spot, raws, range(len(raws)))
        stop = size + _SHORT
        codes: list[Any] = [
            get(raw[begin + size : begin + stop]) for raw, begin in zip(raws, begins, strict=True)
        ]
        if everywhere and None not in codes:
            return codes
        for i, begin in enumerate(begins):
            if begin < 0:
                codes[i] = 0
            elif codes[i] is None:
                after = raws[i][begin + size :]
                chunk = after[: after.find(spot.end)]
                codes[i] = self._new(spot, chunk, i) or 0
                if 0 < len(chunk) < _SHORT and len(spot.known) < _REMEMBERED:
                    spot.known[after[:_SHORT]] = codes[i]
        return codes

    def _values(self, spot: Spot, raws: Sequence[bytes], which: Sequence[int]) -> list[Any]:
        """What the values mean, None where there is none."""
        begins, _ = self._begins(spot, raws, which)
        size, end, known = len(spot.needle), spot.end, spot.known
        chunks = [
            raw[begin + size : raw.find(end, begin + size)] if begin >= 0 else _ABSENT
            for raw, begin in zip(raws, begins, strict=True)
        ]
        values = [known.get(chunk) for chunk in chunks]
        for i, chunk in enumerate(chunks) if None in values else ():
            if values[i] is None and begins[i] >= 0:
                values[i] = self._new(spot, chunk, which[i])
                if spot.what is not What.FIELD and values[i] is not None and len(known) < _REMEMBERED:
                    known[chunk] = values[i]
        return values

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
