"""Calls between services: client and server span of one call are one hop."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.peers import Peers
from explorer.model.schema import Kind
from explorer.model.store import Store

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Hops:
    """Every hop of a bundle, as columns by row of the span that stands for it.

    Attributes:
        caller: int32 (h,), the client or producer span; where there is none, the calling span of the other service.
        callee: int32 (h,), the server or consumer span, or first span of the called service; -1 where it left none.
        source: int32 (h,), code of the calling service.
        target: int32 (h,), code of the called service; ``len(services) + text code`` for a peer without spans.
        duration: int64 (h,) ns, on the caller's side where it was recorded.
        gap: int64 (h,) ns that the caller waited beyond the callee's own time (network, queueing); -1 unknown.
        callee_of: int32 (n,), by span row: the callee's span of a client span, -1 for none.
        enters: bool (n,), whether a span is the first of its service on that call (or a root).
        calls: bool (n,), by span row: whether it is the caller's half of a call (see :func:`_calling`).
        asks: bool (n,), which of these wait for an answer: all but those that leave a message.
    """

    caller: Ints
    callee: Ints
    source: Ints
    target: Ints
    duration: Longs
    gap: Longs
    callee_of: Ints
    enters: Mask
    calls: Mask
    asks: Mask

    @cached_property
    def stands(self) -> Ints:
        """int32 (h,): the row that stands for the hop, the callee's side where there is one."""
        return np.where(self.callee >= 0, self.callee, self.caller).astype(np.int32)


def find_hops(store: Store, peers: Peers) -> Hops:
    """Pair client and server spans into hops, for the whole bundle at once."""
    spans = store.spans
    parent = spans.parent
    above = np.maximum(parent, 0)
    has = parent >= 0
    calling = _calling(store)
    called = np.isin(spans.kind, (Kind.SERVER, Kind.CONSUMER))
    crosses = has & ((spans.service != spans.service[above]) | (called & calling[above]))
    callee = np.flatnonzero(crosses).astype(np.int32)
    caller = parent[callee]
    halves = calling[caller]
    callee_of = np.full(len(spans), -1, np.int32)
    callee_of[caller[halves][::-1]] = callee[halves][::-1]
    alone = calling & (callee_of < 0)
    alone[parent[np.flatnonzero(has & calling & (spans.service == spans.service[above]))]] = False
    lone = np.flatnonzero(alone & (callee_of < 0)).astype(np.int32)
    waited = np.where(halves, spans.duration[caller], spans.duration[callee])
    gap = np.where(halves & (spans.kind[caller] == Kind.CLIENT), waited - spans.duration[callee], -1)
    return Hops(
        caller=np.concatenate((caller, lone)),
        callee=np.concatenate((callee, np.full(len(lone), -1, np.int32))),
        source=np.concatenate((spans.service[caller], spans.service[lone])),
        target=np.concatenate((spans.service[callee], peers.target[spans.peer[lone]])),
        duration=np.concatenate((waited, spans.duration[lone])).astype(np.int64),
        gap=np.concatenate((gap, np.full(len(lone), -1))).astype(np.int64),
        callee_of=callee_of,
        enters=crosses | ~has,
        calls=calling,
        asks=calling & (spans.kind != Kind.PRODUCER),
    )


def _calling(store: Store) -> Mask:
    """Bool (n,): spans of clients and producers, and those within a service that do nothing but ask a named peer.

    Not every library says that its queries are calls.
    """
    spans = store.spans
    above = np.maximum(spans.parent, 0)
    stated = np.isin(spans.kind, (Kind.CLIENT, Kind.PRODUCER))
    within = (spans.parent >= 0) & (spans.service == spans.service[above]) & ~stated[above]
    unsaid = np.isin(spans.kind, (Kind.UNSPECIFIED, Kind.INTERNAL)) & (spans.size == 1) & (spans.peer > 0)
    return np.asarray(stated | (unsaid & within))
