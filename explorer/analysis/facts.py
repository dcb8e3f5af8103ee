"""What the walks ask of a bundle again and again, computed once and vectorised."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.hops import Hops, find_hops
from explorer.analysis.ids import ERROR, summarise, telling_services, trace_entries
from explorer.analysis.links import linked_rows
from explorer.analysis.peers import Peers, find_peers
from explorer.analysis.reading import Reading
from explorer.analysis.refusers import lone_refusers
from explorer.analysis.results import IdTable, Outcome
from explorer.analysis.timing import self_times
from explorer.analysis.traits import Traits, expected, span_traits
from explorer.model.schema import Status
from explorer.model.sorting import distinct, numbered, order_within
from explorer.model.store import Store

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Facts:
    """One store and what follows from it without reading any text again.

    Attributes:
        traits: uint16 (n,), what the errors of each span say (:class:`explorer.analysis.traits.Trait`).
        hard: bool (n,), spans that failed and not by design.
        ids: the id table.
    """

    store: Store
    peers: Peers
    hops: Hops
    traits: Traits
    hard: Mask
    ids: IdTable

    @cached_property
    def entries(self) -> Ints:
        """int32 (traces,): topmost known span of each trace."""
        return trace_entries(self.store)

    @cached_property
    def work(self) -> NDArray[np.signedinteger[Any]]:
        """(n,): what each span does as one number, its service times ``len(operations)`` plus its operation."""
        spans, width = self.store.spans, len(self.store.operations)
        as_few_bytes = np.min_scalar_type(-width * len(self.store.services))
        return (spans.service.astype(np.int64) * width + spans.name).astype(as_few_bytes)

    @cached_property
    def first_of_service(self) -> Longs:
        """int64 (n,): for each span the first of its service on the way down to it."""
        spans = self.store.spans
        top = np.arange(len(spans))
        inner = np.flatnonzero(
            (spans.parent >= 0) & (spans.service == spans.service[np.maximum(spans.parent, 0)])
        )
        inner = inner[np.argsort(spans.depth[inner], kind="stable")]
        depth = spans.depth[inner]
        for level in np.split(inner, np.flatnonzero(np.diff(depth)) + 1):
            top[level] = top[spans.parent[level]]
        return top

    @cached_property
    def self_ns(self) -> Longs:
        """int64 (n,) ns: self time of every span."""
        return self_times(self.store.spans)

    @cached_property
    def mute(self) -> Mask:
        """Bool (services,): services whose spans never carry a status."""
        return ~telling_services(self.store)

    @cached_property
    def unsaid(self) -> Mask:
        """Bool (n,): spans with neither status nor code, through which a failure may have passed unseen."""
        return np.asarray((self.store.spans.status == Status.UNSET) & (self.store.spans.code == 0))

    @cached_property
    def loud(self) -> Ints:
        """Rows of logs from ERROR up, by time."""
        return np.flatnonzero(self.store.logs.severity >= ERROR).astype(np.int32)

    @cached_property
    def reading(self) -> Reading:
        """Texts and attributes, read again on demand."""
        return Reading(self.store)

    @cached_property
    def calling(self) -> frozenset[tuple[int, int]]:
        """Pairs of service codes of which the first ever calls the second."""
        wide = np.int64(len(self.store.services) + len(self.store.texts))
        pairs = distinct(self.hops.source * wide + self.hops.target)
        return frozenset((int(pair // wide), int(pair % wide)) for pair in pairs)

    @cached_property
    def usual_callee(self) -> dict[tuple[int, int], int]:
        """(service, operation) of calls that one service answered whenever one did: the code of that service."""
        spans, hops = self.store.spans, self.hops
        answered = np.flatnonzero((hops.caller >= 0) & (hops.callee >= 0))
        caller = hops.caller[answered]
        width, services = len(self.store.operations), np.int64(max(len(self.store.services), 1))
        # As one number: pairs are sorted thirty times slower.
        call, callee = np.divmod(
            distinct(self.work[caller] * services + spans.service[hops.callee[answered]]), services
        )
        _, first, counts = np.unique(call, return_index=True, return_counts=True)
        alone = first[counts == 1]
        pairs = zip(call[alone].tolist(), callee[alone].tolist(), strict=True)
        return {divmod(one, width): service for one, service in pairs}

    @cached_property
    def lone_refusers(self) -> frozenset[tuple[int, int, int]]:
        """Service, operation and resource of pods that refuse what the others of their service take."""
        return lone_refusers(self.store, self.hops, self.traits)

    @cached_property
    def linked(self) -> Ints:
        """int32, by row of the link table: the span linked to, -1 where it is not in the bundle."""
        return linked_rows(self.store)

    @cached_property
    def healthy_trace(self) -> Mask:
        """Bool (traces,): traces of ids that ended well."""
        return np.asarray(self.ids.outcome[self.store.correlation.of_trace] == Outcome.OK)

    @cached_property
    def ran(self) -> dict[int, tuple[frozenset[str], int]]:
        """By service code: the versions its spans name, and the start of its first span (ns)."""
        spans = self.store.spans
        width = np.int64(max(len(self.store.resources), 1))
        keys, place = numbered(spans.service * width + spans.resource)
        first = np.full(len(keys), np.iinfo(np.int64).max)
        np.minimum.at(first, place, spans.start)
        out: dict[int, tuple[frozenset[str], int]] = {}
        for key, start in zip(keys.tolist(), first.tolist(), strict=True):
            service, resource = divmod(key, int(width))
            known, earliest = out.get(service, (frozenset(), start))
            named = {self.store.resources[resource].version} - {""}
            out[service] = known | named, min(start, earliest)
        return out

    @cached_property
    def usual(self) -> dict[tuple[int, int], tuple[int, int, int]]:
        """For (service, operation): number, median and 95th percentile of durations in healthy ids, ns."""
        spans = self.store.spans
        rows = np.flatnonzero(self.healthy_trace[spans.trace]) if len(spans) else np.empty(0, np.int64)
        key = self.work[rows]
        order = order_within(key, spans.duration[rows])
        ordered, values = key[order], spans.duration[rows][order]
        found, first, counts = np.unique(ordered, return_index=True, return_counts=True)
        middle = values[first + counts // 2] if len(first) else first
        high = values[first + np.minimum(counts * 95 // 100, counts - 1)] if len(first) else first
        width = len(self.store.operations)
        table = zip(found.tolist(), counts.tolist(), middle.tolist(), high.tolist(), strict=True)
        return {divmod(code, width): (count, mid, top) for code, count, mid, top in table}

    def usual_of(self, row: int) -> tuple[int, int, int]:
        """Number, median and 95th percentile (ns) of the healthy spans of the same service and operation."""
        spans = self.store.spans
        return self.usual.get((int(spans.service[row]), int(spans.name[row])), (0, 0, 0))

    @cached_property
    def again(self) -> Mask:
        """Bool (n,): spans beside one that failed (or may have) that have a sibling of their service and operation."""
        spans = self.store.spans
        found = np.zeros(len(spans), bool)
        above = np.zeros(len(spans), bool)
        failed = spans.failed | self.mute[spans.service]
        above[spans.parent[failed & (spans.parent >= 0)]] = True
        rows = np.flatnonzero((spans.parent >= 0) & above[spans.parent])
        key = self.work[rows]
        order = order_within(spans.parent[rows], key)
        parent, key = spans.parent[rows][order], key[order]
        same = np.flatnonzero((parent[1:] == parent[:-1]) & (key[1:] == key[:-1]))
        found[rows[order[same]]] = found[rows[order[same + 1]]] = True
        return found

    @cached_property
    def in_passing(self) -> frozenset[tuple[int, int]]:
        """(service, operation) of spans that failed in ids that ended well enough, more than once."""
        outcome = self.ids.outcome[self.store.correlation.of_trace[self.store.spans.trace]]
        rows = np.flatnonzero(self.hard & (outcome != Outcome.FAILING))
        pairs = np.stack((self.store.spans.service[rows], self.store.spans.name[rows]), axis=1)
        found, counts = np.unique(pairs, axis=0, return_counts=True)
        return frozenset((int(a), int(b)) for (a, b), count in zip(found, counts, strict=True) if count > 1)

    def fails_in_passing(self, row: int) -> bool:
        """Whether a span's operation also fails in ids that end well."""
        return (int(self.store.spans.service[row]), int(self.store.spans.name[row])) in self.in_passing

    def has(self, row: int, traits: int) -> bool:
        """Whether the span's error says any of ``traits``."""
        return bool(int(self.traits[row]) & traits)


def facts_of(store: Store) -> Facts:
    """The facts of a store, gathered when first asked for and kept beside it, like its own derived columns."""
    kept = vars(store)
    found = kept.get("_facts")
    if not isinstance(found, Facts):
        found = kept["_facts"] = _gather(store)
    return found


def _gather(store: Store) -> Facts:
    peers = find_peers(store)
    traits = span_traits(store)
    hard = store.spans.failed & ~expected(store, traits)
    return Facts(store, peers, find_hops(store, peers), traits, hard, summarise(store, traits))
