"""An expression at every moment of a grid, on the series of a bundle."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.alerting import ranks, vectors, windows
from explorer.analysis.alerting.functions import CLOCK, RANGED
from explorer.analysis.alerting.pairing import EvaluationError, Value, paired
from explorer.analysis.alerting.relabelling import relabelled
from explorer.analysis.alerting.tree import Binary, Call, Matcher, Node, Number, Selector, Sub, Summed
from explorer.analysis.alerting.vectors import Labels, Vector
from explorer.model.store import Store

Longs = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

MOST_SERIES: Final = 2000
MOST_INNER: Final = 50_000
_STEP_NS: Final = 60 * 10**9
_PLAIN: Final = {"ln": np.log, "sgn": np.sign}


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


def value_of(node: Node, bundle: Bundle) -> Value:
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
            return ranks.summed(_vector(of, bundle), node.name, key, node.number, node.word)
        case Binary():
            return paired(node, value_of(node.left, bundle), value_of(node.right, bundle))
        case Sub():
            raise EvaluationError("a subquery needs a function such as max_over_time")


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
                call.name, times, samples, moments, node.over_ns, *call.numbers
            )
        else:
            values[at], there[at] = windows.latest(times, samples, moments)
    return Vector(tuple(labels_of(bundle.store, number) for number in numbers), values, there)


def _recorded(node: Selector, bundle: Bundle) -> Vector:
    """The value of a recording rule, reckoned here."""
    if node.offset_ns:
        earlier = Bundle(bundle.store, bundle.moments - node.offset_ns, bundle.named, bundle.recorded)
        return _recorded(replace(node, offset_ns=0), earlier)
    if node.name not in bundle.known:
        others = {name: one for name, one in bundle.recorded.items() if name != node.name}
        inner = Bundle(bundle.store, bundle.moments, bundle.named, others, bundle.known)
        bundle.known[node.name] = _vector(bundle.recorded[node.name], inner)
    vector = bundle.known[node.name]
    tests = [_test(one) for one in node.matchers]
    rows = [at for at, labels in enumerate(vector.labels) if all(test(labels) for test in tests)]
    return Vector(tuple(vector.labels[row] for row in rows), vector.values[rows], vector.there[rows])


def _called(node: Call, bundle: Bundle) -> Value:
    if node.name == "time":
        return bundle.moments / 1e9
    if node.name == "vector":
        value = value_of(node.of, bundle)
        if isinstance(value, Vector):
            raise EvaluationError("vector() takes a number")
        level = np.broadcast_to(np.asarray(value, np.float64), bundle.moments.shape)[None, :]
        return Vector(((),), level, np.ones(level.shape, bool))
    if node.name in RANGED:
        return _over(node, bundle)
    vector = _vector(node.of, bundle)
    if node.name == "histogram_quantile":
        return vectors.quantile(vector, node.numbers[0])
    if node.name == "absent":
        return _absent(node.of, vector)
    if node.name == "scalar":
        return ranks.scalar(vector)
    if node.name in ("label_replace", "label_join"):
        return relabelled(vector, node.name, node.words)
    with np.errstate(all="ignore"):
        return vector.told(_plain(node, vector.values))


def _plain(node: Call, values: Floats) -> Floats:
    """A function of each value by itself."""
    low, high, *_ = (*node.numbers, np.inf, np.inf)
    match node.name:
        case "clamp_min":
            return np.maximum(values, low)
        case "clamp_max":
            return np.minimum(values, low)
        case "clamp":
            return np.clip(values, low, high)
        case "round":
            step = node.numbers[0] if node.numbers else 1.0
            return np.floor(values / step + 0.5) * step
        case "sort" | "sort_desc":  # of a value at a moment the order is nothing
            return values
        case name if name in CLOCK:
            return windows.clock(name, values)
    found: Floats = (_PLAIN.get(node.name) or getattr(np, node.name))(values)
    return found


def _absent(node: Node, vector: Vector) -> Vector:
    gone = ~vectors.anywhere(vector.there)
    return Vector((_stated(node),), np.ones((1, len(gone))), gone[None, :])


def _over(node: Call, bundle: Bundle) -> Vector:
    """A function over a range: of samples, of a subquery, or of what a recording rule gives, every so often."""
    of = node.of
    if node.name == "absent_over_time":
        inner = of.of if isinstance(of, Sub) else of
        return _absent(inner, _over(replace(node, name="present_over_time"), bundle))
    if isinstance(of, Selector):
        if of.name in bundle.named or of.name not in bundle.recorded:
            return _selected(of, bundle, node)
        of = Sub(replace(of, over_ns=0, offset_ns=0), of.over_ns, 0, of.offset_ns)
    if not isinstance(of, Sub):
        raise EvaluationError(f"{node.name}() needs a range")
    grid = _grid(of, bundle)
    told = _vector(of.of, Bundle(bundle.store, grid, bundle.named, bundle.recorded))
    moments = bundle.moments - of.offset_ns
    values = np.zeros((len(told.labels), len(moments)))
    there = np.zeros(values.shape, bool)
    for row, here in enumerate(told.there):
        values[row], there[row] = windows.over(
            node.name, grid[here], told.values[row][here], moments, of.over_ns, *node.numbers
        )
    return Vector(told.labels, values, there)


def _grid(node: Sub, bundle: Bundle) -> Longs:
    """The moments of a subquery, at multiples of its step, as Prometheus has them."""
    moments = bundle.moments
    step = node.step_ns or (int(moments[1] - moments[0]) if len(moments) > 1 else _STEP_NS)
    first = -(-(int(moments[0]) - node.offset_ns - node.over_ns) // step)
    last = (int(moments[-1]) - node.offset_ns) // step
    if last - first > MOST_INNER:
        raise EvaluationError("its subquery has too many steps")
    return np.arange(first, last + 1, dtype=np.int64) * step


def _stated(node: Node) -> Labels:
    """Labels that a selector demands outright."""
    matchers = node.matchers if isinstance(node, Selector) else ()
    return tuple(sorted((one.label, one.value) for one in matchers if one.order == "="))


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
