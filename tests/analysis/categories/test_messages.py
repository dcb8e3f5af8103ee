"""Whether the shipped rules give errors the categories people give them."""

from __future__ import annotations

from collections import Counter

import pytest

from explorer.analysis.categories.matching import RuleIndex
from explorer.analysis.categories.signals import Signal
from tests.analysis.categories.shipped import judged, shipped
from tests.categories_report import (
    Case,
    accuracy,
    held_out_cases,
    judge,
    own_cases,
    public_cases,
    report,
    staged_cases,
)
from tests.shared import needs_shared

VAGUE = (
    "Request failed",
    "Oops! something broke",
    "Unhandled error in job 17",
    "Error processing item",
    "Task 12 failed",
    "operation was unsuccessful",
    "Job terminated with failure",
    "see logs for details",
    "status: failed",
    "an error occurred while processing your request",
    "retrying in 5s",
    "giving up after 3 attempts",
    "max retries exceeded",
    "error id=7f3a",
    "Execution failed",
    "Step 3 failed",
    "checkout failed",
    "The action could not be completed",
    "Unexpected error",
    "unexpected response",
    "Error calling service",
    "could not process order",
    "Failed to handle message",
    "RuntimeError: failed",
    "error while handling event user.created",
    "Failure in worker 7",
    "Sync failed for account 991",
    "Could not complete payment",
    "Error in pipeline stage 4",
    "Exception: no details",
    "callback returned an error",
    "batch 12 had 3 failures",
    "Process finished with errors",
    "com.acme.ShopException: checkout",
    "[object Object]",
    "E1 E2 E3",
    "failed to save",
    "Error while fetching products",
    "job 8 status=FAILED attempt=2",
)


def test_our_own_messages_get_their_category() -> None:
    judged = judge(own_cases(), shipped())
    assert len(judged) > 1000
    assert accuracy(judged) >= 0.98, report(judged)


def test_messages_in_public_code_mostly_get_their_category() -> None:
    judged = judge(own_cases("sources"), shipped())
    assert len(judged) > 1000
    assert accuracy(judged) >= 0.78, report(judged)


def test_each_category_is_recognised() -> None:
    judged = judge(own_cases(), shipped())
    all_of = Counter(each.case.category for each in judged)
    right = Counter(each.case.category for each in judged if each.verdict.category == each.case.category)
    assert {category: round(right[category] / count, 2) for category, count in all_of.items()} == {
        category: pytest.approx(1, abs=0.08) for category in all_of
    }


def test_messages_the_rules_were_never_mended_for() -> None:
    judged = judge(held_out_cases(), shipped())
    wrong = [each for each in judged if each.verdict.category not in {"unknown", each.case.category}]
    sure = [each for each in wrong if each.verdict.strength > 0.7]
    assert accuracy(judged) >= 0.9, report(judged)
    assert len(sure) <= 0.04 * len(judged), report(judged)


@pytest.mark.parametrize(
    ("name", "count", "right", "wrong"),
    [
        ("public", 106, 0.85, 0.1),
        ("threads", 51, 0.85, 0.1),
        ("fresh", 65, 0.75, 0.2),
        ("unseen", 80, 0.8, 0.15),
        ("field", 66, 0.88, 0.12),
        ("afield", 329, 0.79, 0.18),
        ("shown", 189, 0.78, 0.18),
        ("kept", 190, 0.68, 0.29),
        ("numbers", 180, 0.94, 0.04),
    ],
)
def test_messages_of_public_software(name: str, count: int, right: float, wrong: float) -> None:
    judged = judge(public_cases(name), shipped())
    assert len(judged) == count
    assert accuracy(judged) >= right, report(judged)
    misses = [each for each in judged if each.verdict.category not in {"unknown", each.case.category}]
    assert len(misses) <= wrong * len(judged), report(judged)


def test_a_message_that_tells_nothing_stays_unknown() -> None:
    guessed = [text for text in VAGUE if judged_message(text) != "unknown"]
    assert len(guessed) <= 2, guessed


def test_letters_of_an_id_are_no_words() -> None:
    with_id = "request 1c9f0a2e-edac-4f11-9ead-0011223344ff stopped"
    assert judged_message(with_id) == judged_message("request … stopped")
    assert judged_message("EDAC MC0: 1 CE memory read error") == "system"


def judged_message(text: str) -> str:
    return judge([Case("here", "", (Signal("message", text),))], shipped())[0].verdict.category


def test_what_is_said_does_not_depend_on_the_order_of_what_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words are kept in sets, whose order differs from run to run."""
    text = "InvalidModelVersionException: Model version not found."
    said = judged("message", text)
    fitting = RuleIndex.hits
    monkeypatch.setattr(RuleIndex, "hits", lambda self, signal: reversed(list(fitting(self, signal))))
    shipped().known.clear()
    assert judged("message", text) == said


@needs_shared
@pytest.mark.parametrize("stacks", [False, True], ids=["class and message", "stack trace"])
def test_staged_exceptions(stacks: bool) -> None:
    judged = judge(staged_cases(stacks), shipped())
    assert accuracy(judged) >= 0.95, report(judged)


def test_a_report_names_what_was_missed() -> None:
    judged = judge([Case("here", "client", own_cases()[0].signals)], shipped())
    assert "0.0% of 1 right" in report(judged)
    assert "1 client called" in report(judged)
