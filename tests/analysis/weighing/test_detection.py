"""Where a failure was noticed, shown beside the cause where that is elsewhere."""

from __future__ import annotations

import pytest

from explorer.analysis.causes import analyse
from explorer.analysis.results import Detected
from tests.analysis.acceptance.judging import first_id
from tests.analysis.acceptance.situations import CASES
from tests.analysis.rules import RULES
from tests.drawn import draw
from tests.drawn_store import store_of

BY_NUMBER = {case.number: case for case in CASES}


@pytest.mark.parametrize(
    ("number", "category", "detected"),
    [
        (1, "data", None),  # it is noticed where it begins
        (6, "infrastructure", Detected("orders", "pay", "infrastructure")),
        (30, "system", Detected("orders", "reserve", "infrastructure")),
        (32, "model", Detected("post", "decode", "data")),
    ],
)
def test_the_category_is_of_the_cause_and_the_symptom_keeps_its_own(
    number: int, category: str, detected: Detected | None
) -> None:
    analysis = analyse(store_of(draw(BY_NUMBER[number].drawing)), RULES)
    verdict = analysis.verdicts[first_id(analysis)]
    cause = analysis.causes[verdict.cause]
    assert (verdict.category, verdict.detected) == (category, detected)
    assert (cause.category, cause.detected) == (category, detected)


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (Detected("post", "decode", "application"), "detected in post as an application error"),
        (Detected("model", "chat", "data"), "detected in chat as a data error"),
        (Detected("post", "decode", "unknown"), "detected in post"),
    ],
)
def test_words(one: Detected, words: str) -> None:
    assert one.words("model") == words
