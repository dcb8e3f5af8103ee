"""A host on which several services are slow at once, while the same services are as quick as ever elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.deviations.deviation import Deviation
from explorer.analysis.deviations.groupwise import quantile_of
from explorer.analysis.deviations.moments import Split
from explorer.analysis.deviations.slow_self import SelfTimes
from explorer.analysis.facts import Facts
from explorer.analysis.significance import SURE, rank_sum, ranks_within, tail_of_normal
from explorer.model.schema import Kind
from explorer.model.sorting import numbered

Longs = NDArray[np.int64]
Mask = NDArray[np.bool_]

_FEWEST_SERVICES = 2
_FEWEST_HOSTS = 2
_FEWEST = 4
_SLOWER = 1.0
_AS_EVER = 0.7
"""Robust deviates of self time by which a service is slower on a host than elsewhere and than before, and below which
it is not slow there. Among all times: where half of them are slow, both halves lie 1.35 apart, however slow."""
_LEAST_SHARE = 0.6
_LEAST_WORK_MS = 0.5
"""Own time from which on a span works on its host; below, and in calls to what leaves no spans, it merely waits."""


@dataclass(frozen=True)
class Hosts:
    """Which host each stretch of work ran on.

    Attributes:
        names: of the hosts; ``at``: int64 (w,), of each row of ``times``.
        host, trace, rank: (k,), one mean deviate of each host and trace, as its rank within the host.
    """

    times: SelfTimes
    names: list[str]
    at: Longs
    host: Longs
    trace: Longs
    rank: NDArray[np.float64]


def beside(facts: Facts, one: Deviation, others: Iterable[Deviation]) -> Deviation:
    """A deviation of a service's own work, with the names of the others that work slower on a host of its own.

    Where the host of neither is known, they may share one.
    """
    if one.kind not in ("self", "starved", "resource"):
        return one
    mine = _hosts_of_service(facts, one.service)
    names = {
        facts.store.services[code]
        for code in {other.service for other in others} - {one.service}
        if mine & _hosts_of_service(facts, code)
    }
    return replace(one, beside=tuple(sorted(names)))


def _hosts_of_service(facts: Facts, service: int) -> set[str]:
    """The hosts that a service runs on; one without a name where none is known."""
    store, spans = facts.store, facts.store.spans
    used = np.unique(spans.resource[spans.service == service]).tolist()
    return {store.resources[at].host for at in used if store.resources[at].host} or {""}


def hosts_of(times: SelfTimes) -> Hosts:
    """The hosts of some work."""
    store, spans = times.facts.store, times.facts.store.spans
    names, number = np.unique([resource.host for resource in store.resources], return_inverse=True)
    times = _working(times, (names != "")[number])
    at = number[spans.resource[times.rows]]
    pair, place = numbered(at * np.int64(len(store.traces)) + spans.trace[times.rows])
    value = np.bincount(place, weights=times.deviate) / np.maximum(np.bincount(place), 1)
    host, trace = np.divmod(pair, max(len(store.traces), 1))
    return Hosts(times, names.tolist(), at, host, trace, ranks_within(host, value))


def _working(times: SelfTimes, placed: Mask) -> SelfTimes:
    """The rows that do work of their own, usually, on a host that is known (bool by resource)."""
    spans = times.facts.store.spans
    usual, _ = quantile_of(times.shape, times.taken_ms, int(times.shape.max(initial=-1)) + 1, 0.5)
    works = (spans.kind[times.rows] != Kind.CLIENT) & (usual[times.shape] >= _LEAST_WORK_MS)
    kept = works & placed[spans.resource[times.rows]]
    return replace(
        times, rows=times.rows[kept], taken_ms=times.taken_ms[kept], deviate=times.deviate[kept],
        key=times.key[kept], shape=times.shape[kept],
    )  # fmt: skip


def slow_hosts(hosts: Hosts, split: Split, tries: int) -> list[Deviation]:
    """The hosts that make what runs on them slow, the surest first."""
    times = hosts.times
    if len(np.unique(hosts.at)) < _FEWEST_HOSTS:
        return []
    deviate, _, _ = rank_sum(hosts.host, hosts.rank, split.after[hosts.trace], len(hosts.names))
    late = split.after[times.facts.store.spans.trace[times.rows]]
    found = []
    for number in np.flatnonzero(tail_of_normal(deviate) * tries * len(hosts.names) <= SURE).tolist():
        here = hosts.at == number
        slow = _slow_there(times, late, here)
        if len(slow) >= _FEWEST_SERVICES:
            one = _deviation(times, split, hosts.names[number], here, slow, tries * len(hosts.names))
            found.extend([one] if one is not None else [])
    return sorted(found, key=lambda one: one.p)


def _slow_there(times: SelfTimes, late: Mask, here: Mask) -> Longs:
    """Codes of the services that are slow on a host and not elsewhere; none where most of its services are not.

    A service that runs nowhere else tells only where, beside this host, no service is slow: then what these have in
    common is where they run.
    """
    service = times.facts.store.spans.service[times.rows].astype(np.int64)
    services = len(times.facts.store.services)
    on, count = quantile_of(service[late & here], times.deviate[late & here], services, 0.5)
    off, beside = quantile_of(service[late & ~here], times.deviate[late & ~here], services, 0.5)
    before, earlier = quantile_of(service[~late & here], times.deviate[~late & here], services, 0.5)
    elsewhere = np.flatnonzero(beside >= _FEWEST)
    calm = len(elsewhere) >= _FEWEST_SERVICES and not (off[elsewhere] >= _AS_EVER).any()
    alone = (beside == 0) & (earlier >= _FEWEST) & calm
    known = np.flatnonzero((count >= _FEWEST) & ((beside >= _FEWEST) | alone))
    usual = np.fmax(off, before)[known]
    slow = known[(on[known] - usual >= _SLOWER) & (usual < _AS_EVER)]
    return slow if len(slow) >= _LEAST_SHARE * max(len(known), 1) else slow[:0]


def _deviation(
    times: SelfTimes, split: Split, name: str, here: Mask, slow: Longs, tries: int
) -> Deviation | None:
    store, spans = times.facts.store, times.facts.store.spans
    trace = spans.trace[times.rows].astype(np.int64)
    late = split.after[trace]
    of_slow = np.isin(spans.service[times.rows], slow)
    # Against the same services on other hosts; where they run on no other, against the time before.
    elsewhere = bool((of_slow & late & ~here).any())
    mine, side = (of_slow & late, here) if elsewhere else (of_slow & here, late)
    pair, place = np.unique(trace[mine] * 2 + side[mine], return_inverse=True)
    value = np.bincount(place, weights=times.deviate[mine]) / np.bincount(place)
    group = np.zeros(len(pair), np.int64)
    deviate, _, _ = rank_sum(group, ranks_within(group, value), (pair % 2).astype(bool), 1)
    p = min(1.0, float(tail_of_normal(deviate)[0]) * tries)
    if p > SURE:
        return None
    rows = np.flatnonzero(of_slow & late & here)
    taken = times.taken_ms[rows]
    usual = float(np.median(times.taken_ms[mine & ~side]))
    worst = int(times.rows[rows[np.argmax(taken)]])
    order = trace[rows][np.argsort(-taken, kind="stable")]
    names = ", ".join(store.services[code] for code in slow.tolist())
    there = "as quick as ever on other hosts" if elsewhere else "where all of their pods are"
    text = f"{names} are slow on {name}, {there}"
    return Deviation(
        "host", int(spans.service[worst]), p, float(np.median(taken)), split.time_ns,
        np.asarray(list(dict.fromkeys(order.tolist())), np.int64), worst, usual, float(np.median(taken)), text,
        host=name,
    )  # fmt: skip
