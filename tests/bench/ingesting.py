"""OTLP JSON lines to a store, and sums over its spans."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.analysis.flame import flame
from explorer.analysis.statistics import spans_of, statistics
from explorer.ingest import ingest
from explorer.ingest.lanes import spare_processes
from explorer.layout.flame import place
from explorer.model.parents import resolve_parents
from explorer.model.store import Store
from explorer.model.tree import forest
from tests.bench.frames import one_trace
from tests.bench.run import Run, megabytes, read_lines, say


def measure(run: Run) -> None:
    """Ingest alone and with other processes."""
    path = run.otlp()
    store = ingest([path])
    run.compare(
        f"{run.spans:,} spans, {megabytes(path)} of OTLP JSON lines",
        {
            "floor: orjson.loads of each line": lambda: read_lines(path),
            "ingest: bytes to searchable store": lambda: ingest([path]),
            "the same with processes that help": lambda: ingest([path], processes=spare_processes()),
        },
    )
    size = sum(getattr(store.spans, name).nbytes for name in store.spans.__dataclass_fields__)
    say(f"{'resident columns, bytes a span':52}{size / max(len(store.spans), 1):9.0f}")


def shuffled(store: Store) -> dict[str, Any]:
    """What structure is made from, in another order than the store's."""
    spans = store.spans
    order = np.random.default_rng(1).permutation(len(spans))
    names = ("trace", "span_id", "parent_id", "kind", "flags", "start")
    return {name: getattr(spans, name)[order] for name in names}


def structure(columns: dict[str, Any]) -> None:
    """Parents, order and sizes."""
    parent, _ = resolve_parents(columns)
    forest(parent, columns["trace"], columns["start"])


def sums(run: Run) -> None:
    """Statistics and flame graph of one trace."""
    store = one_trace(run.rows)
    all_of_it = spans_of(store, None)
    run.compare(
        f"one trace of {run.rows:,} spans",
        {
            "statistics": lambda: statistics(store, all_of_it),
            "call paths, placed": lambda: place(flame(store, all_of_it), "time"),
        },
    )
