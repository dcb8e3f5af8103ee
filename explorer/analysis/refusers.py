"""Pods that alone refuse what the others of their service take: it is not the request that is bad there."""

from __future__ import annotations

import numpy as np

from explorer.analysis.hops import Hops
from explorer.analysis.significance import tail_of_counts
from explorer.analysis.traits import Trait, Traits
from explorer.model.records import Resource
from explorer.model.store import Store

_FEWEST = 4
_ALONE = 0.9
"""Share of all refusals that are its own."""
_MOSTLY = 0.5
"""Share of its answers, since the first refusal, that are refusals."""
_CHANCE = 0.01


def place_of(store: Store, row: int) -> str:
    """Where a span ran: its pod, else its instance or host."""
    return _place(store.resources[store.spans.resource[row]])


def _place(one: Resource) -> str:
    return one.pod or one.instance or one.host


def lone_refusers(store: Store, hops: Hops, traits: Traits) -> frozenset[tuple[int, int, int]]:
    """(service, operation, resource) of callees that refuse, by 4xx, what other pods of the service take."""
    spans = store.spans
    calls = np.flatnonzero((hops.caller >= 0) & (hops.callee >= 0))
    caller, callee = hops.caller[calls], hops.callee[calls]
    refused = (traits[caller] & Trait.MISUSE) != 0
    work = spans.service[callee].astype(np.int64) * len(store.operations) + spans.name[callee]
    works, counts = np.unique(work[refused], return_counts=True)
    places = np.array([_place(one) for one in store.resources])
    found: set[tuple[int, int, int]] = set()
    for code in works[counts >= _FEWEST].tolist():
        mine = work == code
        mine &= spans.start[caller] >= spans.start[caller[mine & refused]].min()
        rows, bad = callee[mine], refused[mine]
        place = places[spans.resource[rows]]
        names, hits = np.unique(place[bad], return_counts=True)
        here = place == names[np.argmax(hits)]
        chance = tail_of_counts(int((here & bad).sum()), int(here.sum()), int(bad.sum()), len(bad))
        if (here & bad).sum() >= _ALONE * bad.sum() and bad[here].mean() > _MOSTLY and chance < _CHANCE:
            service, name = divmod(code, len(store.operations))
            found |= {(service, name, one) for one in np.unique(spans.resource[rows[here]]).tolist()}
    return frozenset(found)
