"""Which log records are listed: of the bundle, the id, or a span with its subtree; by severity and words."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explorer.model.ranks import rank_name, rank_of_instance
from explorer.model.schema import severity_word
from explorer.model.store import Store

LogScope = Literal["all", "id", "span"]
LEVELS = ("DEBUG", "INFO", "WARN", "ERROR", "FATAL")
_LEVEL_OF = {"": "INFO", "TRACE": "DEBUG"}


def level(severity: int) -> str:
    """The one of :data:`LEVELS` that a severity is listed under; records without one count as INFO."""
    word = severity_word(severity)
    return _LEVEL_OF.get(word, word)


def writer(store: Store, row: int) -> str:
    """Who wrote a record: its service, of a training job the rank before it."""
    rank = rank_of_instance(store.resources[int(store.logs.resource[row])].instance)
    service = store.services[int(store.logs.service[row])]
    return service if rank < 0 else f"{rank_name(str(rank))} {service}".rstrip()


def log_rows(
    store: Store, scope: LogScope, id_row: int, span_row: int, levels: Collection[str]
) -> NDArray[np.int64]:
    """Log rows by time.

    Args:
        id_row: row of the id, -1 for none: then all of the bundle.
        span_row: the selected span, -1 for none: then all of the id.
        levels: which of :data:`LEVELS` are shown.
    """
    logs = store.logs
    if scope == "all" or id_row < 0:
        rows = np.arange(len(logs), dtype=np.int64)
    else:
        rows = np.sort(store.correlation.logs_of(id_row)).astype(np.int64)
        if scope == "span" and span_row >= 0:
            last = span_row + int(store.spans.size[span_row])
            rows = rows[(logs.span[rows] >= span_row) & (logs.span[rows] < last)]
    if len(levels) == len(LEVELS):
        return rows
    shown = np.array([level(number) in levels for number in range(256)], bool)
    kept: NDArray[np.int64] = rows[shown[logs.severity[rows]]]
    return kept
