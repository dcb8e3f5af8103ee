"""Which row is whose parent, when ids are missing, shared or repeated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.model.schema import Kind, SpanFlag
from explorer.model.sorting import stable_order

Rows = NDArray[np.int64]


def resolve_parents(spans: Mapping[str, NDArray[Any]]) -> tuple[Rows, NDArray[np.uint16]]:
    """Parent row of each span by (trace, id), and the flags this finding sets.

    Where an id stands twice in a trace as a client and a server half (Zipkin), the server half hangs under
    the client half, and children hang under the server half. Of other spans with one id, children hang under
    the first. A parent that is in no row makes an orphan.

    Args:
        spans: columns ``trace``, ``span_id``, ``parent_id``, ``kind``, ``flags``, all (n,).

    Returns:
        int64 (n,) parent rows, -1 for none; uint16 (n,) flags.
    """
    trace = spans["trace"].astype(np.uint64)
    ids, parents = spans["span_id"].astype(np.uint64), spans["parent_id"].astype(np.uint64)
    flags = np.zeros(len(trace), np.uint16)
    key, wanted = mix(trace, ids), mix(trace, parents)
    order = stable_order(key)
    ordered = key[order]
    repeated = np.flatnonzero((ordered[1:] == ordered[:-1]) & (ids[order][1:] != 0))
    owner = order.copy()
    halves = _pair_halves(spans, order, ordered, repeated, owner, flags) if len(repeated) else {}
    parent = _look_up(ordered, owner, wanted)
    parent[parents == 0] = -1
    wrong = (parent >= 0) & ((trace[parent] != trace) | (ids[parent] != parents))
    parent[wrong] = -1
    for server, client in halves.items():
        parent[server] = client
    flags[(parents != 0) & (parent < 0)] |= np.uint16(SpanFlag.ORPHAN)
    own = np.flatnonzero(parent == np.arange(len(parent)))
    parent[own] = -1
    flags[own] |= np.uint16(SpanFlag.CYCLE)
    return parent, flags


def mix(trace: NDArray[np.uint64], ids: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """One 64-bit key for (trace row, span id); collisions are checked by the caller."""
    return ids ^ (trace + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)


def _look_up(ordered: NDArray[np.uint64], owner: Rows, wanted: NDArray[np.uint64]) -> Rows:
    """Row for each wanted key, -1 where there is none; queries are sorted first (twice as fast)."""
    by_key = np.argsort(wanted)
    queries = wanted[by_key]
    at = np.searchsorted(ordered, queries)
    inside = np.minimum(at, max(len(ordered) - 1, 0))
    found = np.where(ordered[inside] == queries, owner[inside], -1) if len(ordered) else np.empty(0, np.int64)
    rows = np.empty(len(wanted), np.int64)
    rows[by_key] = found
    return rows


def _pair_halves(
    spans: Mapping[str, NDArray[Any]],
    order: Rows,
    ordered: NDArray[np.uint64],
    repeated: Rows,
    owner: Rows,
    flags: NDArray[np.uint16],
) -> dict[int, int]:
    """Pair client and server halves of repeated ids: server row to client row.

    Changes ``owner`` at the first position of a repeated key to the row that children hang under,
    and marks every row of a repeated key that is no half.
    """
    halves: dict[int, int] = {}
    starts = np.unique(np.searchsorted(ordered, ordered[repeated]))
    kind = spans["kind"]
    for first in starts.tolist():
        last = int(np.searchsorted(ordered, ordered[first], "right"))
        rows = order[first:last].tolist()
        clients = [row for row in rows if kind[row] in (Kind.CLIENT, Kind.PRODUCER)]
        servers = [row for row in rows if kind[row] in (Kind.SERVER, Kind.CONSUMER)]
        if len(clients) == 1 and servers:
            for server in servers:
                halves[server] = clients[0]
                flags[server] |= np.uint16(SpanFlag.SHARED)
            owner[first] = servers[0]
            rows = [row for row in rows if row not in halves and row != clients[0]]
        flags[rows] |= np.uint16(SpanFlag.DUPLICATE_ID)
    return halves
