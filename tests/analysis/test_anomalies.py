"""What changed, found unasked: levels of error rates, latencies and metrics, and when each set in."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.analysis.anomalies import find_anomalies
from explorer.analysis.facts import facts_of
from explorer.analysis.levels import chances, stretches
from explorer.analysis.results import Anomaly
from tests.drawn import BASE_NS, Drawing, draw, repeated
from tests.drawn_store import store_of

WELL = """
trace t at={at}
gate: GET /rank | server 0+40 200
  rank: score   | server 2+30 200
"""
BAD = """
trace t at={at}
gate: GET /rank | server 0+40 500 error
  rank: score   | server 2+30 500 error !ValueError(no price)
"""
SLOW = """
trace t at={at}
gate: GET /rank | server 0+240 200
  rank: score   | server 2+230 200
"""


def times(drawing: str, count: int, at: float, prefix: str) -> Drawing:
    return repeated(draw(drawing.format(at=at)), count, 1, prefix)


def found(drawing: Drawing) -> tuple[Anomaly, ...]:
    store = store_of(drawing)
    return find_anomalies(store, facts_of(store).hops.enters)


def seconds(anomaly: Anomaly) -> tuple[float, float]:
    end = (anomaly.end_ns - BASE_NS) / 1e9 if anomaly.end_ns >= 0 else -1
    return (anomaly.time_ns - BASE_NS) / 1e9, end


def test_calls_that_begin_to_fail() -> None:
    errors = [one for one in found(times(WELL, 60, 0, "a") + times(BAD, 30, 60, "b")) if one.kind == "errors"]
    assert {one.service for one in errors} == {"gate", "rank"}
    for one in errors:
        assert seconds(one)[0] == pytest.approx(60, abs=1)
        assert one.end_ns == -1
        assert (one.before, one.after) == (0.0, 1.0)
    assert errors[0].text == "gate GET /rank: 0% → 100% of calls fail"


def test_slowness_that_ends_again() -> None:
    slow = found(times(WELL, 50, 0, "a") + times(SLOW, 40, 50, "b") + times(WELL, 60, 90, "c"))
    assert {one.kind for one in slow} == {"latency"}
    begin, end = seconds(next(one for one in slow if one.service == "rank"))
    assert begin == pytest.approx(50, abs=1)
    assert end == pytest.approx(90, abs=1)


def test_what_was_so_all_along_is_no_change() -> None:
    assert found(times(BAD, 80, 0, "a")) == ()
    mixed = sum((times(WELL, 1, at, f"w{at}") for at in range(1, 80)), times(BAD, 1, 0, "x"))
    assert found(mixed) == ()


def test_metrics_that_leave_their_level() -> None:
    level = " ".join(["0.02", "0.021", "0.019"] * 8 + ["0.4", "0.41", "0.42"] * 8)
    spike = " ".join(["1"] * 30 + ["0", "0", "0"] + ["1"] * 15)
    steady = " ".join(["5", "6"] * 24)
    ramp = " ".join(["1", "1.02", "0.98"] * 6 + [str(1 + i) for i in range(12)] + ["13"] * 18)
    outage = " ".join(["1"] * 24 + ["0"] * 20 + ["1"] * 4)
    anomalies = found(
        draw(f"""
metric null_ratio service=feature every=10: {level}
metric up service=store every=10: {spike}
metric load service=store every=10: {steady}
metric db_up service=store every=10: {outage}
metric queue service=store every=10: {ramp}
""")
    )
    assert [(one.text, seconds(one)) for one in anomalies] == [
        ("queue · store: 1 → 13", (190.0, -1)),
        ("db_up · store: 1 → 0", (240.0, 440.0)),
        ("null_ratio · feature: 0.02 → 0.41", (240.0, -1)),
        ("up · store: 1 → 0", (300.0, 330.0)),
    ]


def test_chance_of_a_change() -> None:
    dice = np.random.default_rng(3)
    noise = [dice.normal(size=200) for _ in range(300)]
    group = np.repeat(np.arange(300), 200)
    p = chances(group, np.concatenate(noise))
    assert (p < 0.05).mean() < 0.08, "about as often as it says"
    shifted = np.concatenate([dice.normal(size=100), dice.normal(2, size=100)])
    assert chances(np.zeros(200, np.int64), shifted)[0] < 1e-10
    assert stretches(shifted, 1e-4)[0][1] == pytest.approx(100, abs=3)
    assert stretches(noise[0], 1e-4) == [(0, 200)]
    assert chances(np.empty(0, np.int64), np.empty(0)).tolist() == []
