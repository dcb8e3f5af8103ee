"""What may stand between the values of a file's JSON lines, learned from a few of them.

Lines of a log differ in their values, in optional keys and in the order of keys, but from one value to the next there
are few ways, each the same bytes every time. So a line is read by finding where its values end and comparing what
stands behind them; lines that go other ways than those learned from are left to be read with care.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Final, NamedTuple

import orjson

from explorer.decoding.logs.objects import BY_KEYS, DEPTH, LISTED

LONGEST: Final = 8192
"""Bytes of a line that is learned from."""
LITERAL: Final = 256
"""Bytes of the longest literal."""
BITS: Final = 64
"""Values that tell something, and objects, that a file may have by name."""
START: Final = 0
END: Final = 1
_KEYS: Final = frozenset(key for keys, _, _ in BY_KEYS for key in keys) - {LISTED}
_TOKEN: Final = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s"{}\[\]:,]+')

Tokens = Iterator[re.Match[bytes]]
Place = tuple[str | None, ...]
"""The keys that lead to a value, None for a list: unlike dotted names, never the same for two values of a line."""


class Way(NamedTuple):
    """From the end of one value to the begin of the next.

    Attributes:
        literal: the bytes between.
        to: index of the value's state, or :data:`END`.
        opens: bits of the objects and lists that are opened on it.
    """

    literal: bytes
    to: int
    opens: int


@dataclass(slots=True)
class State:
    """A value, and how lines go on behind it.

    Attributes:
        name: dotted path; "" within a list.
        is_text: it stands between quotes.
        bit: of what tells something, or stands where other lines have an object or a list; else 0.
        is_long: of that it counts only whether it is there, so that it may be long and have escapes.
        clash: bits of all that stand at its place, whatever their kind.
        excludes: bit of the object or list that other lines have there.
        rank: states are best visited in this order.
        ways: one whose literal begins with that of another comes before it.
    """

    name: str
    is_text: bool
    place: Place
    is_long: bool = False
    bit: int = 0
    clash: int = 0
    excludes: int = 0
    rank: int = 0
    ways: list[Way] = field(default_factory=list)


class Grammar:
    """All states and ways of one file.

    Attributes:
        barred: by the objects and lists that a way opens, bits of the values that other lines have there.

    Args:
        tells: whether what stands at a dotted path is of interest: a list or an empty object there is read with care.
        is_long: whether of a text there it counts only that it is not empty.
    """

    def __init__(self, tells: Callable[[str], bool], is_long: Callable[[str], bool]) -> None:
        self.states = [State("", is_text=False, place=()), State("", is_text=False, place=())]
        self.barred: dict[int, int] = {}
        self._tells, self._is_long = tells, is_long
        self._of: dict[tuple[Place, bool], int] = {}
        self._bits: dict[tuple[Place, bool], int] = {}
        self._opened: dict[Place, int] = {}

    def named(self, seen: int) -> list[tuple[int, State]]:
        """The states, and their indices, whose bits are set."""
        return [(i, state) for i, state in enumerate(self.states) if state.bit & seen]

    def learn(self, examples: Iterable[bytes]) -> bool:
        """Take examples into account; False where that changed nothing, or all are to be read with care."""
        changed = [self._take(line) for line in examples]
        self._settle()
        return any(changed)

    def _take(self, line: bytes) -> bool:
        try:
            found = _found(line, self._tells)
            self._give_bits(found)
        except _CareError:
            return False
        at, end, opened, changed = START, 0, 0, False
        for one in found:
            if one.is_container:
                opened |= self._opened[one.place]
                continue
            to = self._state(one)
            changed |= self._add(at, Way(line[end : one.begin], to, opened))
            at, end, opened = to, one.end, 0
        return self._add(at, Way(line[end:], END, opened)) or changed

    def _give_bits(self, found: list[_Found]) -> None:
        """Give bits to what is new.

        Raises:
            _CareError: they do not suffice.
        """
        containers = {one.place for one in found if one.is_container} | self._opened.keys()
        values = {(one.place, one.is_text) for one in found if not one.is_container} | self._of.keys()
        telling = {(one.place, one.is_text) for one in found if self._counts(one)} | self._bits.keys()
        telling |= {key for key in values if key[0] in containers}
        if max(len(containers), len(telling)) > BITS:
            raise _CareError
        for key in sorted(telling - self._bits.keys(), key=str):
            self._bits[key] = 1 << len(self._bits)
        for place in sorted(containers - self._opened.keys(), key=str):
            self._opened[place] = 1 << len(self._opened)

    def _counts(self, one: _Found) -> bool:
        by_key = one.place[0] in _KEYS and None not in one.place
        return not one.is_container and (by_key or bool(one.name and self._tells(one.name)))

    def _state(self, one: _Found) -> int:
        key = one.place, one.is_text
        if key not in self._of:
            self._of[key] = len(self.states)
            is_long = one.is_text and (self._is_long(one.name) or not self._counts(one))
            self.states.append(State(one.name, one.is_text, one.place, is_long))
        return self._of[key]

    def _add(self, at: int, way: Way) -> bool:
        ways = self.states[at].ways
        if way in ways:
            return False
        before = (i for i, known in enumerate(ways) if way.literal.startswith(known.literal))
        ways.insert(next(before, len(ways)), way)
        return True

    def _settle(self) -> None:
        """Tell all states their bits, and all ways which they bar."""
        for (place, is_text), index in self._of.items():
            state = self.states[index]
            state.bit = self._bits.get((place, is_text), 0)
            state.clash = state.bit | self._bits.get((place, not is_text), 0)
            state.excludes = self._opened.get(place, 0)
        for opens in {way.opens for state in self.states for way in state.ways if way.opens}:
            taken = (state.clash for state in self.states if state.excludes & opens)
            self.barred[opens] = reduce(or_, taken, 0)
        self._order()

    def _order(self) -> None:
        """Rank the states so that all ways to one are gone before it is visited, but for those that go in circles."""
        seen, behind, stack = {START}, list[int](), [(START, iter(self.states[START].ways))]
        while stack:
            at, ways = stack[-1]
            way = next(ways, None)
            if way is None:
                behind.append(at)
                stack.pop()
            elif way.to not in seen:
                seen.add(way.to)
                stack.append((way.to, iter(self.states[way.to].ways)))
        for rank, at in enumerate(reversed(behind)):
            self.states[at].rank = rank


class _CareError(Exception):
    """A line says something twice, or in a way that needs care."""


class _Found(NamedTuple):
    """A value of an example, or an object or list that begins: its path and where it stands, without quotes."""

    name: str
    place: Place
    begin: int
    end: int
    is_text: bool = False
    is_container: bool = False


def _found(line: bytes, tells: Callable[[str], bool]) -> list[_Found]:
    """The values and containers of an example in order."""
    if len(line) > LONGEST or not _is_object(line):
        raise _CareError
    tokens = _TOKEN.finditer(line)
    found = list(_Walk(tells).value(next(tokens), tokens, "", ()))
    end = 0
    for one in found:
        if not one.is_container:
            if one.begin - end > LITERAL:
                raise _CareError
            end = one.end
    if len(line) - end > LITERAL:
        raise _CareError
    return found


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False


@dataclass(frozen=True, slots=True)
class _Walk:
    """Finds the values of an object that is valid JSON; paths are those of :func:`objects.flatten`."""

    tells: Callable[[str], bool]
    known: set[str] = field(default_factory=set)

    def value(self, match: re.Match[bytes], tokens: Tokens, name: str, place: Place) -> Iterator[_Found]:
        """The values in what a token begins."""
        token = match[0]
        if len(place) > DEPTH:
            raise _CareError
        if token in b"{[":
            if place and None not in place:
                yield _Found(name, place, match.start(), match.end(), is_container=True)
            inside = self._members if token == b"{" else self._elements
            yield from inside(tokens, name, place)
        else:
            quoted = token[:1] == b'"'
            yield _Found(name, place, match.start() + quoted, match.end() - quoted, quoted)

    def _elements(self, tokens: Tokens, name: str, place: Place) -> Iterator[_Found]:
        if self.tells(name) or place[0] in _KEYS:
            raise _CareError
        for match in tokens:
            if match[0] == b"]":
                return
            if match[0] != b",":
                yield from self.value(match, tokens, "", (*place, None))

    def _members(self, tokens: Tokens, name: str, place: Place) -> Iterator[_Found]:
        prefix = "" if not place or name == "_source" else f"{name}."
        within_list = bool(place) and not name
        empty = True
        for match in tokens:
            token = match[0]
            if token == b"}":
                break
            if token == b",":
                continue
            empty = False
            if b"\\" in token or token == b'""':
                raise _CareError
            key = token[1:-1].decode()
            path = "" if within_list else prefix + key
            if path in self.known:
                raise _CareError
            self.known.update([path] if path else ())
            next(tokens)  # the colon
            yield from self.value(next(tokens), tokens, path, (*place, key))
        if empty and place and (self.tells(name) or place[0] in _KEYS):
            raise _CareError
