"""Clocks that disagree: how far each process runs ahead, judged by calls whose callee lies outside its caller.

A server span lies within its client span. Where it does not, one of the clocks is off. For each pair of
processes the offset must lie between ``server end - client end`` and ``server start - client start`` of every
call; the medians of these bounds give an interval, and where it does not hold zero its middle is the offset
(the method of Zipkin's clock correction, with a median over all calls in place of one).
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from explorer.model.schema import Kind
from explorer.model.store import Store

LEAST_NS = 1_000_000
"""Offsets below a millisecond are not told from measuring noise."""


@dataclass(frozen=True, slots=True)
class ClockOffset:
    """A process whose clock runs ``ahead_ns`` ahead of the one it is called from (negative: behind)."""

    resource: int
    service: str
    ahead_ns: int
    calls: int


@lru_cache(maxsize=2)
def clock_offsets(store: Store) -> tuple[ClockOffset, ...]:
    """Processes whose clock is off against their callers', furthest first."""
    return _measure(store)


def clock_shift(store: Store) -> NDArray[np.int64]:
    """int64 (resources,): ns to add to the times of each resource to set all clocks to the entry's."""
    shift = np.zeros(len(store.resources), np.int64)
    for offset in clock_offsets(store):
        shift[offset.resource] = -offset.ahead_ns
    return shift


def _measure(store: Store) -> tuple[ClockOffset, ...]:
    spans = store.spans
    servers = np.flatnonzero((spans.parent >= 0) & (spans.kind == Kind.SERVER))
    clients = spans.parent[servers]
    crosses = (spans.kind[clients] == Kind.CLIENT) & (spans.resource[clients] != spans.resource[servers])
    servers, clients = servers[crosses], clients[crosses]
    if not len(servers):
        return ()
    low = spans.end[servers] - spans.end[clients]
    high = spans.start[servers] - spans.start[clients]
    pair = spans.resource[clients].astype(np.int64) * len(store.resources) + spans.resource[servers]
    relative: dict[tuple[int, int], tuple[int, int]] = {}
    order = np.argsort(pair, kind="stable")
    starts = np.flatnonzero(np.concatenate(([True], np.diff(pair[order]) != 0)))
    for rows in np.split(order, starts[1:]):
        between = (int(np.median(low[rows])), int(np.median(high[rows])))
        caller, callee = divmod(int(pair[rows[0]]), len(store.resources))
        ahead = sum(sorted(between)) // 2 if between[0] > 0 or between[1] < 0 else 0
        relative[caller, callee] = (ahead if abs(ahead) >= LEAST_NS else 0, len(rows))
    return _absolute(store, relative)


def _absolute(store: Store, relative: dict[tuple[int, int], tuple[int, int]]) -> tuple[ClockOffset, ...]:
    """Offsets against the entry's clock: summed along the calls, from processes that nobody calls."""
    callees: dict[int, list[int]] = defaultdict(list)
    for caller, callee in relative:
        callees[caller].append(callee)
    called = {callee for _, callee in relative}
    known: dict[int, tuple[int, int]] = {}
    queue = deque(sorted(set(callees) - called) or sorted(callees)[:1])
    for root in queue:
        known[root] = 0, 0
    while queue:
        caller = queue.popleft()
        for callee in sorted(callees[caller]):
            if callee not in known:
                ahead, calls = relative[caller, callee]
                known[callee] = known[caller][0] + ahead, calls
                queue.append(callee)
    found = [
        ClockOffset(resource, store.resources[resource].service, ahead, calls)
        for resource, (ahead, calls) in known.items()
        if ahead
    ]
    return tuple(sorted(found, key=lambda one: (-abs(one.ahead_ns), one.resource)))
