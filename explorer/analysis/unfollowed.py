"""What the logs report in records that belong to no correlation id, so that no request can be followed to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.categories.fingerprint import template
from explorer.analysis.categories.rules import Rules
from explorer.analysis.categories.verdict import UNKNOWN, Verdict
from explorer.analysis.failure.faults import decided
from explorer.analysis.ids import ERROR
from explorer.analysis.patterns import WARN
from explorer.analysis.reading import Reading, log_signals, log_words
from explorer.model.store import Store

MOST_READ: Final = 4000
"""Records that are decoded at most, evenly over time, errors before warnings."""
SURE: Final = 0.7
"""Strength of a rule from which on a warning is told as a fault."""
_JUDGED: Final = 40
_MESSAGE: Final = 400


@dataclass(frozen=True, slots=True)
class LooseError:
    """Records of one service that differ only in their parameters.

    Attributes:
        text: the first of them, in one line; ``log`` is its row.
        count: how many of the records read; ``severity``: the highest of them.
        first_ns, last_ns: times of the first and the last.
        category, subcategory: of what it says, ``unknown`` and ``""`` where no rule knows it: words alone, without what
            stands around them, are too little here.
    """

    service: str
    severity: int
    text: str
    count: int
    first_ns: int
    last_ns: int
    log: int
    category: str
    subcategory: str


def loose_rows(store: Store) -> NDArray[np.int64]:
    """Log rows of warnings and errors that belong to no id."""
    return np.flatnonzero((store.logs.severity >= WARN) & (store.logs.id < 0))


def loose_errors(
    store: Store, rules: Rules, loose: NDArray[np.int64], most: int = 10
) -> tuple[LooseError, ...]:
    """Errors among some of :func:`loose_rows`, and warnings that a rule surely knows as faults; the worst first."""
    logs, reading = store.logs, Reading(store)
    groups: dict[tuple[int, bool, str], list[int]] = {}
    for row in _some(loose[logs.severity[loose] >= ERROR], loose[logs.severity[loose] < ERROR]).tolist():
        key = (
            int(logs.service[row]),
            bool(logs.severity[row] >= ERROR),
            template(reading.message(row)[:_MESSAGE]),
        )
        groups.setdefault(key, []).append(row)
    found: list[tuple[tuple[int, ...], LooseError]] = []
    for (service, is_error, _), rows in _worst(store, groups):
        verdict = decided(tuple(log_signals(reading, rows[:1])), rules)
        verdict = verdict if verdict.rule else UNKNOWN
        known = verdict.category != "unknown" and verdict.strength >= SURE and not verdict.expected
        if is_error or known:
            one = _loose(store, reading, store.services[service], rows, verdict)
            found.append(((-one.severity // 4, verdict.category == "unknown", -one.count, rows[0]), one))
    return tuple(one for _, one in sorted(found, key=lambda pair: pair[0])[:most])


def _some(errors: NDArray[np.int64], warnings: NDArray[np.int64]) -> NDArray[np.int64]:
    """At most :data:`MOST_READ` of the rows, in order of time."""
    errors = errors[:: -(-len(errors) // MOST_READ) or 1]
    left = MOST_READ - len(errors)
    warnings = warnings[:: -(-len(warnings) // left) or 1] if left else warnings[:0]
    return np.sort(np.concatenate([errors, warnings]))


def _worst(
    store: Store, groups: dict[tuple[int, bool, str], list[int]]
) -> list[tuple[tuple[int, bool, str], list[int]]]:
    """The groups that are judged: commonest first within errors and within warnings, some of each."""
    order = sorted(groups.items(), key=lambda pair: (-int(store.logs.severity[pair[1]].max()), -len(pair[1])))
    errors = [pair for pair in order if pair[0][1]]
    warnings = [pair for pair in order if not pair[0][1]]
    return errors[:_JUDGED] + warnings[:_JUDGED]


def _loose(store: Store, reading: Reading, service: str, rows: list[int], verdict: Verdict) -> LooseError:
    times = store.logs.time[rows]
    times = times[times > 0]
    return LooseError(
        service, int(store.logs.severity[rows].max()), log_words(reading, rows[0]), len(rows),
        int(times.min()) if len(times) else 0, int(times.max(initial=0)), rows[0], verdict.category,
        verdict.subcategory,
    )  # fmt: skip
