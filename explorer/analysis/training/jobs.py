"""Training jobs of a bundle: the lines of one id that come from several ranks, or of one process that states losses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.facts import Facts
from explorer.analysis.ids import ERROR
from explorer.analysis.patterns import WARN
from explorer.analysis.training.words import exit_of, step_of, world_size
from explorer.model.ranked import trainers
from explorer.model.ranks import rank_of_instance

Longs = NDArray[np.int64]

_MOST_IDS = 8
_FEWEST_LINES = 4
_MOST_RANKS = 100_000
MOST_READ = 12_000
_MOST_LOUD = 3_000
_FIRST = 40
_LAST = 24


@dataclass(frozen=True, eq=False)
class Job:
    """One training job.

    Attributes:
        id: its id row.
        rows: int64, its log rows by time.
        rank: int64, of each of them; -1 for lines of no rank.
        alone: whether one process is all that is known of it: its lines, which name no rank, are of rank 0.
    """

    facts: Facts
    id: int
    rows: Longs
    rank: Longs
    alone: bool = False

    @cached_property
    def ranks(self) -> tuple[int, ...]:
        """Those that wrote anything."""
        return tuple(np.unique(self.rank[self.rank >= 0]).tolist())

    @cached_property
    def world(self) -> tuple[int, ...]:
        """All that there are: as many as the job says, else up to the highest one seen."""
        if self.alone:
            return self.ranks
        first = self.rows[: 50 * _FIRST]
        said = max((world_size(self.facts.reading.message(row)) for row in first.tolist()), default=0)
        return tuple(range(max(min(said, _MOST_RANKS), self.ranks[-1] + 1)))

    @cached_property
    def loud(self) -> list[tuple[int, int]]:
        """(log row, rank) of its first warnings and errors, by time."""
        at = np.flatnonzero(self.facts.store.logs.severity[self.rows] >= WARN)[:_MOST_LOUD]
        return list(zip(self.rows[at].tolist(), self.rank[at].tolist(), strict=True))

    @cached_property
    def errors(self) -> list[tuple[int, int]]:
        """Those of :attr:`loud` that are errors, or say that a process ended badly."""
        severity, reading = self.facts.store.logs.severity, self.facts.reading
        return [one for one in self.loud if severity[one[0]] >= ERROR or exit_of(reading.message(one[0]))]

    @cached_property
    def told(self) -> list[tuple[int, int]]:
        """(log row, rank) of its lines by time, evenly taken of very many."""
        chosen = np.arange(0, len(self.rows), max(1, -(-len(self.rows) // MOST_READ)))
        return list(zip(self.rows[chosen].tolist(), self.rank[chosen].tolist(), strict=True))

    def named(self, ranks: Sequence[int]) -> tuple[int, ...]:
        """Those of some ranks that have a name."""
        return () if self.alone else tuple(ranks)

    def last_of(self, rank: int) -> tuple[int, int]:
        """The last line of a rank, and the last step it speaks of; -1 for none."""
        rows = self.rows[self.rank == rank]
        if not len(rows):
            return -1, -1
        steps = (step_of(self.facts.reading.message(row)) for row in rows[::-1][:_LAST].tolist())
        return int(rows[-1]), next((step for step in steps if step >= 0), -1)

    def host_of(self, rank: int) -> str:
        """The host (or pod) a rank runs on, ``""`` where nothing says."""
        logs, resources = self.facts.store.logs, self.facts.store.resources
        for code in dict.fromkeys(logs.resource[self.rows[self.rank == rank]].tolist()):
            one = resources[code]
            if one.host or one.pod:
                return str(one.host or one.pod)
        return ""


def jobs_of(facts: Facts) -> list[Job]:
    """The training jobs of a bundle; none in most."""
    logs = facts.store.logs
    if not len(logs):
        return []
    of_resource = np.array(
        [rank_of_instance(one.instance) for one in facts.store.resources] or [-1], np.int64
    )
    rank = of_resource[logs.resource]
    ranked = np.flatnonzero((rank >= 0) & (logs.id >= 0))
    if not len(ranked):
        return _alone(facts)
    ids, counts = np.unique(logs.id[ranked], return_counts=True)
    if not 0 < len(ids) <= _MOST_IDS:
        return []
    found: list[Job] = []
    for id_row, count in zip(ids.tolist(), counts.tolist(), strict=True):
        rows = np.sort(facts.store.correlation.logs_of(id_row)).astype(np.int64)
        job = Job(facts, id_row, rows, rank[rows])
        if count >= _FEWEST_LINES and len(job.ranks) > 1:
            found.append(job)
    return found


def _alone(facts: Facts) -> list[Job]:
    """The job of the one process that trains a model, where no line names a rank."""
    store = facts.store
    last = len(store.correlation.rows) - 1
    if last < 0 or store.correlation.rows[last].kind != "job":
        return []
    rows = np.sort(store.correlation.logs_of(last)).astype(np.int64)
    number = trainers(store.logs, rows, store.documents, store.raw)
    return [Job(facts, last, rows, np.minimum(number, 0), alone=True)] if (number >= 0).any() else []
