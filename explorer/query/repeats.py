"""What in a regular expression repeats, and whether that could take for ever; see :mod:`patterns`.

A single pass over the source with a stack of open groups. The module that parses patterns within the
standard library is private, and does not say where in the source a repeat stands.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import permutations

from explorer.errors import QueryError

_QUANTIFIER = re.compile(r"(?:([*+?])|\{(\d*)(,?)(\d*)\})[?+]?")
_GROUP = re.compile(r"\((?:\?(?:P<\w+>|<?[=!]|>|[aiLmsux-]*:|P=\w+|#|\(\w+\)))?")
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|.)", re.DOTALL)
_COMMENT = re.compile(r"[^)]*\)?")
_REFERENCE = re.compile(r"\\[1-9]|\(\?P=")

MOST_WAYS = 1000  # in which a group that is repeated may match
_MANY = 32  # repeats from which on a bounded one counts as open
_SAMPLE = [chr(code) for code in range(128)] + ["\x85", "ä", "Ω", "中"]
_WORDS = re.compile(r"[\w\s/:,;=<>'\"-]+")
_INFINITE = float("inf")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a pattern.

    Attributes:
        source: of the part.
        power: of a text's length, to which the time of one search can grow.
        factor: what that is to be multiplied by.
    """

    source: str
    power: int
    factor: float = 1


Branch = tuple[Piece, ...]


@dataclass(slots=True)
class _Level:
    """A group while it is read; the whole pattern is the outermost.

    A repeat is *sure* of its end when a character must follow that it cannot take itself.

    Attributes:
        starts: where its alternatives begin in the source; the first, where the group does.
        ways: in how many ways what was read can match at one place.
        firsts: the first atom of each alternative; None while it has not come, "" where it is not one
            character.
        certain: at one place what was read can match in one way only, and ends no earlier there than at
            an earlier place.
        waiting: the atom of a repeat that has not yet met what ends it, and how many lengths it can have.
        unsure, sure: how many open repeats there were of each sort.
        spread: in how many ways the short repeats that are not sure can share out a text.
    """

    starts: list[int]
    ways: float = 1
    firsts: list[str | None] = field(default_factory=lambda: [None])
    certain: bool = True
    waiting: tuple[str, float] | None = None
    unsure: int = 0
    sure: int = 0
    spread: float = 1

    def take(self, atom: str, low: float, high: float) -> None:
        """One atom with its quantifier; ``atom`` is "" unless it is a single character or class."""
        if self.firsts[-1] is None:
            self.firsts[-1] = atom if low else ""
        if self.waiting is not None and low and _apart(self.waiting[0], atom):
            self.sure += self.waiting[1] >= _MANY
            self.waiting = None
        elif low != high or low:
            self.close()
        if low != high:
            self.waiting = (atom, high - low + 1)

    def close(self) -> None:
        """Whatever follows, the repeat that waits is not sure of its end."""
        if self.waiting is not None:
            if self.waiting[1] >= _MANY:
                self.unsure += 1
            else:
                self.spread *= self.waiting[1]
            self.certain = False
            self.waiting = None

    def hold(self, inner: _Level, low: float, high: float) -> None:
        """A group that was closed, with its quantifier."""
        self.take("", low, high)
        self.ways *= inner.ways * (high - low + 1)
        self.unsure += inner.unsure
        self.sure += inner.sure
        self.spread *= inner.spread ** min(high, _MANY) if inner.spread > 1 else 1
        self.certain = self.certain and inner.certain and len(inner.firsts) == 1


def branches(source: str, column: int) -> list[Branch]:
    """The alternatives of a pattern that compiles, each cut at ``.*`` where that changes nothing.

    Raises:
        QueryError: it could take for ever, or refers back to a group.
    """
    return _Reader(source, column).read()


