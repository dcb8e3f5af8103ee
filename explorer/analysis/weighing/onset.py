"""When a cause set in, and whether it was there all along."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.facts import Facts
from explorer.analysis.significance import tail_of_counts

_FEWEST = 6
"""Ids below which no rate is compared."""
_BY_CHANCE = 0.05
"""Chance below which two halves differ by more than chance."""


@dataclass(frozen=True, slots=True)
class Onset:
    """When the ids of a cause began to fail, and how its rate changed over the bundle.

    Attributes:
        time_ns: start of the first id; ``before``, ``after``: share of the ids of the same entry operations that
        it concerns, in the first and in the second half of the bundle (by number of ids).
        steady: whether it fails at about the same rate all along; ``rising``: whether at a much higher one later.
    """

    time_ns: int
    before: float
    after: float
    steady: bool
    rising: bool


def onset_of(facts: Facts, ids: set[int]) -> Onset:
    """The onset of a cause with these id rows."""
    rows = np.array(sorted(ids))
    started = facts.ids.start[rows]
    entries = facts.ids.entry[rows]
    alike = alike_entries(facts, np.unique(entries[entries >= 0]))
    pool = np.union1d(np.flatnonzero(alike), rows)
    pool = pool[np.argsort(facts.ids.start[pool], kind="stable")]
    member = np.isin(pool, rows)
    half = len(pool) // 2
    before = float(member[:half].mean()) if half else 0.0
    after = float(member[half:].mean()) if half else 1.0
    low, high = sorted((before, after))
    alike_rates = (low > 0 and high < 2 * low) or _by_chance(member, half)
    steady = len(rows) >= _FEWEST and alike_rates and after < 0.9
    rising = len(rows) >= _FEWEST and after >= 2 * before
    return Onset(int(started.min()), before, after, steady, rising)


def _by_chance(member: NDArray[np.bool_], half: int) -> bool:
    """Whether the first ``half`` and the rest differ, either way, by no more than chance makes them."""
    marked, early = int(member.sum()), int(member[:half].sum())
    tails = (
        tail_of_counts(early, half, marked, len(member)),
        tail_of_counts(marked - early, len(member) - half, marked, len(member)),
    )
    return 2 * min(tails) > _BY_CHANCE


def alike_entries(facts: Facts, entries: NDArray[np.int32]) -> NDArray[np.bool_]:
    """By id row (bool): ids whose entry has the service and operation of one of ``entries`` (span rows)."""
    entry = facts.ids.entry
    if not len(entries):
        return np.asarray(entry < 0)
    return np.asarray((entry >= 0) & np.isin(facts.work[np.maximum(entry, 0)], facts.work[entries]))
