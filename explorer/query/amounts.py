"""Conditions on numbers: on columns of them, and on texts that may be numbers."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from explorer.query.columns import Mask, Numbers
from explorer.query.syntax import Amount, Compare
from explorer.query.texts import Test, text_test
from explorer.query.units import amount, unit_in_name

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    ":": operator.eq, "=": operator.eq, "!=": operator.ne,
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
}  # fmt: skip

_ID_DIGITS = 16


def number_mask(condition: Compare, column: Numbers, day_start_ns: int) -> Mask:
    """The rows whose number meets a condition; NaN meets none.

    Args:
        condition: on a field or attribute; without an amount, it asks whether there is a number.
        column: the numbers.
        day_start_ns: midnight of the day that clock times are in.
    """
    present: Mask = ~np.isnan(column) if column.dtype.kind == "f" else np.ones(len(column), dtype=np.bool_)
    wanted = condition.amount
    if wanted is None:
        return present
    shift = day_start_ns if wanted.measure == "clock" else 0
    if condition.attribute and (scale := _scale(condition.field, wanted)) != 1:
        column = column * scale
    if condition.operator == ":":
        met: Mask = (column >= wanted.low + shift) & (column < wanted.high + shift)
        return met
    compared: Mask = _COMPARE[condition.operator](column, wanted.value + shift)
    return compared & present


def number_test(condition: Compare) -> Test:
    """Whether an attribute's text meets a condition with an amount.

    A text with a unit of its own (``200ms``) counts with it. A bare number counts in the unit that the
    attribute's name gives (``latency_ms``), else in bytes, or as a time in the unit that the query names.
    """
    wanted = condition.amount
    if wanted is None:
        return text_test(condition, whole=True)
    compare, scale = _COMPARE[condition.operator], _scale(condition.field, wanted)
    value = wanted.value
    spelled = condition.value.lower()
    equality = condition.operator in {":", "=", "!="}

    def test(text: str) -> bool:
        if equality and text.lower() == spelled:
            return condition.operator != "!="
        number = _number(text, wanted, scale)
        if number is None:
            return condition.operator == "!="
        return bool(compare(number, value))

    return test


def id_range(condition: Compare, ids: Numbers, id_forms: Callable[[str], Collection[str]]) -> Mask:
    """The rows whose id, kept as uint64, begins with (``:``) or is what the query names in hex."""
    found = np.zeros(len(ids), np.bool_)
    for digits in {condition.value.lower().rstrip("*"), *id_forms(condition.value)}:
        if len(digits) > _ID_DIGITS or not set(digits) <= set("0123456789abcdef"):
            continue
        if condition.operator in {"=", "!="}:
            found |= ids == np.uint64(int(digits or "0", 16))
        else:
            low, high = (np.uint64(int(digits.ljust(_ID_DIGITS, end), 16)) for end in "0f")
            found |= (ids >= low) & (ids <= high)
    return ~found if condition.operator == "!=" else found


def _scale(attribute: str, wanted: Amount) -> int:
    """Base units in one unit of an attribute's bare numbers."""
    named = unit_in_name(attribute)
    if named is not None and named[0] == wanted.measure:
        return named[1]
    return wanted.unit if wanted.measure == "duration" else 1


def _number(text: str, wanted: Amount, scale: int) -> float | None:
    """The number in a text, in the unit that ``wanted`` is in; None if it is none of that measure."""
    try:
        return float(text) * scale
    except ValueError:
        held = amount(text)
    if held is None:
        return None
    if wanted.measure == "number":
        return held.value / held.unit
    return held.value if held.measure == wanted.measure else None
