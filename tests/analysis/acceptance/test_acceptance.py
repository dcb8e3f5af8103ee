"""Every situation, as it is, recorded in another order, under other names, and many times among healthy traffic."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.analysis.causes import analyse
from explorer.analysis.results import Analysis, Outcome
from explorer.model.store import Store
from tests.analysis.acceptance import answers, calls, waiting
from tests.analysis.acceptance.case import Case
from tests.analysis.rules import RULES
from tests.drawn import Drawing, draw, renamed, repeated, shuffled
from tests.drawn_store import store_of

CASES = (*calls.CASES, *waiting.CASES, *answers.CASES)
NAMES = {
    name: f"svc-{at:02}" for at, name in enumerate(
        "gate orders payments inventory recs stock search api features model post ingest transform enrich scoring"
        " agent batch cart stock-db card-db api.llm.example".split() + [f"shard-{i}" for i in range(10)]
    )
}  # fmt: skip


def _named(case: Case) -> str:
    return f"{case.number}-{case.name.replace(' ', '-')}"


def _first(store: Store, analysis: Analysis) -> int:
    """The first id that did not end well, else the first."""
    return next(
        (row for row in range(len(analysis.ids.outcome)) if analysis.ids.outcome[row] != Outcome.OK), 0
    )


def _check(case: Case, store: Store, names: dict[str, str] | None = None) -> None:
    analysis = analyse(store, RULES)
    row = _first(store, analysis)
    assert Outcome(int(analysis.ids.outcome[row])).word == case.outcome
    assert len(analysis.causes) == case.causes, [cause.title for cause in analysis.causes]
    if case.origin is None:
        return
    names = names or {}
    verdict = analysis.verdicts[row]
    origin = verdict.path[0]
    service, operation = case.origin
    assert (origin.service, origin.operation) == (names.get(service, service), operation)
    assert (origin.row >= 0) == case.span
    assert [step.service for step in verdict.path] == [names.get(name, name) for name in case.path]
    if case.roles:
        assert tuple(step.role for step in verdict.path) == case.roles
    if case.relations:
        assert tuple(step.relation for step in verdict.path) == case.relations
    cause = analysis.causes[verdict.cause]
    assert verdict.cause == 0
    assert cause.confidence in case.confidence, cause.reasons
    assert not case.categories or verdict.category in case.categories, (verdict.category, verdict.subcategory)
    assert not case.hypothesis or cause.hypothesis == case.hypothesis


def _among_healthy(case: Case, drawing: Drawing, times: int) -> Drawing:
    """Failing traces, with twice as many healthy ones that began earlier and go on beside them."""
    if not case.healthy:
        return repeated(drawing, times)
    healthy = repeated(draw(case.healthy), 2 * times, 1.0, "fine")
    earlier = tuple(
        replace(trace, at_s=trace.at_s - 2 * times if at < 3 * times // 2 else trace.at_s)
        for at, trace in enumerate(healthy.traces)
    )
    return repeated(drawing, times) + replace(healthy, traces=earlier)


@pytest.mark.parametrize("case", [case for case in CASES if case.alone], ids=_named)
def test_alone(case: Case) -> None:
    _check(case, store_of(draw(case.drawing)))


@pytest.mark.parametrize("case", [case for case in CASES if case.alone], ids=_named)
@pytest.mark.parametrize("seed", [1, 2])
def test_recorded_in_another_order(case: Case, seed: int) -> None:
    _check(case, store_of(shuffled(draw(case.drawing), seed)))


@pytest.mark.parametrize("case", CASES, ids=_named)
def test_under_other_names(case: Case) -> None:
    _check(case, store_of(renamed(_among_healthy(case, draw(case.drawing), 3), NAMES)), NAMES)


@pytest.mark.parametrize("case", [case for case in CASES if case.crowd], ids=_named)
def test_many_times_among_healthy_traffic(case: Case) -> None:
    _check(case, store_of(_among_healthy(case, draw(case.drawing), 20)))
