"""Time is left out of the axis only where the whole would be nearly empty."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.layout import numbers
from explorer.layout.stretches import Axis, broken_axis, whole_axis

SECOND = 10**9
HOUR, DAY = 3600 * SECOND, 86_400 * SECOND
NOW = 1_790_000_000 * SECOND
Times = NDArray[np.int64]


def spread(begin: int, length: int, count: int) -> Times:
    """Times evenly over a stretch."""
    return begin + np.arange(count, dtype=np.int64) * (length // max(count - 1, 1))


def axis(times: Times, *others: Times) -> Axis:
    """Of times, which are all there is."""
    every = np.concatenate([times, *others])
    return broken_axis(times, others, (int(every.min()), int(every.max())))


def test_two_exports_years_apart_stand_side_by_side() -> None:
    old, new = spread(NOW - 700 * DAY, HOUR, 50), spread(NOW, 2 * HOUR, 100)
    made = axis(np.concatenate([new, old]))
    first, second = made.stretches
    assert first.begin < old[0] < old[-1] < first.end < second.begin < new[0] < new[-1] < second.end
    assert second.right - second.left > first.right - first.left, "the wider, the more is in it"
    assert made.breaks() == [(first.right, second.left, second.begin - first.end)]
    assert (first.left, round(second.right, 9)) == (0.0, 1.0)
    assert not made.holds(NOW - 300 * DAY)


def test_times_and_places_are_each_others_inverse() -> None:
    made = axis(np.concatenate([spread(NOW - 700 * DAY, HOUR, 50), spread(NOW, 2 * HOUR, 100)]))
    for time in (NOW - 700 * DAY + 7 * SECOND, NOW, NOW + HOUR):
        assert abs(made.time(made.place(time)) - time) < SECOND
        assert made.places(np.array([time]))[0] == made.place(time)
    assert np.isnan(made.places(np.array([NOW - 300 * DAY, NOW + 9 * DAY]))).all(), "left out"
    assert made.numbers(np.array([NOW - 700 * DAY, NOW])).tolist() == [0, 1]


def test_every_time_is_in_one_part_of_the_width() -> None:
    times = np.concatenate([spread(NOW - 700 * DAY, HOUR, 50), spread(NOW, 2 * HOUR, 100)])
    edges = axis(times).edges(97)
    assert len(edges) == 98
    assert np.all(np.diff(edges) >= 0)
    assert int(np.diff(np.searchsorted(np.sort(times), edges)).sum()) == len(times)


def test_where_only_other_things_are_is_left_out() -> None:
    ids = spread(NOW, HOUR // 2, 30)
    (only,) = axis(ids, np.array([NOW - 3000 * DAY])).stretches
    assert (only.begin, only.end) == (ids[0], ids[-1])
    (both,) = axis(ids, spread(NOW - 2 * HOUR, 4 * HOUR, 201)).stretches
    assert (both.begin, both.end) == (NOW - 2 * HOUR, NOW + 2 * HOUR), "what is near is seen"


def test_what_fills_its_time_is_shown_whole() -> None:
    assert not axis(spread(NOW, 30 * DAY, 1000)).breaks()
    nightly = np.concatenate([spread(NOW + night * DAY, HOUR // 6, 40) for night in range(30)])
    assert not axis(nightly).breaks(), "which night was bad is seen in the whole"


def test_a_few_requests_far_apart_are_all_seen() -> None:
    made = axis(np.array([NOW, NOW + DAY, NOW + 9 * DAY]))
    assert [round(one.right - one.left, 2) for one in made.stretches] == [0.32, 0.32, 0.32]
    words = [words for _, words in made.ticks(4, utc=True)]
    assert words == ["21 Sep 2026", "22 Sep 2026", "30 Sep 2026"]
    made = axis(np.array([NOW, NOW + 3 * HOUR, NOW + 9 * DAY]))
    words = [words for _, words in made.ticks(4, utc=True)]
    assert words == ["21 Sep 2026", numbers.clock(NOW + 3 * HOUR)[:5], "30 Sep 2026"], "a date is said once"


def test_a_time_from_the_epoch_does_not_hide_the_rest() -> None:
    times = np.concatenate([[5 * SECOND], spread(NOW, HOUR, 200), [0, -1]]).astype(np.int64)
    first, second = axis(times).stretches
    assert first.begin == 4 * SECOND
    assert second.right - second.left > 0.9


def test_the_nearest_are_joined_where_there_are_too_many() -> None:
    times = np.cumsum([NOW, *(HOUR * 5**place for place in range(2, 9))]).astype(np.int64)
    made = axis(times)
    assert len(made.stretches) == 8
    assert made.stretches[0].begin < NOW < made.stretches[0].end


def test_nothing_and_a_moment_have_an_axis() -> None:
    assert broken_axis(np.zeros(3, np.int64), (), (5, 9)) == whole_axis(5, 9)
    made = whole_axis(NOW, NOW)
    assert (NOW - made.begin, made.end - NOW) == (SECOND, SECOND)
    assert made.place(NOW) == 0.5
