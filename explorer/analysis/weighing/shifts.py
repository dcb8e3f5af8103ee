"""Metric series whose level changed about when a cause set in."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.facts import Facts
from explorer.analysis.results import Entity, Evidence
from explorer.analysis.wording import number_word, time_word
from explorer.model.fields import Role, role
from explorer.model.records import Series

Floats = NDArray[np.float64]
_FEWEST = 4
_LEAST_Z = 4.0
_LEAST_CHANGE = 0.25
_LEAST_PEAK = 0.15
_AROUND_NS = 1800 * 10**9
_PEAK_NS = 180 * 10**9
_PEAK_AFTER_NS = 20 * 10**9
MOST = 3


@dataclass(frozen=True, slots=True)
class Shift:
    """A change of level: medians before and after, robust z, and when it set in (ns)."""

    before: float
    after: float
    z: float
    time_ns: int


def metric_evidence(facts: Facts, service: str, entity: Entity, onset_ns: int) -> list[Evidence]:
    """The series of a service (of the one pod, if it is one) that changed near the onset, clearest first."""
    found: list[tuple[float, Evidence]] = []
    for code, series in enumerate(facts.store.series):
        if series.count < 2 * _FEWEST or not is_of(facts, series, service, entity):
            continue
        times, values = levels(facts, series)
        shift, peak = shift_near(times, values, onset_ns), peak_near(times, values, onset_ns)
        if shift is not None:
            said = f"{series.name} {number_word(shift.before)} → {number_word(shift.after)}"
            text = f"{said}{when_words(shift.time_ns, onset_ns)}"
            found.append((shift.z, Evidence("metric", text, time_ns=shift.time_ns, series=code)))
        elif peak is not None:
            text = f"{series.name} reached {number_word(peak.after)}, usually {number_word(peak.before)}"
            found.append((peak.z / 2, Evidence("metric", text, time_ns=peak.time_ns, series=code)))
    found.sort(key=lambda one: -one[0])
    return [evidence for _, evidence in found[:MOST]]


def is_of(facts: Facts, series: Series, service: str, entity: Entity) -> bool:
    """Whether a series is a service's (by its own service, or a label naming it or its pod), the pod's or host's."""
    if entity.kind == "host":
        return entity.name in (series.service, *(value for _, value in series.labels))
    code = facts.peers.known(service)
    pods = [value for name, value in series.labels if role(name) is Role.POD]
    if entity.kind == "pod" and pods:
        return entity.name in pods
    if series.service == service:
        return True
    return code >= 0 and any(facts.peers.known(value) == code for _, value in series.labels)


def levels(facts: Facts, series: Series) -> tuple[NDArray[np.int64], Floats]:
    """Times and values of a series; of a counter its rate per second."""
    points = facts.store.points
    part = slice(series.first, series.first + series.count)
    times = np.asarray(points["time"][part], np.int64)
    values = np.asarray(points["value"][part], np.float64)
    finite = np.isfinite(values)
    times, values = times[finite], values[finite]
    if series.kind == "counter" and len(values) > 1:
        step = np.maximum(np.diff(times) / 1e9, 1e-3)
        values, times = np.maximum(np.diff(values), 0) / step, times[1:]
    return times, values


def shift_near(times: NDArray[np.int64], values: Floats, onset_ns: int) -> Shift | None:
    """The change of level at a moment within half an hour of ``onset_ns``, None for none.

    The split is where the cumulated deviations from the mean are largest (CUSUM, Page 1954), outliers clipped; it
    counts if the medians then differ by :data:`_LEAST_Z` times the spread on either side.
    """
    near = np.flatnonzero(np.abs(times - onset_ns) <= _AROUND_NS)
    near = near[(near >= _FEWEST) & (near <= len(values) - _FEWEST)]
    if not len(near):
        return None
    low, high = np.quantile(values, [0.02, 0.98])
    clipped = np.clip(values, low, high)
    drift = np.cumsum(clipped - clipped.mean())[near - 1]
    split = int(near[np.argmax(np.abs(drift) / np.sqrt(near * (len(values) - near)))])
    before, after = values[:split], values[split:]
    shift = Shift(float(np.median(before)), float(np.median(after)), 0.0, int(times[split]))
    size, change = max(abs(shift.before), abs(shift.after)), abs(shift.after - shift.before)
    z = change / max(_spread(before), _spread(after), 0.02 * size, 1e-12)
    if z < _LEAST_Z or change < _LEAST_CHANGE * size:
        return None
    return replace(shift, z=z, time_ns=int(times[_first_away(values, split, change)]))


def _first_away(values: Floats, split: int, change: float) -> int:
    """Where a slow change of level began: the first of the values before ``split`` that lie away from the old level."""
    old = values[: max(_FEWEST, split // 2)]
    level, far = float(np.median(old)), max(4 * _spread(old), 0.1 * change)
    near = np.flatnonzero(np.abs(values[:split] - level) <= far)
    return int(near[-1]) + 1 if len(near) else split


def peak_near(times: NDArray[np.int64], values: Floats, onset_ns: int) -> Shift | None:
    """A value far from all before, in the three minutes before ``onset_ns`` (or just after); None for none."""
    usual = values[times < onset_ns - _PEAK_NS]
    near = np.flatnonzero((times >= onset_ns - _PEAK_NS) & (times <= onset_ns + _PEAK_AFTER_NS))
    if len(usual) < 2 * _FEWEST or not len(near):
        return None
    middle = float(np.median(usual))
    at = int(near[np.argmax(np.abs(values[near] - middle))])
    far, size = abs(float(values[at]) - middle), max(abs(middle), abs(float(values[at])))
    z = far / max(_spread(usual), 0.02 * size, 1e-12)
    beyond = far > 1.2 * float(np.abs(usual - middle).max())
    fits = beyond and z >= 2 * _LEAST_Z and far >= _LEAST_PEAK * size
    return Shift(middle, float(values[at]), z, int(times[at])) if fits else None


def _spread(values: Floats) -> float:
    """Mean absolute deviation from the median."""
    return float(np.abs(values - np.median(values)).mean())


def when_words(time_ns: int, onset_ns: int) -> str:
    """``, 27.3 s before it began``: how something lies to the onset of a cause, which need not be a failure."""
    ahead = onset_ns - time_ns
    if abs(ahead) < 5 * 10**9:
        return " as it began"
    return f", {_span(abs(ahead))} {'before' if ahead > 0 else 'after'} it began"


def _span(ns: int) -> str:
    minutes = ns / 60e9
    return f"{minutes:.0f} min" if minutes >= 1.5 else time_word(ns)
