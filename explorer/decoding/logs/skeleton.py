"""What JSON lines of one writer have in common: the bytes between their values, learned from one line.

Most lines of a log differ in their values only. A line is of a skeleton if it has as many quotes and the literal
bytes stand between them; its values are then where the literals are not, and nothing needs to be parsed.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

import orjson

from explorer.decoding.logs.objects import DEPTH

LONGEST: Final = 8192
"""Bytes of a line that a skeleton is learned from."""
LITERAL: Final = 256
"""Bytes of the longest literal."""
_TOKEN: Final = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s"{}\[\]:,]+')

Tokens = Iterator[re.Match[bytes]]


@dataclass(frozen=True, slots=True)
class Value:
    """A value, which varies from line to line.

    Attributes:
        name: dotted path; "" within a list.
        is_text: it stands between quotes.
        quote: index, among the quotes of a line, of the first at or behind its end; -1: none is.
        before: bytes from its end to that quote, or to the end of the line.
    """

    name: str
    is_text: bool
    quote: int
    before: int


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A line is ``literals[0]``, ``values[0]``, ``literals[1]`` and so on; the last literal ends it.

    Attributes:
        quotes: how many a line has that are not escaped.
    """

    quotes: int
    literals: tuple[bytes, ...]
    values: tuple[Value, ...]


def learn(line: bytes, tells: Callable[[str], bool]) -> Skeleton | None:
    """The skeleton of an example; None where it is no JSON object, or one that is to be read with care.

    Args:
        tells: whether what stands at a path is of interest: a list or an empty object there is read with care.
    """
    if len(line) > LONGEST or not _is_object(line):
        return None
    tokens = _TOKEN.finditer(line)
    try:
        found = list(_Walk(tells).value(next(tokens), tokens, "", 0))
    except _CareError:
        return None
    quotes = [at for match in _TOKEN.finditer(line) if match[0][:1] == b'"'
              for at in (match.start(), match.end() - 1)]  # fmt: skip
    literals, values, end = [], [], 0
    for one in found:
        literals.append(line[end : one.begin])
        end = one.end
        quote = bisect_left(quotes, end)
        last = quote == len(quotes)
        before = (len(line) if last else quotes[quote]) - end
        values.append(Value(one.name, one.is_text, -1 if last else quote, before))
    literals.append(line[end:])
    return (
        None if max(map(len, literals)) > LITERAL else Skeleton(len(quotes), tuple(literals), tuple(values))
    )


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False


class _CareError(Exception):
    """A line says something twice, or in a way that needs care."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A value of the example: its path and where it stands, without quotes."""

    name: str
    begin: int
    end: int
    is_text: bool


@dataclass(frozen=True, slots=True)
class _Walk:
    """Finds the values of an object that is valid JSON; paths are those of :func:`objects.flatten`."""

    tells: Callable[[str], bool]
    known: set[str] = field(default_factory=set)

    def value(self, match: re.Match[bytes], tokens: Tokens, name: str, depth: int) -> Iterator[_Found]:
        """The values in what a token begins."""
        token = match[0]
        if depth > DEPTH:
            raise _CareError
        if token == b"{":
            yield from self._members(tokens, name, depth)
        elif token == b"[":
            if self.tells(name):
                raise _CareError
            for match in tokens:  # noqa: PLR1704
                if match[0] == b"]":
                    return
                if match[0] != b",":
                    yield from self.value(match, tokens, "", depth + 1)
        else:
            quoted = token[:1] == b'"'
            yield _Found(name, match.start() + quoted, match.end() - quoted, quoted)

    def _members(self, tokens: Tokens, name: str, depth: int) -> Iterator[_Found]:
        prefix = "" if not depth or name == "_source" else f"{name}."
        within_list = depth > 0 and not name
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
            path = "" if within_list else prefix + token[1:-1].decode()
            if path in self.known:
                raise _CareError
            self.known.update([path] if path else ())
            next(tokens)  # the colon
            yield from self.value(next(tokens), tokens, path, depth + 1)
        if empty and self.tells(name):
            raise _CareError
