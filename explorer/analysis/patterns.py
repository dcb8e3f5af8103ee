"""Log templates of failing and of healthy ids: which lines come with the failure, and which always come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.categories.fingerprint import template
from explorer.analysis.facts import Facts
from explorer.analysis.reading import Reading
from explorer.analysis.results import Outcome
from explorer.model.sorting import distinct

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
        failing, healthy: ids in whose logs the template stands; healthy ones ended well, and no span of them failed.
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

    @cached_property
    def noisy_services(self) -> frozenset[int]:
        """Codes of the services that have templates that are noise."""
        return frozenset(key[0] for key in self.healthy if self.is_noise(key))

    def telling(self, reading: Reading, logs: Sequence[int]) -> tuple[int, ...]:
        """The log rows that are no noise, also of those that were not among the records read."""
        service = reading.store.logs.service
        return tuple(log for log in logs if service[log] not in self.noisy_services
                     or not self.is_noise(self.of_log.get(log) or _key_of(reading, log)))  # fmt: skip


def mine(facts: Facts, reading: Reading) -> Patterns:
    """Read the warnings and errors of failing ids and of as many healthy ones."""
    logs = facts.store.logs
    told = np.flatnonzero((logs.severity >= WARN) & (logs.id >= 0))
    bad = np.asarray(facts.ids.outcome == Outcome.FAILING)
    # An error line in a request of which no span failed is no sign of health, but neither of what made others fail.
    good = ~bad & (facts.ids.errors == 0)
    failing, first = _some(told[bad[logs.id[told]]], logs.id)
    healthy, second = _some(told[good[logs.id[told]]], logs.id)
    of_log: dict[int, Key] = {}
    found: tuple[dict[Key, set[int]], dict[Key, set[int]]] = (defaultdict(set), defaultdict(set))
    for side, rows in zip(found, (failing, healthy), strict=True):
        # In the order of the files, so that each packed block is unpacked once.
        for row in rows[np.lexsort((logs.index[rows], logs.doc[rows]))].tolist():
            of_log[row] = key = _key_of(reading, row)
            side[key].add(int(logs.id[row]))
    counts = [int(bad.sum()), int(good.sum())]
    sampled = first or second
    if sampled:
        counts = [_share(facts, rows, ended) for rows, ended in ((failing, bad), (healthy, good))]
    return Patterns(dict(found[0]), dict(found[1]), of_log, counts[0], counts[1], sampled)


def _key_of(reading: Reading, log: int) -> Key:
    return int(reading.store.logs.service[log]), template(reading.message(log)[:400])


def _some(rows: NDArray[np.int64], ids: NDArray[np.int32]) -> tuple[NDArray[np.int64], bool]:
    """At most half of :data:`MOST_LOGS` rows, whole ids evenly over time, few lines of each; whether any is left."""
    order = rows[np.argsort(ids[rows], kind="stable")]
    _, first, counts = np.unique(ids[order], return_index=True, return_counts=True)
    nth = np.arange(len(order)) - np.repeat(first, counts)
    few = order[nth < LINES_OF_ID]
    if len(few) <= MOST_LOGS // 2:
        return few, False
    known = distinct(ids[few])
    keep = known[:: int(np.ceil(len(few) / (MOST_LOGS // 2)))]
    return few[np.isin(ids[few], keep)], True


def _share(facts: Facts, rows: NDArray[np.int64], ended: NDArray[np.bool_]) -> int:
    """How many ids that ended so the sample stands for: those with lines in it, and as large a part of the silent."""
    logs = facts.store.logs
    whole = int(ended.sum())
    told = distinct(logs.id[(logs.severity >= WARN) & (logs.id >= 0)])
    with_lines = int(ended[told].sum())
    looked = len(distinct(logs.id[rows]))
    return round(whole * looked / with_lines) if with_lines else whole
