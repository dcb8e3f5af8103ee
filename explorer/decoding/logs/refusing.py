"""Which lines cannot be of a format, told by their first bytes, many lines at once.

A pattern becomes an automaton over bytes, whose states are made when a line first leads to them. A line that leads it
to where nothing matches is not of the format; for the others the pattern itself is asked. So what the automaton leaves
out (conditions on what stands around) costs time and no correctness.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from explorer.decoding.logs.words import bytes_at

Longs = NDArray[np.int64]
Mask = NDArray[np.bool_]

LOOKED_AT: Final = 40
"""Bytes of a line that are looked at."""
STATES: Final = 512
"""States of one automaton; where they do not suffice, lines are not refused."""
COPIES: Final = 64
"""How often a repeated piece is written out; more often counts as without bound."""
_STEP: Final = 8
_DEAD: Final = 0
_OPEN: Final = 1
"""All of the pattern may have matched, or it cannot be told."""
_UNKNOWN: Final = -1
_EMPTY: Final = 0
_ANY: Final = (1 << 256) - 1
_CASE: Final = ord("a") - ord("A")
_CAPITALS: Final = ((1 << 26) - 1) << ord("A")
_KINDS: Final = {"DIGIT": rb"\d", "SPACE": rb"\s", "WORD": rb"\w"}
_PARSER: Final = import_module("re._parser")  # has no public name


class Automaton:
    """What a pattern, or rather more than it, matches from the first byte of a line on.

    A node is the bytes that lead on from it, as bits (or none are needed: :data:`_EMPTY`), and the nodes they lead
    to; node 0 lies behind the pattern. A state is the nodes where a line may be.
    """

    def __init__(self, pattern: re.Pattern[bytes]) -> None:
        self._nodes: list[tuple[int, list[int]]] = [(_EMPTY, [])]
        self._table = np.full((STATES, 256), _UNKNOWN, np.int16)
        self._table[_DEAD], self._table[_OPEN] = _DEAD, _OPEN
        self._states: list[frozenset[int]] = [frozenset(), frozenset()]
        self._numbers: dict[frozenset[int], int] = {frozenset(): _DEAD}
        self._any_case = bool(pattern.flags & re.IGNORECASE)
        self._begin = self._state([self._sequence(_PARSER.parse(pattern.pattern), 0)])

    def refuses(self, data: bytes, begins: Longs) -> Mask:
        """Bool (n,): which lines do not match. What lies behind a line's end makes no difference."""
        refused = np.zeros(len(begins), bool)
        rows = np.flatnonzero(begins + LOOKED_AT <= len(data))
        states = np.full(len(rows), self._begin, np.int16)
        for at in range(0, LOOKED_AT, _STEP):
            if not len(rows):
                break
            for column in np.ascontiguousarray(bytes_at(data, begins[rows] + at, _STEP).T):
                states = self._after(states, column)
            refused[rows[states == _DEAD]] = True
            going = np.flatnonzero(states > _OPEN)
            rows, states = rows[going], states[going]
        return refused

    def _after(self, states: NDArray[np.int16], column: NDArray[np.uint8]) -> NDArray[np.int16]:
        """The states to which a byte each leads."""
        keys = states.astype(np.intp) << 8 | column
        found: NDArray[np.int16] = self._table.take(keys)
        while (unknown := found == _UNKNOWN).any():
            self._learn(*divmod(int(keys[unknown.argmax()]), 256))
            found = self._table.take(keys)
        return found

    def _learn(self, state: int, byte: int) -> None:
        """Find out where a byte leads, and all bytes that no node of the state tells from it."""
        alike, ahead = _ANY, list[int]()
        for bits, behind in (self._nodes[node] for node in self._states[state]):
            leads = bits >> byte & 1
            alike &= bits if leads else ~bits
            ahead += behind * leads
        flags = np.frombuffer(alike.to_bytes(32, "little"), np.uint8)
        self._table[state, np.unpackbits(flags, bitorder="little") > 0] = self._state(ahead)

    def _state(self, nodes: Iterable[int]) -> int:
        """The number of the state of some nodes and those that nothing is needed to get to."""
        reached, open_nodes = set[int](), list(nodes)
        while open_nodes:
            node = open_nodes.pop()
            if node not in reached:
                reached.add(node)
                open_nodes += self._nodes[node][1] if self._nodes[node][0] == _EMPTY else ()
        if 0 in reached:
            return _OPEN
        key = frozenset(node for node in reached if self._nodes[node][0] != _EMPTY)
        if key not in self._numbers:
            if len(self._states) == STATES:
                return _OPEN
            self._numbers[key] = len(self._states)
            self._states.append(key)
        return self._numbers[key]

    def _node(self, bits: int, *behind: int) -> int:
        self._nodes.append((bits, list(behind)))
        return len(self._nodes) - 1

    def _sequence(self, pieces: Any, behind: int) -> int:
        """The first node of pieces of a parsed pattern that stand before a node."""
        for operation, told in reversed(pieces):
            behind = self._piece(str(operation), told, behind)
        return behind

    def _piece(self, operation: str, told: Any, behind: int) -> int:
        if operation in ("LITERAL", "NOT_LITERAL", "ANY", "IN"):
            return self._node(_bits(operation, told, self._any_case), behind)
        if operation == "BRANCH":
            return self._node(_EMPTY, *(self._sequence(one, behind) for one in told[1]))
        if operation == "SUBPATTERN" and not told[1]:
            return self._sequence(told[3], behind)
        if operation in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            least, most, piece = told
            return self._repeated(least, most, piece, behind)
        if operation in ("AT", "ASSERT", "ASSERT_NOT"):  # more is matched without it
            return behind
        return 0

    def _repeated(self, least: int, most: int, piece: Any, behind: int) -> int:
        if most - least > COPIES:
            again = self._node(_EMPTY, behind)
            self._nodes[again][1].append(self._sequence(piece, again))
            behind = again
        else:
            end = behind
            for _ in range(most - least):
                behind = self._node(_EMPTY, end, self._sequence(piece, behind))
        for _ in range(min(least, COPIES)):
            behind = self._sequence(piece, behind)
        return behind


