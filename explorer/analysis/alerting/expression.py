"""PromQL as far as alert rules need it, as a tree; what lies beyond is refused by name."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from explorer.analysis.alerting.tree import (
    Binary,
    Call,
    ExpressionError,
    Matcher,
    Node,
    Number,
    Selector,
    Summed,
)

MOST_DEEP: Final = 60
MOST_LETTERS: Final = 5000
MOST_SIGNS: Final = 150

OVER_TIME: Final = frozenset(
    f"{what}_over_time" for what in ("avg", "min", "max", "sum", "count", "last", "present", "stddev")
)
RATES: Final = frozenset({"rate", "irate", "increase", "delta", "idelta", "changes", "resets", "deriv"})
RANGED: Final = RATES | OVER_TIME | {"predict_linear"}
PLAIN: Final = frozenset({"abs", "ceil", "floor", "exp", "ln", "log2", "log10", "sqrt", "sgn"})
_NUMBERED: Final = {"clamp_min": 1, "clamp_max": 1, "histogram_quantile": 0, "predict_linear": 1}
"""Which argument is a number."""
_FUNCTIONS: Final = RANGED | PLAIN | _NUMBERED.keys() | {"absent"}
SUMMED: Final = frozenset({"sum", "avg", "min", "max", "count", "stddev", "group"})

_LEVELS: Final = (
    ("or",), ("and", "unless"), ("==", "!=", ">=", "<=", ">", "<"), ("+", "-"), ("*", "/", "%"),
)  # fmt: skip
_TOKEN: Final = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)|(?P<span>(?:\d+(?:ms|[smhdwy]))+)(?![\w.])
    |(?P<number>0x[0-9a-f]+|(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)(?![\w.])
    |(?P<name>[a-z_:][\w:]*)|(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)
    |(?P<sign>=~|!~|==|!=|>=|<=|[-+*/%^()\[\]{},=<>@:])""",
    re.VERBOSE | re.IGNORECASE,
)
_UNITS: Final = {
    "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9, "d": 86400 * 10**9, "w": 604800 * 10**9,
    "y": 365 * 86400 * 10**9,
}  # fmt: skip
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r"}

T = TypeVar("T")


def parse(text: str) -> Node:
    """The tree of an expression.

    Raises:
        ExpressionError: it is none, or uses what is not evaluated here.
    """
    if len(text) > MOST_LETTERS:
        raise ExpressionError("the expression is too long")
    return _Parser(_tokens(text)).whole()


