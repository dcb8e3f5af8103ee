"""Buckets of histogram data points."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from explorer.decoding.metrics.quantiles import Bucket
from explorer.readers.otlp_json.loose import named

_MOST: Final = 4096


def explicit(point: Mapping[str, Any]) -> list[Bucket]:
    """Buckets of a ``HistogramDataPoint``: bounds b0 < b1 … make (-inf, b0], (b0, b1] … (bn, inf).

    No value lies outside the least and the greatest of the point, where it tells them.
    """
    bounds = _floats(point.get("explicitBounds"))
    counts = _counts(point.get("bucketCounts"))
    if len(counts) != len(bounds) + 1:
        return []
    lowest = _float(point.get("min"), min(0.0, bounds[0]) if bounds else 0.0)
    highest = _float(point.get("max"), bounds[-1] if bounds else 0.0)
    edges = [lowest, *bounds, highest]
    return _within(point, [(edges[i], edges[i + 1], count) for i, count in enumerate(counts)])


def exponential(point: Mapping[str, Any]) -> list[Bucket]:
    """Buckets of an ``ExponentialHistogramDataPoint``: bucket i is (2 ** (i * step), 2 ** ((i + 1) * step)]."""
    scale = int(_float(point.get("scale"), 0.0))
    if not -10 <= scale <= 20:
        return []
    below = [(-high, -low, count) for low, high, count in _powers(point.get("negative"), scale)]
    zero = [(0.0, 0.0, count) for count in _counts([point.get("zeroCount", 0)])]
    return _within(point, [*reversed(below), *zero, *_powers(point.get("positive"), scale)])


def _within(point: Mapping[str, Any], buckets: Sequence[Bucket]) -> list[Bucket]:
    least, most = _float(point.get("min"), -math.inf), _float(point.get("max"), math.inf)
    if least > most:
        return list(buckets)
    return [(min(max(low, least), most), min(max(high, least), most), count) for low, high, count in buckets]


def _powers(sides: Any, scale: int) -> Iterator[Bucket]:
    side = named(sides)
    offset = int(_float(side.get("offset"), 0.0))
    step = math.ldexp(1.0, -scale)
    for i, count in enumerate(_counts(side.get("bucketCounts"))[:_MOST], offset):
        if count and -1000 < i * step < 1000:
            yield 2.0 ** (i * step), 2.0 ** ((i + 1) * step), count


def _float(value: Any, otherwise: float) -> float:
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return otherwise
    return found if math.isfinite(found) else otherwise


def _floats(values: Any) -> list[float]:
    return [_float(value, math.nan) for value in values] if isinstance(values, list) else []


def _counts(values: Any) -> list[int]:
    return [max(0, int(_float(value, 0.0))) for value in values] if isinstance(values, list) else []