def first_bytes(pattern: bytes) -> int:
    """The bytes that what a valid pattern matches may begin with, as bits; all of them where it may match nothing."""
    parsed = _PARSER.parse(pattern)
    found, surely = _first(parsed, any_case=bool(parsed.state.flags & re.IGNORECASE))
    return found if surely else _ANY


def _first(pieces: Any, *, any_case: bool) -> tuple[int, bool]:
    """The bytes that pieces of a parsed pattern may begin with, and whether they match a byte at least."""
    found = 0
    for operation, told in pieces:
        name = str(operation)
        if name in ("LITERAL", "NOT_LITERAL", "ANY", "IN"):
            return found | _bits(name, told, any_case), True
        if name in ("AT", "ASSERT", "ASSERT_NOT"):
            continue
        if name == "BRANCH":
            ways = [_first(one, any_case=any_case) for one in told[1]]
        elif name == "SUBPATTERN" and not told[1]:
            ways = [_first(told[3], any_case=any_case)]
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            bits, surely = _first(told[2], any_case=any_case)
            ways = [(bits, surely and told[0] > 0)]
        else:
            return _ANY, True
        for bits, _ in ways:
            found |= bits
        if all(surely for _, surely in ways):
            return found, True
    return found, False


def _bits(operation: str, told: Any, any_case: bool) -> int:
    """The bytes that a piece of a pattern stands for."""
    if operation == "ANY":
        return _ANY
    pieces = told if operation == "IN" else [(operation, told)]
    found = inverse = 0
    for name, one in ((str(name), one) for name, one in pieces):
        if name == "LITERAL":
            found |= 1 << one
        elif name == "NOT_LITERAL":
            found, inverse = 1 << one, _ANY
        elif name == "RANGE":
            found |= (1 << one[1] + 1) - (1 << one[0])
        elif name == "CATEGORY":
            _, *negated, kind = str(one).split("_")
            found |= _of_kind(kind) ^ (_ANY if negated else 0)
        elif name == "NEGATE":
            inverse = _ANY
    if any_case:
        found |= (found & _CAPITALS) << _CASE | (found & _CAPITALS << _CASE) >> _CASE
    return found ^ inverse


@cache
def _of_kind(kind: str) -> int:
    known = re.compile(_KINDS[kind])
    return sum(1 << byte for byte in range(256) if known.match(bytes([byte])))


@cache
def automaton_of(pattern: re.Pattern[bytes]) -> Automaton:
    """The automaton of a pattern, made when first asked for."""
    return Automaton(pattern)
