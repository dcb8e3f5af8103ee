"""Functions of PromQL over a range of samples before each moment, as Prometheus defines them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Longs = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

LOOKBACK_NS = 300 * 10**9
_TOO_FAR = 1.1


def latest(times: Longs, values: Floats, moments: Longs) -> tuple[Floats, Mask]:
    """The last value at each moment, none where it is older than five minutes."""
    at = np.searchsorted(times, moments, "right") - 1
    there = (at >= 0) & (moments - times[np.maximum(at, 0)] < LOOKBACK_NS)
    return np.where(there, values[np.maximum(at, 0)], np.nan), there


def over(
    name: str, times: Longs, values: Floats, moments: Longs, over_ns: int, number: float = 0.0
) -> tuple[Floats, Mask]:
    """``rate``, ``avg_over_time`` and their like; no value where there are too few samples.

    Args:
        number: seconds ahead of ``predict_linear``; the share of ``quantile_over_time``.
    """
    known = ~np.isnan(values)
    times, values = times[known], values[known]
    low = np.searchsorted(times, moments - over_ns, "right")
    high = np.searchsorted(times, moments, "right")
    count = high - low
    if not len(times):
        return np.full(len(moments), np.nan), np.zeros(len(moments), bool)
    if name in ("rate", "increase", "delta"):
        return _extrapolated(name, times, values, moments, over_ns, low, high), count >= 2
    if name in ("irate", "idelta"):
        return _last_two(name, times, values, high), count >= 2
    if name in ("deriv", "predict_linear"):
        slope, now = _line(times, values, moments, low, high)
        return (slope if name == "deriv" else now + slope * number), count >= 2
    first, last = np.minimum(low, len(times) - 1), np.maximum(high - 1, 0)
    if name in ("changes", "resets"):
        steps = np.diff(values)
        flags = steps != 0 if name == "changes" else steps < 0
        so_far = np.concatenate(([0.0], np.cumsum(flags)))
        return so_far[last] - so_far[np.minimum(first, last)], count >= 1
    if name == "quantile_over_time":
        return _quantiles(values, low, high, number), count >= 1
    return _folded(name.removesuffix("_over_time"), values, low, high), count >= 1


def _extrapolated(
    name: str, times: Longs, values: Floats, moments: Longs, over_ns: int, low: Longs, high: Longs
) -> Floats:
    """From promql/functions.go, ``extrapolatedRate``: as far as half a step beyond the samples, no counter below 0."""
    counter = name != "delta"
    drops = np.where(np.diff(values) < 0, values[:-1], 0.0) if counter else np.zeros(len(values) - 1)
    grown = values + np.concatenate(([0.0], np.cumsum(drops)))
    first, last = np.minimum(low, len(times) - 1), np.maximum(high - 1, 0)
    gained = grown[last] - grown[first]
    sampled = (times[last] - times[first]).astype(np.float64)
    mean = sampled / np.maximum(high - low - 1, 1)
    before = (times[first] - (moments - over_ns)).astype(np.float64)
    after = (moments - times[last]).astype(np.float64)
    before = np.where(before >= _TOO_FAR * mean, mean / 2, before)
    after = np.where(after >= _TOO_FAR * mean, mean / 2, after)
    with np.errstate(all="ignore"):
        if counter:
            to_zero = np.where((gained > 0) & (values[first] >= 0), sampled * values[first] / gained, np.inf)
            before = np.minimum(before, to_zero)
        found: Floats = gained * (sampled + before + after) / sampled
    return np.divide(found, over_ns / 1e9) if name == "rate" else found


def _line(times: Longs, values: Floats, moments: Longs, low: Longs, high: Longs) -> tuple[Floats, Floats]:
    """Slope a second of the line nearest to the samples, and its value at each moment."""
    middle, level = int(times[len(times) // 2]), float(values.mean())
    x, y = (times - middle) / 1e9, values - level
    count = np.maximum(high - low, 1)
    mean_x, mean_y = _between(x, low, high) / count, _between(y, low, high) / count
    both = _between(x * y, low, high) / count - mean_x * mean_y
    spread = _between(x * x, low, high) / count - mean_x**2
    slope = np.where(spread > 1e-9, both / np.maximum(spread, 1e-9), 0.0)
    return slope, level + mean_y + slope * ((moments - middle) / 1e9 - mean_x)


def _last_two(name: str, times: Longs, values: Floats, high: Longs) -> Floats:
    last = np.maximum(high - 1, 0)
    one = np.maximum(last - 1, 0)
    gained: Floats = values[last] - values[one]
    if name == "idelta":
        return gained
    seconds = np.maximum((times[last] - times[one]) / 1e9, 1e-9)
    found: Floats = np.where(gained < 0, values[last], gained) / seconds
    return found


def _folded(how: str, values: Floats, low: Longs, high: Longs) -> Floats:
    count = (high - low).astype(np.float64)
    found: Floats
    if how in ("min", "max"):
        ends = np.minimum(np.stack((low, high), axis=1).ravel(), len(values))
        fold = np.minimum if how == "min" else np.maximum
        found = fold.reduceat(np.append(values, 0.0), ends)[::2]
        return found
    if how == "last":
        found = values[np.maximum(high - 1, 0)]
        return found
    middle = float(values.mean())
    total = _between(values - middle, low, high)
    mean = total / np.maximum(count, 1)
    if how in ("stddev", "stdvar"):
        squares = _between((values - middle) ** 2, low, high) / np.maximum(count, 1)
        spread = np.maximum(squares - mean**2, 0.0)
        return np.sqrt(spread) if how == "stddev" else spread
    plain = {
        "count": count,
        "present": np.ones(len(count)),
        "sum": total + middle * count,
        "avg": mean + middle,
    }
    return plain[how]


def _between(values: Floats, low: Longs, high: Longs) -> Floats:
    so_far = np.concatenate(([0.0], np.cumsum(values)))
    found: Floats = so_far[high] - so_far[low]
    return found


def _quantiles(values: Floats, low: Longs, high: Longs, q: float) -> Floats:
    if not 0 <= q <= 1:
        return np.full(len(low), -np.inf if q < 0 else np.inf)
    parts = zip(low.tolist(), high.tolist(), strict=True)
    return np.array([np.quantile(values[a:b], q) if b > a else np.nan for a, b in parts])


def clock(name: str, seconds: Floats) -> Floats:
    """``hour``, ``day_of_week`` and their like of times in seconds since 1970, UTC."""
    known = np.where(np.isfinite(seconds), seconds, 0.0).astype(np.int64)
    moments = known.astype("datetime64[s]")
    days, months, years = (moments.astype(f"datetime64[{unit}]") for unit in "DMY")
    found = {
        "minute": known // 60 % 60, "hour": known // 3600 % 24,
        "day_of_week": (days.astype(np.int64) + 4) % 7,  # 1970 began on a Thursday
        "day_of_month": (days - months.astype("datetime64[D]")).astype(np.int64) + 1,
        "month": (months - years.astype("datetime64[M]")).astype(np.int64) + 1,
        "year": years.astype(np.int64) + 1970,
    }[name]  # fmt: skip
    return np.where(np.isfinite(seconds), found.astype(np.float64), np.nan)
