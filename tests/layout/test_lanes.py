"""What is drawn of a metric series."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from explorer.ingest import ingest
from explorer.layout.lanes import SeriesLane, lanes_extent, series_lane, thinned

SECOND = 10**9
NOW = 1_790_000_000 * SECOND


def lane(times: list[int], values: list[float]) -> SeriesLane:
    """A lane of these points, in seconds from now."""
    made = np.array(times, np.int64) * SECOND + NOW
    return SeriesLane(0, "load", "", "", made, np.array(values, float), 0.0, 1.0, ())


def test_a_short_series_in_a_long_bundle_is_shown_in_its_own_time() -> None:
    one = lane([0, 100], [1, 2])
    assert lanes_extent([one], (NOW, NOW + 300 * SECOND)) == (NOW - 3 * SECOND, NOW + 303 * SECOND)
    assert lanes_extent([one], (NOW, NOW + 900 * SECOND)) == (NOW - SECOND, NOW + 101 * SECOND)
    assert lanes_extent([lane([5], [1])], (NOW, NOW + 9000 * SECOND)) == (NOW + 4 * SECOND, NOW + 6 * SECOND)
    assert lanes_extent([], (5, 5)) == (5, 6)


def test_many_points_are_thinned_to_what_can_be_told_apart() -> None:
    values = np.zeros(100_000)
    values[51_234], values[77_777] = 9.0, -3.0
    one = SeriesLane(0, "load", "", "", NOW + np.arange(100_000) * SECOND, values, 0.0, 1.0, ())
    times, kept = thinned(one, (NOW, NOW + 100_000 * SECOND), 500)
    assert len(times) <= 4 * 501
    assert {kept.max(), kept.min()} == {9.0, -3.0}
    assert (np.diff(times) > 0).all()
    times, _ = thinned(one, (NOW + 10 * SECOND, NOW + 20 * SECOND), 500)
    assert [(int(at) - NOW) // SECOND for at in (times[0], times[-1])] == [9, 21], (
        "the line goes on beyond the ends"
    )


_MOST = 1.7976931348623157e308


@pytest.mark.parametrize(
    "values", [[_MOST, -_MOST], [_MOST, _MOST], [-_MOST, 3.0], [5e-324, 5e-324], [0.0, 5e-324], [7.0]]
)
def test_values_at_the_ends_of_what_a_number_can_be_have_a_lane(tmp_path: Path, values: list[float]) -> None:
    points = [[NOW // SECOND + at, repr(value)] for at, value in enumerate(values)]
    series = {"metric": {"__name__": "depth"}, "values": points}
    (tmp_path / "series.json").write_text(json.dumps(series))
    one = series_lane(ingest([tmp_path]), 0)
    assert np.isfinite([one.low, one.high, one.high - one.low]).all()
    assert one.low < one.high
    assert len(one.ticks) >= 1
