"""Processors or memory of a service that fill up with a moment, while those of the others go on as before."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.deviations.deviation import Deviation
from explorer.analysis.deviations.moments import Split
from explorer.analysis.facts import Facts
from explorer.analysis.weighing.period import EVER
from explorer.analysis.weighing.shifts import levels
from explorer.analysis.wording import number_word
from explorer.model.fields import Role, role
from explorer.model.records import Series

Longs = NDArray[np.int64]
Floats = NDArray[np.float64]

LEAST_RATIO = 3.0
"""How many times its usual level a series must reach."""
_RESOURCE = re.compile(r"cpu|processor|mem(?:ory)?(?![a-z])|throttl", re.IGNORECASE)
_FULL_PERCENT = 50.0
_BEFORE_NS = 1800 * 10**9
_LATE_NS = 60 * 10**9
"""A sample tells of the time before it."""
_FEWEST = 3
_LEAST_SPREAD = 0.35
_LEAST_Z = 4.0
_LEAST_P = 1e-7
_SLOWER = 1.3
_LEAST_SHARE = 0.3


@dataclass(frozen=True)
class Usage:
    """Series of resources, each with the service whose it is.

    Attributes:
        series: row of ``store.series``; ``kind``: name of the metric; ``service``: service code.
        times: int64 ns; ``values``: float64.
    """

    series: int
    kind: str
    service: int
    unit: str
    times: Longs
    values: Floats


def usages_of(facts: Facts) -> list[Usage]:
    """The series of resources of the services that left spans."""
    found = []
    with_spans = np.bincount(facts.store.spans.service, minlength=len(facts.store.services)) > 0
    for at, series in enumerate(facts.store.series):
        if series.count < 2 * _FEWEST or not _RESOURCE.search(series.name):
            continue
        service = _service_of(facts, series)
        if service >= 0 and with_spans[service]:
            found.append(Usage(at, series.name, service, series.unit, *levels(facts, series)))
    # Where shares of a limit are known they tell more than amounts: few amounts rise to anything that matters.
    shares = [usage for usage in found if usage.unit == "%"]
    return shares or found


def _service_of(facts: Facts, series: Series) -> int:
    own = facts.peers.known(series.service) if series.service else -1
    named = (
        facts.peers.known(value) for name, value in series.labels if role(name) in (Role.POD, Role.SERVICE)
    )
    return own if own >= 0 else next((code for code in named if code >= 0), -1)


def filled_up(facts: Facts, usages: list[Usage], split: Split, tries: int) -> list[Deviation]:
    """Services one of whose resources rose far more than those of the others, the surest first."""
    kinds: dict[str, list[tuple[Usage, float, float]]] = defaultdict(list)
    passed = split.end_ns < EVER
    last = (split.end_ns if passed else int(facts.store.traces.start.max(initial=0))) + _LATE_NS
    for usage in usages:
        before = usage.values[(usage.times < split.time_ns) & (usage.times >= split.time_ns - _BEFORE_NS)]
        since = usage.values[(usage.times > split.time_ns) & (usage.times <= last)]
        later = usage.values[usage.times > last]
        if len(before) >= _FEWEST and len(since) and (len(later) or not passed):
            # What is over by the end of a stretch was usual before it and is so again.
            usual = max(float(np.median(some)) for some in ((before, later) if passed else (before,)))
            kinds[usage.kind].append((usage, usual, float(np.max(since))))
    found: dict[int, Deviation] = {}
    for some in kinds.values():
        if len(some) < _FEWEST:
            continue
        rise = np.log([max(now, 1e-9) / max(usual, 1e-9) for _, usual, now in some])
        middle = float(np.median(rise))
        spread = max(1.4826 * float(np.median(np.abs(rise - middle))), _LEAST_SPREAD)
        for (usage, usual, now), own in zip(some, rise.tolist(), strict=True):
            z = (own - middle) / spread
            if z < _LEAST_Z or now < LEAST_RATIO * usual or (usage.unit == "%" and now < _FULL_PERCENT):
                continue
            p = min(1.0, max(0.5 * math.erfc(z / math.sqrt(2)) * len(some), _LEAST_P) * tries)
            one = _deviation(facts, usage, split, p, usual, now)
            if one is not None and (usage.service not in found or one.p < found[usage.service].p):
                found[usage.service] = one
    return sorted(found.values(), key=lambda one: one.p)


def _deviation(
    facts: Facts, usage: Usage, split: Split, p: float, usual: float, now: float
) -> Deviation | None:
    """The deviation, None where the service works as quickly as ever."""
    store, spans = facts.store, facts.store.spans
    tops = np.flatnonzero(
        (spans.service == usage.service) & (facts.first_of_service == np.arange(len(spans)))
    )
    late = split.after[spans.trace[tops]]
    taken = spans.duration[tops].astype(np.float64)
    slower = np.zeros(len(tops), bool)
    for name in np.unique(spans.name[tops]).tolist():
        same = spans.name[tops] == name
        if (same & ~late).any():
            slower |= same & late & (taken > _SLOWER * np.median(taken[same & ~late]))
    traces = np.unique(spans.trace[tops[slower]]).astype(np.int64)
    through = np.unique(spans.trace[tops[late]])
    if len(traces) < _FEWEST or len(traces) < _LEAST_SHARE * len(through):
        return None
    worst = int(tops[np.argmax(np.where(slower, taken, -1))])
    name = f"{usage.kind} of {store.services[usage.service]}"
    text = (
        f"{name} rose from {number_word(usual)} to {number_word(now)}{usage.unit}, that of the others did not"
    )
    return Deviation(
        "resource", usage.service, p, now / max(usual, 1e-9), split.time_ns, traces, worst, usual, now, text,
        series=usage.series,
    )  # fmt: skip
