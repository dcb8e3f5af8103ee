"""Slow without an error: what is slow is found, its callers are not blamed, and nothing is found where nothing is."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from explorer.analysis.causes import analyse
from explorer.analysis.results import Analysis
from tests.analysis.deviations.system import Incident, Request, system
from tests.analysis.rules import RULES
from tests.drawn import KINDS, Drawing, DrawnSpan, DrawnTrace, renamed, shuffled
from tests.drawn_store import store_of


def analysed(incident: Incident, seed: int = 1, **more: bool) -> Analysis:
    return analyse(store_of(system(seed, incident, **more)), RULES)


@pytest.mark.parametrize("seed", range(24))
def test_a_healthy_bundle_gives_no_cause(seed: int) -> None:
    assert analysed(lambda _: None, seed, kinds=seed % 2 == 0, logs=seed % 3 == 0).causes == ()


def slower(request: Request) -> None:
    request.slower["stock"] = 8.0


def farther(request: Request) -> None:
    request.farther["stock"] = 40.0


@pytest.mark.parametrize("kinds", [True, False])
@pytest.mark.parametrize(("incident", "hypothesis"), [(slower, "slow-self"), (farther, "pod-network")])
def test_the_slow_service_is_the_only_cause(incident: Incident, hypothesis: str, kinds: bool) -> None:
    found = analysed(incident, kinds=kinds)
    assert [(cause.service, cause.hypothesis) for cause in found.causes] == [("stock", hypothesis)]
    (cause,) = found.causes
    assert len(cause.ids) > 30
    verdict = found.verdicts[cause.ids[0]]
    assert [step.service for step in verdict.path] == ["stock", "shop", "edge"]
    assert [step.role for step in verdict.path] == ["origin", "passed", "surfaced"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_names_and_order_do_not_matter(seed: int) -> None:
    names = {"stock": "zeta", "edge": "alpha", "shop": "stock", "keeper": "edge"}
    drawing = shuffled(renamed(system(seed, slower), names), seed)
    assert [cause.service for cause in analyse(store_of(drawing), RULES).causes] == ["zeta"]


def test_a_moment_that_is_told_is_used() -> None:
    store = store_of(system(5, farther))
    start = sorted(store.traces.start.tolist())
    (cause,) = analyse(store, RULES, incident_ns=start[45]).causes
    assert cause.service == "stock"
    assert len(cause.ids) == 45


def test_few_requests_say_nothing() -> None:
    assert analyse(store_of(system(1, slower, requests=16)), RULES).causes == ()


def dropping(request: Request) -> None:
    request.drops = frozenset({"shop"})


def test_a_service_that_does_not_call_on_is_the_cause() -> None:
    (cause,) = analysed(dropping).causes
    assert (cause.service, cause.hypothesis) == ("shop", "code-fault")
    assert re.search(
        r"shop work ends without any call in (9\d|100)% of its traces, in 0% before", cause.title
    )


def test_a_recovery_is_no_fault() -> None:
    drawing = system(1, dropping)
    begun = max(trace.at_s for trace in drawing.traces)
    backwards = tuple(replace(trace, at_s=begun - trace.at_s) for trace in drawing.traces)
    assert analyse(store_of(replace(drawing, traces=backwards)), RULES).causes == ()


def talkative(request: Request) -> None:
    request.times["keeper"] = 30


def test_more_calls_as_quick_as_ever_are_the_callers_fault() -> None:
    (cause,) = analysed(talkative).causes
    assert (cause.service, cause.hypothesis, cause.category) == ("stock", "chatty-caller", "application")
    assert "30 calls" in cause.title


def test_a_version_that_came_with_a_change_is_told() -> None:
    """Also where it came some time after the moment at which is looked."""
    drawing = system(1, talkative, since=0.55)
    half = drawing.traces[round(0.55 * len(drawing.traces))].at_s
    traces = tuple(
        replace(trace, spans=tuple(
            replace(s, resource=(("service.version", "8" if trace.at_s >= half else "7"),)) for s in trace.spans
        ))
        for trace in drawing.traces
    )  # fmt: skip
    (cause,) = analyse(store_of(replace(drawing, traces=traces)), RULES).causes
    assert [one.text for one in cause.evidence if one.kind == "change"] == ["stock 7 → 8"]


def test_calls_made_too_often_explain_the_time_that_runs_out_for_them() -> None:
    """Now and then time ran out before as well."""
    drawing = system(1, talkative, requests=200)
    late = [trace for trace in drawing.traces[100:] if trace.at_s > 0][::2]
    out = {trace.name for trace in (drawing.traces[3], drawing.traces[40], *late)}
    traces = tuple(
        replace(trace, spans=tuple(
            replace(s, status=2, exceptions=(("DeadlineExceeded", "deadline of 80 ms exceeded calling stock"),))
            if trace.name in out and s.label == trace.spans[0].label else s for s in trace.spans
        ))
        for trace in drawing.traces
    )  # fmt: skip
    found = analyse(store_of(replace(drawing, traces=traces)), RULES)
    assert (found.causes[0].service, found.causes[0].hypothesis) == ("stock", "chatty-caller")


def test_a_slow_call_between_others_is_found() -> None:
    """Its time is its own, though calls of the same parent lie before and behind it."""
    traces = []
    for trace in system(1, requests=120).traces:
        edge = trace.spans[0]
        after = edge.duration_ms or 0.0
        slow = 200.0 if trace.at_s > 60 else 10.0
        index = DrawnSpan(f"{trace.name}q", edge.label, "edge", "search", KINDS["client"], after, slow,
                          attributes=(("db.system", "milvus"),))  # fmt: skip
        last = DrawnSpan(f"{trace.name}c", edge.label, "edge", "send", KINDS["client"], after + slow, 30.0)
        told = DrawnSpan(f"{trace.name}s", last.label, "writer", "write", KINDS["server"], after + slow, 29.0)
        whole = replace(edge, duration_ms=after + slow + 30.0)
        traces.append(replace(trace, spans=(whole, *trace.spans[1:], index, last, told)))
    (cause,) = analyse(store_of(Drawing(traces=tuple(traces))), RULES).causes
    assert (cause.service, cause.hypothesis) == ("milvus", "dependency-slow")


def pair_slower(request: Request) -> None:
    request.slower |= {"stock": 8.0, "price": 6.0}


@pytest.mark.parametrize(
    "hosts", [{}, {"stock": "node-1", "price": "node-1"}, {"stock": "node-1", "price": "node-2"}]
)
def test_what_is_slow_beside_another_may_be_so_for_their_host(hosts: dict[str, str]) -> None:
    drawing = system(1, pair_slower)
    placed = tuple(
        replace(trace, spans=tuple(
            replace(s, resource=(("host.name", hosts[s.service]),)) if s.service in hosts else s for s in trace.spans
        ))
        for trace in drawing.traces
    )  # fmt: skip
    cause = analyse(store_of(replace(drawing, traces=placed)), RULES).causes[0]
    assert (cause.service, cause.hypothesis) == ("stock", "slow-self")
    apart = len(set(hosts.values())) == 2
    assert cause.confidence == ("high" if apart else "medium")
    assert any("price" in reason for reason in cause.reasons) is not apart


def crowded(request: Request) -> None:
    for service in ("stock", "price", "shop"):
        request.slower[service] = 6.0


def test_what_is_slow_under_a_higher_load_is_slow_for_it() -> None:
    drawing = system(3, crowded, requests=160)
    half = drawing.traces[80].at_s
    crowd = tuple(
        replace(t, at_s=half + (t.at_s - half) / 8 if t.at_s > half else t.at_s) for t in drawing.traces
    )
    (cause,) = analyse(store_of(replace(drawing, traces=crowd)), RULES).causes
    assert (cause.service, cause.hypothesis, cause.category) == ("edge", "overload", "capacity")


def test_a_higher_load_is_of_what_comes_from_outside() -> None:
    """A worker that takes two messages of each request is no gate, though most traces begin with it."""
    drawing = system(3, crowded, requests=160)
    half = drawing.traces[80].at_s
    traces = []
    for trace in drawing.traces:
        at_s = half + (trace.at_s - half) / 8 if trace.at_s > half else trace.at_s
        traces.append(replace(trace, at_s=at_s))
        for nth in ("a", "b"):
            span = DrawnSpan(f"{trace.name}{nth}", "", "worker", "take", 5, 0.0, 3.0)
            traces.append(DrawnTrace(f"{trace.name}{nth}", at_s + 0.001, (span,)))
    cause = analyse(store_of(replace(drawing, traces=tuple(traces))), RULES).causes[0]
    assert (cause.service, cause.hypothesis) == ("edge", "overload")


def test_a_higher_load_alone_is_no_cause() -> None:
    drawing = system(3, requests=160)
    half = drawing.traces[80].at_s
    crowd = tuple(
        replace(t, at_s=half + (t.at_s - half) / 8 if t.at_s > half else t.at_s) for t in drawing.traces
    )
    assert analyse(store_of(replace(drawing, traces=crowd)), RULES).causes == ()


@pytest.mark.parametrize("kind", ["client", "internal", "none"])
def test_a_slow_database_without_spans_is_at_fault_and_not_who_asks_it(kind: str) -> None:
    """Not every library says that its queries are calls."""

    def slow(request: Request) -> None:
        request.slower["keeper"] = 60.0

    drawing = system(3, slow)
    traces = []
    for trace in drawing.traces:
        asked = {span.parent for span in trace.spans if span.service == "keeper"}
        spans = (
            replace(span, operation="SELECT", kind=KINDS[kind], attributes=(("db.system", "postgresql"),))
            if span.label in asked
            else span
            for span in trace.spans
            if span.service != "keeper"
        )
        traces.append(replace(trace, spans=tuple(spans)))
    found = analyse(store_of(replace(drawing, traces=tuple(traces))), RULES)
    (cause,) = found.causes
    assert (cause.service, cause.hypothesis) == ("postgresql", "dependency-slow")
    path = found.verdicts[cause.ids[0]].path
    assert [step.service for step in path] == ["postgresql", "stock", "shop", "edge"]
