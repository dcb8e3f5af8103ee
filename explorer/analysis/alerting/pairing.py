"""Two values with a sign between them: numbers, and vectors whose labels match."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.alerting import vectors
from explorer.analysis.alerting.tree import Binary
from explorer.analysis.alerting.vectors import Key, Labels, Vector

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Value = Vector | Floats | float
"""A vector, a number at every moment (float64 (moments,)), or a number."""

_COMPARED: Final[dict[str, np.ufunc]] = {
    "==": np.equal, "!=": np.not_equal, ">": np.greater, "<": np.less, ">=": np.greater_equal, "<=": np.less_equal,
}  # fmt: skip
_RECKONED: Final[dict[str, np.ufunc]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "%": np.fmod, "^": np.power,
}  # fmt: skip


class EvaluationError(ValueError):
    """The expression has no value on this bundle."""


def paired(node: Binary, left: Value, right: Value) -> Value:
    """The value of two with a sign between.

    Raises:
        EvaluationError: it has none.
    """
    with np.errstate(all="ignore"):
        if isinstance(left, Vector) and isinstance(right, Vector):
            return _both(node, left, right)
        if isinstance(left, Vector):
            return _with_number(node, left, left.values, right)
        if isinstance(right, Vector):
            return _with_number(node, right, left, right.values)
        if node.sign in _COMPARED and not node.as_bool:
            raise EvaluationError("two numbers are compared")
        return np.asarray({**_COMPARED, **_RECKONED}[node.sign](left, right), np.float64)


def _with_number(node: Binary, vector: Vector, left: object, right: object) -> Vector:
    if node.sign not in _COMPARED:
        return vector.told(_RECKONED[node.sign](left, right))
    holds = _COMPARED[node.sign](left, right)
    return vector.told(holds.astype(np.float64)) if node.as_bool else vector.kept(holds)


def _both(node: Binary, left: Vector, right: Vector) -> Vector:
    key = _key(node)
    if node.sign in ("and", "unless", "or"):
        return _sets(node.sign, left, right, key)
    if node.many:
        return _many(node, left, right, key)
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


def _many(node: Binary, left: Vector, right: Vector, key: Key) -> Vector:
    """Each row of the many sides with the one that it matches, whose labels ``node.taken`` it takes over."""
    flipped = node.many == "right"
    several, one = (right, left) if flipped else (left, right)
    keys, rows = vectors.grouped(one, key)
    beside = dict(zip(keys, rows, strict=True))
    labels: list[Labels] = []
    values, there = [], []
    for row, own in enumerate(several.labels):
        found = beside.get(key(own))
        if found is None:
            continue
        single, here = _single(one, found)
        mine = several.values[row]
        first, second = (single, mine) if flipped else (mine, single)
        held = here & several.there[row]
        if node.sign in _RECKONED:
            value = _RECKONED[node.sign](first, second)
        else:
            holds = _COMPARED[node.sign](first, second)
            value = holds.astype(np.float64) if node.as_bool else first
            held = held & (holds | node.as_bool)
        labels.append(_taken(own, one.labels[found[0]], node.taken))
        values.append(value)
        there.append(held)
    width = left.values.shape[1]
    stacked = np.array(values, np.float64).reshape(len(values), width)
    return Vector(tuple(labels), stacked, np.array(there, bool).reshape(len(there), width))


def _taken(own: Labels, other: Labels, names: Sequence[str]) -> Labels:
    """Labels with some of the other side's."""
    theirs = dict(other)
    found = {name: text for name, text in own if name not in names}
    found |= {name: theirs[name] for name in names if name in theirs}
    return tuple(sorted(found.items()))


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
