"""The overview strip: requests a bucket with the failing share, metric lanes and marks, on one time axis.

A bundle of one or two ids has its spans there; one without ids its log records, with those of errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.ids import ERROR
from explorer.analysis.rates import FARTHEST, usable, values_of
from explorer.analysis.results import Analysis, Anomaly
from explorer.layout.seriestitles import series_titles
from explorer.layout.stretches import Axis, broken_axis
from explorer.model.records import Finding, Mark, Series
from explorer.model.store import Store

LANES = 2
FEW_IDS = 2
"""Of so many ids there is nothing to see over time."""
_FEW = 7
"""Of so many values nothing tells whether they changed."""
_WEIGHED = 200
"""Series of which it is found out how much they change."""
Floats = NDArray[np.float64]


Counted = Literal["request", "span", "log record", ""]


@dataclass(frozen=True)
class Bars:
    """Ids, spans or log records that began in each bucket: all, and those that failed; int64 (buckets,) each.

    ``of`` says which, "" where a bundle has none.
    """

    of: Counted
    total: NDArray[np.int64]
    failing: NDArray[np.int64]

    def title(self) -> str:
        """What is counted, as a heading."""
        return f"{self.of.capitalize()}s" if self.of else ""


@dataclass(frozen=True)
class Lane:
    """A metric series as a line: fractions of width and height (0 is the foot), NaN where it is not drawn.

    ``title`` names it whole, ``name`` without what tells it from others of its name.
    ``low`` and ``high`` are the values at foot and head, in ``unit`` ("" where none was said). ``runs`` are places
    at which a line begins anew, behind a break of the axis.
    """

    series: int
    title: str
    name: str
    x: Floats
    y: Floats
    low: float
    high: float
    unit: str
    runs: NDArray[np.int64]


@dataclass(frozen=True)
class Strip:
    """All of the overview; ``findings`` are the checks of data and models that did not pass, by time."""

    axis: Axis
    bars: Bars
    lanes: tuple[Lane, ...]
    marks: tuple[Mark, ...]
    findings: tuple[Finding, ...] = ()
    anomalies: tuple[Anomaly, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is but an axis."""
        return not (self.bars.of or self.lanes or self.marks or self.findings)


def axis_of(store: Store, analysis: Analysis) -> Axis:
    """The time axis of a bundle: of what its bars count, as far as all else goes."""
    _, times, _ = _counted(store, analysis)
    ids = analysis.ids
    series = np.asarray(store.points["time"])
    marks = np.array([mark.time_ns for mark in store.marks if mark.kind != "event"], np.int64)
    return broken_axis(
        times if len(times) else series,
        (ids.start + ids.duration, store.logs.time, series, marks),
        store.bounds(),
    )


def overview(
    store: Store, analysis: Analysis, buckets: int, most: int = LANES, axis: Axis | None = None
) -> Strip:
    """The strip of a bundle.

    Args:
        buckets: how many bars the width has room for.
        most: metric lanes there is room for.
        axis: that of :func:`axis_of`, where it is at hand.
    """
    axis = axis or axis_of(store, analysis)
    lanes = tuple(lane(store, number, axis) for number in lane_series(store, analysis, most))
    return Strip(
        axis, bars(store, analysis, axis, buckets), lanes,
        tuple(one for one in shown_marks(store, analysis, axis.begin, axis.end) if axis.holds(one.time_ns)),
        tuple(sorted(
            (one for one in store.findings if one.status != "pass" and axis.holds(one.time_ns)),
            key=lambda one: one.time_ns,
        )),
        tuple(one for one in analysis.anomalies if axis.holds(one.time_ns)),
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
        if evidence.kind == "change"
        and evidence.time_ns > 0
        and evidence.mark < 0
        and ("deploy", cause.service or "") not in told
    }
    every = [*(mark for mark in store.marks if mark.kind != "event"), *found.values()]
    return tuple(sorted((m for m in every if begin <= m.time_ns <= end), key=lambda mark: mark.time_ns))


def bars(store: Store, analysis: Analysis, axis: Axis, buckets: int) -> Bars:
    """Count by the bucket in which each began; those outside the time are left out."""
    of, times, failing = _counted(store, analysis)
    edges = axis.edges(buckets)
    edges[-1] += 1  # the last moment is within
    total, failed = (np.diff(np.searchsorted(one, edges)) for one in (times, failing))
    return Bars(of if len(times) else "", total, failed)


def _counted(store: Store, analysis: Analysis) -> tuple[Counted, NDArray[np.int64], NDArray[np.int64]]:
    """What the bars count: its times in order, and those of what failed."""
    if 0 < len(analysis.ids.start) <= FEW_IDS and len(store.spans):
        return "span", *store.spans.starts
    if len(analysis.ids.start):
        return "request", *analysis.ids.starts
    return "log record", store.logs.time, store.logs.time[store.logs.severity >= ERROR]


def lane_series(store: Store, analysis: Analysis, most: int = LANES) -> tuple[int, ...]:
    """Which series get a lane: those that are evidence of a cause, then those that change most.

    Of very many, those are weighed that left their level, and some others evenly over all.
    """
    cited = [e.series for cause in analysis.causes for e in cause.evidence if e.series >= 0]
    chosen = list(dict.fromkeys(cited))[:most]
    if len(chosen) < most:
        off = {one.series for one in analysis.anomalies}
        others = [i for i, one in enumerate(store.series) if i not in chosen and one.count > _FEW]
        every = len(others) // _WEIGHED + 1
        weighed = [i for at, i in enumerate(others) if not at % every or i in off]
        weighed.sort(key=lambda i: -change(values_of(store, store.series[i])[1]))
        chosen += weighed[: most - len(chosen)]
    return tuple(chosen)


def change(values: Floats) -> float:
    """How far the later half's median lies from the earlier half's, in spreads of the earlier half."""
    values = values[usable(values)]
    if len(values) <= _FEW:
        return 0.0
    early, late = np.array_split(values, 2)
    spread = float(np.median(np.abs(early - np.median(early)))) or float(np.abs(early).max()) * 0.05 or 1.0
    return abs(float(np.median(late) - np.median(early))) / spread


def lane(store: Store, number: int, axis: Axis) -> Lane:
    """A series as a line over the whole time."""
    series = store.series[number]
    times, values = values_of(store, series)
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    low, high = max(low, -FARTHEST), min(high, FARTHEST)
    low = min(low, 0.0) if low < high * 0.5 else low
    span = (high - low) or 1.0
    height = np.where(np.isfinite(values), np.clip((values - low) / span, 0.0, 1.0), np.nan)
    name = series.name.replace("_", " ")
    return Lane(
        number, series_titles(store)[number], name, axis.places(times), height, low, high,
        unit_words(series), np.flatnonzero(np.diff(axis.numbers(times))) + 1,
    )  # fmt: skip


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
