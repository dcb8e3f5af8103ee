"""Icicles: where boxes lie, what is drawn of them, what a search covers, where the keys go."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.analysis.flame import Measure, flame
from explorer.analysis.statistics import spans_of
from explorer.layout.flame import Icicles, boxes, covered, facts, matching, neighbour, place, title
from explorer.model.store import Store
from tests.bench.frames import one_trace
from tests.drawn_store import store_of

STORE = store_of(
    "trace a at=0\n"
    "gate: GET / | server 0+100\n"
    "  auth: check | client 0+10\n"
    "  pay: charge | client 10+80 error\n"
    "    bank: debit | client 20+60 error\n"
    "    bank: book | client 82+4\n"
)


def placed(store: Store = STORE, measure: Measure = "time") -> Icicles:
    return place(flame(store, spans_of(store, None)), measure)


def node(icicles: Icicles, words: str, store: Store = STORE) -> int:
    return next(at for at in range(len(icicles.flame)) if title(store, icicles.flame, at) == words)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 300), st.sampled_from(["time", "spans", "errors"]))
def test_children_lie_within_their_parents_and_beside_one_another(size: int, measure: Measure) -> None:
    icicles = placed(one_trace(size), measure)
    tiny = 1e-9
    parent = icicles.flame.parent
    for at in range(len(icicles.flame)):
        if parent[at] >= 0:
            assert icicles.x0[parent[at]] - tiny <= icicles.x0[at]
            assert icicles.x1[at] <= icicles.x1[parent[at]] + tiny
    for number in range(icicles.flame.levels):
        part = icicles.flame.level(number)
        order = np.argsort(icicles.x0[part], kind="stable")
        wide = order[icicles.value[part][order] > 0]
        assert (icicles.x1[part][wide][:-1] <= icicles.x0[part][wide][1:] + tiny).all()


def test_the_widest_comes_first() -> None:
    icicles = placed()
    assert [title(STORE, icicles.flame, box.node) for box in boxes(icicles, -1, 1000, 0, 10)] == [
        "gate GET /", "pay charge", "auth check", "bank debit", "bank book",
    ]  # fmt: skip


def test_what_is_narrower_than_a_pixel_is_left_out_until_zoomed_to() -> None:
    icicles, book = placed(), node(placed(), "bank book")
    assert book not in {box.node for box in boxes(icicles, -1, 10, 0, 10)}
    zoomed = {box.node: box for box in boxes(icicles, book, 10, 0, 10)}
    assert [zoomed[one].above for one in icicles.flame.ancestors(book)] == [True, True, False]
    assert all((box.x0, box.x1) == (0.0, 1.0) for box in zoomed.values())


def test_zoomed_to_a_path_its_own_callees_are_all_there_is() -> None:
    icicles = placed()
    shown = boxes(icicles, node(icicles, "pay charge"), 1000, 0, 10)
    assert [title(STORE, icicles.flame, box.node) for box in shown] == [
        "gate GET /", "pay charge", "bank debit", "bank book",
    ]  # fmt: skip
    debit = next(box for box in shown if box.node == node(icicles, "bank debit"))
    assert (debit.x0, debit.x1) == pytest.approx((0.0, 0.75))


def test_only_rows_on_screen_are_made() -> None:
    assert {box.row for box in boxes(placed(), -1, 1000, 1, 1)} == {1}


def test_a_search_finds_words_in_any_order_and_counts_nothing_twice() -> None:
    icicles = placed()
    found = matching(icicles.flame, STORE, "DEBIT bank")
    assert [title(STORE, icicles.flame, at) for at in np.flatnonzero(found).tolist()] == ["bank debit"]
    assert covered(icicles, found) == 60_000_000
    both = matching(icicles.flame, STORE, "a")  # gate, and nearly all below it
    assert covered(icicles, both) == icicles.whole
    assert not matching(icicles.flame, STORE, "  ").any()


def test_arrows_go_to_caller_widest_callee_and_neighbours() -> None:
    icicles = placed()
    at = -1
    seen = []
    for step in ("down", "down", "right", "right", "left", "down", "down", "up", "up", "up"):
        at = neighbour(icicles, at, step)
        seen.append(title(STORE, icicles.flame, at))
    assert seen == [
        "gate GET /", "pay charge", "auth check", "auth check", "pay charge", "bank debit", "bank debit",
        "pay charge", "gate GET /", "gate GET /",
    ]  # fmt: skip


def test_facts_are_exact() -> None:
    icicles = placed()
    assert facts(STORE, icicles, node(icicles, "pay charge")).split("\n") == [
        "pay charge", "1 span, 1 error", "total 80 ms (80,000,000 ns)", "self 16 ms (16,000,000 ns)",
        "on average 80 ms", "with all below it 80 % of all time",
    ]  # fmt: skip


def test_nothing_to_measure_is_no_box() -> None:
    healthy = store_of("trace a at=0\ngate: GET / | server 0+100\n")
    icicles = placed(healthy, "errors")
    assert icicles.whole == 0
    assert boxes(icicles, -1, 1000, 0, 10) == []
