"""From tokens to the tree: a Pratt parser (Pratt 1973), and what each condition may ask of its field."""

from __future__ import annotations

import re
from typing import cast

from explorer.errors import QueryError
from explorer.model.ids import meant_ids
from explorer.query.fields import (
    FIELDS,
    ID_STATUS,
    LEVELS,
    SPAN_STATUS,
    Field,
    Kind,
    attribute_name,
    known_field,
)
from explorer.query.lexer import Token, tokens
from explorer.query.patterns import pattern
from explorer.query.syntax import Amount, And, Compare, Not, Operator, Or, Query, Word
from explorer.query.units import UNITS_IN_WORDS, amount, instant

DEEPEST = 60  # brackets within brackets

_SHORTEST_ID = 22  # base64 of 16 bytes without its padding
_SIGNS = re.compile(r"\A\s*[^\s\"].*[=:{}()]")
_OR, _AND, _NOT = 10, 20, 30
_ORDER = frozenset({">", ">=", "<", "<="})
_REGEX = frozenset({"~", "!~"})
_EXAMPLES = {
    "duration": "a duration, as in {0}{1}200ms",
    "time": "a time, as in {0}{1}14:07:31 or {0}{1}2026-11-18T14:07",
    "level": "a severity, as in {0}{1}warn",
}


def parse(text: str) -> Query:
    """The tree of a query; the empty query is ``And(())`` and matches everything.

    Raises:
        QueryError: it makes no sense; ``column`` is where.
    """
    if _SIGNS.search(text) and len(text) >= _SHORTEST_ID and meant_ids(text):
        return Word(text.strip(), quoted=True)  # an id that was pasted alone: its signs mean nothing
    parser = _Parser(text)
    if parser.peek() is None:
        return And(())
    query = parser.expression(0, 0)
    rest = parser.peek()
    if rest is not None:
        raise QueryError("There is no opening bracket for this closing one.", rest.start)
    return query


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self._at = 0
        self._end = len(text.rstrip())

    def peek(self) -> Token | None:
        """The token to come."""
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def expression(self, binding: int, depth: int) -> Query:
        """As much as holds together more tightly than ``binding``."""
        left = self._term(depth)
        while (token := self.peek()) is not None and token.sort != ")":
            word = _keyword(token)
            power = _OR if word == "or" else _AND
            if power <= binding:
                break
            self._at += word in {"or", "and"}
            right = self.expression(power, depth)
            left = _joined(Or if power == _OR else And, left, right)
        return left

    def _term(self, depth: int) -> Query:
        token = self.peek()
        if token is None:
            raise QueryError("Something to look for is missing here.", self._end)
        word = _keyword(token)
        if depth > DEEPEST:
            raise QueryError("Too many brackets within brackets.", token.start)
        if word in {"and", "or"} or token.sort == ")":
            raise QueryError(f"Something to look for is missing before “{token.text}”.", token.start)
        self._at += 1
        if word == "not" or token.sort == "-":
            return Not(self.expression(_NOT, depth + 1))
        if token.sort == "(":
            return self._bracketed(token, depth)
        if token.sort == "operator":
            raise QueryError(
                f"“{token.text}” needs a field before it, as in duration>200ms. Text goes in quotes.",
                token.start,
            )
        follower = self.peek()
        if follower is not None and follower.sort == "operator":
            return self._comparison(token, follower)
        return Word(token.text, token.sort == "string")

    def _bracketed(self, opening: Token, depth: int) -> Query:
        closing = self.peek()
        if closing is not None and closing.sort == ")":
            raise QueryError("Nothing stands between these brackets.", opening.start)
        inner = self.expression(0, depth + 1)
        if self.peek() is None:
            raise QueryError("This bracket is not closed.", opening.start)
        self._at += 1
        return inner

    def _comparison(self, name: Token, operator: Token) -> Query:
        self._at += 1
        value = self.peek()
        if value is None or value.sort == ")":
            raise QueryError(f"A value is missing after “{name.text}{operator.text}”.", operator.end)
        self._at += 1
        return _compare(name, cast("Operator", operator.text), value)


def _keyword(token: Token) -> str:
    word = token.text.lower()
    return word if token.sort == "word" and word in {"and", "or", "not"} else ""


def _joined(kind: type[And | Or], left: Query, right: Query) -> Query:
    """Terms of the same kind side by side, not within each other."""
    terms: list[Query] = []
    for side in (left, right):
        terms += side.terms if isinstance(side, kind) else [side]
    return kind(tuple(terms))


def _compare(name: Token, operator: Operator, value: Token) -> Compare:
    quoted = value.sort == "string"
    column = value.start + quoted
    if operator in _REGEX:
        pattern(value.text, column)  # refused now, not when it is used
    attribute = attribute_name(name.text, quoted=name.sort == "string")
    if attribute is not None:
        number = amount(value.text)
        if operator in _ORDER and number is None:
            raise QueryError(f"“{operator}” compares numbers ({UNITS_IN_WORDS}).", column)
        return Compare(attribute, operator, value.text, quoted, True, number, column)
    field = known_field(name.text, name.start)
    number = None
    if field.kind in {"duration", "time"} and value.text != "*":
        number = _number(field, operator, value, column)
    elif operator not in _REGEX:
        _check_words(field, operator, value, column)
    return Compare(field.name, operator, value.text, quoted, False, number, column)


def _number(field: Field, operator: Operator, value: Token, column: int) -> Amount:
    number = amount(value.text) if field.kind == "duration" else instant(value.text)
    if operator in _REGEX:
        number = None
    if field.kind == "duration" and number is not None and number.measure == "number" and number.value:
        raise QueryError(
            f"A unit is missing: {field.name}{operator}{value.text}ms?", column + len(value.text)
        )
    if number is None or number.measure == "size":
        raise QueryError(f"“{field.name}” holds {_example(field, operator)}.", column)
    return number


def _example(field: Field, operator: Operator) -> str:
    sign = ">" if operator in _REGEX else operator
    return _EXAMPLES[field.kind].format(field.name, sign)


def _check_words(field: Field, operator: Operator, value: Token, column: int) -> None:
    """Refuse what can match nothing: an order of texts, a status that does not exist."""
    known: dict[Kind, tuple[str, ...]] = {"status": (*SPAN_STATUS, *ID_STATUS), "level": tuple(LEVELS)}
    word = value.text.lower()
    if operator in _ORDER and field.kind != "level":
        numbers = ", ".join(name for name, other in FIELDS.items() if other.kind in {"duration", "time"})
        raise QueryError(
            f"“{field.name}” holds text; “{operator}” compares numbers: {numbers}, or attributes.", column
        )
    if operator in _ORDER and word not in LEVELS:
        raise QueryError(f"“{field.name}” holds {_example(field, operator)}.", column)
    if field.kind == "status" and "*" not in word and word not in known["status"]:
        raise QueryError(f"A status is one of {', '.join(known['status'])}.", column)
