"""Log templates of failing and of healthy ids: which lines come with the failure, and which always come."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.categories.fingerprint import template
from explorer.analysis.facts import Facts
from explorer.analysis.reading import Reading
from explorer.analysis.results import Outcome

WARN = 13
"""Lowest OTel severity number of a warning."""
MOST_LOGS = 4000
"""Records that are read, half of them of failing ids."""
LINES_OF_ID = 24

Key = tuple[int, str]


@dataclass(frozen=True)
class Patterns:
    """Templates of warnings and errors, by (service code, template).

    Attributes:
        failing, healthy: ids in whose logs the template stands.
        of_log: key of every log that was read.
        failing_ids, healthy_ids: how many ids were looked at (all, unless their logs are too many).
        sampled: whether some were left out.
    """

    failing: dict[Key, set[int]]
    healthy: dict[Key, set[int]]
    of_log: dict[int, Key]
    failing_ids: int
    healthy_ids: int
    sampled: bool

    def is_noise(self, key: Key) -> bool:
        """Whether the template stands in healthy ids about as often as in failing ones."""
        if not self.healthy_ids:
            return False
        usual = len(self.healthy.get(key, ())) / self.healthy_ids
        now = len(self.failing.get(key, ())) / max(1, self.failing_ids)
        return usual > 0.02 and usual > 0.5 * now


def mine(facts: Facts, reading: Reading) -> Patterns:
    """Read the warnings and errors of failing ids and of as many healthy ones."""
    logs = facts.store.logs
    told = np.flatnonzero((logs.severity >= WARN) & (logs.id >= 0))
    bad = facts.ids.outcome[logs.id[told]] == Outcome.FAILING
    good = facts.ids.outcome[logs.id[told]] == Outcome.OK
    failing, first = _some(told[bad], logs.id)
    healthy, second = _some(told[good], logs.id)
    of_log: dict[int, Key] = {}
    found: tuple[dict[Key, set[int]], dict[Key, set[int]]] = (defaultdict(set), defaultdict(set))
    for side, rows in zip(found, (failing, healthy), strict=True):
        # In the order of the files, so that each packed block is unpacked once.
        for row in rows[np.lexsort((logs.index[rows], logs.doc[rows]))].tolist():
            key = int(logs.service[row]), template(reading.message(row)[:400])
            of_log[row] = key
            side[key].add(int(logs.id[row]))
    counts = [int((facts.ids.outcome == outcome).sum()) for outcome in (Outcome.FAILING, Outcome.OK)]
    sampled = first or second
    if sampled:
        counts = [
            _share(facts, rows, outcome)
            for rows, outcome in ((failing, Outcome.FAILING), (healthy, Outcome.OK))
        ]
    return Patterns(dict(found[0]), dict(found[1]), of_log, counts[0], counts[1], sampled)


def _some(rows: NDArray[np.int64], ids: NDArray[np.int32]) -> tuple[NDArray[np.int64], bool]:
    """At most half of :data:`MOST_LOGS` rows, whole ids evenly over time, few lines of each; whether any is left."""
    order = rows[np.argsort(ids[rows], kind="stable")]
    _, first, counts = np.unique(ids[order], return_index=True, return_counts=True)
    nth = np.arange(len(order)) - np.repeat(first, counts)
    few = order[nth < LINES_OF_ID]
    if len(few) <= MOST_LOGS // 2:
        return few, False
    known = np.unique(ids[few])
    keep = known[:: int(np.ceil(len(few) / (MOST_LOGS // 2)))]
    return few[np.isin(ids[few], keep)], True


def _share(facts: Facts, rows: NDArray[np.int64], outcome: Outcome) -> int:
    """How many ids of an outcome the sample stands for: those with lines in it, and as large a part of the silent."""
    logs = facts.store.logs
    whole = int((facts.ids.outcome == outcome).sum())
    told = np.unique(logs.id[(logs.severity >= WARN) & (logs.id >= 0)])
    with_lines = int((facts.ids.outcome[told] == outcome).sum())
    looked = len(np.unique(logs.id[rows]))
    return round(whole * looked / with_lines) if with_lines else whole
