"""What an id did not call although others do: a fallback only where it saves requests in which something failed."""

from __future__ import annotations

from explorer.analysis.facts import facts_of
from explorer.analysis.not_called import missing_calls
from tests.drawn import draw, repeated
from tests.drawn_store import store_of

FAILED = """
trace failed
gate: GET /rank | server 0+40 error 500
  rank: rank | server 5+30 error !ValueError(bad)
"""
SAVED = """
trace saved at=100
gate: GET /rank | server 0+60 200
  rank: rank | server 5+30 error !ValueError(bad)
  popular: top | server 40+10
"""
COUNTED = """
trace counted at=200
gate: GET /rank | server 0+60 200
  rank: rank | server 5+30
  counter: add | server 40+10
"""
PLAIN = """
trace plain at=300
gate: GET /rank | server 0+60 200
  rank: rank | server 5+30
"""


def test_only_what_follows_a_failure_is_a_fallback() -> None:
    drawing = draw(FAILED) + repeated(draw(SAVED), 3) + repeated(draw(COUNTED), 3) + repeated(draw(PLAIN), 6)
    facts = facts_of(store_of(drawing))
    failed = int(facts.ids.outcome.argmax())
    labels = {one.name: one.label for one in missing_calls(facts, failed)}
    assert labels == {"popular": "fallback not taken", "counter": "not reached"}
