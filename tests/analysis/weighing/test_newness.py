"""What is new comes first; what merely met more requests of its kind is not."""

from __future__ import annotations

import math

from explorer.analysis.causes import analyse
from explorer.analysis.weighing.newness import is_old, weight_of
from tests.analysis.rules import RULES
from tests.drawn import Drawing, draw, repeated
from tests.drawn_store import store_of

PAID = "trace p at={at}\ngate: POST /pay | server 0+50 200\n  pay: charge | server 5+40 200"
REFUSED = """
trace n at={at}
gate: POST /pay | server 0+50 500 error
  pay: charge | server 5+40 500 error !KeyError('card')
"""
UNLUCKY = """
trace c at={at}
gate: GET /profile | server 0+50 500 error
  users: load | server 5+40 500 error !ValueError(bad birthday)
"""
SHOWN = "trace f at={at}\ngate: GET /profile | server 0+50 200\n  users: load | server 5+40 200"


def _many(text: str, at: float, times: int, every_s: float, name: str) -> Drawing:
    return repeated(draw(text.format(at=at)), times, every_s, name)


def test_more_requests_of_a_kind_that_often_fails_are_nothing_new() -> None:
    """Profiles fail as often as ever, but many more are asked for since payments began to fail."""
    drawing = (
        _many(PAID, 0, 60, 1.0, "paid") + _many(REFUSED, 60.5, 20, 2.0, "refused") + _many(PAID, 61, 20, 2.0, "late")
        + _many(SHOWN, 0.2, 6, 10.0, "shown") + _many(UNLUCKY, 5.2, 6, 10.0, "unlucky")
        + _many(SHOWN, 60.2, 30, 1.2, "more") + _many(UNLUCKY, 60.8, 30, 1.2, "worse")
    )  # fmt: skip
    causes = analyse(store_of(drawing), RULES).causes
    assert [cause.service for cause in causes] == ["pay", "users"]
    assert any("not new" in reason for reason in causes[1].reasons)


def _unlucky_at(*minutes: float) -> Drawing:
    """Profiles all along, and those that fail at some times."""
    drawing = _many(SHOWN, 0, 200, 6.0, "shown")
    for nth, minute in enumerate(minutes):
        drawing += _many(UNLUCKY, 60 * minute + 0.5, 1, 1.0, f"unlucky{nth}")
    return drawing


def test_halves_that_differ_by_chance_only_are_no_news() -> None:
    """Seven failures, five of them late: so may seven that come whenever they like."""
    cause = analyse(store_of(_unlucky_at(1, 7, 11, 12, 14, 17, 18.5)), RULES).causes[0]
    assert any("not new" in reason for reason in cause.reasons)
    assert cause.confidence != "high"


def test_what_ended_is_not_said_to_go_on_all_along() -> None:
    cause = analyse(store_of(_unlucky_at(0.5, 1, 2, 3, 4, 5, 6, 7)), RULES).causes[0]
    assert not any("not new" in reason for reason in cause.reasons)


def test_a_few_among_many_that_did_the_same_are_told_as_such() -> None:
    few = analyse(store_of(_unlucky_at(7, 12)), RULES).causes[0]
    assert few.confidence == "low"
    assert any("too few to tell" in reason for reason in few.reasons)


def test_weights() -> None:
    assert weight_of(math.nan, some_new=False) == weight_of(1.0, some_new=False) == 1.0
    assert weight_of(1.0, some_new=True) < weight_of(math.nan, some_new=True) < weight_of(0.04, some_new=True)
    assert weight_of(0.0, some_new=True) == 1.0
    assert is_old(0.5)
    assert not is_old(math.nan)
