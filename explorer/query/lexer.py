"""The words of a query, each with its place in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from explorer.errors import QueryError

Sort = Literal["word", "string", "operator", "value", "(", ")", "-"]

_SPACE = re.compile(r"\s*")
_OPERATOR = re.compile(r"!=|!~|>=|<=|[:=~><]")
_NAME = re.compile(r"[A-Za-z_@][\w.@/$-]*")
# A name before these is no field: a link, a C++ name.
_NO_OPERATOR = re.compile(r"://|::")
_OPENING = "\"'"
_OPEN = {
    "string": "The text that begins with {0} is not closed.",
    "value": "A value with brackets and spaces goes in quotes; several values are field:a or field:b.",
}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query.

    Attributes:
        sort: ``value`` is an unquoted right-hand side; ``string`` anything in quotes.
        text: quotes and escapes taken off.
        start, end: where it stands in the query.
        closed: a string has its closing quote, a value its closing brackets.
    """

    sort: Sort
    text: str
    start: int
    end: int
    closed: bool = True


def tokens(text: str, *, lenient: bool = False) -> list[Token]:
    """The tokens of a query.

    Args:
        text: the query.
        lenient: take a quote that is not closed to reach to the end; for texts still being written.

    Raises:
        QueryError: a quote or a value's bracket is not closed.
    """
    found: list[Token] = []
    at = _skip_space(text, 0)
    while at < len(text):
        token = _next(text, at, found[-1] if found else None)
        if not token.closed and not lenient:
            raise QueryError(_OPEN[token.sort].format(text[at]), at)
        found.append(token)
        at = _skip_space(text, token.end)
    return found


def _skip_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _next(text: str, at: int, last: Token | None) -> Token:
    char = text[at]
    if char in _OPENING:
        return _string(text, at)
    if last is not None and last.sort == "operator" and char != ")":
        return _value(text, at)
    if char == "(":
        return Token("(", char, at, at + 1)
    if char == ")":
        return Token(")", char, at, at + 1)
    if char == "-" and at + 1 < len(text) and not text[at + 1].isspace():
        return Token("-", char, at, at + 1)
    operator = _OPERATOR.match(text, at)
    if operator:
        return Token("operator", operator.group(), at, operator.end())
    return _word(text, at)


def _string(text: str, at: int) -> Token:
    quote, read, place = text[at], [], at + 1
    while place < len(text) and text[place] != quote:
        if text[place] == "\\" and text[place + 1 : place + 2] in ("\\", quote):
            place += 1
        read.append(text[place])
        place += 1
    closed = place < len(text)
    return Token("string", "".join(read), at, place + closed, closed)


def _value(text: str, at: int) -> Token:
    """Up to the next space or a bracket that was not opened within the value."""
    depth, place = 0, at
    while place < len(text) and not text[place].isspace():
        depth += (text[place] == "(") - (text[place] == ")")
        if depth < 0:
            break
        place += 1
    return Token("value", text[at:place], at, place, depth <= 0)


def _word(text: str, at: int) -> Token:
    """Up to the next space, bracket, or an operator that makes the word a field's name."""
    place = at
    while place < len(text) and not text[place].isspace() and text[place] not in "()":
        ends = _OPERATOR.match(text, place)
        if ends and _NAME.fullmatch(text, at, place):
            doubled = _NO_OPERATOR.match(text, place)
            if not doubled:
                break
            place = doubled.end()
        else:
            place += 1
    return Token("word", text[at:place], at, place)
