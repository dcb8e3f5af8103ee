"""Numbers as they are shown."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.layout import numbers

NOON = 1_794_924_451_204_123_456  # 17 Nov 2026 14:07:31.204123456 UTC


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (0, "0 ns"),
        (850, "850 ns"),
        (1_000, "1 µs"),
        (1_500, "1.5 µs"),
        (12_300, "12 µs"),
        (999_499, "999 µs"),
        (999_500, "1 ms"),
        (3_400_000, "3.4 ms"),
        (9_960_000, "10 ms"),
        (386_000_000, "386 ms"),
        (999_499_999, "999 ms"),
        (999_500_000, "1.000 s"),
        (1_284_000_000, "1.284 s"),
        (59_999_499_999, "59.999 s"),
        (59_999_500_000, "1 m 00 s"),
        (125_000_000_000, "2 m 05 s"),
        (3_840_000_000_000, "1 h 04 m"),
        (266_400_000_000_000, "3 d 02 h"),
        (-12_000_000, "−12 ms"),
    ],
)
def test_duration(ns: int, text: str) -> None:
    assert numbers.duration(ns) == text


def test_seconds_keeps_one_unit() -> None:
    assert [numbers.seconds(ns) for ns in (98_000_000, 988_000_000, 3_000, 61 * 10**9)] == [
        "0.098 s", "0.988 s", "3 µs", "1 m 01 s",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0.0, "0 %"), (1.0, "100 %"), (0.41, "41 %"), (0.042, "4.2 %"), (0.0001, "<0.1 %"),
        (0.9999, ">99.9 %"), (0.994, "99.4 %"), (2.5, "250 %"), (0.0996, "10 %"),
    ],
)  # fmt: skip
def test_share(x: float, text: str) -> None:
    assert numbers.share(x) == text


def test_counts_and_sizes() -> None:
    assert (numbers.count(9214), numbers.count(-1200)) == ("9,214", "−1,200")
    assert (numbers.plural(1, "span"), numbers.plural(0, "query", "queries")) == ("1 span", "0 queries")
    assert [numbers.bytes_(n) for n in (0, 512, 999, 1_000, 96_000_000, 1_234_000_000)] == [
        "0 B", "512 B", "999 B", "1.0 kB", "96 MB", "1.2 GB",
    ]  # fmt: skip
    assert numbers.exact(1_284_031_002) == "1,284,031,002 ns"


def test_clock_and_date() -> None:
    assert numbers.clock(NOON) == "14:07:31.204"
    assert numbers.clock(NOON, precision=0) == "14:07:31"
    assert numbers.clock(NOON, precision=9) == "14:07:31.204123456"
    assert numbers.date_time(NOON) == "17 Nov 2026 14:07:31.204 UTC"
    assert numbers.clock(-1) == "23:59:59.999"


@pytest.fixture
def delhi(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if not hasattr(time, "tzset"):
        pytest.skip("the zone of a process cannot be changed on this system")
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_local_zone(delhi: None) -> None:
    assert numbers.date_time(NOON, utc=False) == "17 Nov 2026 19:37:31.204 +05:30"
    hours = numbers.clock_ticks(NOON, NOON + 8 * numbers.HOUR, 8, utc=False)
    assert [label for _, label in hours][:2] == ["20:00", "21:00"]


def test_ticks_of_a_trace() -> None:
    assert [label for _, label in numbers.ticks(0, 1_284_000_000, 7)] == [
        "0 ms", "200 ms", "400 ms", "600 ms", "800 ms", "1000 ms", "1200 ms",
    ]  # fmt: skip
    assert numbers.ticks(0, 12 * numbers.S, 4)[1] == (5 * numbers.S, "5 s")
    assert numbers.ticks(60 * numbers.S, 60 * numbers.S + 4_000_000, 4)[0][1] == "60.000 s"
    assert numbers.ticks(3600 * numbers.S, 3601 * numbers.S, 2)[0][1] == "60 m 00.0 s"
    hours = [label for _, label in numbers.ticks(0, 3 * numbers.HOUR, 3)]
    assert hours == ["0 m", "1 h 00 m", "2 h 00 m", "3 h 00 m"]
    assert numbers.ticks(5, 5, 4) == ()


def test_ticks_of_the_day() -> None:
    labels = [label for _, label in numbers.clock_ticks(NOON, NOON + 24 * numbers.MIN, 10)]
    assert labels[:3] == ["14:10", "14:15", "14:20"]
    assert numbers.clock_ticks(NOON, NOON + numbers.MS, 2)[0][1].startswith("14:07:31.204")
    assert numbers.clock_ticks(NOON, NOON + 9 * numbers.DAY, 10)[0][1] == "18 Nov"
    night = [label for _, label in numbers.clock_ticks(NOON, NOON + 12 * numbers.HOUR, 6)]
    assert night == ["16:00", "18:00", "20:00", "22:00", "18 Nov", "02:00"]
    months = [label for _, label in numbers.clock_ticks(NOON, NOON + 200 * numbers.DAY, 8)]
    assert months == [
        "1 Dec 2026",
        "1 Jan 2027",
        "1 Feb 2027",
        "1 Mar 2027",
        "1 Apr 2027",
        "1 May 2027",
        "1 Jun 2027",
    ]
    assert numbers.clock_ticks(NOON, NOON + 6000 * numbers.DAY, 6)[0][0] == 1_893_456_000 * numbers.S, "2030"
    years = [label for _, label in numbers.clock_ticks(NOON, NOON + 800 * numbers.DAY, 8)]
    assert all(label[-4:] in {"2026", "2027", "2028", "2029"} for label in years)


@given(st.integers(-(10**18), 2 * 10**18), st.integers(1, 10**18), st.integers(1, 40))
def test_ticks_lie_within_and_are_not_many(begin: int, span: int, about: int) -> None:
    for found in (numbers.ticks(begin, begin + span, about), numbers.clock_ticks(begin, begin + span, about)):
        assert all(begin <= at <= begin + span for at, _ in found)
        assert len(found) <= about + 1
        steps = {after[0] - before[0] for before, after in itertools.pairwise(found)}
        assert len(steps) <= 1 or (min(steps) >= 28 * numbers.DAY and max(steps) < 1.12 * min(steps)), (
            "months"
        )


@given(st.integers(0, 10**15), st.integers(1, 10**12), st.integers(2, 20))
def test_no_two_marks_have_one_label(begin: int, span: int, about: int) -> None:
    labels = [label for _, label in numbers.ticks(begin, begin + span, about)]
    assert len(labels) == len(set(labels))
