"""The overview strip: requests a bucket with the failing share, metric lanes and marks, on one time axis.

A bundle without correlation ids has its log records there, with those of errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.ids import ERROR
from explorer.analysis.rates import values_of
from explorer.analysis.results import Analysis, Anomaly, Outcome
from explorer.layout.stretches import Stretch, chosen, roomy, stretches
from explorer.model.records import Finding, Mark, Series
from explorer.model.store import Store

LANES = 2
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Bars:
    """Ids that began in each bucket, or log records of it: all, and those that failed; int64 (buckets,) each.

    ``of`` says which, "" where a bundle has neither.
    """

    of: Literal["request", "log record", ""]
    total: NDArray[np.int64]
    failing: NDArray[np.int64]

    def title(self) -> str:
        """What is counted, as a heading."""
        return f"{self.of.capitalize()}s" if self.of else ""


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
    """All of the overview; ``findings`` are the checks of data and models that did not pass, by time.

    ``earlier`` and ``later`` are how many of what the bars count lie outside, -1 where no other stretch of time does.
    """

    begin: int
    end: int
    bars: Bars
    lanes: tuple[Lane, ...]
    marks: tuple[Mark, ...]
    findings: tuple[Finding, ...] = ()
    anomalies: tuple[Anomaly, ...] = ()
    earlier: int = -1
    later: int = -1


def stretches_of(store: Store, analysis: Analysis) -> tuple[Stretch, ...]:
    """The stretches of time that the bundle's ids lie in; its log records or metric points where it has no ids.

    None where the whole time is shown.
    """
    times = next(
        (one for one in (analysis.ids.start, store.logs.time) if len(one)), np.asarray(store.points["time"])
    )
    return stretches(times, store.bounds())


def overview(
    store: Store,
    analysis: Analysis,
    buckets: int,
    most: int = LANES,
    known: tuple[Stretch, ...] = (),
    near: int = -1,
) -> Strip:
    """The strip of a bundle, or of one of its stretches of time where they lie far apart.

    Args:
        buckets: how many bars the width has room for.
        most: metric lanes there is room for.
        known: the stretches; the whole time without them.
        near: a time whose stretch is shown, -1 for the fullest.
    """
    at = chosen(known, near) if known else 0
    begin, end = roomy(known[at]) if known else store.bounds()
    end = max(end, begin + 1)
    lanes = tuple(lane(store, number, begin, end) for number in lane_series(store, analysis, most))
    times = np.sort(analysis.ids.start) if len(analysis.ids.start) else store.logs.time
    none, first, last = np.searchsorted(times, [1, begin, end + 1]).tolist()
    return Strip(
        begin, end, bars(store, analysis, begin, end, buckets), lanes, shown_marks(store, analysis, begin, end),
        tuple(sorted(
            (one for one in store.findings if one.status != "pass" and begin <= one.time_ns <= end),
            key=lambda one: one.time_ns,
        )),
        tuple(one for one in analysis.anomalies if begin <= one.time_ns <= end),
        first - none if at else -1, len(times) - last if at + 1 < len(known) else -1,
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


def bars(store: Store, analysis: Analysis, begin: int, end: int, buckets: int) -> Bars:
    """Count ids by the bucket in which they began, or log records; those outside the time are left out."""
    if len(analysis.ids.start):
        order = np.argsort(analysis.ids.start, kind="stable")
        times, failing = analysis.ids.start[order], analysis.ids.outcome[order] == Outcome.FAILING
    else:
        times, failing = store.logs.time, store.logs.severity >= ERROR
    # Whole numbers: nanoseconds of years are too many for the digits of a float.
    at, (each, rest) = np.arange(buckets + 1), divmod(end - begin, buckets)
    edges = begin + at * each + at * rest // buckets
    edges[-1] += 1  # the last moment is within
    total, failed = (np.diff(np.searchsorted(one, edges)) for one in (times, times[failing]))
    of: Literal["request", "log record", ""] = "request" if len(analysis.ids.start) else "log record"
    return Bars(of if len(times) else "", total, failed)


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
