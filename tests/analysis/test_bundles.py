"""Causes over a bundle: brought together, kept apart, ranked, and none where nothing is wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.analysis.causes import analyse
from explorer.analysis.results import Analysis
from explorer.errors import Cancelled
from explorer.model.store import Store
from tests.analysis.acceptance import answers, calls, waiting
from tests.analysis.rules import RULES
from tests.drawn import Drawing, draw, repeated, without_status
from tests.drawn_store import store_of

HEALTHY = repeated(draw(waiting.HEALTHY), 30, 0.5, "fine")


def _analysed(drawing: Drawing | str) -> tuple[Store, Analysis]:
    store = store_of(drawing)
    return store, analyse(store, RULES)


def _case(number: int) -> Drawing:
    cases = (*calls.CASES, *waiting.CASES, *answers.CASES)
    return draw(next(case.drawing for case in cases if case.number == number))


def test_an_open_circuit_is_explained_by_the_errors_that_opened_it() -> None:
    failing = repeated(
        draw("""
trace a
gate: POST /orders | server 0+250 500 error
  orders: create | server 5+240 500 error
    orders: reserve | client 225+10 500 error peer=inventory
      inventory: reserve | server 226+8 500 error !OperationalError(disk I/O error)
"""),
        6,
    )
    opened = repeated(
        draw("""
trace b at=10
gate: POST /orders | server 0+250 500 error
  orders: create | server 5+240 500 error
    orders: reserve | 225+1 error !CallNotPermittedException(CircuitBreaker 'inventory' is OPEN)
"""),
        9,
    )
    _, analysis = _analysed(failing + opened + HEALTHY)
    (cause,) = analysis.causes
    assert (cause.service, cause.category, len(cause.ids)) == ("inventory", "system", 15)
    verdict = analysis.verdicts[max(analysis.verdicts)]
    assert verdict.path[0].row == -1
    assert [step.service for step in verdict.path] == ["inventory", "orders", "gate"]
    assert [step.relation for step in verdict.path] == [None, "rejected", "call"]


def test_two_independent_faults_are_two_causes_of_different_ids() -> None:
    _, analysis = _analysed(repeated(_case(1), 5) + repeated(_case(10), 8) + HEALTHY)
    assert {cause.service for cause in analysis.causes} == {"payments", "inventory"}
    first, second = analysis.causes
    assert not set(first.ids) & set(second.ids)
    assert (len(first.ids), len(second.ids)) == (8, 5)
    assert (first.rank, second.rank) == (1, 2)


def test_spans_exported_twice_count_once() -> None:
    once = _case(1)
    twice = replace(once, traces=tuple(replace(trace, spans=trace.spans * 2) for trace in once.traces))
    store, analysis = _analysed(twice)
    assert (len(store.spans), int(analysis.ids.errors[0])) == (6, 6)
    assert [step.service for step in analysis.verdicts[0].path] == ["payments", "orders", "gate"]


def test_where_only_errors_were_kept_the_cause_is_the_same() -> None:
    _, sampled = _analysed(repeated(_case(1), 30) + repeated(draw(calls.HEALTHY_ORDER), 1, 1.0, "fine"))
    _, whole = _analysed(repeated(_case(1), 30) + repeated(draw(calls.HEALTHY_ORDER), 90, 1.0, "fine"))
    assert [cause.title for cause in sampled.causes] == [cause.title for cause in whole.causes]
    assert sampled.causes[0].fingerprint == whole.causes[0].fingerprint


def test_what_is_new_ranks_before_what_was_always_there() -> None:
    chronic = repeated(
        draw("""
trace c
gate: GET /profile | server 0+50 500 error
  users: load | server 5+40 500 error !ValueError(bad birthday)
"""),
        20,
        10,
    )
    well = repeated(
        draw("trace f\ngate: GET /profile | server 0+50 200\n  users: load | server 5+40 200"), 60, 3.3
    )
    new = repeated(
        draw("""
