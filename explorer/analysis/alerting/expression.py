"""PromQL as far as alert rules need it, as a tree; what lies beyond is refused by name."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from explorer.analysis.alerting.functions import TAKES, called, instant
from explorer.analysis.alerting.tree import (
    Binary,
    ExpressionError,
    Matcher,
    Node,
    Number,
    Selector,
    Sub,
    Summed,
)

MOST_DEEP: Final = 60
MOST_LETTERS: Final = 5000
MOST_SIGNS: Final = 150

_NUMBERED: Final = frozenset({"topk", "bottomk", "quantile"})
SUMMED: Final = _NUMBERED | {"sum", "avg", "min", "max", "count", "stddev", "stdvar", "group", "count_values"}

_LEVELS: Final = (
    ("or",), ("and", "unless"), ("==", "!=", ">=", "<=", ">", "<"), ("+", "-"), ("*", "/", "%"),
)  # fmt: skip
_TOKEN: Final = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)|(?P<span>(?:\d+(?:ms|[smhdwy]))+)(?![\w.])
    |(?P<number>0x[0-9a-f]+|(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)(?![\w.])
    |(?P<name>(?!:[\d\]\s])[a-z_:][\w:]*)|(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)
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
        return instant(node)

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
            many, taken = self._many()
            self._count()
            right = self._binary(level + 1)
            left = _reckoned(_checked(Binary(sign, left, right, as_bool, on, but, many, taken)))
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
        return self._list(self._name, ")"), but

    def _many(self) -> tuple[str, tuple[str, ...]]:
        """Which side may have several that match one of the other, and the labels taken over from that."""
        if not self._is("group_left", "group_right"):
            return "", ()
        side = self._take().text.lower().removeprefix("group_")
        if not self._is("("):
            return side, ()
        self._take()
        return side, self._list(self._name, ")")

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
            node = self._ranged(node)
        if self._is("@"):
            raise ExpressionError("@ is not evaluated")
        if self._is("offset"):
            self._take()
            offset = self._span()
            if not isinstance(node, Selector | Sub):
                raise ExpressionError("offset must follow the name of a metric")
            node = replace(node, offset_ns=offset)
        return node

    def _ranged(self, node: Node) -> Node:
        self._take()
        over = self._span()
        if self._is(":"):
            self._take()
            step = 0 if self._is("]") else self._span()
            self._demand("]")
            return Sub(instant(node), over, step)
        self._demand("]")
        if not isinstance(node, Selector):
            raise ExpressionError("a range must follow the name of a metric")
        return Selector(node.name, node.matchers, over)

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
            if name.lower() not in TAKES:
                raise ExpressionError(f"{name}() is not evaluated")
            self._take()
            return called(name.lower(), self._list(self._argument, ")"))
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
        number, word = self._parameter(name)
        node = self._binary(0)
        self._demand(")")
        if self._is("by", "without"):
            labels, by = self._grouping()
        return Summed(name, instant(node), labels, by, number, word)

    def _parameter(self, name: str) -> tuple[float, str]:
        """What stands before the metrics: ``topk(3, …)``, ``count_values("version", …)``."""
        number, word = 0.0, ""
        if name == "count_values":
            word = self._text()
        elif name in _NUMBERED:
            node = self._binary(0)
            if not isinstance(node, Number):
                raise ExpressionError(f"{name}() is evaluated with a plain number only")
            number = node.value
        else:
            return number, word
        self._demand(",")
        return number, word

    def _argument(self) -> Node | str:
        token = self._here()
        return self._text() if token is not None and token.kind == "text" else self._binary(0)

    def _text(self) -> str:
        token = self._take()
        if token.kind != "text":
            raise ExpressionError(f"{token.text!r} is no text")
        return _unquoted(token.text)

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
        text = _unquoted(value.text)
        if order in ("=~", "!~"):
            try:
                re.compile(text)
            except re.error as error:
                raise ExpressionError(f"{text[:60]!r} is no pattern: {error}") from error
        return Matcher(label, order, text)


def _unquoted(quoted: str) -> str:
    if quoted[0] == "`":
        return quoted[1:-1]
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), quoted[1:-1])


def _checked(node: Binary) -> Binary:
    numbers = isinstance(node.left, Number), isinstance(node.right, Number)
    instant(node.left)
    instant(node.right)
    if node.sign in ("and", "or", "unless") and any(numbers):
        raise ExpressionError(f"{node.sign} stands between metrics only")
    if node.as_bool and node.sign not in _LEVELS[2]:
        raise ExpressionError("bool follows a comparison only")
    return node


def _reckoned(node: Binary) -> Node:
    """Numbers reckoned with are a number: ``4 * 3600``."""
    match node:
        case Binary("*", Number(left), Number(right)):
            return Number(left * right)
        case Binary("+", Number(left), Number(right)):
            return Number(left + right)
        case Binary("-", Number(left), Number(right)):
            return Number(left - right)
        case Binary("/", Number(left), Number(right)) if right:
            return Number(left / right)
    return node
