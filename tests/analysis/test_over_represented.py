"""A failing set against a healthy one: what sets them apart, with chances that hold for small counts."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.analysis.causes import analyse
from explorer.analysis.over_represented import SetComparison, compare_sets, opposed
from explorer.model.store import Store
from tests.analysis.rules import RULES
from tests.drawn import Drawing, draw, repeated
from tests.drawn_store import store_of

WELL = """
trace w
gate: GET /rank | server 0+40 200 tier=gold
  rank: score   | server 2+30 200 version=4.1 pod=rank-a rows={rows}
    - 5 INFO scored 12 rows
  rank: cache   | internal 3+2
"""
BAD = """
trace b at={at}
gate: GET /rank | server 0+90 500 error tier=gold
  rank: score   | server 2+80 500 error version=4.2 pod=rank-b rows={rows} !ValueError(no price)
    - 6 WARN no price for item 17
"""


def drawn(well: int, bad: int) -> Drawing:
    healthy = repeated(draw(WELL.format(rows=5)), well, 1, "ok")
    return healthy + repeated(draw(BAD.format(at=0.5, rows=900)), bad, 1, "bad")


def compared(well: int, bad: int) -> tuple[Store, SetComparison]:
    store = store_of(drawn(well, bad))
    analysis = analyse(store, RULES)
    return store, compare_sets(store, *opposed(store, analysis, np.ones(len(analysis.ids.start), bool)))


def test_what_the_failing_have_and_lack() -> None:
    store, found = compared(30, 20)
    assert (found.failing, found.healthy) == (20, 30)
    more = {(one.kind, one.service, one.name, one.value) for one in found.more}
    assert len(more) == 1, "one trait stands for all that the very same ids have"
    [told] = found.more
    assert (told.kind, told.value) == ("version", "4.2")
    assert (told.coverage, told.count, told.of) == ((1.0, 0.0), (20, 0), (20, 30))
    assert told.alike >= 4
    assert told.lift == pytest.approx(60)
    assert store.spans.failed[told.row]
    assert told.p < 1e-10
    assert [one.coverage for one in found.less] == [(0.0, 1.0)]


def test_what_all_have_sets_nothing_apart() -> None:
    _, found = compared(30, 20)
    words = " ".join(f"{one.name} {one.value}" for one in (*found.more, *found.less))
    assert "tier" not in words


def test_a_few_ids_prove_nothing() -> None:
    _, found = compared(3, 2)
    assert found.more == found.less == ()


def test_own_time_by_service() -> None:
    _, found = compared(30, 20)
    times = {one.service: one.self_ns for one in found.services}
    assert times["rank"] == (80_000_000, 32_000_000)


def test_many_values_are_parted_by_a_bound() -> None:
    parts = [draw(WELL.format(rows=rows)) for rows in range(1, 21)]
    store = store_of(
        sum(
            (repeated(part, 1, 1, f"ok{number}") for number, part in enumerate(parts)),
            repeated(draw(BAD.format(at=0.5, rows=50)), 8, 1, "bad")
            + repeated(draw(BAD.format(at=0.5, rows=70)), 8, 1, "worse"),
        )
    )
    analysis = analyse(store, RULES)
    found = compare_sets(store, *opposed(store, analysis, np.ones(len(analysis.ids.start), bool)))
    assert [one.value for one in found.more if one.name == "rows"] in (["≥ 50"], []), "or alike to another"
    assert not any(one.value == "50" for one in found.more)


def test_nothing_failed() -> None:
    store = store_of(repeated(draw(WELL.format(rows=5)), 5, 1, "ok"))
    analysis = analyse(store, RULES)
    found = compare_sets(store, *opposed(store, analysis, np.ones(len(analysis.ids.start), bool)))
    assert (found.failing, found.more, found.less) == (0, (), ())