class _Reader:
    def __init__(self, source: str, column: int) -> None:
        self._source = source
        self._column = column
        self._at = 0
        self._cut = 0  # where the current piece begins
        self._levels = [_Level([0])]
        self._pieces: list[Piece] = []
        self._branches: list[Branch] = []

    def read(self) -> list[Branch]:
        """All of it."""
        while self._at < len(self._source):
            char = self._source[self._at]
            if _REFERENCE.match(self._source, self._at):
                raise self._refusal("A pattern that refers back to a group could run for ever.", self._at)
            if char == "(":
                self._open()
            elif char == ")":
                self._close()
            elif char == "|":
                self._alternative()
            else:
                self._atom(char)
        self._end_branch()
        return self._branches

    def _open(self) -> None:
        match = _GROUP.match(self._source, self._at)
        start, self._at = self._at, match.end() if match else self._at + 1
        if self._source.startswith("(?#", start):
            comment = _COMMENT.match(self._source, self._at)
            self._at = comment.end() if comment else self._at
        else:
            self._levels.append(_Level([start]))

    def _close(self) -> None:
        if len(self._levels) > 1:
            inner = self._levels.pop()
            inner.close()
            end = self._at
            self._at += 1
            low, high = self._quantifier()
            self._check(inner, end, high)
            self._levels[-1].hold(inner, low, high)
        else:
            self._at += 1

    def _check(self, inner: _Level, end: int, high: float) -> None:
        """Refuse to repeat what matches in several ways."""
        ways = inner.ways
        if len(inner.firsts) > 1 and not _all_apart(inner.firsts) and not self._prefix_free(inner, end):
            ways = max(ways, len(inner.firsts))
        if high <= 1 or ways == 1:
            return
        if math.log(ways) * high > math.log(MOST_WAYS):
            text = self._source[inner.starts[0] : self._at]
            shown = text if len(text) < 40 else text[:39] + "…"
            raise self._refusal(
                f"“{shown}” repeats what can itself match in several ways, which could run for ever;"
                " one repeat is often enough: [ab]+ for (a|b)+, a+ for (a+)+.",
                inner.starts[0],
            )

    def _prefix_free(self, inner: _Level, end: int) -> bool:
        """The alternatives are plain words of which none begins another: they can be told apart."""
        first = (
            self._source.index(":", inner.starts[0]) + 1
            if self._is_plain_group(inner)
            else inner.starts[0] + 1
        )
        starts = [first, *inner.starts[1:]]
        words = [
            self._source[start:stop].lower()
            for start, stop in zip(starts, [*(start - 1 for start in starts[1:]), end], strict=True)
        ]
        return all(_WORDS.fullmatch(word) for word in words) and not any(
            one.startswith(other) for one, other in permutations(words, 2)
        )

    def _is_plain_group(self, inner: _Level) -> bool:
        return self._source.startswith("(?:", inner.starts[0])

    def _alternative(self) -> None:
        self._at += 1
        if len(self._levels) == 1:
            self._at -= 1
            self._end_branch()
            self._at += 1
            self._cut = self._at
        else:
            level = self._levels[-1]
            level.close()
            level.firsts.append(None)
            level.starts.append(self._at)

    def _atom(self, char: str) -> None:
        start = self._at
        matcher = {"\\": _ESCAPE, "[": _CLASS}.get(char)
        match = matcher.match(self._source, start) if matcher else None
        self._at = match.end() if match else start + 1
        atom = self._source[start : self._at]
        low, high = self._quantifier()
        level = self._levels[-1]
        certain = len(self._levels) == 1 and level.certain and level.waiting is None
        if atom == "." and (low, high) == (0, _INFINITE) and certain:
            self._end_piece(start)
            return
        width = "" if atom in {"^", "$", r"\b", r"\B", r"\A", r"\Z"} else atom
        level.take(width, low, high)
        level.ways *= high - low + 1

    def _quantifier(self) -> tuple[float, float]:
        match = _QUANTIFIER.match(self._source, self._at)
        if (
            match is None
            or match.group() in {"{}", "{,}"}
            or (match.group(1) is None and not self._counts(match))
        ):
            return 1, 1
        self._at = match.end()
        sign, low, comma, high = match.groups()
        if sign:
            return {"*": (0, _INFINITE), "+": (1, _INFINITE), "?": (0, 1)}[sign]
        least = int(low or 0)
        return least, (int(high) if high else _INFINITE) if comma else least

    @staticmethod
    def _counts(match: re.Match[str]) -> bool:
        return bool(match.group(2) or match.group(4))

    def _end_piece(self, end: int) -> None:
        """What was read since the last cut becomes a piece; nothing, if it is empty."""
        level = self._levels[0]  # a repeat that still waits has all it wants: nothing follows
        source = self._source[self._cut : end]
        if source:
            self._pieces.append(Piece(source, 1 + level.unsure + bool(level.sure), level.spread))
        self._cut = self._at
        self._levels = [_Level([self._at])]

    def _end_branch(self) -> None:
        self._end_piece(self._at)
        self._branches.append(tuple(self._pieces) or (Piece("", 1),))
        self._pieces = []

    def _refusal(self, message: str, at: int) -> QueryError:
        return QueryError(message, self._column + at)


def _all_apart(firsts: list[str | None]) -> bool:
    """No character can begin two of the alternatives."""
    return all(
        one and other and _apart(one, other)
        for index, one in enumerate(firsts)
        for other in firsts[index + 1 :]
    )


@lru_cache(maxsize=1024)
def _apart(one: str, other: str) -> bool:
    """No character matches both atoms; each is one character, an escape or a class."""
    if not one or not other:
        return False
    try:
        first, second = (re.compile(atom, re.DOTALL | re.IGNORECASE) for atom in (one, other))
    except re.error:
        return False
    return not any(first.fullmatch(char) and second.fullmatch(char) for char in _SAMPLE)
