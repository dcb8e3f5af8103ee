"""Where the few telling attributes of one kind of span stand in its bytes.

Any span can carry a request id or a status code, yet decoding every attribute of a million spans costs more
than reading them. Spans of one service and operation come from one writer and carry the same names in the same
order nearly always. So a few of them are decoded whole; for each telling name found, the bytes between the name
and its value are remembered (``"http.status_code","value":{"intValue":"``), and in the spans after them that
needle is searched near where it stood before. The needle holds unescaped quotes, so it cannot stand within a
string value. Whatever does not fit (the name is there but not the needle, an escape in the value) is decoded whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

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
    FAULT = 6  # matters in spans that failed only, which are decoded whole


@dataclass(frozen=True, slots=True)
class Spot:
    """One telling attribute: ``needle`` ends where the value's text begins, ``end`` is the byte after it.

    Attributes:
        what: a :class:`What` as a plain number.
        key: the name as a JSON string.
    """

    name: str
    what: int
    key: bytes
    needle: bytes
    end: bytes

    def order(self) -> tuple[int, int]:
        """Sorts spots: what decides about others first, the most telling peer first."""
        flat = normalise(self.name)
        peer = self.what == What.PEER and flat in PEER_ORDER
        return self.what, PEER_ORDER.index(flat) if peer else len(PEER_ORDER)


Search = tuple[int, Spot, bytes, int, int, dict[bytes, int]]
"""What, spot, its needle and the needle's length, where to begin, and values by their text: flat, to be fast."""


class Way(IntEnum):
    """How the next span of a kind is read."""

    WHOLE = 0  # decoded: too few were seen, or spots do not work for this kind
    QUIET = 1  # not at all: nothing telling in this kind
    SPOTS = 2  # by its spots


class Plan:
    """How the attributes of one kind of span are read.

    Attributes:
        way: a :class:`Way` as a plain number (compared for every span).
        searches: the telling attributes, in order of reading.
        watch: names (quoted) whose presence means that a span must be decoded whole.
    """

    __slots__ = ("_seen", "_whole", "searches", "watch", "way")

    def __init__(self, watch: tuple[bytes, ...]) -> None:
        self.way = int(Way.WHOLE)
        self.searches: tuple[Search, ...] = ()
        self.watch = watch
        self._seen = 0
        self._whole = False

    def learn(self, raw: bytes, telling: Iterable[tuple[str, What, object]]) -> None:
        """Take account of a span that was decoded whole.

        Args:
            raw: the bytes of its attributes.
            telling: name, meaning and plain value of its telling attributes.
        """
        self._seen += 1
        for name, what, value in telling:
            if what is What.FAULT or value is None or value == "" or self._has(name, raw):
                continue
            spot = locate(raw, name, what, value)
            if spot is None or len(self.searches) >= _MOST:
                self._whole = True
            else:
                search: Search = (int(what), spot, spot.needle, len(spot.needle), raw.find(spot.needle), {})
                self.searches = tuple(sorted((*self.searches, search), key=lambda one: one[1].order()))
                self.watch = tuple(key for key in self.watch if key != spot.key)
        if self._whole or self._seen < SAMPLE:
            self.way = int(Way.WHOLE)
        else:
            self.way = int(Way.SPOTS if self.searches or self.watch else Way.QUIET)

    def _has(self, name: str, raw: bytes) -> bool:
        return any(search[1].name == name and search[2] in raw for search in self.searches)

    def search_again(self, spot: Spot, raw: bytes) -> int:
        """Where a needle stands that was not found from its place on (which is lowered then); -1: nowhere."""
        at = raw.find(spot.needle)
        if at >= 0:
            self.searches = tuple(
                (what, one, needle, size, at if one is spot else begin, known)
                for what, one, needle, size, begin, known in self.searches
            )
        return at


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
                return Spot(name, int(what), key, raw[begin : at + 1], end)
            if raw[at - 1 : at] in (b":", b" ") and raw[at + len(text) : at + len(text) + 1] in _AFTER_NUMBER:
                return Spot(name, int(what), key, raw[begin:at], end)
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
