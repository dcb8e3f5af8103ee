"""An expression at every moment of a grid, on the series of a bundle."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.alerting import vectors, windows
from explorer.analysis.alerting.expression import RANGED
from explorer.analysis.alerting.tree import Binary, Call, Matcher, Node, Number, Selector, Summed
from explorer.analysis.alerting.vectors import Key, Labels, Vector
from explorer.model.store import Store

Longs = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

MOST_SERIES: Final = 2000
_COMPARED: Final[dict[str, np.ufunc]] = {
    "==": np.equal, "!=": np.not_equal, ">": np.greater, "<": np.less, ">=": np.greater_equal, "<=": np.less_equal,
}  # fmt: skip
_RECKONED: Final[dict[str, np.ufunc]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "%": np.fmod, "^": np.power,
}  # fmt: skip
_PLAIN: Final = {"ln": np.log, "sgn": np.sign}


class EvaluationError(ValueError):
    """The expression has no value on this bundle."""


@dataclass(frozen=True, eq=False)
class Bundle:
    """The series of a store by name, and the moments at which rules are evaluated.

    ``recorded`` are the expressions of recording rules by name, ``known`` their values so far.
    """

    store: Store
    moments: Longs
    named: Mapping[str, tuple[int, ...]]
    recorded: Mapping[str, Node] = field(default_factory=dict)
    known: dict[str, Vector] = field(default_factory=dict)

    def numbers(self, selector: Selector) -> list[int]:
        """The series that a selector chooses."""
        tests = [_test(one) for one in selector.matchers]
        found = [
            number for number in self.named.get(selector.name, ())
            if all(test(labels_of(self.store, number)) for test in tests)
        ]  # fmt: skip
        if len(found) > MOST_SERIES:
            raise EvaluationError(f"{selector.name} has more than {MOST_SERIES} series")
        return found


def series_by_name(store: Store) -> dict[str, tuple[int, ...]]:
    """Numbers of the series by name, and by the name that Prometheus would give them: ``a.b`` is ``a_b`` too."""
    named: dict[str, list[int]] = {}
    for number, one in enumerate(store.series):
        for name in {one.name, re.sub(r"[^\w:]", "_", one.name)}:
            named.setdefault(name, []).append(number)
    return {name: tuple(numbers) for name, numbers in named.items()}


def labels_of(store: Store, number: int) -> Labels:
    """Labels of a series, with its service where no label says it."""
    one = store.series[number]
    labels = dict(one.labels)
    if one.service:
        labels.setdefault("service", one.service)
    labels.pop("__name__", None)
    return tuple(sorted(labels.items()))


def value_of(node: Node, bundle: Bundle) -> Vector | float:
    """The value of an expression.

    Raises:
        EvaluationError: it has none.
    """
    match node:
        case Number(value=value):
            return value
        case Selector():
            return _selected(node, bundle)
        case Call():
            return _called(node, bundle)
        case Summed(of=of):
            key = vectors.only(node.labels) if node.by else vectors.but(node.labels)
            return vectors.summed(_vector(of, bundle), node.name, key)
        case Binary():
            return _paired(node, value_of(node.left, bundle), value_of(node.right, bundle))


def _vector(node: Node, bundle: Bundle) -> Vector:
    value = value_of(node, bundle)
    if not isinstance(value, Vector):
        raise EvaluationError("a number stands where metrics are needed")
    return value


def _selected(node: Selector, bundle: Bundle, call: Call | None = None) -> Vector:
    if node.name not in bundle.named and node.name in bundle.recorded:
        return _recorded(node, bundle)
    numbers = bundle.numbers(node)
    values = np.zeros((len(numbers), len(bundle.moments)))
    there = np.zeros(values.shape, bool)
    moments = bundle.moments - node.offset_ns
    points = bundle.store.points
    for at, number in enumerate(numbers):
        one = bundle.store.series[number]
        rows = slice(one.first, one.first + one.count)
        times, samples = points["time"][rows], points["value"][rows]
        if not len(times):
            continue
        if call is not None:
            values[at], there[at] = windows.over(
                call.name, times, samples, moments, node.over_ns, call.number
            )
        else:
            values[at], there[at] = windows.latest(times, samples, moments)
    return Vector(tuple(labels_of(bundle.store, number) for number in numbers), values, there)


def _recorded(node: Selector, bundle: Bundle) -> Vector:
    """The value of a recording rule, reckoned here; of it no past is known beyond the bundle."""
    if node.over_ns or node.offset_ns:
        raise EvaluationError(f"{node.name} is a recording rule, of which only present values are evaluated")
    if node.name not in bundle.known:
        others = {name: one for name, one in bundle.recorded.items() if name != node.name}
        inner = Bundle(bundle.store, bundle.moments, bundle.named, others, bundle.known)
        bundle.known[node.name] = _vector(bundle.recorded[node.name], inner)
    vector = bundle.known[node.name]
    tests = [_test(one) for one in node.matchers]
    rows = [at for at, labels in enumerate(vector.labels) if all(test(labels) for test in tests)]
    return Vector(tuple(vector.labels[row] for row in rows), vector.values[rows], vector.there[rows])


def _called(node: Call, bundle: Bundle) -> Vector:
    if isinstance(node.of, Selector) and node.name in RANGED:
        return _selected(node.of, bundle, node)
    vector = _vector(node.of, bundle)
    if node.name == "histogram_quantile":
        return vectors.quantile(vector, node.number)
    if node.name == "absent":
        gone = ~vectors.anywhere(vector.there)
        return Vector((_stated(node.of),), np.ones((1, len(gone))), gone[None, :])
    with np.errstate(all="ignore"):
        if node.name == "clamp_min":
            return vector.told(np.maximum(vector.values, node.number))
        if node.name == "clamp_max":
            return vector.told(np.minimum(vector.values, node.number))
        plain = _PLAIN.get(node.name) or getattr(np, node.name)
        return vector.told(plain(vector.values))


def _stated(node: Node) -> Labels:
    """Labels that a selector demands outright."""
    matchers = node.matchers if isinstance(node, Selector) else ()
    return tuple(sorted((one.label, one.value) for one in matchers if one.order == "="))


def _paired(node: Binary, left: Vector | float, right: Vector | float) -> Vector | float:
    with np.errstate(all="ignore"):
        if isinstance(left, Vector) and isinstance(right, Vector):
            return _both(node, left, right)
        if isinstance(left, Vector):
            return _with_number(node, left, left.values, right)
        if isinstance(right, Vector):
            return _with_number(node, right, left, right.values)
        if node.sign in _COMPARED and not node.as_bool:
            raise EvaluationError("two numbers are compared")
        return float({**_COMPARED, **_RECKONED}[node.sign](left, right))


def _with_number(node: Binary, vector: Vector, left: object, right: object) -> Vector:
    if node.sign not in _COMPARED:
        return vector.told(_RECKONED[node.sign](left, right))
    holds = _COMPARED[node.sign](left, right)
    return vector.told(holds.astype(np.float64)) if node.as_bool else vector.kept(holds)


def _both(node: Binary, left: Vector, right: Vector) -> Vector:
    key = _key(node)
    if node.sign in ("and", "unless", "or"):
        return _sets(node.sign, left, right, key)
    ours, our_rows = vectors.grouped(left, key)
    theirs, their_rows = vectors.grouped(right, key)
    beside = dict(zip(theirs, their_rows, strict=True))
    labels: list[Labels] = []
    pairs: list[tuple[list[int], list[int]]] = []
    for one, rows in zip(ours, our_rows, strict=True):
        if one in beside:
            labels.append(one)
            pairs.append((rows, beside[one]))
    values = np.zeros((len(pairs), left.values.shape[1]))
    there = np.zeros(values.shape, bool)
    for at, (mine, other) in enumerate(pairs):
        first, here = _single(left, mine)
        second, beyond = _single(right, other)
        there[at] = here & beyond
        if node.sign in _RECKONED:
            values[at] = _RECKONED[node.sign](first, second)
        else:
            holds = _COMPARED[node.sign](first, second)
            values[at] = holds if node.as_bool else first
            there[at] &= holds | node.as_bool
    return Vector(tuple(labels), values, there)


def _single(vector: Vector, rows: list[int]) -> tuple[Floats, Mask]:
    """The one row that is there at a time."""
    here = vector.there[rows]
    if (here.sum(axis=0) > 1).any():
        raise EvaluationError("several series match one and the same on the other side")
    return np.where(here, vector.values[rows], 0.0).sum(axis=0), vectors.anywhere(here)


def _sets(sign: str, left: Vector, right: Vector, key: Key) -> Vector:
    nothing = np.zeros(left.values.shape[1], bool)
    if sign == "or":
        ours = vectors.present(left, key)
        free = [~ours.get(key(labels), nothing) for labels in right.labels]
        return vectors.joined(left, right.kept(_stacked(free, right)))
    theirs = vectors.present(right, key)
    held = [theirs.get(key(labels), nothing) for labels in left.labels]
    mask = _stacked(held, left)
    return left.kept(mask if sign == "and" else ~mask)


def _stacked(rows: list[Mask], vector: Vector) -> Mask:
    return np.stack(rows) if rows else np.zeros(vector.there.shape, bool)


def _key(node: Binary) -> Key:
    if node.on is None:
        return lambda labels: labels
    return vectors.but(node.on) if node.but else vectors.only(node.on)


class _test:  # noqa: N801 - a function with a memory
    """Whether labels pass a matcher; a label that is not there is empty, patterns match whole values."""

    def __init__(self, matcher: Matcher) -> None:
        self._label, self._value = matcher.label, matcher.value
        self._wants = not matcher.order.startswith("!")
        self._pattern = re.compile(matcher.value) if "~" in matcher.order else None

    def __call__(self, labels: Labels) -> bool:
        value = dict(labels).get(self._label, "")
        held = self._pattern.fullmatch(value) is not None if self._pattern else value == self._value
        return held is self._wants
