"""Work that ends earlier than before: after which call a service makes no more calls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.deviations.deviation import Deviation
from explorer.analysis.deviations.moments import Split
from explorer.analysis.deviations.presence import Change, Presence, changes, places_of
from explorer.analysis.facts import Facts
from explorer.analysis.wording import share_word
from explorer.model.sorting import distinct, numbered

Longs = NDArray[np.int64]
Mask = NDArray[np.bool_]

_RARE = 0.1
"""Share of the traces in which work ended so before, above which it is nothing new."""
_FEWER = 0.7
"""Part of the usual number of calls that is left where work is cut short."""


@dataclass(frozen=True)
class Endings:
    """The last call of each stretch of work of a service, and how many it made.

    Attributes:
        last: int64 (items,), the called (service, operation) as one number, -1 for no call at all.
        tops: int64 (t,), first spans of each stretch; ``item``: of each; ``made``: calls of each.
    """

    presence: Presence
    last: Longs
    tops: Longs
    item: Longs
    made: Longs


def endings_of(facts: Facts, looked: Mask) -> Endings:
    """How the work of each service ends in the traces that are looked at (bool by trace)."""
    spans = facts.store.spans
    first = facts.first_of_service
    tops = np.flatnonzero((first == np.arange(len(spans))) & looked[spans.trace])
    called = tops[spans.parent[tops] >= 0]
    caller = first[spans.parent[called]]
    made = np.bincount(caller, minlength=len(spans))
    ends = np.full(len(spans), -1, np.int64)
    order = np.argsort(spans.start[called], kind="stable")
    # Of several assignments to one place the last holds: the call that began last.
    ends[caller[order]] = (spans.service[called].astype(np.int64) << 32 | spans.name[called])[order]
    place, places, within = places_of(facts, spans.service[tops].astype(np.int64), tops)
    last, ending = np.unique(ends[tops], return_inverse=True)
    keys, item = numbered(place * np.int64(max(len(last), 1)) + ending)
    traces = max(len(facts.store.traces), 1)
    pairs = distinct(item * np.int64(traces) + spans.trace[tops])
    place_of_item, ending_of_item = np.divmod(keys, max(len(last), 1))
    presence = Presence(facts, places, within & looked, place_of_item, pairs // traces, pairs % traces)
    return Endings(presence, last[ending_of_item], tops, item, made[tops])


def cut_short(endings: Endings, split: Split, tries: int) -> list[Deviation]:
    """Services after whose answer (or in whose own work) a caller stops since a moment, the surest first."""
    found = [_deviation(endings, split, change) for change in changes(endings.presence, split, tries)
             if change.usual <= _RARE and _fewer(endings, split, change)]  # fmt: skip
    return sorted(found, key=lambda one: one.p)


def _fewer(endings: Endings, split: Split, change: Change) -> bool:
    """Whether work that ends so makes fewer calls than the same work did before."""
    after = split.after[endings.presence.facts.store.spans.trace[endings.tops]]
    same = endings.presence.place[endings.item] == endings.presence.place[change.item]
    usual, now = endings.made[same & ~after], endings.made[after & (endings.item == change.item)]
    return bool(len(usual) and len(now) and now.mean() < _FEWER * usual.mean())


def _deviation(endings: Endings, split: Split, change: Change) -> Deviation:
    presence = endings.presence
    store = presence.facts.store
    caller, operation = presence.places[int(presence.place[change.item])]
    last = int(endings.last[change.item])
    service = last >> 32 if last >= 0 else caller
    after = split.after[store.spans.trace[endings.tops]]
    rows = endings.tops[after & (endings.item == change.item)]
    name = f"{store.services[caller]} {store.operations[operation]}"
    how = f"after its call to {store.services[service]}" if last >= 0 else "without any call"
    text = (
        f"{name} ends {how} in {share_word(change.now)} of its traces, in {share_word(change.usual)} before"
    )
    traces = np.unique(store.spans.trace[rows]).astype(np.int64)
    called = store.operations[last & 0xFFFFFFFF] if last >= 0 else store.operations[operation]
    return Deviation(
        "cut", service, change.p, change.now - change.usual, split.time_ns, traces, int(rows[0]), change.usual,
        change.now, text, called,
    )  # fmt: skip
