"""The time axis with and without breaks."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from explorer.layout.timeaxis import TimeAxis, idle_gaps

BEGIN = 1_790_000_000_000_000_000
MS = 1_000_000
BROKEN = TimeAxis(BEGIN, BEGIN + 1000 * MS, ((BEGIN + 100 * MS, BEGIN + 900 * MS),))


def test_without_breaks_places_are_times() -> None:
    axis = TimeAxis(BEGIN, BEGIN + 100)
    assert axis.place(BEGIN + 7) == axis.time(BEGIN + 7) == BEGIN + 7
    assert axis.extent == (BEGIN, BEGIN + 100)


def test_a_break_takes_a_small_part_of_what_is_left() -> None:
    first, last = BROKEN.extent
    assert first == BEGIN
    assert last - first == 205 * MS
    assert BROKEN.place(BEGIN + 100 * MS) == BEGIN + 100 * MS
    assert BROKEN.place(BEGIN + 900 * MS) == BEGIN + 105 * MS
    assert BROKEN.place(BEGIN + 950 * MS) == BEGIN + 155 * MS


@given(st.integers(-50, 1050))
def test_times_come_back(at: int) -> None:
    time = BEGIN + at * MS
    assert abs(BROKEN.time(BROKEN.place(time)) - time) <= 200  # 5 ms stand for 800
    assert BROKEN.places(np.array([time]))[0] == BROKEN.place(time)


@given(st.lists(st.integers(-(10**12), 10**13), min_size=2, max_size=20))
def test_later_never_lies_before(offsets: list[int]) -> None:
    times = np.sort(np.array(offsets, np.int64) + BEGIN)
    assert (np.diff(BROKEN.places(times)) >= 0).all()


def test_no_mark_stands_in_a_break_and_marks_keep_apart() -> None:
    marks = [at for at, _ in BROKEN.ticks((BROKEN.begin, BROKEN.end), 8)]
    assert len(marks) >= 4
    assert not [at for at in marks if BEGIN + 100 * MS < at < BEGIN + 900 * MS]
    places = [BROKEN.place(at) for at in marks]
    assert min(np.diff(places)) >= 205 * MS // 16


def test_idle_is_where_no_span_without_children_ran() -> None:
    start = np.array([0, 0, 900, 950], np.int64) * MS + BEGIN
    end = np.array([1000, 100, 1000, 960], np.int64) * MS + BEGIN
    leaf = np.array([False, True, True, True])
    gaps = idle_gaps(start, end, leaf, (BEGIN, BEGIN + 1000 * MS))
    assert len(gaps) == 1
    assert abs(gaps[0][0] - BEGIN - 100 * MS) < 2 * MS
    assert abs(gaps[0][1] - BEGIN - 900 * MS) < 2 * MS
    assert gaps[0][0] >= BEGIN + 100 * MS
    assert gaps[0][1] <= BEGIN + 900 * MS


def test_a_chain_of_spans_within_one_another_is_not_idle() -> None:
    at = np.arange(500, dtype=np.int64)
    leaf = at == 499
    assert idle_gaps(BEGIN + at * MS, BEGIN + (1000 - at) * MS, leaf, (BEGIN, BEGIN + 1000 * MS)) == ()


def test_short_gaps_are_left_as_they_are() -> None:
    start, end = np.array([0, 11, 0]) * MS, np.array([10, 1000, 1000]) * MS
    assert idle_gaps(start, end, np.array([True, True, False]), (0, 1000 * MS)) == ()
