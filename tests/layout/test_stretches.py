"""Time is shown in stretches only where the whole would be nearly empty."""

from __future__ import annotations

import numpy as np

from explorer.layout.stretches import chosen, roomy, stretches

SECOND = 10**9
HOUR, DAY = 3600 * SECOND, 86_400 * SECOND
NOW = 1_790_000_000 * SECOND


def spread(begin: int, length: int, count: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Times evenly over a stretch."""
    return begin + np.arange(count, dtype=np.int64) * (length // max(count - 1, 1))


def test_two_exports_years_apart_are_two_stretches() -> None:
    old, new = spread(NOW - 700 * DAY, HOUR, 50), spread(NOW, 2 * HOUR, 100)
    found = stretches(np.concatenate([new, old]))
    assert [(one.begin, one.end) for one in found] == [(old[0], old[-1]), (new[0], new[-1])]
    assert [round(one.share, 2) for one in found] == [0.33, 0.67]
    assert chosen(found, -1) == 1, "the fullest"
    assert chosen(found, int(old[7])) == 0, "the one that holds the id"


def test_what_else_the_bundle_holds_counts() -> None:
    ids = spread(NOW, HOUR // 2, 30)
    assert stretches(ids) == ()
    (only,) = stretches(ids, (NOW - 3000 * DAY, NOW + HOUR))
    assert (only.begin, only.end, only.share) == (ids[0], ids[-1], 1.0)


def test_what_fills_its_time_is_shown_whole() -> None:
    assert stretches(spread(NOW, 30 * DAY, 1000)) == ()
    nightly = np.concatenate([spread(NOW + night * DAY, HOUR // 6, 40) for night in range(30)])
    assert stretches(nightly) == (), "which night was bad is seen in the whole"


def test_a_few_requests_far_apart_are_shown_together() -> None:
    assert stretches(np.array([NOW, NOW + DAY, NOW + 9 * DAY])) == ()


def test_a_time_from_the_epoch_does_not_hide_the_rest() -> None:
    times = np.concatenate([[5 * SECOND], spread(NOW, HOUR, 200), [0, -1]])
    found = stretches(times)
    assert [one.begin for one in found] == [5 * SECOND, NOW]
    assert chosen(found, -1) == 1


def test_nothing_has_no_stretches() -> None:
    assert stretches(np.zeros(3, np.int64)) == ()


def test_a_moment_is_shown_with_time_around_it() -> None:
    begin, end = roomy(stretches(np.full(30, NOW), (NOW - DAY, 0))[0])
    assert (NOW - begin, end - NOW) == (30 * SECOND, 30 * SECOND)
