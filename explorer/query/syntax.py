"""What a query says, once read: a tree of frozen values."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Literal

Operator = Literal[":", "=", "!=", "~", "!~", ">", ">=", "<", "<="]
Measure = Literal["number", "duration", "size", "instant", "clock"]


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as it was written, in base units.

    Attributes:
        measure: ``duration`` and ``instant`` count ns, ``clock`` ns since midnight, ``size`` bytes.
        value: the number; an integer wherever it is whole.
        low, high: what ``:`` takes for equal, ``low <= x < high``: all that rounds to what was written;
            of an instant or a clock time, the minute, second or day that was named.
        unit: the size of the unit that was written, in base units; 1 for none.
    """

    measure: Measure
    value: float
    low: float
    high: float
    unit: int = 1


@dataclass(frozen=True, slots=True)
class Word:
    """A word to look for in names, messages and attributes; quoted, it must stand there as a whole word or phrase."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Compare:
    """A condition on one field.

    Attributes:
        field: name of a field, or of an attribute without its ``attr.``.
        attribute: ``field`` names an attribute.
        operator: how it compares.
        value: right-hand side as written, quotes and escapes taken off.
        quoted: it was in quotes; ``*`` is an ordinary character then.
        amount: the value as a number, where it is one and the field can hold numbers.
        column: where the value begins in the query; no part of what it means.
    """

    field: str
    operator: Operator
    value: str
    quoted: bool = False
    attribute: bool = False
    amount: Amount | None = None
    column: int = dataclasses.field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """All that the term does not match."""

    term: Query


@dataclass(frozen=True, slots=True)
class And:
    """What all terms match; everything, if there are none."""

    terms: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """What at least one term matches."""

    terms: tuple[Query, ...]


Query = Word | Compare | Not | And | Or
