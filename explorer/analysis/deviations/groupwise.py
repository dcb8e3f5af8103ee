"""Medians and quantiles of many groups at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.model.sorting import order_within

Longs = NDArray[np.int64]
Floats = NDArray[np.float64]


def quantile_of(group: Longs, value: Floats, groups: int, share: float) -> tuple[Floats, Longs]:
    """For each group the value at ``share`` of its sorted values (NaN for an empty group), and its size."""
    order = order_within(group, value)
    counts = np.bincount(group, minlength=groups)
    first = np.concatenate(([0], np.cumsum(counts)[:-1])).astype(np.int64)
    at = first + np.floor(share * np.maximum(counts - 1, 0)).astype(np.int64)
    out = np.full(groups, np.nan)
    some = counts > 0
    out[some] = value[order][at[some]]
    return out, counts


def standardised(group: Longs, value: Floats, groups: int, least: float) -> Floats:
    """Values as robust deviates within their group: from its median, by 1.4826 times its median deviation."""
    middle, _ = quantile_of(group, value, groups, 0.5)
    away = value - middle[group]
    spread, _ = quantile_of(group, np.abs(away), groups, 0.5)
    return np.asarray(away / np.maximum(1.4826 * spread, least)[group])
