"""The parts of an expression in PromQL."""

from __future__ import annotations

from dataclasses import dataclass


class ExpressionError(ValueError):
    """Not PromQL, or a part of it that is not evaluated here."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number."""

    value: float


@dataclass(frozen=True, slots=True)
class Matcher:
    """What a label must be; ``order`` is one of ``= != =~ !~``."""

    label: str
    order: str
    value: str


@dataclass(frozen=True, slots=True)
class Selector:
    """Series by name and labels; ``over_ns`` is the range of a range vector, 0 for none."""

    name: str
    matchers: tuple[Matcher, ...]
    over_ns: int = 0
    offset_ns: int = 0


@dataclass(frozen=True, slots=True)
class Sub:
    """A subquery: an expression every ``step_ns`` (0: as often as rules are evaluated) over a range."""

    of: Node
    over_ns: int
    step_ns: int = 0
    offset_ns: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """A function, and the numbers and texts it takes beside, as of ``clamp_min(of, number)``."""

    name: str
    of: Node
    numbers: tuple[float, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Summed:
    """``sum by (labels) (of)``; ``by`` is false for ``without``. ``number``, ``word``: as of ``topk(number, of)``."""

    name: str
    of: Node
    labels: tuple[str, ...]
    by: bool
    number: float = 0.0
    word: str = ""


@dataclass(frozen=True, slots=True)
class Binary:
    """``on`` is None where all labels must match; ``but`` tells that these are ignored instead.

    ``many`` is ``left`` or ``right`` where several on that side may match one of the other, whose labels ``taken``
    are taken over.
    """

    sign: str
    left: Node
    right: Node
    as_bool: bool = False
    on: tuple[str, ...] | None = None
    but: bool = False
    many: str = ""
    taken: tuple[str, ...] = ()


Node = Number | Selector | Sub | Call | Summed | Binary


def selectors(node: Node) -> list[Selector]:
    """The selectors of a tree."""
    match node:
        case Selector():
            return [node]
        case Call(of=of) | Summed(of=of) | Sub(of=of):
            return selectors(of)
        case Binary(left=left, right=right):
            return selectors(left) + selectors(right)
    return []