trace n at=120
gate: POST /pay | server 0+50 500 error
  pay: charge | server 5+40 500 error !KeyError('card')
"""),
        12,
        6,
    )
    paid = repeated(
        draw("trace p\ngate: POST /pay | server 0+50 200\n  pay: charge | server 5+40 200"), 60, 2, "ok"
    )
    _, analysis = _analysed(chronic + well + new + paid)
    assert [cause.service for cause in analysis.causes] == ["pay", "users"]
    assert any("not new" in reason for reason in analysis.causes[1].reasons)


def test_a_healthy_bundle_has_no_cause() -> None:
    noise = repeated(_case(4), 2) + repeated(_case(22), 20)
    _, analysis = _analysed(HEALTHY + repeated(draw(waiting.HEALTHY), 60, 1.0, "more") + noise)
    assert analysis.causes == ()
    assert analysis.verdicts == {}


def test_a_few_users_who_leave_are_no_cause() -> None:
    _, analysis = _analysed(repeated(_case(8), 1) + HEALTHY)
    assert analysis.causes == ()


def test_many_users_who_leave_are_the_client() -> None:
    _, analysis = _analysed(repeated(_case(8), 20) + HEALTHY)
    (cause,) = analysis.causes
    assert (cause.category, cause.service, cause.entity.kind) == ("client", None, "client")


def test_an_unreadable_message_is_blamed_on_who_published_it() -> None:
    _, analysis = _analysed("""
trace a
jobs: publish event | producer 10+5 peer=events name=pub schema.version=3
trace b at=1
sink: process | consumer 0+50 error link=pub
  sink: decode | 5+10 error !AvroTypeException(Found schema v3, expecting v2: missing required field amount)
""")
    (verdict,) = analysis.verdicts.values()
    assert [(step.service, step.relation) for step in verdict.path] == [("jobs", None), ("sink", "link")]
    assert verdict.category == "data"


def test_a_consumer_that_fails_behind_a_queue_is_its_own_incident() -> None:
    store, analysis = _analysed("""
trace a
gate: POST /orders | server 0+50 200
  gate: publish | producer 10+5 peer=orders-topic name=pub
trace b at=1
mailer: process | consumer 0+50 error !SMTPRecipientsRefused(bad address) link=pub
""")
    (verdict,) = analysis.verdicts.values()
    assert store.trace_id(store.correlation.rows[verdict.id].traces[0]) != store.trace_id(0)
    assert [step.service for step in verdict.path] == ["mailer"]


@pytest.mark.parametrize("number", [1, 33, 44])
def test_traces_without_status_live_from_their_logs(number: int) -> None:
    logged = {
        1: ("payments: check card | 30+50 error", "      - 60 ERROR KeyError: 'expiry'"),
        33: ("post: decode | server 182+45 500 error", "    - 220 ERROR ValueError: Input contains NaN"),
        44: ("", ""),
    }
    cases = (*calls.CASES, *answers.CASES)
    case = next(one for one in cases if one.number == number)
    line, log = logged[number]
    text = "\n".join(
        f"{row}\n{log}" if line and row.strip().startswith(line) else row for row in case.drawing.splitlines()
    )
    healthy = repeated(without_status(draw(case.healthy)), 10, 1.0, "fine")
    _, analysis = _analysed(without_status(draw(text)) + healthy)
    (verdict,) = analysis.verdicts.values()
    assert [step.service for step in verdict.path] == list(case.path)
    assert verdict.category in case.categories


def test_an_id_known_only_from_logs_has_a_path_over_services() -> None:
    _, analysis = _analysed("""
