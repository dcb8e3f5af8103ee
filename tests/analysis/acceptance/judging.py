"""Whether the analysis says of a situation what is true of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from explorer.analysis.causes import analyse
from explorer.analysis.results import Analysis, Outcome, Verdict
from explorer.model.store import Store
from tests.analysis.acceptance.bundles import Bundle
from tests.analysis.acceptance.case import Case
from tests.analysis.rules import RULES
from tests.drawn import Drawing, draw, repeated

NAMES = {
    name: f"svc-{at:02}" for at, name in enumerate(
        "gate orders payments inventory recs stock search api features model post ingest transform enrich scoring"
        " agent batch cart stock-db card-db api.llm.example".split() + [f"shard-{i}" for i in range(10)]
    )
}  # fmt: skip
"""Other names for all services of the situations."""


@dataclass(frozen=True)
class Judged:
    """What was right about a situation, each None where nothing is stated.

    Attributes:
        outcome: how the first id ended, and how many causes there are.
        origin: service, operation and whether it left a span; ``path``: services, roles and relations.
        category, confidence, hypothesis: those of the cause.
    """

    outcome: bool
    origin: bool | None = None
    path: bool | None = None
    category: bool | None = None
    confidence: bool | None = None
    hypothesis: bool | None = None

    @property
    def right(self) -> bool:
        """Whether nothing is wrong."""
        return False not in (
            self.outcome, self.origin, self.path, self.category, self.confidence, self.hypothesis,
        )  # fmt: skip


def judged(case: Case, store: Store, names: Mapping[str, str] | None = None) -> Judged:
    """Analyse the store of a situation (whose services may have other names) and compare."""
    return compared(case, analyse(store, RULES), names or {})


def compared(case: Case, analysis: Analysis, names: Mapping[str, str]) -> Judged:
    """What an analysis says beside what is true."""
    row = first_id(analysis)
    outcome = Outcome(int(analysis.ids.outcome[row])).word == case.outcome
    outcome = outcome and len(analysis.causes) == case.causes
    if case.origin is None:
        return Judged(outcome)
    verdict = analysis.verdicts.get(row)
    if verdict is None or verdict.cause < 0:
        return Judged(outcome, origin=False)
    cause = analysis.causes[verdict.cause]
    return Judged(
        outcome and verdict.cause == 0,
        _origin(case, verdict, names),
        _path(case, verdict, names),
        verdict.category in case.categories if case.categories else None,
        cause.confidence in case.confidence,
        cause.hypothesis == case.hypothesis if case.hypothesis else None,
    )


def first_id(analysis: Analysis) -> int:
    """The first id that did not end well, else the first."""
    rows = range(len(analysis.ids.outcome))
    return next((row for row in rows if analysis.ids.outcome[row] != Outcome.OK), 0)


def _origin(case: Case, verdict: Verdict, names: Mapping[str, str]) -> bool:
    service, operation = case.origin or ("", "")
    first = verdict.path[0]
    return (first.service, first.operation, first.row >= 0) == (
        names.get(service, service),
        operation,
        case.span,
    )


def _path(case: Case, verdict: Verdict, names: Mapping[str, str]) -> bool:
    services = [step.service for step in verdict.path] == [names.get(name, name) for name in case.path]
    roles = not case.roles or tuple(step.role for step in verdict.path) == case.roles
    relations = not case.relations or tuple(step.relation for step in verdict.path) == case.relations
    return services and roles and relations


def among_healthy(case: Case, drawing: Drawing, times: int) -> Drawing:
    """Failing traces, with twice as many healthy ones that began earlier and go on beside them."""
    if not case.healthy:
        return repeated(drawing, times)
    healthy = repeated(draw(case.healthy), 2 * times, 1.0, "fine")
    earlier = tuple(
        replace(trace, at_s=trace.at_s - 2 * times if at < 3 * times // 2 else trace.at_s)
        for at, trace in enumerate(healthy.traces)
    )
    return repeated(drawing, times) + replace(healthy, traces=earlier)


def other_names(drawing: Drawing) -> dict[str, str]:
    """Other names for all services and peers of a drawing."""
    spans = [span for trace in drawing.traces for span in trace.spans]
    peers = {str(value) for span in spans for key, value in span.attributes if key == "peer.service"}
    named = {span.service for span in spans} | {log.service for log in drawing.logs} | peers
    return {name: f"svc-{at:02}" for at, name in enumerate(sorted(named, key=lambda name: (len(name), name)))}


def wrong(bundle: Bundle, analysis: Analysis, names: Mapping[str, str]) -> str:
    """What an analysis of a bundle says wrongly, in a few words; ``""`` for nothing."""
    told = tuple(cause.service for cause in analysis.causes)
    services = tuple(names.get(name, name) if name else None for name in bundle.services)
    if told != services:
        return f"services {told}"
    if not services:
        return ""
    first = analysis.causes[0]
    if bundle.category and first.category not in bundle.category:
        return f"category {first.category}"
    if bundle.hypothesis and first.hypothesis != bundle.hypothesis:
        return f"hypothesis {first.hypothesis}"
    kind, name = bundle.entity
    if kind and (first.entity.kind, first.entity.name) != (kind, names.get(name, name)):
        return f"entity {first.entity}"
    path = tuple(step.service for step in analysis.verdicts[first.ids[0]].path) if first.ids else ()
    return f"path {path}" if bundle.path and path != tuple(names.get(n, n) for n in bundle.path) else ""
