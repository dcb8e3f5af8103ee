"""Vectors brought together by their labels: sums, ranks, and how often each value stands."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.alerting.pairing import EvaluationError
from explorer.analysis.alerting.vectors import Key, Labels, Vector, anywhere, grouped

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

MOST_VALUES = 500
"""Different values that are counted."""


def summed(vector: Vector, how: str, key: Key, number: float = 0.0, word: str = "") -> Vector:
    """One row for each group; of ``topk`` and ``bottomk`` the chosen rows, of ``count_values`` one for each value."""
    if how in ("topk", "bottomk"):
        return _extreme(vector, key, int(number), largest=how == "topk")
    if how == "count_values":
        return _counted(vector, key, word)
    labels, groups = grouped(vector, key)
    values = np.zeros((len(groups), vector.values.shape[1]))
    there = np.zeros(values.shape, bool)
    for at, rows in enumerate(groups):
        part, here = vector.values[rows], vector.there[rows]
        there[at] = anywhere(here)
        values[at] = _folded(part, here, how, number)
    return Vector(labels, values, there)


def _folded(part: Floats, here: Mask, how: str, number: float) -> Floats:
    count: Floats = here.sum(axis=0).astype(np.float64)
    total: Floats = np.where(here, part, 0.0).sum(axis=0)
    mean: Floats = total / np.maximum(count, 1)
    found: Floats
    match how:
        case "min":
            found = np.where(here, part, np.inf).min(axis=0)
        case "max":
            found = np.where(here, part, -np.inf).max(axis=0)
        case "stddev" | "stdvar":
            found = np.where(here, (part - mean) ** 2, 0.0).sum(axis=0) / np.maximum(count, 1)
            found = np.sqrt(found) if how == "stddev" else found
        case "quantile":
            found = _quantile(part, here, number)
        case _:
            found = {"count": count, "sum": total, "avg": mean, "group": np.ones(len(count))}[how]
    return found


def _quantile(part: Floats, here: Mask, q: float) -> Floats:
    """Between the two nearest ranks, as Prometheus reckons it; q below 0 or above 1 is infinite."""
    if not 0 <= q <= 1:
        return np.full(part.shape[1], -np.inf if q < 0 else np.inf)
    ordered = np.sort(np.where(here, part, np.inf), axis=0)
    count = here.sum(axis=0)
    rank = q * np.maximum(count - 1, 0)
    low = np.floor(rank).astype(np.int64)
    high = np.minimum(low + 1, np.maximum(count - 1, 0))
    columns, weight = np.arange(part.shape[1]), rank - low
    with np.errstate(all="ignore"):
        found: Floats = ordered[low, columns] * (1 - weight) + ordered[high, columns] * weight
    return found


def _extreme(vector: Vector, key: Key, count: int, *, largest: bool) -> Vector:
    """The rows with the largest or smallest values of each group, at every moment."""
    kept = np.zeros(vector.there.shape, bool)
    for rows in grouped(vector, key)[1]:
        part, here = vector.values[rows], vector.there[rows]
        worth = np.where(here & ~np.isnan(part), part if largest else -part, -np.inf)
        place = np.argsort(np.argsort(-worth, axis=0, kind="stable"), axis=0, kind="stable")
        kept[rows] = place < count
    return vector.kept(kept)


def _counted(vector: Vector, key: Key, word: str) -> Vector:
    """How many rows of each group have each value; the value is a label."""
    labels: list[Labels] = []
    values: list[Floats] = []
    for own, rows in zip(*grouped(vector, key), strict=True):
        part, here = vector.values[rows], vector.there[rows]
        distinct = np.unique(part[here])
        if len(distinct) > MOST_VALUES:
            raise EvaluationError(f"count_values() meets more than {MOST_VALUES} values")
        for value in distinct.tolist():
            labels.append(tuple(sorted({**dict(own), word: f"{value:g}"}.items())))
            values.append(((part == value) & here).sum(axis=0).astype(np.float64))
    found = np.array(values, np.float64).reshape(len(values), vector.values.shape[1])
    return Vector(tuple(labels), found, found > 0)


def scalar(vector: Vector) -> Floats:
    """float64 (moments,): the value of the one row that is there, NaN where none or several are."""
    one = vector.there.sum(axis=0) == 1
    return np.where(one, np.where(vector.there, vector.values, 0.0).sum(axis=0), np.nan)