def length_ns(text: str) -> int:
    """Nanoseconds of ``5m`` or ``1h30m``.

    Raises:
        ExpressionError: it is no length of time.
    """
    text = text.strip()
    parts = re.findall(r"(\d+)(ms|[smhdwy])", text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ExpressionError(f"{text[:40]!r} is no length of time")
    return sum(int(number) * _UNITS[unit] for number, unit in parts)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ExpressionError(f"{text[at : at + 20]!r} is not understood")
        if match.lastgroup != "space":
            found.append(_Token(match.lastgroup or "", match[0]))
        at = match.end()
    return found


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._deep = 0
        self._signs = 0

    def whole(self) -> Node:
        """All of it."""
        node = self._binary(0)
        if self._here() is not None:
            raise ExpressionError(f"{self._word()!r} is out of place")
        return _instant(node)

    # -- tokens --

    def _here(self) -> _Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _word(self) -> str:
        token = self._here()
        return token.text if token else ""

    def _is(self, *words: str) -> bool:
        token = self._here()
        return token is not None and token.kind in ("sign", "name") and token.text.lower() in words

    def _take(self) -> _Token:
        token = self._here()
        if token is None:
            raise ExpressionError("the expression ends too early")
        self._at += 1
        return token

    def _demand(self, sign: str) -> None:
        if not self._is(sign):
            raise ExpressionError(f"{sign!r} is missing before {self._word() or 'the end'!r}")
        self._at += 1

    def _name(self) -> str:
        token = self._take()
        if token.kind != "name":
            raise ExpressionError(f"{token.text!r} is no name")
        return token.text

    def _list(self, one: Callable[[], T], close: str) -> tuple[T, ...]:
        found: list[T] = []
        while not self._is(close):
            found.append(one())
            if not self._is(close):
                self._demand(",")
        self._at += 1
        return tuple(found)

    # -- nodes --

    def _binary(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._unary()
        left = self._binary(level + 1)
        while self._is(*_LEVELS[level]):
            sign = self._take().text.lower()
            as_bool = self._is("bool")
            self._at += as_bool
            on, but = self._matching()
            self._count()
            left = _reckoned(_checked(Binary(sign, left, self._binary(level + 1), as_bool, on, but)))
        return left

    def _count(self) -> None:
        self._signs += 1
        if self._signs > MOST_SIGNS:
            raise ExpressionError("the expression is too long")

    def _matching(self) -> tuple[tuple[str, ...] | None, bool]:
        if not self._is("on", "ignoring"):
            return None, False
        but = self._take().text.lower() == "ignoring"
        self._demand("(")
        labels = self._list(self._name, ")")
        if self._is("group_left", "group_right"):
            raise ExpressionError(f"{self._word()} is not evaluated")
        return labels, but

    def _unary(self) -> Node:
        if self._is("-", "+"):
            self._count()
            minus = self._take().text == "-"
            node = self._unary()
            return _reckoned(Binary("*", Number(-1.0), node)) if minus else node
        node = self._suffixed()
        if self._is("^"):
            self._take()
            self._count()
            return Binary("^", node, self._unary())
        return node

    def _suffixed(self) -> Node:
        node = self._primary()
        if self._is("["):
            self._take()
            over = self._span()
            if self._word().startswith(":"):
                raise ExpressionError("subqueries are not evaluated")
            self._demand("]")
            if not isinstance(node, Selector):
                raise ExpressionError("a range must follow the name of a metric")
            node = Selector(node.name, node.matchers, over)
        if self._is("@"):
            raise ExpressionError("@ is not evaluated")
        if self._is("offset"):
            self._take()
            offset = self._span()
            if not isinstance(node, Selector):
                raise ExpressionError("offset must follow the name of a metric")
            node = Selector(node.name, node.matchers, node.over_ns, offset)
        return node

    def _span(self) -> int:
        token = self._take()
        if token.kind != "span":
            raise ExpressionError(f"{token.text!r} is no length of time")
        return length_ns(token.text)

    def _primary(self) -> Node:
        self._deep += 1
        if self._deep > MOST_DEEP:
            raise ExpressionError("the expression is nested too deeply")
        try:
            return self._one()
        finally:
            self._deep -= 1

    def _one(self) -> Node:
        token = self._take()
        if token.kind == "number":
            return Number(float(int(token.text, 16)) if token.text[:2].lower() == "0x" else float(token.text))
        if token.text == "(":
            node = self._binary(0)
            self._demand(")")
            return node
        if token.text == "{":
            return self._selected("")
        if token.kind != "name":
            raise ExpressionError(f"{token.text!r} is out of place")
        name = token.text
        if name.lower() in SUMMED and self._is("by", "without", "("):
            return self._summed(name.lower())
        if self._is("("):
            if name.lower() not in _FUNCTIONS:
                raise ExpressionError(f"{name}() is not evaluated")
            self._take()
            return _known(name.lower(), self._list(lambda: self._binary(0), ")"))
        if name.lower() in ("inf", "nan"):
            return Number(float(name))
        if self._is("{"):
            self._take()
            return self._selected(name)
        return Selector(name, ())

    def _summed(self, name: str) -> Node:
        labels: tuple[str, ...] = ()
        by = True
        if self._is("by", "without"):
            labels, by = self._grouping()
        self._demand("(")
        node = self._binary(0)
        self._demand(")")
        if self._is("by", "without"):
            labels, by = self._grouping()
        return Summed(name, _instant(node), labels, by)

    def _grouping(self) -> tuple[tuple[str, ...], bool]:
        by = self._take().text.lower() == "by"
        self._demand("(")
        return self._list(self._name, ")"), by

    def _selected(self, name: str) -> Selector:
        matchers = self._list(self._matcher, "}")
        named = [one for one in matchers if one.label == "__name__"]
        if named and (name or len(named) > 1 or named[0].order != "="):
            raise ExpressionError("metrics whose name is matched are not evaluated")
        if named:
            name, matchers = named[0].value, tuple(one for one in matchers if one.label != "__name__")
        if not name:
            raise ExpressionError("metrics without a name are not evaluated")
        return Selector(name, matchers)

    def _matcher(self) -> Matcher:
        label, order, value = self._name(), self._take().text, self._take()
        if order not in ("=", "!=", "=~", "!~") or value.kind != "text":
            raise ExpressionError(f"{label}{order}{value.text} matches no label")
        text = value.text[1:-1]
        if value.text[0] != "`":
            text = re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text)
        if order in ("=~", "!~"):
            try:
                re.compile(text)
            except re.error as error:
                raise ExpressionError(f"{text[:60]!r} is no pattern: {error}") from error
        return Matcher(label, order, text)


def _checked(node: Binary) -> Binary:
    numbers = isinstance(node.left, Number), isinstance(node.right, Number)
    _instant(node.left)
    _instant(node.right)
    if node.sign in ("and", "or", "unless") and any(numbers):
        raise ExpressionError(f"{node.sign} stands between metrics only")
    if node.as_bool and node.sign not in _LEVELS[2]:
        raise ExpressionError("bool follows a comparison only")
    return node


def _reckoned(node: Binary) -> Node:
    """Numbers multiplied or added are a number: ``4 * 3600``."""
    match node:
        case Binary("*", Number(left), Number(right)):
            return Number(left * right)
        case Binary("+", Number(left), Number(right)):
            return Number(left + right)
    return node


def _instant(node: Node) -> Node:
    if isinstance(node, Selector) and node.over_ns:
        raise ExpressionError(f"the range of {node.name} needs a function such as rate")
    return node


def _known(name: str, arguments: tuple[Node, ...]) -> Call:
    ranged = name in RANGED
    at = _NUMBERED.get(name)
    takes = 1 if at is None else 2
    if len(arguments) != takes:
        raise ExpressionError(f"{name}() takes {takes} argument{'s' if takes > 1 else ''}")
    number = arguments[at] if at is not None else Number(0.0)
    if not isinstance(number, Number):
        raise ExpressionError(f"{name}() is evaluated with a plain number only")
    of = arguments[1 - at] if at is not None else arguments[0]
    if ranged and not (isinstance(of, Selector) and of.over_ns):
        raise ExpressionError(f"{name}() needs a range such as [5m]")
    return Call(name, of if ranged else _instant(of), number.value)
