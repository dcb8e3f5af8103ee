"""Ids that failed alike are walked once: the answer must be the one that each walk would give."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.analysis.facts import facts_of
from explorer.analysis.failure.propagation import explain
from explorer.analysis.failure.shapes import shapes, shifted
from tests.analysis.acceptance import answers, calls, waiting
from tests.analysis.acceptance.case import Case
from tests.drawn import draw, repeated, shuffled
from tests.drawn_store import store_of

CASES = (*calls.CASES, *waiting.CASES, *answers.CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.number))
def test_a_shifted_walk_is_the_walk_itself(case: Case) -> None:
    store = store_of(repeated(draw(case.drawing), 3))
    facts = facts_of(store)
    rows = [row for row in range(len(store.correlation.rows)) if store.correlation.rows[row].traces]
    found = shapes(facts, rows).tolist()
    assert len(set(found)) == 1
    first = explain(facts, rows[0])
    if not found[0] or first is None:
        return
    for row in rows[1:]:
        moved, walked = shifted(first, row), explain(facts, row)
        assert walked is not None
        assert replace(moved, scene=walked.scene) == walked
        assert moved.scene.below == walked.scene.below
        assert moved.scene.logs == walked.scene.logs


def test_other_failures_have_other_shapes() -> None:
    store = store_of(
        repeated(draw(calls.CASES[0].drawing), 2) + repeated(draw(calls.CASES[1].drawing), 2, 1.0, "b")
    )
    found = shapes(facts_of(store), [0, 1, 2, 3]).tolist()
    assert len(set(found)) == 2


def test_parameters_in_messages_do_not_make_a_shape() -> None:
    def text(number: int) -> str:
        return f"trace t{number}\na: x | server 0+10 500 error !ValueError(no user {number})\n"

    store = store_of(text(12345) + text(67890))
    found = shapes(facts_of(store), [0, 1]).tolist()
    assert found[0] == found[1] != 0


def test_the_order_of_recording_does_not_matter() -> None:
    drawing = repeated(draw(calls.CASES[2].drawing), 2)
    found = shapes(facts_of(store_of(shuffled(drawing, 5))), [0, 1]).tolist()
    assert found[0] == found[1] != 0
