"""Lines that no longer follow, resources that fill up, ways that were slow all along, waiting that is no work."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import count

import pytest

from explorer.analysis.causes import analyse
from explorer.analysis.results import Analysis
from explorer.analysis.weighing.period import period_of
from tests.analysis.deviations.system import Incident, Request, system
from tests.analysis.rules import RULES
from tests.drawn import Drawing, DrawnLog, DrawnMetric, DrawnSpan, DrawnTrace
from tests.drawn_store import store_of


def analysed(drawing: Drawing, incident_ns: int | None = None, window_ns: int = 0) -> Analysis:
    return analyse(store_of(drawing), RULES, incident_ns=incident_ns, window_ns=window_ns)


def hurried(request: Request) -> None:
    request.hurried = frozenset({"stock"})


def test_a_line_that_no_longer_follows_is_a_fault_of_who_wrote_it() -> None:
    (cause,) = analysed(system(1, hurried, logs=True)).causes
    assert (cause.service, cause.hypothesis) == ("stock", "code-fault")
    assert "all is done" in cause.evidence[0].text
    assert "in 100% before" in cause.evidence[0].text


def test_who_called_less_and_so_says_less_is_not_blamed() -> None:
    def dropping(request: Request) -> None:
        request.drops = frozenset({"shop"})

    (cause,) = analysed(system(1, dropping, logs=True)).causes
    assert cause.service == "shop"


def test_words_alone_give_a_new_warning_no_category() -> None:
    def warned(trace: DrawnTrace) -> DrawnTrace:
        own = next(span for span in trace.spans if span.service == "stock")
        line = DrawnLog(
            "stock", "WARN", "cache miss for profile-svc, loading from origin", 9.0, trace.name, own.label
        )
        return replace(trace, logs=(*trace.logs, line))

    drawing = system(1, logs=True)
    traces = (*drawing.traces[:45], *map(warned, drawing.traces[45:]))
    (cause,) = analysed(replace(drawing, traces=traces)).causes
    assert (cause.service, cause.category, cause.subcategory) == ("stock", "application", "changed-behaviour")


def _usage(service: str, levels: list[float]) -> DrawnMetric:
    return DrawnMetric("cpu_usage_percent", service, 8.0, tuple(levels))


def _metered(drawing: Drawing, *full: str) -> Drawing:
    steps = 12
    metrics = tuple(
        _usage(name, [4.0 + at % 3 if at < steps // 2 or name not in full else 97.0 for at in range(steps)])
        for name in ("edge", "shop", "stock", "price", "login", "keeper")
    )
    return replace(drawing, metrics=metrics)


def slow_and_far(request: Request) -> None:
    request.slower["stock"] = 8.0
    request.farther["stock"] = 40.0


@pytest.mark.parametrize("incident", [slow_and_far, lambda request: request.slower.update(stock=4.0)])
def test_a_processor_that_is_full_explains_slow_work_and_slow_calls(incident: Incident) -> None:
    (cause,) = analysed(_metered(system(4, incident), "stock")).causes
    assert (cause.service, cause.hypothesis, cause.category) == ("stock", "host-resource", "system")
    assert any(one.kind == "metric" and one.series >= 0 for one in cause.evidence)


def test_a_processor_that_is_full_of_a_service_as_quick_as_ever_is_no_cause() -> None:
    assert analysed(_metered(system(4), "stock")).causes == ()


def far(request: Request) -> None:
    request.farther["stock"] = 900.0


def test_a_way_that_was_slow_all_along_is_found_beside_the_others() -> None:
    (cause,) = analysed(system(2, far, since=0.0)).causes
    assert (cause.service, cause.hypothesis) == ("stock", "pod-network")
    assert cause.confidence != "high"


def _with_handler(drawing: Drawing) -> Drawing:
    """Beside each call a handler span that lasts as long, as asynchronous servers record it."""
    traces = []
    for trace in drawing.traces:
        handlers = tuple(
            replace(span, label=f"{span.label}h", operation="handle", kind=1)
            for span in trace.spans
            if span.operation == "send"
        )
        traces.append(replace(trace, spans=trace.spans + handlers))
    return replace(drawing, traces=tuple(traces))


def test_waiting_beside_a_call_is_no_work() -> None:
    (cause,) = analysed(_with_handler(system(1, lambda request: request.slower.update(keeper=9.0)))).causes
    assert cause.service == "keeper"


def test_a_window_leaves_out_what_lies_far_from_the_incident() -> None:
    drawing = system(1, hurried, logs=True)
    start = store_of(drawing).traces.start
    begun, half = int(start[0]), int(sorted(start.tolist())[45])
    assert analysed(drawing, incident_ns=half, window_ns=1).causes == ()
    (cause,) = analysed(drawing, incident_ns=half, window_ns=half - begun).causes
    assert cause.service == "stock"


def test_moments_lie_near_what_was_told() -> None:
    start = store_of(system(1)).traces.start
    told = int(start[30])
    assert period_of(start, told).moments_ns[0] == told
    assert all(abs(moment - told) <= 60 * 10**9 for moment in period_of(start, told).moments_ns)
    assert period_of(start[:0], None).moments_ns == ()
    assert math.isfinite(period_of(start, None).end_ns)


@pytest.mark.parametrize("stated", [float, str], ids=["as numbers", "as texts"])
def test_data_that_grows_old_is_told_however_a_format_keeps_its_age(
    stated: Callable[[float], object],
) -> None:
    drawing = system(1)
    traces = tuple(
        replace(trace, spans=tuple(
            replace(span, attributes=(("model.age_hours", stated(700.0 if at >= 45 else 5.0 + at % 3)),))
            if span.service == "price" else span
            for span in trace.spans
        ))
        for at, trace in enumerate(drawing.traces)
    )  # fmt: skip
    (cause,) = analysed(replace(drawing, traces=traces)).causes
    assert (cause.service, cause.category) == ("price", "data")
    assert "model.age_hours 700" in cause.title


def test_who_says_that_time_ran_out_and_was_quick_is_not_called_slow() -> None:
    def spans_of(trace: DrawnTrace, late: bool) -> tuple[DrawnSpan, ...]:
        said = (
            {"status": 2, "message": "context deadline exceeded", "duration_ms": 5.0}
            if late
            else {"duration_ms": 6.0}
        )
        return tuple(replace(span, **said) if span.service == "price" else span for span in trace.spans)

    traces = tuple(
        replace(trace, spans=spans_of(trace, at >= 45)) for at, trace in enumerate(system(1).traces)
    )
    cause = analysed(Drawing(traces=traces)).causes[0]
    assert "context deadline exceeded" in cause.title
    assert "was slow" not in cause.title


def for_a_while(begin_s: float, end_s: float) -> Incident:
    def slow(request: Request) -> None:
        request.slower = {"stock": 8.0} if begin_s <= request.at_s < end_s else {}

    return slow


def test_what_was_slow_for_a_while_and_recovered_is_found() -> None:
    (cause,) = analysed(system(5, for_a_while(60, 100), requests=200, since=0.0)).causes
    assert (cause.service, cause.hypothesis) == ("stock", "slow-self")
    assert any("after it was over" in one.text for one in cause.evidence)


@pytest.mark.parametrize("seed", range(3))
def test_a_while_like_any_other_is_no_cause(seed: int) -> None:
    assert analysed(system(seed, requests=200)).causes == ()


@pytest.mark.parametrize(("version", "category"), [("5", "system"), ("6", "application")])
def test_one_slow_pod_of_several_is_told_although_most_requests_go_elsewhere(
    version: str, category: str
) -> None:
    numbers = count()

    def slow(request: Request) -> None:
        request.slower = {"stock": 12.0} if (at := next(numbers)) >= 90 and at % 3 == 0 else {}

    drawn = system(6, slow, requests=180, since=0.0)
    traces = []
    for at, trace in enumerate(drawn.traces):
        where = (("k8s.pod.name", f"stock-{at % 3}"), ("service.version", "5" if at % 3 else version))
        spans = (replace(one, resource=where) if one.service == "stock" else one for one in trace.spans)
        traces.append(replace(trace, spans=tuple(spans)))
    (cause,) = analysed(replace(drawn, traces=tuple(traces))).causes
    assert (cause.service, cause.entity.name, cause.category) == ("stock", "stock-0", category)