log api INFO trace=x at=1 start
log db ERROR trace=x at=2 FATAL: remaining connection slots are reserved
log api ERROR trace=x at=2.1 query failed
""")
    (verdict,) = analysis.verdicts.values()
    assert [(step.service, step.row) for step in verdict.path] == [("db", -1), ("api", -1)]
    assert verdict.path[1].text == "query failed"
    assert verdict.category == "capacity"
    assert analysis.causes[0].confidence != "high"


def test_logs_alone_whose_error_nobody_knows_are_a_cause_of_their_service() -> None:
    _, analysis = _analysed("log bots ERROR trace=x at=1 no bot of that name was set up")
    (cause,) = analysis.causes
    assert cause.service == "bots"


def test_progress_is_told_and_cancel_is_heard() -> None:
    told: list[float] = []
    store = store_of(repeated(_case(1), 80))
    analyse(store, RULES, progress=told.append)
    assert told[-1] == 1.0
    assert told == sorted(told)
    with pytest.raises(Cancelled):
        analyse(store, RULES, cancelled=lambda: True)


def test_an_empty_bundle() -> None:
    store, analysis = _analysed(Drawing())
    assert (len(store.spans), analysis.causes, dict(analysis.verdicts)) == (0, (), {})


def test_records_that_cannot_be_opened_again_cost_no_analysis() -> None:
    store = store_of(_case(33))
    store.documents["length"][:] = 7
    (cause,) = analyse(store, RULES).causes
    assert (cause.service, cause.category) == ("post", "data")


def test_a_callee_that_is_told_of_in_words_only_is_the_cause() -> None:
    fine = """
trace ok
gate: POST /pay | server 0+60 200
  orders: create | server 2+50 200
    payment: charge | server 10+30 200
"""
    bad = """
trace bad at=40
gate: POST /pay | server 0+20 500 error
  orders: create | server 2+12 500 error !UpstreamError(call to payment failed)
"""
    _, analysis = _analysed(repeated(draw(fine), 30, 1.0, "fine") + repeated(draw(bad), 12))
    (cause,) = analysis.causes
    assert (cause.service, cause.hypothesis) == ("payment", "dependency-down")
    assert cause.title == "payment did not do its part: call to payment failed"


def test_what_is_contained_but_new_comes_before_a_single_other_failure() -> None:
    fine = """
trace ok
gate: POST /pay | server 0+60 200
  scores: get | server 10+30 200
"""
    contained = """
trace spared at=40
gate: POST /pay | server 0+60 200
  scores: get | server 10+30 500 error !IllegalStateException(no such tier)
"""
    other = """
trace other at=15
gate: POST /pay | server 0+60 500 error !CardDeclined(insufficient funds)
"""
    drawing = repeated(draw(fine), 40, 1.0, "fine") + repeated(draw(contained), 25) + draw(other)
    _, analysis = _analysed(drawing)
    assert [cause.service for cause in analysis.causes] == ["scores", "gate"]


def test_lines_that_come_without_the_failure_too_are_no_reason_for_it() -> None:
    fine = """
trace ok
gate: POST /pay | server 0+60 200
  stock: take | server 10+30 200
    - 20 ERROR queue full, dropping 14 samples
"""
    bad = """
trace bad at=40
gate: POST /pay | server 0+60 500 error
  stock: take | server 10+30 500 error
    - 20 ERROR queue full, dropping 14 samples
"""
    _, analysis = _analysed(repeated(draw(fine), 40, 1.0, "fine") + repeated(draw(bad), 12))
    assert "queue full" not in " ".join(
        [*(c.title for c in analysis.causes), *(e.text for c in analysis.causes for e in c.evidence)]
    )


_BLAMED = """
log gate ERROR trace=a at=1 orders service is unavailable
log orders ERROR trace=b at=2 stock service is unavailable
log stock ERROR trace=c at=3 {said}
"""


@pytest.mark.parametrize(
    ("said", "services"),
    [
        ("OSError: [Errno 28] No space left on device", {"stock"}),  # each blames the next one
        ("gate service is unavailable", {"gate", "orders", "stock"}),  # in a circle
    ],
)
def test_who_blames_another_is_joined_to_where_that_ends(said: str, services: set[str]) -> None:
    _, analysis = _analysed(_BLAMED.format(said=said))
    assert {cause.service for cause in analysis.causes} == services
    assert sum(len(cause.ids) for cause in analysis.causes) == 3
