"""What comes, or stops coming, with a moment: anything that stands in some traces and not in others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.deviations.moments import Split
from explorer.analysis.facts import Facts
from explorer.analysis.significance import discoveries, tail_of_counts
from explorer.model.sorting import numbered

Longs = NDArray[np.int64]
Mask = NDArray[np.bool_]

_FEWEST = 4
LEAST_CHANGE = 0.3
"""By how much the share of traces with an item must change."""


@dataclass(frozen=True)
class Presence:
    """Which item stands in which trace, among the traces its place is in.

    Attributes:
        places: a service's work on one kind of request, as (service code, operation code of its first span); -1 for
            what belongs to no span.
        within: bool (places, traces), traces that a place is in.
        place: int64 (items,), the place of each item.
        item, trace: int64 (k,), each pair once.
    """

    facts: Facts
    places: list[tuple[int, int]]
    within: Mask
    place: Longs
    item: Longs
    trace: Longs

    @cached_property
    def _bits(self) -> NDArray[np.uint8]:
        return np.packbits(self.within, axis=1)

    def among(self, traces: Mask) -> Longs:
        """int64 (places,): in how many of some traces (bool by trace) each place is."""
        counts: Longs = np.bitwise_count(self._bits & np.packbits(traces)).sum(1, dtype=np.int64)
        return counts

    def without(self, hidden: Mask) -> Presence:
        """The same where bool (places, traces) is not set."""
        kept = ~hidden[self.place[self.item], self.trace]
        return replace(self, within=self.within & ~hidden, item=self.item[kept], trace=self.trace[kept])


@dataclass(frozen=True, slots=True)
class Change:
    """An item whose share of the traces rose from ``usual`` to ``now``, and the chance of that."""

    item: int
    p: float
    usual: float
    now: float


def changes(found: Presence, split: Split, tries: int) -> list[Change]:
    """The items that became more frequent with a moment."""
    drawn = found.among(split.after)[found.place]
    early = found.among(~split.after)[found.place]
    marked = np.bincount(found.item, minlength=len(found.place))
    hits = np.bincount(found.item[split.after[found.trace]], minlength=len(found.place))
    usual, now = (marked - hits) / np.maximum(early, 1), hits / np.maximum(drawn, 1)
    tested = np.flatnonzero((early >= _FEWEST) & (drawn >= _FEWEST))
    risen = tested[(now - usual)[tested] >= LEAST_CHANGE].tolist()
    p = np.array(
        [tail_of_counts(int(hits[t]), int(drawn[t]), int(marked[t]), int(early[t] + drawn[t])) for t in risen]
    )
    p = np.minimum(p * tries, 1.0)
    kept = np.flatnonzero(discoveries(p, tests=len(tested))).tolist()
    return [Change(risen[at], float(p[at]), float(usual[risen[at]]), float(now[risen[at]])) for at in kept]


def places_of(facts: Facts, service: Longs, top: Longs) -> tuple[Longs, list[tuple[int, int]], Mask]:
    """Places of things that belong to a service and to the first span of it above them (-1: to no span).

    Gives the number of each thing's place, the places, and in which traces each is.
    """
    store, spans = facts.store, facts.store.spans
    named = np.where(top >= 0, spans.name[top], -1) if len(spans) else np.full(len(top), -1)
    # One more than the code, so that what belongs to no span has a place of its own.
    wide = np.int64(len(store.operations) + 1)
    keys, place = numbered(service * wide + named + 1)
    within = np.zeros((len(keys), len(store.traces)), bool)
    first = facts.first_of_service
    work = spans.service.astype(np.int64) * wide
    for keyed in (work[first] + spans.name[first] + 1, work):
        known, of = numbered(keyed)
        at = np.minimum(np.searchsorted(keys, known), max(len(keys) - 1, 0))
        hit = np.flatnonzero((keys[at] == known)[of]) if len(keys) else np.empty(0, np.int64)
        within[at[of[hit]], spans.trace[hit]] = True
    return place, [(int(key) // int(wide), int(key) % int(wide) - 1) for key in keys], within
