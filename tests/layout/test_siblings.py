"""Groups of alike siblings, alone and among folded rows."""

from __future__ import annotations

from functools import cache

import numpy as np

from explorer.layout.folding import closed_group, fold, toggled, unfolded_to
from explorer.layout.lens import lens
from explorer.layout.rowviews import rows_in_view
from explorer.layout.siblings import Groups, alike_siblings
from explorer.layout.waterfall import Scene, make_scene
from explorer.model.store import Store
from tests.drawn_store import store_of

DRAWING = """
trace many at=10
gate: GET /list     | server 0+900 request=rq-many
  gate: load        | internal 0+800
    db: get         | client 10+20
    db: get         | client 40+20
      cache: miss   | internal 41+2
    db: get         | client 70+20 error
    db: get         | client 100+20
    db: get         | client 130+60
    db: put         | client 200+20
    db: get         | client 230+20
  gate: render      | internal 810+50
"""


@cache
def store() -> Store:
    return store_of(DRAWING, "many.jsonl")


def scene() -> Scene:
    return make_scene(store(), 0, None)


def names(rows: list[int]) -> list[str]:
    return [store().operation(row) for row in rows]


def groups() -> Groups:
    return alike_siblings(store().spans, 0, len(store().spans))


def test_a_run_of_one_operation_is_a_group_whatever_is_below() -> None:
    found = groups()
    assert found.count.tolist() == [5]
    head, end = int(found.head[0]), int(found.end[0])
    assert names([head, end - 1, end]) == ["get", "get", "put"]
    assert end - head == 6


def test_four_are_none_and_other_parents_part_them() -> None:
    assert not len(alike_siblings(store().spans, 0, len(store().spans), least=6))
    assert len(alike_siblings(store().spans, 0, 3)) == 0


def test_siblings_with_much_below_stand_for_themselves() -> None:
    lines = ["trace deep at=10", "gate: GET / | server 0+900"]
    for number in range(6):
        lines += [f"  db: get | client {number * 10}+9"] + [
            f"    db: step{k} | internal {number * 10}+1" for k in range(4)
        ]
    spans = store_of("\n".join(lines)).spans
    assert not len(alike_siblings(spans, 0, len(spans)))


def test_a_closed_group_is_one_row_and_opens_and_closes() -> None:
    size, found = store().spans.size, groups()
    whole = fold(0, len(size), (), size)
    closed = fold(0, len(size), (), size, found)
    head = int(found.head[0])
    assert len(closed) == len(whole) - 5
    assert closed.group(head) == (head + 6, 5)
    assert not closed.is_visible(head + 1)
    opened = toggled(closed, head, size)
    assert len(opened) == len(whole)
    assert opened.group(head) == (0, 0)
    again, row = closed_group(opened, head + 5, size)
    assert row == head
    assert len(again) == len(closed)
    assert closed_group(opened, head + 6, size)[1] == -1


def test_what_a_group_hides_is_brought_to_sight() -> None:
    size, found = store().spans.size, groups()
    closed, head = fold(0, len(size), (), size, found), int(found.head[0])
    assert unfolded_to(closed, (head + 3,), size).is_visible(head + 3)
    assert unfolded_to(closed, (head,), size) is closed
    assert unfolded_to(closed, (head,), size, itself=True).group(head)[1] == 0
    folded = fold(0, len(size), [1], size, found)
    assert unfolded_to(folded, (head + 3,), size).is_visible(head + 3)


def test_a_group_within_a_folded_row_hides_nothing_more() -> None:
    size, found = store().spans.size, groups()
    assert fold(0, len(size), [1], size, found).rows(0, 20).tolist() == [0, 1, len(size) - 1]


def test_its_row_counts_what_it_stands_for() -> None:
    made, size = scene(), store().spans.size
    views = rows_in_view(made, fold(0, len(size), (), size, groups()), 0, 20, made.extent(), path_on=False)
    row = next(view for view in views if view.group)
    assert (row.group, row.hidden, row.hidden_errors, row.failed) == (5, 1, 1, False)
    assert row.duration == "5 × 20 ms"
    assert row.note == "up to 60 ms"
    assert len(row.pieces) == 5
    assert (row.x0, row.x1) == (10 / 900, 190 / 900)


def test_a_lens_shows_what_is_asked_for_and_what_is_above() -> None:
    size = store().spans.size
    failed = np.flatnonzero(store().spans.failed)
    seen = lens(0, len(size), failed, size)
    assert names(seen.rows(0, 10).tolist()) == ["GET /list", "load", "get"]
    assert [seen.is_match(row) for row in seen.rows(0, 10).tolist()] == [False, False, True]
    assert seen.position(int(failed[0])) == 2
    assert seen.position(len(size) - 1) == 2
    made = scene()
    views = rows_in_view(made, seen, 0, 10, made.extent(), path_on=True)
    assert [view.dim for view in views] == [True, True, False]
    assert len(lens(0, len(size), failed[:0], size)) == 0


def test_the_groups_of_a_deep_chain() -> None:
    """Depths beyond 16 bits are no error."""
    spans = 70_000
    number = np.arange(spans, dtype=np.int32)

    class Deep:
        depth, parent, size = number, number - 1, (spans - number).astype(np.int32)
        service = name = np.zeros(spans, np.int32)

    assert not len(alike_siblings(Deep, 0, spans))  # type: ignore[arg-type]
