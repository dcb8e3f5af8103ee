"""The table of statistics: its columns in words and in numbers, filtered and sorted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.statistics import Statistics
from explorer.layout import numbers
from explorer.model.store import Store

Longs = NDArray[np.int64]

HEAD: Final = (
    "Service", "Operation", "Spans", "Errors", "Failed", "Total", "Self", "p50", "p95", "p99",
)  # fmt: skip
TIPS: Final = (
    "", "", "How many spans", "Spans that failed themselves", "Share of the spans that failed themselves",
    "Sum of the durations; spans within one another count each", "Time that no span below covers",
    "Half of the spans took no longer", "95 % of the spans took no longer", "99 % of the spans took no longer",
)  # fmt: skip
EXPORTED: Final = (
    "service", "operation", "spans", "errors", "total_ns", "self_ns", "p50_ns", "p95_ns", "p99_ns",
)  # fmt: skip
SELF: Final = HEAD.index("Self")
TEXTS: Final = 2
"""So many columns are text; they sort from A, the others from the largest."""


def cell(found: Statistics, store: Store, row: int, column: int) -> str:
    """One cell, for people."""
    if column < TEXTS:
        table, codes = (store.services, found.service) if column == 0 else (store.operations, found.operation)
        return table[int(codes[row])]
    value = int(_column(found, column)[row]) if column != 4 else 0
    if column == 4:
        return (
            numbers.share(float(found.errors[row]) / max(int(found.count[row]), 1))
            if found.errors[row]
            else ""
        )
    if column == 3:
        return numbers.count(value) if value else ""
    return numbers.count(value) if column == 2 else numbers.duration(value) if value >= 0 else "–"


def exact(found: Statistics, store: Store, row: int, column: int) -> str:
    """One cell to the last digit, for tool tips and screen readers."""
    if column <= 4:
        return cell(found, store, row, column) or "none"
    value = int(_column(found, column)[row])
    return f"{numbers.duration(value)} ({numbers.exact(value)})" if value >= 0 else "no span has an end"


def order(found: Statistics, store: Store, words: str, column: int, *, ascending: bool) -> Longs:
    """Rows that hold all the words in service or operation, sorted by a column; equal ones stay as they are."""
    wanted = words.lower().split()
    rows = np.arange(len(found))
    for word in wanted:  # each text is looked at once, however many rows it stands in
        services, operations = (
            np.array([word in text.lower() for text in table] or [False])
            for table in (store.services, store.operations)
        )
        rows = rows[services[found.service[rows]] | operations[found.operation[rows]]]
    if column < TEXTS:
        texts = [cell(found, store, row, column).lower() for row in rows.tolist()]
        places = sorted(range(len(texts)), key=texts.__getitem__, reverse=not ascending)
        return rows[np.array(places, np.int64)]
    values = _column(found, column)[rows]
    return rows[np.argsort(values if ascending else -values, kind="stable")]


def spelled(found: Statistics, store: Store, rows: Longs) -> Iterator[tuple[str, ...]]:
    """Rows of :data:`HEAD`, for people."""
    for row in rows.tolist():
        yield tuple(cell(found, store, row, column) for column in range(len(HEAD)))


def exported(found: Statistics, store: Store, rows: Longs) -> Iterator[tuple[str | int, ...]]:
    """Rows of :data:`EXPORTED`: names, counts and whole nanoseconds; a duration nobody has is empty."""
    for row in rows.tolist():
        times = [found.total[row], found.self_time[row], *found.quantiles[:, row]]
        yield (
            cell(found, store, row, 0), cell(found, store, row, 1), int(found.count[row]), int(found.errors[row]),
            *(int(time) if time >= 0 else "" for time in times),
        )  # fmt: skip


def _column(found: Statistics, column: int) -> NDArray[Any]:
    if column == 4:
        return found.errors / np.maximum(found.count, 1)
    plain = {2: found.count, 3: found.errors, 5: found.total, 6: found.self_time}
    return plain[column] if column in plain else found.quantiles[column - 7]
