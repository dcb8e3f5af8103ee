"""What changed, found unasked: error rates and latencies by service and operation, and metric series.

Each is a sequence in time whose level is tested for changes (:mod:`explorer.analysis.levels`); what lies well off the
usual level is an anomaly with its onset, and its end where it ended. Of those that set in together the clearest is
told first. A few points far off in a series, too few for a level, count as an anomaly of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.levels import FEWEST, chances, stretches
from explorer.analysis.rates import usable, values_of
from explorer.analysis.results import Anomaly
from explorer.analysis.wording import number_word, share_word, time_word
from explorer.model.records import Series
from explorer.model.sorting import order_by
from explorer.model.store import Store

Longs = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

MOST = 40
_LEAST_SPANS = 24
_SURE = 1e-4
_SURE_SERIES = 1e-3
_LEAST_RATE, _LEAST_SLOWER, _LEAST_NS = 0.05, 1.5, 1_000_000
_LEAST_SHIFT, _LEAST_MAD = 0.25, 6.0
_FAR, _MOST_FAR = 8.0, 0.25
_DULL = ("_bucket", "_created", "_info")
_MOST_SERIES = 1000


@dataclass(frozen=True, slots=True)
class _Found:
    anomaly: Anomaly
    strength: float


def find_anomalies(store: Store, enters: Mask) -> tuple[Anomaly, ...]:
    """The anomalies of a bundle by onset, the :data:`MOST` clearest.

    Args:
        enters: bool (spans,), which spans are the first of their service on a call.
    """
    found = [*_calls(store, enters), *_metrics(store)]
    found.sort(key=lambda one: -one.strength)
    return tuple(sorted((one.anomaly for one in found[:MOST]), key=lambda one: (one.time_ns, one.text)))


# -- spans -------------------------------------------------------------------------------------------------


def _calls(store: Store, enters: Mask) -> Iterator[_Found]:
    spans = store.spans
    rows = np.flatnonzero(enters & (spans.start > 0))
    key = spans.service[rows].astype(np.int64) * len(store.operations) + spans.name[rows]
    order = order_by(key, spans.start[rows])
    rows, key = rows[order], key[order]
    known, group, count = np.unique(key, return_inverse=True, return_counts=True)
    many = (count >= _LEAST_SPANS)[group]
    rows, key = rows[many], key[many]
    known, group = np.unique(key, return_inverse=True)
    first = np.searchsorted(group, np.arange(len(known) + 1))
    failed = spans.failed[rows].astype(np.float64)
    took = np.maximum(spans.duration[rows], 0).astype(np.float64)
    sure = _SURE / max(2 * len(known), 1)
    for values, judge in ((failed, _errors), (took, _latency)):
        for at in np.flatnonzero(chances(group, values) <= sure).tolist():
            part = slice(int(first[at]), int(first[at + 1]))
            where, what = divmod(int(known[at]), len(store.operations))
            named = store.services[where], store.operations[what]
            yield from judge(named, spans.start[rows[part]], values[part], sure)


def _errors(named: tuple[str, str], times: Longs, failed: Floats, sure: float) -> Iterator[_Found]:
    def off(level: float, usual: float) -> bool:
        return level >= max(2 * usual, usual + _LEAST_RATE)

    for begin, end, level, usual in _runs(failed, sure, lambda part: float(part.mean()), off):
        text = f"{' '.join(named)}: {share_word(usual)} → {share_word(level)} of calls fail"
        anomaly = Anomaly(
            "errors", text, int(times[begin]), _end(times, end), *named, before=usual, after=level
        )
        yield _Found(anomaly, (level - usual) * np.sqrt(end - begin) * 4)


def _latency(named: tuple[str, str], times: Longs, took: Floats, sure: float) -> Iterator[_Found]:
    def off(level: float, usual: float) -> bool:
        return level >= _LEAST_SLOWER * usual and level - usual >= _LEAST_NS

    for begin, end, level, usual in _runs(took, sure, lambda part: float(np.median(part)), off):
        text = f"{' '.join(named)}: median {time_word(round(usual))} → {time_word(round(level))}"
        anomaly = Anomaly(
            "latency", text, int(times[begin]), _end(times, end), *named, before=usual, after=level
        )
        yield _Found(anomaly, float(np.log2(level / max(usual, 1.0)) * np.sqrt(end - begin) / 4))


def _runs(
    values: Floats, sure: float, level_of: Callable[[Floats], float], off: Callable[[float, float], bool]
) -> Iterator[tuple[int, int, float, float]]:
    """``begin, end, level, usual``: stretches off the usual level, which is the lowest that lasts.

    What was so from the beginning has no onset in the bundle and is left out.
    """
    parts = stretches(values, sure)
    levels = [level_of(values[begin:end]) for begin, end in parts]
    lasting = [
        level for level, (begin, end) in zip(levels, parts, strict=True) if end - begin >= 0.15 * len(values)
    ]
    usual = min(lasting or levels)
    at = 0
    while at < len(parts):
        last = at
        while last < len(parts) and off(levels[last], usual):
            last += 1
        if last > at > 0:
            begin, end = parts[at][0], parts[last - 1][1]
            yield begin, end, level_of(values[begin:end]), usual
        at = max(last, at + 1)


def _end(times: Longs, end: int) -> int:
    return int(times[end]) if end < len(times) else -1


# -- metrics -----------------------------------------------------------------------------------------------


def _metrics(store: Store) -> Iterator[_Found]:
    telling = [
        number for number, series in enumerate(store.series)
        if series.count >= 2 * FEWEST and not series.name.endswith(_DULL)
    ]  # fmt: skip
    found: list[tuple[int, Longs, Floats]] = []
    for number in telling[:_MOST_SERIES]:
        times, values = values_of(store, store.series[number])
        finite = usable(values)
        if finite.sum() >= 2 * FEWEST and values[finite].min() < values[finite].max():
            found.append((number, times[finite], values[finite]))
    if not found:
        return
    group = np.repeat(np.arange(len(found)), [len(values) for _, _, values in found])
    p = chances(group, np.concatenate([values for _, _, values in found]))
    for (number, times, values), chance in zip(found, p.tolist(), strict=True):
        parts = [*_shifted(values)] if chance <= _SURE_SERIES else []
        series = store.series[number]
        for begin, end, level, usual, strength in parts or _far(values):
            text = f"{_name(series)}: {number_word(usual)} → {number_word(level)}"
            yield _Found(
                Anomaly("metric", text, int(times[begin]), _end(times, end), series.service, "", number,
                        before=usual, after=level), strength,
            )  # fmt: skip


def _shifted(values: Floats) -> Iterator[tuple[int, int, float, float, float]]:
    parts = stretches(values, _SURE_SERIES)
    longest = max(parts, key=lambda part: part[1] - part[0])
    quiet = parts[0] if parts[0][1] >= FEWEST else longest
    usual = float(np.median(values[quiet[0] : quiet[1]]))
    spread = _spread(values[quiet[0] : quiet[1]], usual)
    least = max(_LEAST_MAD * spread, _LEAST_SHIFT * abs(usual))
    off = [np.median(values[begin:end]) - usual for begin, end in parts]
    side = [
        0 if abs(by) < least or not begin else int(np.sign(by))
        for by, (begin, _) in zip(off, parts, strict=True)
    ]
    at = 0
    while at < len(parts):
        last = at + 1
        while last < len(parts) and side[last] == side[at]:
            last += 1
        if side[at]:
            begin, end = _onset(values, usual, 3 * spread, parts[at][0]), parts[last - 1][1]
            if end == len(values):
                end = _back(values, usual, least / 2, begin)
            level = float(np.median(values[begin:end]))
            yield begin, end, level, usual, min(abs(level - usual) / spread, 40.0)
        at = last


def _onset(values: Floats, usual: float, near: float, begin: int) -> int:
    """Where a slow rise or fall that leads to ``begin`` left the usual values."""
    side = np.sign(values[begin] - usual)
    within = np.flatnonzero((values[:begin] - usual) * side <= near)
    return int(within[-1]) + 1 if len(within) else begin


def _back(values: Floats, usual: float, near: float, begin: int) -> int:
    """Where the last values, two and more, are the usual ones again; else the end."""
    away = np.flatnonzero(np.abs(values - usual) > near)
    end = int(away[-1]) + 1 if len(away) else len(values)
    return end if begin < end <= len(values) - 2 else len(values)


def _far(values: Floats) -> Iterator[tuple[int, int, float, float, float]]:
    """Runs of two and more values far off the median, where these are few."""
    usual = float(np.median(values))
    spread = _spread(values, usual)
    far = np.abs(values - usual) >= max(_FAR * spread, _LEAST_SHIFT * abs(usual))
    if not far.any() or far.mean() > _MOST_FAR:
        return
    edges = np.flatnonzero(np.diff(np.concatenate(([False], far, [False])).astype(np.int8)))
    for begin, end in edges.reshape(-1, 2).tolist():
        if end - begin > 1 and begin:
            level = float(values[begin:end][np.argmax(np.abs(values[begin:end] - usual))])
            yield begin, end, level, usual, min(abs(level - usual) / spread, 40.0) / 2


def _spread(values: Floats, usual: float) -> float:
    """Median distance from the usual value, never nothing."""
    return max(float(np.median(np.abs(values - usual))), 0.02 * abs(usual), 1e-9)


def _name(series: Series) -> str:
    service = f" · {series.service}" if series.service else ""
    return f"{series.name}{service}"
