"""Sorting and numbering of whole columns, faster than numpy's own."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_SPARSE = 16
"""Whole numbers spread over no more than so many times their count are numbered by a table of all between."""


def stable_order(key: NDArray[Any]) -> NDArray[np.int64]:
    """As ``argsort(key, kind="stable")``: numpy's unstable sort uses vector instructions, and ties are rare.

    Args:
        key: (n,) numbers.
    """
    order = np.argsort(key)
    ordered = key[order]
    if (ordered[1:] == ordered[:-1]).any():
        order = np.argsort(key, kind="stable")
    return order


def order_by(first: NDArray[np.integer[Any]], then: NDArray[np.int64]) -> NDArray[np.int64]:
    """As ``lexsort((then, first))``, by one number of both where 64 bits hold it.

    Args:
        first: (n,) numbers from 0 up.
        then: (n,) numbers.
    """
    if not len(first):
        return np.empty(0, np.int64)
    low = int(then.min())
    bits = (int(then.max()) - low).bit_length()
    if int(first.min()) < 0 or int(first.max()).bit_length() + bits > 63:
        return np.lexsort((then, first)).astype(np.int64)
    return stable_order((first.astype(np.int64) << bits) | (then - low))


def order_within(group: NDArray[np.integer[Any]], value: NDArray[Any]) -> NDArray[np.int64]:
    """As ``lexsort((value, group))``, but for the order of equal values within a group; four times as fast.

    Args:
        group: (n,) numbers from 0 up.
        value: (n,) numbers.
    """
    order = np.argsort(value)
    for shift in range(0, int(group.max(initial=0)).bit_length(), 16):  # numpy sorts 16 bits by counting them
        order = order[np.argsort((group[order] >> shift).astype(np.uint16), kind="stable")]
    return order


def distinct(value: NDArray[np.signedinteger[Any]]) -> NDArray[np.int64]:
    """As ``unique(value)``, which makes a table of hashes: sorting takes a tenth of its time.

    Args:
        value: (n,) whole numbers.
    """
    ordered = np.sort(value).astype(np.int64)
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))] if len(ordered) else ordered


def numbered(value: NDArray[np.signedinteger[Any]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """As ``unique(value, return_inverse=True)``, without sorting where the numbers lie close together.

    Args:
        value: (n,) whole numbers.
    """
    low, high = int(value.min(initial=0)), int(value.max(initial=0))
    if high - low >= _SPARSE * len(value):
        found, place = np.unique(value, return_inverse=True)
        return found.astype(np.int64), place
    away = value - low
    held = np.zeros(high - low + 1, bool)
    held[away] = True
    return np.flatnonzero(held) + low, (np.cumsum(held) - 1)[away]
