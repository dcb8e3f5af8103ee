"""A comparison as rows: one merged tree, tones of the side they are of, bars by size."""

from __future__ import annotations

import numpy as np

from explorer.analysis.causes import analyse
from explorer.analysis.compare import compare
from explorer.analysis.over_represented import compare_sets, opposed
from explorer.layout.comparing import Line, pair_lines, set_lines
from tests.analysis.rules import RULES
from tests.drawn import draw, repeated
from tests.drawn_store import store_of

PAIR = """
trace bad
gate: GET /rank | server 0+400 500 error
  rank: check   | internal 1+2
  rank: fetch   | internal 5+300
    store: get  | server 6+290
  rank: score   | internal 310+40 error !ValueError(no price)
trace well at=9
gate: GET /rank | server 0+60 200
  rank: check   | internal 1+2
  rank: score   | internal 5+9
  rank: fetch   | internal 20+30
    store: cached | internal 21+4
"""


def lines(drawing: str) -> tuple[Line, ...]:
    store = store_of(draw(drawing))
    analysis = analyse(store, RULES)
    return pair_lines(compare(store, analysis, 0, 1))


def part(rows: tuple[Line, ...], title: str) -> list[Line]:
    at = next(n for n, row in enumerate(rows) if row.cells[0] == title)
    end = next((n for n, row in enumerate(rows) if n > at and row.head), len(rows))
    return list(rows[at + 1 : end])


def test_calls_are_one_tree_of_what_differs() -> None:
    calls = part(lines(PAIR), "Calls")
    assert [row.cells[0] for row in calls] == [
        "gate GET /rank",
        "  rank fetch",
        "    store get",
        "    store cached",
        "  rank score",
    ]
    assert calls[2].cells[1:] == ("1× 290 ms", "not called", "+290 ms")
    assert calls[3].tones[1] == "missing"
    assert calls[0].tones[1:3] == ("bad", "plain"), "the side that ended well is not red"
    assert calls[0].change == 1.0
    assert all(0 <= abs(row.change) <= 1 for row in calls)


def test_time_by_service_and_order() -> None:
    rows = lines(PAIR)
    assert [row.cells[0] for row in part(rows, "Own time by service")][:1] == ["store"]
    [below] = part(rows, "Called in another order")
    assert below.cells[:3] == ("below gate GET /rank", "rank check, rank fetch, rank score",
                               "rank check, rank score, rank fetch")  # fmt: skip


def test_sets_tell_shares_and_chance() -> None:
    bad, well = draw(PAIR.partition("trace well")[0]), draw("trace well" + PAIR.partition("trace well")[2])
    store = store_of(repeated(bad, 12, 1, "b") + repeated(well, 12, 1, "w"))
    analysis = analyse(store, RULES)
    found = compare_sets(store, *opposed(store, analysis, np.ones(len(analysis.ids.start), bool)))
    first = part(set_lines(found), "What the failing have")[0]
    assert first.cells[1:] == ("100 % · 12 of 12", "0 % · 0 of 12", "only here")
    assert "by luck" in first.tip
    assert part(set_lines(found), "What the failing lack")[0].change < 0
