"""Another candidate drawn as if it were the origin: its own path, what speaks for and against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache

import pytest

from explorer.analysis.causes import analyse
from explorer.analysis.results import Analysis, Verdict
from explorer.analysis.supposed import offered, supposed, supposing, supposition_words
from explorer.model.store import Store
from explorer.session.rules import known_rules
from tests.drawn_store import store_of

BESIDE = """
trace good at=10
gate: GET /pay      | server 0+80 200
  pay: charge       | server 10+60
trace bad at=60
gate: GET /pay      | server 0+500 500
  gate: work        | 5+480 error
    gate: stock       | client 10+100 error peer=stock
      stock: reserve  | server 15+90 error !OSError(disk full)
        - 50 ERROR could not write the journal
    gate: pay         | client 120+300 error peer=pay
      pay: charge     | server 125+290 error !ValueError(bad amount)
        pay: check    | 130+20 error !KeyError(amount)
        bank: debit   | server 230+40 error !RuntimeError(no)
"""


@cache
def answers() -> tuple[Store, Analysis, Verdict]:
    store = store_of(BESIDE)
    analysis = analyse(store, known_rules()[0])
    (verdict,) = analysis.verdicts.values()
    return store, analysis, verdict


def drawn(service: str, operation: str = "") -> Verdict:
    """The verdict with that candidate as the origin."""
    store, _, verdict = answers()
    known = offered(verdict)
    number = next(
        at for at, one in enumerate(known, 1) if one.service == service and operation in one.operation
    )
    return supposed(store, verdict, number)


def steps(verdict: Verdict) -> list[tuple[str, str, str]]:
    return [(step.service, step.operation, step.role) for step in verdict.path]


def test_what_was_found_stays_what_was_found() -> None:
    store, analysis, verdict = answers()
    assert steps(verdict) == [("pay", "check", "origin"), ("gate", "GET /pay", "surfaced")]
    for number in (0, 1, len(offered(verdict)) + 1):
        assert supposed(store, verdict, number) == verdict
    assert supposing(store, analysis, verdict.id, 1) is analysis
    assert supposition_words(verdict) == ""


def test_a_failure_beside_the_path_is_followed_up_to_where_both_meet() -> None:
    shown = drawn("stock")
    assert steps(shown) == [("stock", "reserve", "origin"), ("gate", "GET /pay", "surfaced")]
    assert shown.title == "stock: OSError: disk full"
    assert [one.text for one in shown.evidence] == [
        "stock reserve: OSError: disk full",
        "“could not write the journal”",
    ]
    assert shown.against == ("It leaves unexplained that pay check ended with “KeyError: amount”",)


def test_where_it_joins_the_hop_of_the_origin_that_hop_passes_on_what_its_own_span_says() -> None:
    shown = drawn("bank")
    assert steps(shown) == [
        ("bank", "debit", "origin"),
        ("pay", "charge", "passed"),
        ("gate", "GET /pay", "surfaced"),
    ]
    assert shown.path[1].text == "ValueError: bad amount"
    assert shown.against[1] == "pay check elsewhere had ended 120 ms before"


def test_a_later_step_of_the_path_leaves_out_what_came_before_it() -> None:
    shown = drawn("gate")
    assert steps(shown) == [("gate", "GET /pay", "origin")]
    assert shown.against[1].startswith("pay check below it")


@pytest.mark.parametrize("service", ["stock", "bank", "gate"])
def test_a_supposition_is_marked_and_belongs_to_no_cause(service: str) -> None:
    store, analysis, found = answers()
    shown = drawn(service)
    assert (shown.cause, shown.rule, shown.fingerprint, shown.detected) == (-1, "", "", None)
    words = supposition_words(shown)
    assert words == f"candidate {shown.supposed} of {len(offered(found))}, drawn instead of the first"
    instead = supposing(store, analysis, found.id, shown.supposed)
    assert instead.verdicts[found.id] == shown
    assert analysis.verdicts[found.id] is found
    rows = [row for step in shown.path for row in step.rows]
    assert len(rows) == len(set(rows)), "a span belongs to one step"


def test_the_way_goes_on_over_a_link_to_who_published() -> None:
    store = store_of("""
trace one at=10
shop: POST /order   | server 0+900 500 request=rq-1
  shop: stock       | client 5+20 error peer=stock
    stock: reserve  | server 6+18 error !KeyError(sku)
  shop: publish     | producer 40+10 name=sent
trace two at=10
mail: consume       | consumer 60+100 error link=sent !ValueError(no address) request=rq-1
""")
    (verdict,) = analyse(store, known_rules()[0]).verdicts.values()
    mail, stock = offered(verdict)[:2]
    assert (mail.service, stock.service) == ("mail", "stock")
    found = replace(supposed(store, verdict, 2), supposed=0, candidates=(stock, mail))
    path = supposed(store, found, 2).path
    assert [(step.service, step.relation) for step in path] == [("mail", None), ("shop", "link")]


def test_the_rule_and_its_words_are_told_of_what_was_found_alone() -> None:
    _, _, found = answers()
    assert found.decided_by == f"Decided by the rule {found.rule}, on " + ", ".join(
        f"“{each}”" for each in found.rule_words
    )
    assert found.rule_words
    other = drawn("stock")
    assert (other.supposed > 0, other.decided_by) == (True, "")


def test_verdicts_of_other_ids_are_not_decoded_for_it() -> None:
    store, analysis, verdict = answers()

    class Kept(Mapping[int, Verdict]):
        def __getitem__(self, row: int) -> Verdict:
            assert row == verdict.id
            return verdict

        def __contains__(self, row: object) -> bool:
            return row in (verdict.id, 7)

        def __iter__(self) -> Iterator[int]:
            return iter((verdict.id, 7))

        def __len__(self) -> int:
            return 2

    found = supposing(store, replace(analysis, verdicts=Kept()), verdict.id, 2)
    assert found.verdicts[verdict.id] == supposed(store, verdict, 2)
    assert (len(found.verdicts), 7 in found.verdicts) == (2, True)
