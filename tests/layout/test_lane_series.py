"""Which metric series get a lane of the overview, and what is drawn of them."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from numpy.typing import NDArray

from explorer.analysis.causes import analyse
from explorer.layout import strip
from explorer.session.rules import known_rules
from tests.drawn_store import store_of

FLAT = " ".join(["5"] * 60)
RISEN = " ".join(["5", "5.1"] * 15 + ["50", "51"] * 15)


def test_of_very_many_series_those_that_left_their_level_are_weighed(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = "\n".join(f"metric load_{at} every=10: {RISEN if at == 37 else FLAT}" for at in range(60))
    store = store_of(f"{drawn}\n", "drawn.jsonl")
    answers = analyse(store, known_rules()[0])
    looked: list[float] = []
    monkeypatch.setattr(strip, "_WEIGHED", 10)

    def change(values: NDArray[np.float64]) -> float:
        looked.append(float(np.ptp(values)))
        return looked[-1]

    monkeypatch.setattr(strip, "change", change)
    chosen = strip.lane_series(store, answers, 1)
    assert [store.series[number].name for number in chosen] == ["load_37"]
    assert len(looked) <= 11


def test_extremes_that_were_never_set_leave_a_line_within_its_lane() -> None:
    values = " ".join(["1.7e308", "-1.7e308"] * 12)
    store = store_of(f"metric wild every=10: {values}\n", "drawn.jsonl")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answers = analyse(store, known_rules()[0])
        lane = strip.lane(store, 0, strip.axis_of(store, answers))
    assert set(lane.y.tolist()) == {0.0, 1.0}
