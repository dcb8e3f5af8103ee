"""The overview strip: requests a bucket with the failing share, metric lanes and marks, on one time axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.rates import values_of
from explorer.analysis.results import Analysis, Anomaly, Outcome
from explorer.model.records import Finding, Mark, Series
from explorer.model.store import Store

LANES = 2
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Requests:
    """Ids that began in each bucket: all, and those that failed; int64 (buckets,) each."""

    total: NDArray[np.int64]
    failing: NDArray[np.int64]


@dataclass(frozen=True)
class Lane:
    """A metric series as a line: fractions of width and height (0 is the foot), NaN where it breaks.

    ``title`` names it whole, ``name`` without what tells it from others of its name.
    ``low`` and ``high`` are the values at foot and head, in ``unit`` ("" where none was said).
    """

    series: int
    title: str
    name: str
    x: Floats
    y: Floats
    low: float
    high: float
    unit: str = ""


@dataclass(frozen=True)
class Strip:
    """All of the overview; ``findings`` are the checks of data and models that did not pass, by time."""

    begin: int
    end: int
    requests: Requests
    lanes: tuple[Lane, ...]
    marks: tuple[Mark, ...]
    findings: tuple[Finding, ...] = ()
    anomalies: tuple[Anomaly, ...] = ()


def overview(store: Store, analysis: Analysis, buckets: int, most: int = LANES) -> Strip:
    """The strip of a whole bundle.

    Args:
        buckets: how many bars the width has room for.
        most: metric lanes there is room for.
    """
    begin, end = store.bounds()
    end = max(end, begin + 1)
    lanes = tuple(lane(store, number, begin, end) for number in lane_series(store, analysis, most))
    return Strip(
        begin, end, requests(analysis, begin, end, buckets), lanes, shown_marks(store, analysis, begin, end),
        tuple(sorted(
            (one for one in store.findings if one.status != "pass" and begin <= one.time_ns <= end),
            key=lambda one: one.time_ns,
        )),
        tuple(one for one in analysis.anomalies if begin <= one.time_ns <= end),
    )  # fmt: skip


def unit_words(series: Series) -> str:
    """The unit of what a lane draws, as people write it: UCUM's codes in words, counters as a rate."""
    unit = series.unit.strip()
    unit = unit[1:-1] if unit.startswith("{") and unit.endswith("}") else _UNITS.get(unit, unit)
    rate = "/s" if series.kind == "counter" else ""
    return f"{unit}{rate}" if unit or not rate else "a second"


_UNITS = {"1": "", "By": "B", "KiBy": "KiB", "MiBy": "MiB", "GiBy": "GiB", "us": "µs", "Cel": "°C"}


def shown_marks(store: Store, analysis: Analysis, begin: int, end: int) -> tuple[Mark, ...]:
    """Marks of the bundle, and changes that the analysis found without one (a version that took another's place)."""
    told = {(mark.kind, mark.service) for mark in store.marks}
    found = {
        evidence.text: Mark("deploy", evidence.time_ns, -1, cause.service or "", evidence.text)
        for cause in analysis.causes
        for evidence in cause.evidence
        if evidence.kind == "change" and evidence.time_ns > 0 and ("deploy", cause.service or "") not in told
    }
    every = [*(mark for mark in store.marks if mark.kind != "event"), *found.values()]
    return tuple(sorted((m for m in every if begin <= m.time_ns <= end), key=lambda mark: mark.time_ns))


def requests(analysis: Analysis, begin: int, end: int, buckets: int) -> Requests:
    """Count ids by the bucket in which they began; ids outside the time are left out."""
    ids = analysis.ids
    inside = (ids.start >= begin) & (ids.start <= end)
    # In floats: nanoseconds of some months times the buckets do not fit 64 bits.
    share = (ids.start[inside] - begin) / (end - begin)
    at = np.minimum((share * buckets).astype(np.int64), buckets - 1)
    failing = ids.outcome[inside] == Outcome.FAILING
    return Requests(np.bincount(at, minlength=buckets), np.bincount(at[failing], minlength=buckets))


def lane_series(store: Store, analysis: Analysis, most: int = LANES) -> tuple[int, ...]:
    """Which series get a lane: those that are evidence of a cause, then those that change most."""
    cited = [e.series for cause in analysis.causes for e in cause.evidence if e.series >= 0]
    chosen = list(dict.fromkeys(cited))[:most]
    if len(chosen) < most:
        others = [i for i, one in enumerate(store.series) if i not in chosen and one.count > 7]
        chosen += sorted(others, key=lambda i: -change(values_of(store, store.series[i])[1]))[
            : most - len(chosen)
        ]
    return tuple(chosen)


def change(values: Floats) -> float:
    """How far the later half's median lies from the earlier half's, in spreads of the earlier half."""
    values = values[np.isfinite(values)]
    if len(values) < 8:
        return 0.0
    early, late = np.array_split(values, 2)
    spread = float(np.median(np.abs(early - np.median(early)))) or float(np.abs(early).max()) * 0.05 or 1.0
    return abs(float(np.median(late) - np.median(early))) / spread


def lane(store: Store, number: int, begin: int, end: int) -> Lane:
    """A series as a line over the whole time."""
    series = store.series[number]
    times, values = values_of(store, series)
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    low = min(low, 0.0) if low < high * 0.5 else low
    span = (high - low) or 1.0
    name = series.name.replace("_", " ")
    return Lane(
        number, series_title(series), name, (times - begin) / (end - begin), (values - low) / span, low, high,
        unit_words(series),
    )  # fmt: skip


def series_title(series: Series) -> str:
    """Name of a series with the labels that tell it from others."""
    labels = [value for name, value in series.labels if name not in _DULL and value != series.service]
    words = series.name.replace("_", " ")
    tail = " ".join(labels[:2])
    return f"{words} {tail}".strip() + (f" · {series.service}" if series.service else "")


_DULL = frozenset(
    {"__name__", "job", "instance", "service", "app", "application", "namespace", "cluster", "env"}
)


def nearest_point(times: Sequence[int] | NDArray[np.int64], at: int) -> int:
    """Index of the point nearest to a time, -1 for none."""
    if not len(times):
        return -1
    right = int(np.searchsorted(times, at))
    if right == 0:
        return 0
    if right == len(times):
        return right - 1
    return right if times[right] - at < at - times[right - 1] else right - 1
