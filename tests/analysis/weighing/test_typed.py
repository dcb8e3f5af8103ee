"""What the rules know nothing of is the service's own fault only where the bundle has the evidence for that."""

from __future__ import annotations

import pytest

from explorer.analysis.categories.phrases import without_ids
from explorer.analysis.causes import analyse
from tests.analysis.rules import RULES
from tests.drawn import draw, repeated
from tests.drawn_store import store_of

HEALTHY = """
trace fine
gate: GET /pay | server 0+80 200
  pay: charge  | server 10+60 200
"""
FAILING = """
trace bad at={at}
gate: GET /pay | server 0+300 500 error
  pay: charge  | server 10+250 error {says}
"""
WORDS = 'says="the frobnicator returned a bent widget"'
GUESSED = 'says="retry budget exhausted"'  # no rule knows it, and its words make capacity likely


@pytest.mark.parametrize(
    ("says", "at", "count", "category"),
    [
        (WORDS, 600, 12, "application"),
        (WORDS, 0, 12, "unknown"),  # as often before: no news
        (WORDS, 600, 2, "unknown"),  # too few to tell
        ("", 600, 12, "unknown"),  # nothing is said
        (GUESSED, 600, 12, "application"),
        (GUESSED, 0, 12, "capacity"),
    ],
)
def test_an_error_without_a_rule(says: str, at: int, count: int, category: str) -> None:
    every = 10 if at else 50
    bad = repeated(draw(FAILING.format(at=at, says=says)), count, every)
    store = store_of(repeated(draw(HEALTHY), 60, 10, "fine") + bad)
    analysis = analyse(store, RULES)
    found = next(one for one in analysis.causes if one.service == "pay")
    assert found.category == category
    assert {analysis.verdicts[row].category for row in found.ids} == {category}


@pytest.mark.parametrize(
    "text",
    [
        "TraceID: dc7db5cbec8d511cb7e08fd7c7b47c00 SpanID: b6ce9b3cd8b064a8 no such order",
        "trace_id=dc7db5cbec8d511cb7e08fd7c7b47c00 no such order",
        'no such order request id: "4bf92f35-77b3-4da6-a3ce-929d0e0e4736"',
    ],
)
def test_ids_and_what_they_are_called_are_no_words_of_an_error(text: str) -> None:
    left = without_ids(text).lower()
    assert "no such order" in left
    assert not any(word in left for word in ("trace", "span", "request"))
