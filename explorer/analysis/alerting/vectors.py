"""Vectors of PromQL at every moment of a grid at once: rows are series, columns moments."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Labels = tuple[tuple[str, str], ...]
"""Name and value by name, without the name of the metric."""

Key = Callable[[Labels], Labels]


@dataclass(frozen=True, eq=False)
class Vector:
    """Values by series and moment, and which of them there are; a value that is there may be NaN."""

    labels: tuple[Labels, ...]
    values: Floats
    there: Mask

    def kept(self, mask: Mask) -> Vector:
        """Only what ``mask`` leaves."""
        return Vector(self.labels, self.values, self.there & mask)

    def told(self, values: Floats) -> Vector:
        """The same with other values."""
        return Vector(self.labels, values, self.there)


def only(names: Iterable[str]) -> Key:
    """Labels reduced to some."""
    chosen = frozenset(names)
    return lambda labels: tuple(one for one in labels if one[0] in chosen)


def but(names: Iterable[str]) -> Key:
    """Labels without some."""
    left_out = frozenset(names)
    return lambda labels: tuple(one for one in labels if one[0] not in left_out)


def grouped(vector: Vector, key: Key) -> tuple[tuple[Labels, ...], list[list[int]]]:
    """The labels of each group, and its rows."""
    groups: dict[Labels, list[int]] = {}
    for row, labels in enumerate(vector.labels):
        groups.setdefault(key(labels), []).append(row)
    return tuple(groups), list(groups.values())


def anywhere(there: Mask) -> Mask:
    """When any row is there."""
    found: Mask = np.logical_or.reduce(there, axis=0)
    return found


def present(vector: Vector, key: Key) -> dict[Labels, Mask]:
    """When anything of each group is there."""
    labels, groups = grouped(vector, key)
    return {one: anywhere(vector.there[rows]) for one, rows in zip(labels, groups, strict=True)}


def joined(left: Vector, right: Vector) -> Vector:
    """The rows of both."""
    return Vector(
        left.labels + right.labels,
        np.concatenate((left.values, right.values)),
        np.concatenate((left.there, right.there)),
    )


def quantile(vector: Vector, q: float) -> Vector:
    """Of cumulative buckets by ``le``, the value below which a share ``q`` lies, as Prometheus reckons it."""
    labels, groups = grouped(vector, but(("le",)))
    values = np.full((len(groups), vector.values.shape[1]), np.nan)
    there = np.zeros(values.shape, bool)
    for at, rows in enumerate(groups):
        uppers = [_bound(vector.labels[row]) for row in rows]
        order = [i for i in np.argsort(uppers, kind="stable").tolist() if not np.isnan(uppers[i])]
        bounds = np.array([uppers[i] for i in order])
        if len(bounds) < 2 or not np.isinf(bounds[-1]):
            continue
        chosen = [rows[i] for i in order]
        there[at] = vector.there[chosen].all(axis=0)
        counts = np.maximum.accumulate(vector.values[chosen], axis=0)
        values[at] = _interpolated(counts, bounds, q)
    return Vector(labels, values, there)


def _bound(labels: Labels) -> float:
    try:
        return float(dict(labels).get("le", "nan"))
    except ValueError:
        return float("nan")


def _interpolated(counts: Floats, bounds: Floats, q: float) -> Floats:
    rank = q * counts[-1]
    at = np.minimum((counts < rank).sum(axis=0), len(bounds) - 1)
    columns = np.arange(counts.shape[1])
    below = np.where(at > 0, counts[np.maximum(at - 1, 0), columns], 0.0)
    lower = np.where(at > 0, bounds[np.maximum(at - 1, 0)], 0.0)
    upper = bounds[at]
    inside = counts[at, columns] - below
    with np.errstate(all="ignore"):
        found = lower + (upper - lower) * (rank - below) / inside
    found = np.where((at == 0) & (upper <= 0), upper, found)
    found = np.where(at == len(bounds) - 1, bounds[-2], found)
    return np.where(counts[-1] > 0, found, np.nan)
