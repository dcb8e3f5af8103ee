"""Calls that an id did not make although others of its entry do: a fallback not taken, a step not reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.facts import Facts

LEAST_IDS = 2
"""Other ids that must make the call."""
LEAST_SHARE = 0.01
SELDOM = 0.5
"""A fallback is called by fewer of the other ids,"""
SAVES = 0.5
"""and in more of these something failed before it."""
MOST = 6
_MOST_OTHERS = 20_000


@dataclass(frozen=True, slots=True)
class Missing:
    """A call others make: codes of caller and callee (as in :class:`explorer.analysis.hops.Hops`), in words."""

    source: int
    target: int
    name: str
    code: int
    silent: bool
    label: str
    share: float


def missing_calls(facts: Facts, id_row: int) -> Sequence[Missing]:
    """Callees that ids with the same entry service and operation reach and this one does not, commonest first."""
    store = facts.store
    entry = int(facts.ids.entry[id_row])
    if entry < 0:
        return ()
    spans, hops = store.spans, facts.hops
    entries = facts.entries
    alike = (spans.name[entries] == spans.name[entry]) & (spans.service[entries] == spans.service[entry])
    others = np.flatnonzero(alike & (store.correlation.of_trace != id_row))[:_MOST_OTHERS]
    if len(others) < LEAST_IDS:
        return ()
    chosen = np.zeros(len(store.traces), bool)
    chosen[others] = True
    trace = spans.trace[hops.caller]
    mine = np.isin(trace, store.correlation.rows[id_row].traces)
    there = np.unique(np.concatenate((hops.target[mine], hops.source[mine], [spans.service[entry]])))
    theirs = np.flatnonzero(chosen[trace] & ~np.isin(hops.target, there) & np.isin(hops.source, there))
    width = np.int64(len(store.services) + len(store.texts))
    key = hops.source[theirs] * width + hops.target[theirs]
    pairs = np.unique(np.stack((key, trace[theirs].astype(np.int64))), axis=1)
    found, counts = np.unique(pairs[0], return_counts=True)
    order = np.argsort(-counts, kind="stable")[:MOST]
    least = max(LEAST_IDS, LEAST_SHARE * len(others))
    return tuple(
        _missing(facts, int(found[at]), int(width), counts[at] / len(others), pairs[1][pairs[0] == found[at]])
        for at in order
        if counts[at] >= least
    )


def _missing(facts: Facts, key: int, width: int, share: float, callers: NDArray[np.int64]) -> Missing:
    """A call that others make, in the traces ``callers``; a fallback if it comes with errors in most of them."""
    store = facts.store
    source, target = divmod(key, width)
    known = target < len(store.services)
    name = facts.peers.name(target)
    saved = float((facts.ids.errors[store.correlation.of_trace[callers]] > 0).mean())
    label = "fallback not taken" if share <= SELDOM and saved > SAVES else "not reached"
    return Missing(source, target, name, target if known else -1, not known, label, share)
