"""The answers of the analysis, as frozen values: what the window, the command line and the report all show.

Rows are span rows of the store unless said otherwise; ``id row`` is a row of ``store.correlation.rows``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


class Outcome(IntEnum):
    """How a correlation id ended, in the words of ``ids --json``."""

    OK = 0
    DEGRADED = 1
    FAILING = 2

    @property
    def word(self) -> str:
        """Lower-case name."""
        return self.name.lower()


@dataclass(frozen=True, eq=False)
class IdTable:
    """One row per id row, as columns.

    Attributes:
        start, duration: int64 ns; of all its spans and logs (duration of the entry span where that ended and
            is the only one with nothing above it).
        spans, logs, errors, services: int32 counts; ``errors`` counts failed spans (or ERROR logs without spans).
        entry: int32, row of the entry (topmost known) span of its first trace, -1 without spans.
        outcome: uint8, :class:`Outcome`.
        cause: int32, index in :attr:`Analysis.causes` of what explains it, -1 for none.
        origin: int32, row of the span where it began to fail, -1 where it did not or that left no span.
        category: int8, place in :data:`~explorer.analysis.categories.verdict.CATEGORIES`, -1 without a verdict.
    """

    start: Longs
    duration: Longs
    spans: Ints
    logs: Ints
    errors: Ints
    services: Ints
    entry: Ints
    outcome: NDArray[np.uint8]
    cause: Ints
    origin: Ints
    category: NDArray[np.int8]

    @cached_property
    def starts(self) -> tuple[Longs, Longs]:
        """When ids began, ascending: all, and those that failed."""
        order = np.argsort(self.start, kind="stable")
        start = self.start[order]
        return start, start[self.outcome[order] == Outcome.FAILING]


Role = Literal["origin", "carried", "raised", "passed", "retried", "swallowed", "surfaced"]
Relation = Literal["call", "link", "retry", "timeout", "rejected", "cancelled", "data"]


class Step(NamedTuple):
    """One element of a failure path: a hop (client and server span of one call), named after the callee.

    ``row`` is the span that stands for it (the callee's side where there is one), -1 where the origin left no
    span; ``rows`` are all spans of the hop. ``relation`` tells how it came from the step before, None for the first.
    """

    row: int
    rows: tuple[int, ...]
    service: str
    operation: str
    role: Role
    relation: Relation | None
    text: str
    time_ns: int


EvidenceKind = Literal["span", "log", "metric", "change", "drift", "mesh", "spread", "absence"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason, and where to look: at most one of the targets is set (-1: none)."""

    kind: EvidenceKind
    text: str
    file: str = ""
    offset: int = -1
    time_ns: int = 0
    span: int = -1
    log: int = -1
    series: int = -1
    mark: int = -1
    finding: int = -1


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible origin, best first in its list. ``row`` is -1 where it left no span."""

    row: int
    service: str
    operation: str
    category: str
    subcategory: str
    score: float


@dataclass(frozen=True, slots=True)
class Detected:
    """Where a failure was noticed, if not where it began, and the category of what was said there."""

    service: str
    operation: str
    category: str

    def words(self, origin: str | None) -> str:
        """``detected in post-processor as an application error``; the operation where the service is the origin's."""
        where = self.service if self.service and self.service != origin else self.operation or self.service
        if self.category == "unknown":
            return f"detected in {where}"
        article = "an" if self.category[0] in "aeiou" else "a"
        return f"detected in {where} as {article} {self.category} error"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why one id failed (or was degraded): the path from the origin to what the user saw.

    ``fingerprint`` groups equal causes over the bundle; ``cause`` is the index in :attr:`Analysis.causes`, -1 for
    none. ``title`` says the cause in one sentence. ``evidence`` is what its own origin says; what speaks for the cause
    as a whole stands there. ``detected`` is None where it began. ``supposed`` is the number of the candidate
    that the user supposes to be the origin, 0 for what was found; ``against`` then says what speaks against it.
    ``rule`` decided the category, on the words or codes ``rule_words``; without a rule, they spoke for it.
    """

    id: int
    outcome: Outcome
    category: str
    subcategory: str
    title: str
    rule: str
    path: tuple[Step, ...]
    candidates: tuple[Candidate, ...]
    evidence: tuple[Evidence, ...]
    fingerprint: str
    cause: int = -1
    detected: Detected | None = None
    supposed: int = 0
    against: tuple[str, ...] = ()
    rule_words: tuple[str, ...] = ()

    @property
    def origin(self) -> Step | None:
        """The first step."""
        return self.path[0] if self.path else None

    @property
    def decided_by(self) -> str:
        """Which rule gave the category, and on which words or codes; ``""`` where nothing did."""
        words = ", ".join(f"“{each}”" for each in self.rule_words)
        if not self.rule:
            return f"Decided by no rule, but by words of known errors: {words}" if words else ""
        return f"Decided by the rule {self.rule}" + (f", on {words}" if words else "")


@dataclass(frozen=True, slots=True)
class Entity:
    """What is at fault: ``service|operation|pod|host|edge|client|external`` and its name."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause over the bundle; keys as in ``rca --json``. ``ids`` are all id rows it explains, worst first."""

    rank: int
    title: str
    category: str
    subcategory: str
    service: str | None
    operation: str
    entity: Entity
    hypothesis: str
    confidence: Literal["high", "medium", "low"]
    score: float
    fingerprint: str
    ids: tuple[int, ...]
    evidence: tuple[Evidence, ...]
    ruled_out: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    detected: Detected | None = None


AnomalyKind = Literal["errors", "latency", "metric", "alert"]


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something that changed, found unasked, or an alert rule that would have fired.

    Attributes:
        time_ns, end_ns: its onset and its end, Unix ns; -1 where it lasts to the end of the bundle.
        operation: of errors and latencies, else ``""``.
        series: number of the metric series, -1 for none.
        before, after: the usual level and the one since; share of failed calls, median ns, or the metric's value.
    """

    kind: AnomalyKind
    text: str
    time_ns: int
    end_ns: int
    service: str = ""
    operation: str = ""
    series: int = -1
    before: float = 0.0
    after: float = 0.0


@dataclass(frozen=True, eq=False)
class Analysis:
    """All answers about one store.

    ``verdicts`` holds every failing id, and the degraded ones and those slow without an error that a cause explains,
    by id row; what is asked of all of them at once stands in ``ids``. ``anomalies`` are in order of time.
    """

    ids: IdTable
    causes: tuple[Cause, ...]
    verdicts: Mapping[int, Verdict]
    anomalies: tuple[Anomaly, ...] = ()

    def first_step(self, id_row: int) -> int:
        """Row of the span where the failure of an id began; where that left none, of what tells of it; else -1."""
        verdict = self.verdicts.get(id_row)
        if verdict is None:
            return -1
        known = (*(step.row for step in verdict.path), *(one.span for one in verdict.evidence))
        return next((row for row in known if row >= 0), -1)


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A service of a call graph. ``code`` is its code in ``store.services``, -1 for a peer that left no span.

    ``calls`` and ``failed`` count hops into it; ``self_ns`` is time not spent in callees; ``result`` says how it
    ended, in words; ``absent``: expected by other ids but not called here.
    """

    name: str
    code: int
    calls: int
    failed: int
    spans: int
    total_ns: int
    self_ns: int
    result: str
    role: Role | None = None
    silent: bool = False
    absent: bool = False


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """Calls from one node to another (indices). ``on_path``: part of the failure path; ``kind`` as its relation.

    ``median_ns`` and ``p95_ns`` are of the caller's side where it was recorded.
    """

    source: int
    target: int
    calls: int
    failed: int
    total_ns: int
    median_ns: int
    p95_ns: int
    kind: Relation = "call"
    on_path: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class CallGraph:
    """Services and the calls between them; ``path`` edges run from the origin toward the user."""

    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]
    carried: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the critical path spent in one span's own work, ns since the epoch."""

    row: int
    start_ns: int
    end_ns: int
