"""Self time and the critical path."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.analysis.timing import critical_path, self_times
from explorer.model.store import Store
from tests.drawn import Drawing, DrawnSpan, DrawnTrace
from tests.drawn_store import store_of

MS = 10**6


def _self_ms(store: Store) -> dict[str, float]:
    own = self_times(store.spans)
    return {store.operation(row): own[row] / MS for row in range(len(store.spans))}


def test_overlapping_children_count_once() -> None:
    store = store_of("""
trace t
a: root | 0+100
  a: one | 10+30
  a: two | 20+30
  a: inside two | 25+5
  a: three | 70+10
""")
    assert _self_ms(store) == {"root": 50, "one": 30, "two": 30, "inside two": 5, "three": 10}


def test_children_are_clipped_to_their_parent() -> None:
    store = store_of("""
trace t
a: root | 10+100
  a: early | 0+30
  a: late | 100+50
  a: outside | 300+10
""")
    assert _self_ms(store)["root"] == 70


def test_families_do_not_mix() -> None:
    store = store_of("""
trace t
a: root | 0+100
  a: left | 0+40
    a: leaf of left | 5+35
  a: right | 50+50
    a: leaf of right | 50+10
trace u at=5
b: root of u | 0+10
  b: child of u | 2+3
""")
    own = _self_ms(store)
    assert own["root"] == 10
    assert (own["left"], own["right"]) == (5, 40)
    assert own["root of u"] == 7


def _random_drawing(seed: int) -> Drawing:
    rng = np.random.default_rng(seed)
    spans = []
    for at in range(60):
        parent = f"s{rng.integers(0, at)}" if at else ""
        start, length = rng.integers(0, 80, 2)
        spans.append(DrawnSpan(f"s{at}", parent, "a", f"s{at}", 1, float(start), float(length)))
    return Drawing((DrawnTrace("random", 0, tuple(spans)),))


@pytest.mark.parametrize("seed", range(8))
def test_self_time_is_what_a_count_of_milliseconds_says(seed: int) -> None:
    store = store_of(_random_drawing(seed))
    spans = store.spans
    own = self_times(spans)
    for row in range(len(spans)):
        begin, end = int(spans.start[row]) // MS, int(spans.end[row]) // MS
        free = set(range(begin, end))
        for child in spans.children_of(row):
            free -= set(range(int(spans.start[child]) // MS, int(spans.end[child]) // MS))
        assert own[row] == len(free) * MS


def _path(store: Store) -> list[tuple[str, int, int]]:
    begin = int(store.spans.start[0])
    return [
        (store.operation(s.row), (s.start_ns - begin) // MS, (s.end_ns - begin) // MS)
        for s in critical_path(store, 0)
    ]


def test_the_critical_path_follows_whoever_finished_last() -> None:
    store = store_of("""
trace t
a: root | 0+100
  a: quick | 10+20
  a: slow | 10+50
    a: deep | 20+30
  a: last | 70+20
""")
    assert _path(store) == [
        ("root", 0, 10), ("slow", 10, 20), ("deep", 20, 50), ("slow", 50, 60), ("root", 60, 70), ("last", 70, 90),
        ("root", 90, 100),
    ]  # fmt: skip


def test_siblings_that_touch_are_both_on_the_critical_path() -> None:
    store = store_of("""
trace t
a: root | 0+30
  a: first | 0+10
  a: second | 10+20
""")
    assert _path(store) == [("first", 0, 10), ("second", 10, 30)]


def test_nobody_waits_for_a_consumer() -> None:
    store = store_of("""
trace t
a: root | 0+30
  b: consume | consumer 5+25
""")
    assert _path(store) == [("root", 0, 30)]


@pytest.mark.parametrize("seed", range(4))
def test_the_critical_path_covers_the_root_without_gap_or_overlap(seed: int) -> None:
    store = store_of(_random_drawing(seed))
    root = int(np.argmax(store.spans.duration))
    at = int(store.spans.start[root])
    for segment in critical_path(store, root):
        assert segment.start_ns == at
        at = segment.end_ns
    assert at == int(store.spans.end[root])


def test_a_deep_chain_needs_no_recursion() -> None:
    spans = [
        DrawnSpan(f"s{i}", f"s{i - 1}" if i else "", "a", "x", 1, i / 1000, 100.0 - i / 1000)
        for i in range(3000)
    ]
    store = store_of(Drawing((DrawnTrace("deep", 0, tuple(spans)),)))
    assert len(critical_path(store, 0)) > 2999
    assert self_times(store.spans).sum() == 100 * MS
