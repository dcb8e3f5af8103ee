"""How an id ended."""

from __future__ import annotations

import pytest

from explorer.analysis.ids import summarise
from explorer.analysis.results import Outcome
from tests.drawn_store import store_of


def _outcome(drawing: str) -> str:
    return Outcome(int(summarise(store_of(drawing)).outcome[0])).word


@pytest.mark.parametrize(
    ("outcome", "drawing"),
    [
        ("ok", "gate: GET | server 0+10 200"),
        ("failing", "gate: GET | server 0+10 500"),
        ("failing", "gate: GET | server 0+10 error"),
        ("ok", "gate: GET | server 0+10 404"),
        ("ok", "gate: GET | server 0+10 404 error"),
        ("failing", "gate: GET | server 0+10 404 error !KeyError(user)"),
        ("ok", "gate: GET | server 0+10\n  gate: cart | client 1+5 404 error"),
        ("failing", "gate: GET | server 0+10 500 error\n  gate: cart | client 1+5 404 error"),
        ("degraded", "gate: GET | server 0+10\n  gate: cart | client 1+5 503 error"),
        ("degraded", "gate: GET | server 0+10 499"),
        ("degraded", "gate: GET | server 0+10 200\n  - 5 ERROR it broke"),
        ("failing", "gate: GET | server 0+10\n  - 5 ERROR it broke"),
        ("ok", "gate: GET | server 0+10\n  - 5 WARN it creaks"),
    ],
)
def test_outcome(outcome: str, drawing: str) -> None:
    assert _outcome(f"trace t\n{drawing}\n") == outcome


def test_the_last_attempt_of_one_request_counts() -> None:
    first = "trace a\ngate: GET | server 0+10 500 request=rq-1\n"
    second = "trace b at=1\ngate: GET | server 0+10 200 request=rq-1\n"
    assert _outcome(first) == "failing"
    table = summarise(store_of(first + second))
    assert (len(table.outcome), Outcome(int(table.outcome[0])).word) == (1, "degraded")


def test_an_orphan_is_no_entry_where_there_is_a_true_root() -> None:
    store = store_of("""
trace t
lost: early | server 0+5 500 orphan
gate: GET | server 1+10 200
""")
    table = summarise(store)
    assert store.service(int(table.entry[0])) == "gate"
    assert table.duration[0] == 10 * 10**6


def test_an_id_with_several_roots_takes_as_long_as_all_of_them() -> None:
    store = store_of("""
trace t
driver: submit | internal 0+1
worker: task | internal 2+30
""")
    assert summarise(store).duration[0] == 32 * 10**6
    first, second = "gate: GET | server 0+10 500 request=rq-1\n", "gate: GET | server 0+10 200 request=rq-1\n"
    table = summarise(store_of(f"trace a\n{first}trace b at=1\n{second}"))
    assert table.duration[0] > 10**9


def test_counts() -> None:
    store = store_of("""
trace t
gate: GET | server 0+10 500 request=rq-1
  - 1 INFO began
  pay: charge | server 1+5 500
trace u at=1
mail: send | server 0+10 200 request=rq-1
log gate ERROR at=9 trace=zz only logs
""")
    table = summarise(store)
    first, second = 0, 1
    assert store.correlation.rows[first].id == "rq-1"
    assert (table.spans[first], table.errors[first], table.services[first], table.logs[first]) == (3, 2, 3, 1)
    assert (table.spans[second], table.errors[second], table.entry[second], table.outcome[second]) == (
        0,
        1,
        -1,
        2,
    )
