"""Conditions on text, as questions to one text."""

from __future__ import annotations

from collections.abc import Callable, Collection

from explorer.query.fields import LEVELS
from explorer.query.patterns import pattern
from explorer.query.syntax import Compare

Test = Callable[[str], bool]
_HALF = 16  # digits of the lower half of a trace id


def text_test(condition: Compare, *, whole: bool) -> Test:
    """Whether a text meets a condition that is not about numbers.

    Args:
        condition: with one of ``: = != ~ !~``.
        whole: ``:`` asks for the whole text, else for a part of it.
    """
    value = condition.value
    if condition.operator in {"~", "!~"}:
        found = pattern(value, condition.column).found
        return found if condition.operator == "~" else lambda text: not found(text)
    if condition.operator == "!=":
        return lambda text: text != value
    if condition.operator == "=":
        return lambda text: text == value
    value = value.lower()
    if "*" in value and not condition.quoted:
        return _wildcards(value.split("*"))
    return (lambda text: text.lower() == value) if whole else (lambda text: value in text.lower())


def id_test(condition: Compare, id_forms: Callable[[str], Collection[str]]) -> Test:
    """Whether an id meets a condition; ``:`` asks for its beginning, in any spelling.

    An id of 64 bits also names one of 128 bits with that lower half.
    """
    whole = (condition.value.lower(), *id_forms(condition.value))
    halves = frozenset(one for one in whole[1:] if len(one) == _HALF)
    if condition.operator == ":" and "*" not in condition.value:
        return lambda text: text.lower().startswith(whole) or text[-_HALF:] in halves
    if condition.operator in {"=", "!="}:
        equal = condition.operator == "="
        return lambda text: (text.lower() in whole or text[-_HALF:] in halves) is equal
    return text_test(condition, whole=True)


def level_test(condition: Compare) -> Test:
    """Whether a severity meets a condition; severities have an order and synonyms."""
    wanted = LEVELS.get(condition.value.lower())
    if wanted is None or condition.operator in {"~", "!~"}:
        return text_test(condition, whole=True)
    holds = {
        ":": wanted.__eq__, "=": wanted.__eq__, "!=": wanted.__ne__,
        ">": wanted.__lt__, ">=": wanted.__le__, "<": wanted.__gt__, "<=": wanted.__ge__,
    }[condition.operator]  # fmt: skip
    return lambda text: (level := LEVELS.get(text.lower())) is not None and bool(holds(level))


def _wildcards(parts: list[str]) -> Test:
    """``parts`` in this order, anything between them; linear, unlike the regular expression."""
    first, *middle, last = parts
    least = sum(map(len, parts))

    def test(text: str) -> bool:
        text = text.lower()
        if len(text) < least or not text.startswith(first) or not text.endswith(last):
            return False
        at, end = len(first), len(text) - len(last)
        for part in middle:
            found = text.find(part, at, end)
            if found < 0:
                return False
            at = found + len(part)
        return at <= end

    return test
