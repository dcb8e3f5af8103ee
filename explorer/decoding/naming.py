"""The name of an attribute as documents spell it: in any case, with any separators between its parts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.decoding.finding import Finder
from explorer.decoding.needles import unescaped
from explorer.model.fields import normalise

Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]
Mask = NDArray[np.bool_]

_PART: Final = re.compile(rb"[a-z0-9]+")
_SEPARATORS: Final = np.isin(np.arange(256), list(b"-_.:/ \t\\"))
_ESCAPED: Final = '"\\'
_LONGEST: Final = 256
"""Bytes of a name that are looked at to tell it in another spelling."""


class Name:
    """A name, looked for as it stands, or by the part of it that is rarest.

    Attributes:
        text, exact: the name as a query has it.
        whole: finds it between quotes, as it stands.
        part: finds that part in any case.
    """

    def __init__(self, text: str, sample: bytes) -> None:
        """A name that :func:`can_be_found`; ``sample`` is what documents look like."""
        self.text, self.exact = text, text.encode()
        self.whole = Finder(b'"%b"' % self.exact, any_case=False)
        sample = sample.lower()
        parts = list(_PART.finditer(self.exact.lower()))
        which = min(range(len(parts)), key=lambda at: _cost(parts[at].group(), sample))
        self.part = Finder(parts[which].group())
        self._before = parts[which].start()
        self._previous = parts[which - 1].group()[-1] if which else ord('"')
        self._next = parts[which + 1].group()[0] if which + 1 < len(parts) else ord('"')

    def otherwise(self, raw: bytes) -> Places:
        """Where the part stands in this name in another spelling, int64 ascending."""
        view, at = np.frombuffer(raw, np.uint8), self.part.places(raw)
        at = at[~stands(view, at - self._before - 1, self.whole.wanted)]
        at = at[(at > 1) & (at + len(self.part.wanted) + 2 < len(view))]
        at = at[self._may_be(view, at)]
        return at[[self._is_name(raw, place) for place in at.tolist()]] if len(at) else at

    def holder(self, raw: bytes) -> Callable[[bytes], bool]:
        """Whether a part of a document may hold this name."""
        if len(self.otherwise(raw)):
            return bool
        wanted = self.whole.wanted
        return lambda part: wanted in part

    def _may_be(self, view: Bytes, at: Places) -> Mask:
        """Whether what stands around a part may belong to the name, however it is written."""
        end = at + len(self.part.wanted)
        return _neighbour(view[at - 1], view[at - 2], self._previous) & _neighbour(
            view[end], view[end + 1], self._next
        )

    def _is_name(self, raw: bytes, at: int) -> bool:
        begin = raw.rfind(b'"', max(at - _LONGEST, 0), at) + 1
        end = raw.find(b'"', at, at + _LONGEST)
        return begin > 0 and end >= 0 and same(unescaped(raw[begin:end]), self.text)


def can_be_found(name: str) -> bool:
    """Whether a name stands in JSON as it is, but for the escape of a slash, and has a letter or digit to look for."""
    return name.isascii() and name.isprintable() and not {*_ESCAPED} & {*name} and any(map(str.isalnum, name))


def value_of(pairs: Sequence[tuple[str, object]], wanted: str) -> str | None:
    """The text of the first value with a name, else with another spelling of it; None for none."""
    alike = [(name, str(value)) for name, value in pairs if value is not None and same(name, wanted)]
    return next((text for name, text in alike if name == wanted), alike[0][1] if alike else None)


def same(name: str, other: str) -> bool:
    """Whether two names are spellings of one."""
    return normalise(name) == normalise(other)


def _cost(part: bytes, sample: bytes) -> tuple[bool, int, int]:
    """How dear it is to look for a part: by how often it is there, and more where it is short."""
    return len(part) < 3, sample.count(part) * (3 if len(part) < 7 else 2), -len(part)


def _neighbour(near: Bytes, behind: Bytes, wanted: int) -> Mask:
    """Whether a byte is the one wanted, at once or behind a separator, or behind several."""
    return _same(near, wanted) | (_SEPARATORS[near] & (_same(behind, wanted) | _SEPARATORS[behind]))


def _same(byte: Bytes, wanted: int) -> Mask:
    met: Mask = (byte | 32 if chr(wanted).isalpha() else byte) == wanted
    return met


def stands(view: Bytes, at: Places, wanted: bytes) -> Mask:
    """At which places these bytes stand; never at one from which they would reach beyond the data."""
    last = len(view) - len(wanted)
    met: Mask = (at >= 0) & (at <= last)
    if not met.any():
        return met
    if not met.all():
        at = np.clip(at, 0, last)
    width = 8 if len(wanted) >= 8 else 1
    # A word may begin at any byte.
    words = np.ndarray(len(view) - width + 1, np.dtype(f"u{width}"), view, strides=(1,))
    for begin in sorted({*range(0, len(wanted) - width, width), len(wanted) - width}):
        part = np.frombuffer(wanted[begin : begin + width], words.dtype)[0]
        met &= words[at + begin] == part
    return met
