"""Work that takes longer than before: self time by service, by operation and by pod."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.deviations.calls import Calls
from explorer.analysis.deviations.deviation import Deviation
from explorer.analysis.deviations.groupwise import quantile_of, standardised
from explorer.analysis.deviations.moments import Split
from explorer.analysis.facts import Facts
from explorer.analysis.significance import discoveries, rank_sum, ranks_within, tail_of_normal
from explorer.analysis.wording import time_word
from explorer.model.sorting import numbered

Longs = NDArray[np.int64]
Floats = NDArray[np.float64]

_LEAST_US = 100.0
_LEAST_SPREAD = 0.2
_FEWEST = 4
LEAST_RATIO = 1.5
"""How many times its usual self time a service must take to be called slow."""
_LEAST_PART = 0.1
"""Of the usual duration of the traces it is in, what it must take longer."""
_MOSTLY = 0.8
"""Part of the time lost by a service that one of its operations must take to be named."""


@dataclass(frozen=True)
class SelfTimes:
    """Self times of work (spans that do not merely wait for another service), and their place in each trace.

    Attributes:
        rows: int64 (w,), span rows; ``taken_ms``: float64 (w,), their own time; ``deviate``: as robust deviates.
        key: int64 (w,), their (service, operation) number, of ``keys``.
        shape: number of (key, what the span calls first): only work of one shape is compared.
        pod: int64 (w,), number of the pod (of ``pods``) they ran in; -1 where their service has no other.
        entity, trace, value: (k,), one mean deviate for each service, operation or pod and trace it is in.
    """

    facts: Facts
    rows: Longs
    taken_ms: Floats
    deviate: Floats
    key: Longs
    keys: Longs
    shape: Longs
    pod: Longs
    pods: int
    entity: Longs
    trace: Longs
    value: Floats

    @cached_property
    def rank(self) -> Floats:
        """Ranks of ``value`` within each entity."""
        return ranks_within(self.entity, self.value)

    @property
    def entities(self) -> int:
        """Services, operations and pods."""
        return len(self.facts.store.services) + len(self.keys) + self.pods

    def of(self, entity: int) -> NDArray[np.bool_]:
        """Bool (w,): which work is of an entity."""
        operation = entity - len(self.facts.store.services)
        if operation < 0:
            return np.asarray(self.facts.store.spans.service[self.rows] == entity)
        if operation < len(self.keys):
            return np.asarray(self.key == operation)
        return np.asarray(self.pod == operation - len(self.keys))


def self_times_of(facts: Facts, calls: Calls, looked: NDArray[np.bool_]) -> SelfTimes:
    """Self times of the spans in the traces that are looked at (bool by trace)."""
    spans = facts.store.spans
    work = looked[spans.trace] & ~facts.hard
    work[calls.caller] = False
    rows = np.flatnonzero(work)
    keys, key = numbered(facts.work[rows])
    shape = _shape(facts, rows, key)
    own = own_times(facts, calls)[rows]
    taken = np.log(np.maximum(own / 1e3, _LEAST_US))
    deviate = np.clip(standardised(shape, taken, int(shape.max(initial=0)) + 1, _LEAST_SPREAD), -8, 40)
    services = len(facts.store.services)
    pod, pods = _pods(facts, rows)
    known = np.flatnonzero(pod >= 0)
    work = np.concatenate((np.arange(len(rows)), np.arange(len(rows)), known))
    entity: Longs = np.concatenate((spans.service[rows], key + services, pod[known] + services + len(keys)))
    pair, place = numbered(entity * np.int64(len(looked)) + spans.trace[rows[work]])
    value = np.bincount(place, weights=deviate[work]) / np.bincount(place)
    return SelfTimes(
        facts, rows, own / 1e6, deviate, key, keys, shape, pod, pods, pair // len(looked), pair % len(looked),
        value,
    )  # fmt: skip


def _pods(facts: Facts, rows: Longs) -> tuple[Longs, int]:
    """The number of the pod of each of some spans, -1 where its service has no other; how many pods there are."""
    store, spans = facts.store, facts.store.spans
    names, number = np.unique([one.pod for one in store.resources] or [""], return_inverse=True)
    pair = spans.service[rows].astype(np.int64) * len(names) + number[spans.resource[rows]]
    named = np.asarray(names != "")[pair % len(names)]
    different, of = numbered(pair)
    several = np.bincount(different // len(names), weights=names[different % len(names)] != "") > 1
    return np.where(named & several[spans.service[rows]], of, -1), len(different)


def own_times(facts: Facts, calls: Calls) -> Longs:
    """int64 (n,) ns: self times, less what a leaf spends while a call beside it is under way.

    Handlers of asynchronous servers end with the call that they wait for, which is their sibling, not their child.
    """
    spans = facts.store.spans
    own = facts.self_ns.copy()
    beside = np.zeros(len(spans), bool)
    caller = calls.caller[spans.parent[calls.caller] >= 0]
    beside[spans.parent[caller]] = True
    rows = np.flatnonzero((spans.parent >= 0) & (spans.size == 1))
    rows = rows[beside[spans.parent[rows]]]
    own[rows] -= np.clip(_under_way(facts, caller, rows), 0, own[rows])
    return own


def _under_way(facts: Facts, calls: Longs, rows: Longs) -> Longs:
    """For each row how long (ns) any of some calls of the same parent was under way while it ran."""
    spans = facts.store.spans
    both = np.concatenate((calls, calls, rows, rows))
    time = np.concatenate((spans.start[calls], spans.end[calls], spans.start[rows], spans.end[rows]))
    step = np.repeat([1, -1, 0], [len(calls), len(calls), 2 * len(rows)])
    order = np.lexsort((-step, time, spans.parent[both]))
    busy = np.cumsum(step[order])[:-1] > 0
    so_far = np.zeros(len(both), np.int64)
    so_far[order[1:]] = np.cumsum(np.where(busy, np.diff(time[order]), 0))
    begin, end = np.split(so_far[2 * len(calls) :], 2)
    return end - begin


def _shape(facts: Facts, rows: Longs, key: Longs) -> Longs:
    spans = facts.store.spans
    below = np.minimum(rows + 1, len(spans) - 1)
    _, called = numbered(np.where(spans.size[rows] > 1, facts.work[below], -1))
    return numbered(key * (int(called.max(initial=0)) + 1) + called)[1]


def slow_selves(times: SelfTimes, split: Split, tries: int) -> list[Deviation]:
    """Services that work slower after a moment, the most time lost first."""
    after = split.after[times.trace]
    deviate, earlier, later = rank_sum(times.entity, times.rank, after, times.entities)
    enough = (earlier >= _FEWEST) & (later >= _FEWEST)
    found: dict[int, Deviation] = {}
    services = len(times.facts.store.services)
    pods = times.entities - times.pods
    # Each kind is a family of tests of its own, so that many operations do not drown a service. What is slow in all
    # pods is no matter of one of them.
    for family in (slice(0, services), slice(services, pods), slice(pods, times.entities)):
        whole = set(found) if family.start == pods else set()
        tested = np.flatnonzero(enough[family]) + (family.start or 0)
        p = np.minimum(tail_of_normal(deviate[tested]) * tries, 1.0)
        for at in np.flatnonzero(discoveries(p)).tolist():
            one = _deviation(times, int(tested[at]), float(p[at]), split)
            if one is None or one.service in whole:
                continue
            if one.service not in found or one.strength > found[one.service].strength:
                found[one.service] = one
    return sorted(found.values(), key=lambda one: -one.strength)


def _mostly(times: SelfTimes, rows: Longs, excess: Floats) -> int:
    """Number (key) of the operation on which nearly all of the time was lost; -1 for none."""
    own = times.key[np.searchsorted(times.rows, rows)]
    lost = np.bincount(own, weights=np.maximum(excess, 0))
    worst = int(np.argmax(lost))
    return worst if lost[worst] >= _MOSTLY * lost.sum() else -1


def _deviation(times: SelfTimes, entity: int, p: float, split: Split) -> Deviation | None:
    """The deviation of one entity; None where the effect is too small to matter."""
    store = times.facts.store
    services = len(store.services)
    is_operation = services <= entity < services + len(times.keys)
    own = times.of(entity)
    rows, key, taken = times.rows[own], times.shape[own], times.taken_ms[own]
    trace = store.spans.trace[rows]
    after = split.after[trace]
    usual, counts = quantile_of(key[~after], taken[~after], int(key.max()) + 1, 0.5)
    known = after & (counts[key] > 0)
    if not known.any():
        return None
    excess = taken[known] - usual[key[known]]
    lost = np.bincount(trace[known], weights=excess, minlength=len(split.after))
    base = np.bincount(trace[known], weights=usual[key[known]], minlength=len(split.after))
    touched = np.unique(trace[known])
    ratio = float(np.median((lost[touched] + base[touched]) / np.maximum(base[touched], 0.05)))
    whole = np.maximum(store.spans.duration[times.facts.entries[touched]] / 1e6, 1e-3)
    typical = float(np.median(lost[touched]))
    if (
        ratio < LEAST_RATIO
        or float(np.median(lost[touched] / np.maximum(whole - lost[touched], 1e-3))) < _LEAST_PART
    ):
        return None
    mostly = _mostly(times, rows[known], excess) if entity < services else -1
    part = _deviation(times, services + mostly, p, split) if mostly >= 0 else None
    if part is not None:
        return part
    worst = rows[known][int(np.argmax(excess))]
    before, now = float(np.median(base[touched])), typical + float(np.median(base[touched]))
    name = store.operations[int(store.spans.name[rows[0]])] if is_operation else ""
    slow = touched[lost[touched] > 0.5 * max(typical, 0.0)].astype(np.int64)
    slow = slow[np.argsort(-lost[slow], kind="stable")]
    who = f"{store.services[int(store.spans.service[worst])]} {name}".strip()
    text = f"{who} itself took {time_word(round(now * 1e6))} a trace, {time_word(round(before * 1e6))} before"
    service = int(store.spans.service[worst])
    return Deviation("self", service, p, typical, split.time_ns, slow, int(worst), before, now, text, name)
