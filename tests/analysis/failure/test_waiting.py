"""A call that ran out of time: what it waited for, beside how long that usually takes."""

from __future__ import annotations

import pytest

from explorer.analysis.causes import analyse
from tests.analysis.rules import RULES
from tests.drawn import draw, repeated
from tests.drawn_store import store_of

QUICK = """
trace q
orders: find | server 0+12 200
  orders: list | client 1+10 200 peer=stock
    stock: list | server 2+8 200
"""
DIRECT = """
trace d
rates: rates | server 0+{took} 200
"""
LATE = """
trace l
orders: find | server 0+34 500 error
  orders: list | client 1+30 error grpc=DEADLINE_EXCEEDED peer=stock says='Deadline Exceeded'
    stock: list | server 2+{took} 200
      stock: rates | client 4+{below} 200 peer=rates
        rates: rates | server 5+{below} 200
"""


@pytest.mark.parametrize(
    ("usual", "took", "below", "hypothesis", "service", "title"),
    [
        (50, 60, 52, "deadline-too-tight", "orders",
         "orders waits only 30 ms for stock, where rates alone usually takes 50 ms"),
        (20, 60, 32, "slow-self", "stock", "stock was slow: list took 60 ms, usually 8 ms"),
        (20, 160, 152, "slow-self", "rates", "rates was slow: rates took 152 ms, usually 20 ms"),
    ],
)  # fmt: skip
def test_who_is_slow_where_the_callee_seldom_calls_on(
    usual: int, took: int, below: int, hypothesis: str, service: str, title: str
) -> None:
    """Most calls of ``stock`` ask nobody else; those that do take as long as that takes."""
    store = store_of(
        repeated(draw(QUICK), 20) + repeated(draw(DIRECT.format(took=usual)), 20, 1.0, "d")
        + repeated(draw(LATE.format(took=took, below=below)), 5, 2.0, "l")
    )  # fmt: skip
    cause = analyse(store, RULES).causes[0]
    assert (cause.hypothesis, cause.service, cause.title) == (hypothesis, service, title)
