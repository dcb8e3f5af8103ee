"""Links between spans (a message and who consumed it), as rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.model.store import Store

_MIXER = np.uint64(0x9E3779B97F4A7C15)


def linked_rows(store: Store) -> NDArray[np.int32]:
    """int32, by row of ``store.links``: the row of the span linked to, -1 where it is not in the bundle."""
    spans = store.spans
    trace = np.asarray(store.links["trace"]).astype(np.int64)
    wanted_id = np.asarray(store.links["span_id"]).astype(np.uint64)
    found = np.full(len(trace), -1, np.int32)
    known = np.flatnonzero(trace >= 0)
    if not len(known) or not len(spans):
        return found
    traces = np.unique(trace[known])
    pool = np.flatnonzero(np.isin(spans.trace, traces))
    key = spans.span_id[pool] ^ (spans.trace[pool].astype(np.uint64) + np.uint64(1)) * _MIXER
    order = np.argsort(key, kind="stable")
    wanted = wanted_id[known] ^ (trace[known].astype(np.uint64) + np.uint64(1)) * _MIXER
    at = pool[order[np.minimum(np.searchsorted(key[order], wanted), len(order) - 1)]]
    right = (spans.span_id[at] == wanted_id[known]) & (spans.trace[at] == trace[known])
    found[known[right]] = at[right]
    return found
