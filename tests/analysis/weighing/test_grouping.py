"""Faults that are one cause: what an open circuit guarded."""

from __future__ import annotations

from explorer.analysis.causes import analyse
from tests.analysis.rules import RULES
from tests.drawn_store import store_of

HEALTHY = """
trace ok-{at} at={at}
gate: GET /buy | server 0+80 200
  gate: quote | client 10+40 200 peer=quote
    quote: price | server 12+30 200
      quote: seats | client 14+20 200 peer=seats
        seats: count | server 16+10 200
"""
REFUSED = """
trace refused-{at} at={at}
gate: GET /plan | server 0+80 500 error
  gate: seats | client 10+4 error peer=seats !ConnectException(Connection refused: seats:8080)
"""
OPEN = """
trace open-{at} at={at}
gate: GET /buy | server 0+80 500 error
  gate: quote | client 10+1 error peer=quote !CircuitBreakerOpen(circuit breaker 'quote' is open)
"""


def test_a_circuit_opened_for_the_outage_of_what_the_guarded_service_calls() -> None:
    drawn = [HEALTHY.format(at=at) for at in range(9)]
    drawn += [REFUSED.format(at=at) for at in range(20, 24)] + [OPEN.format(at=at) for at in range(30, 36)]
    (cause,) = analyse(store_of("".join(drawn), "export.jsonl"), RULES).causes
    assert (cause.service, len(cause.ids)) == ("seats", 10)
