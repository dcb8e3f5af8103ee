"""Whether the shipped rules give errors the categories people give them."""

from __future__ import annotations

from collections import Counter

import pytest

from explorer.analysis.categories.signals import Signal
from tests.analysis.categories.shipped import shipped
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


def test_our_own_messages_get_their_category() -> None:
    judged = judge(own_cases(), shipped())
    assert len(judged) > 1000
    assert accuracy(judged) >= 0.98, report(judged)


def test_messages_in_public_code_mostly_get_their_category() -> None:
    judged = judge(own_cases("sources"), shipped())
    assert len(judged) > 1000
    assert accuracy(judged) >= 0.8, report(judged)


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


@pytest.mark.parametrize(("name", "count"), [("public", 106), ("threads", 51)])
def test_messages_of_public_software(name: str, count: int) -> None:
    judged = judge(public_cases(name), shipped())
    assert len(judged) == count
    wrong = [each for each in judged if each.verdict.category not in {"unknown", each.case.category}]
    assert accuracy(judged) >= 0.85, report(judged)
    assert len(wrong) <= 0.1 * len(judged), report(judged)


def test_letters_of_an_id_are_no_words() -> None:
    with_id = "request 1c9f0a2e-edac-4f11-9ead-0011223344ff stopped"
    assert judged_message(with_id) == judged_message("request … stopped")
    assert judged_message("EDAC MC0: 1 CE memory read error") == "system"


def judged_message(text: str) -> str:
    return judge([Case("here", "", (Signal("message", text),))], shipped())[0].verdict.category


@needs_shared
@pytest.mark.parametrize("stacks", [False, True], ids=["class and message", "stack trace"])
def test_staged_exceptions(stacks: bool) -> None:
    judged = judge(staged_cases(stacks), shipped())
    assert accuracy(judged) >= 0.95, report(judged)


def test_a_report_names_what_was_missed() -> None:
    judged = judge([Case("here", "client", own_cases()[0].signals)], shipped())
    assert "0.0% of 1 right" in report(judged)
    assert "1 client called" in report(judged)
