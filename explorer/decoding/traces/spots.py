"""Where the few telling attributes of one kind of span stand in its bytes.

Any span can carry a request id or a status code, yet decoding every attribute of a million spans costs more
than reading them. Spans of one service and operation come from one writer and carry the same names in the same
order nearly always. So a few of them are decoded whole; for each telling name found, the bytes between the name
and its value are remembered (``"http.status_code","value":{"intValue":"``), and in the spans after them that
needle is searched. The needle holds unescaped quotes, so it cannot stand within a
string value. Whatever does not fit (the name is there but not the needle, an escape in the value) is decoded whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final

from explorer.model.fields import GROUP_ROLES, PEER_ORDER, ROW_ROLES, Role, normalise, role

SAMPLE: Final = 8
"""Spans of a kind that are decoded whole before its spots are trusted."""

_MOST: Final = 12
_GAP: Final = 240
_TRIES: Final = 4


class What(IntEnum):
    """What a telling attribute gives, in the order in which a span's spots are read."""

    KIND = 0
    STATUS = 1
    ERROR = 2
    CODE = 3
    PEER = 4
    FIELD = 5
    FAULT = 6  # this and the next matter in spans that failed only
    MESSAGE = 7


_FAULT: Final = int(What.FAULT)


@dataclass(slots=True, eq=False)
class Spot:
    """One telling attribute: ``needle`` ends where the value's text begins, ``end`` is the byte after that.

    Attributes:
        key: the name as a JSON string.
        known: meaning of a value by its text.
    """

    name: str
    what: What
    key: bytes
    needle: bytes
    end: bytes
    known: dict[bytes, Any] = field(default_factory=dict)

    def order(self) -> tuple[int, int]:
        """Sorts spots: what decides about others first, the most telling peer first."""
        flat = normalise(self.name)
        peer = self.what is What.PEER and flat in PEER_ORDER
        return self.what, PEER_ORDER.index(flat) if peer else len(PEER_ORDER)


class Plan:
    """How the attributes of one kind of span are read.

    Attributes:
        whole: every span is decoded: too few were seen, or spots do not work for this kind.
        spots: the telling attributes, in order of reading.
        watch: names (quoted) whose presence means that a span must be decoded whole.
        version: grows with what was learned.

    Args:
        watch: names (quoted) that must be looked for in every span as long as they are not learned.
        shared: spots by their needle, so that kinds of span that are alike can be read together.
    """

    __slots__ = ("_irregular", "_seen", "_shared", "spots", "version", "watch", "whole")

    def __init__(self, watch: tuple[bytes, ...], shared: dict[bytes, Spot]) -> None:
        self._shared = shared
        self.whole = True
        self.spots: tuple[Spot, ...] = ()
        self.watch = watch
        self.version = 0
        self._seen = 0
        self._irregular = False

    @property
    def quiet(self) -> bool:
        """Whether a span of this kind need not be read unless it failed."""
        return not (self.whole or self.spots or self.watch)

    @property
    def signature(self) -> tuple[object, ...]:
        """Kinds of span with the same signature are read alike."""
        return self.spots, self.watch

    def learn(self, raw: bytes, telling: Iterable[tuple[str, What, object]]) -> None:
        """Take account of a span that was decoded whole.

        Args:
            raw: the bytes of its attributes.
            telling: name, meaning and plain value of its telling attributes.
        """
        self._seen += 1
        for name, what, value in telling:
            if what < _FAULT and value is not None and value != "" and not self._has(name, raw):
                self._add(locate(raw, name, what, value))
        whole = self._irregular or self._seen < SAMPLE
        if whole != self.whole:
            self.whole = whole
            self.version += 1

    def _add(self, spot: Spot | None) -> None:
        self.version += 1
        if spot is None or len(self.spots) >= _MOST:
            self._irregular = True
        else:
            known = self._shared.setdefault(spot.needle, spot)
            self.spots = tuple(sorted((*self.spots, known), key=Spot.order))
            self.watch = tuple(key for key in self.watch if key != spot.key)

    def _has(self, name: str, raw: bytes) -> bool:
        for spot in self.spots:  # noqa: SIM110 - a generator costs three times this
            if spot.name == name and spot.needle in raw:
                return True
        return False


def meaning(name: str) -> What | None:
    """What an attribute of that name gives on any span, None for an ordinary one."""
    found = role(name)
    if found is None:
        return None
    if found in ROW_ROLES or found in GROUP_ROLES:
        return What.FIELD
    return _MEANINGS.get(found)


_MEANINGS: Final = {
    Role.HTTP_STATUS: What.CODE,
    Role.GRPC_STATUS: What.CODE,
    Role.PEER: What.PEER,
    Role.ERROR_FLAG: What.ERROR,
    Role.ERROR_TYPE: What.FAULT,
    Role.EXCEPTION_TYPE: What.FAULT,
    Role.EXCEPTION_MESSAGE: What.FAULT,
}


def locate(raw: bytes, name: str, what: What, value: object) -> Spot | None:
    """The spot of an attribute in the bytes it was decoded from, None where it cannot be read by a needle.

    The value must follow its name closely, with no closing bracket between them.
    """
    key = b'"%b"' % name.encode("utf-8", "replace")
    begin = raw.find(key)
    for _ in range(_TRIES):
        if begin < 0:
            return None
        after = begin + len(key)
        for text, end in _spellings(value):
            at = raw.find(text, after, after + _GAP + len(text))
            gap = raw[after:at]
            if at < 0 or b"}" in gap or b"]" in gap:
                continue
            if end == b'"':
                return Spot(name, what, key, raw[begin : at + 1], end)
            if raw[at - 1 : at] in (b":", b" ") and raw[at + len(text) : at + len(text) + 1] in _AFTER_NUMBER:
                return Spot(name, what, key, raw[begin:at], end)
        begin = raw.find(key, after)
    return None


_AFTER_NUMBER: Final = frozenset({b",", b"}", b"]", b" ", b"\n", b"\r", b"\t"})


def _spellings(value: object) -> Iterable[tuple[bytes, bytes]]:
    """The texts that a JSON writer may give a scalar, with the byte that ends each."""
    if isinstance(value, bool):
        text = b"true" if value else b"false"
    elif isinstance(value, int | float):
        text = repr(value).encode()
    elif isinstance(value, str):
        yield b'"%b"' % value.encode("utf-8", "replace"), b'"'
        return
    else:
        return
    yield b'"%b"' % text, b'"'
    yield text, b"}"
