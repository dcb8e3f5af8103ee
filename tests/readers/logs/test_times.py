"""Times in every spelling, one by one and by the thousand."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from explorer.decoding.logs.time_columns import times_at, times_of
from explorer.decoding.logs.times import TimeReference, civil, days, parse_time, time_format

SECOND = 10**9
AT = 1_795_338_883 * SECOND  # 2026-11-22T09:14:43Z
REFERENCE = TimeReference(latest_ns=AT + 3600 * SECOND)

SPELLINGS = [
    ("2026-11-22T09:14:43Z", AT, True),
    ("2026-11-22T09:14:43.320Z", AT + 320_000_000, True),
    ("2026-11-22 09:14:43,301", AT + 301_000_000, False),
    ("2026-11-22T10:14:43.123456789+01:00", AT + 123_456_789, True),
    ("2026-11-22 04:44:43 -0430", AT, True),
    ("2026-11-22 09:14:43.607158889 +0000 UTC m=+0.113112869", AT + 607_158_889, True),
    ("2026/11/22 09:14:43", AT, False),
    ("22/Nov/2026:09:14:43 +0000", AT, True),
    ("Sun, 22 Nov 2026 09:14:43 GMT", AT, True),
    ("Sun Nov 22 09:14:43 2026", AT, False),
    ("Nov 22, 2026 @ 09:14:43.322", AT + 322_000_000, False),
    ("22 Nov 2026 09:14:43.018", AT + 18_000_000, False),
    ("20261122T091443Z", AT, True),
    ("Nov 22 09:14:43", AT, False),
    ("Nov 22 2026 09:14:43", AT, False),
    ("PST Nov 22 01:14:43", AT, True),
    ("Sun Nov 22 10:14:43 CET 2026", AT, True),
    ("Sun Nov 22 09:14:43 XYZT 2026", AT, False),  # a zone of no known name
    ("2026-11-22 04:14:43.250 EST", AT + 250_000_000, True),
    ("2026-11-22T09:14:43-05", AT + 5 * 3600 * SECOND, True),
    ("22.11.2026 09:14:43", AT, False),
    ("2026.11.22 09:14:43", AT, False),
    ("20261122-09:14:43", AT, False),
    ("22/Nov/2026 09:14:43", AT, False),
    ("1795338883", AT, True),
    ("1795338883.3152757", AT + 315_275_700, True),
    ("1795338883320", AT + 320_000_000, True),
    ("1795338883320123", AT + 320_123_000, True),
    ("1795338883320123456", AT + 320_123_456, True),
    (1795338883, AT, True),
    (1795338883320, AT + 320_000_000, True),
    (1795338883.25, AT + 250_000_000, True),
]
NONE = ["", "yesterday", "2026-13-01T00:00:00Z", "2026-11-22T25:00:00Z", "12.5", 17, True, None, [], "9" * 70]


@pytest.mark.parametrize(("text", "ns", "zoned"), SPELLINGS, ids=[str(row[0]) for row in SPELLINGS])
def test_a_time_in_this_spelling(text: object, ns: int, zoned: bool) -> None:
    assert parse_time(text, REFERENCE) == (ns, zoned)


@pytest.mark.parametrize("text", NONE, ids=repr)
def test_what_is_no_time(text: object) -> None:
    assert parse_time(text, REFERENCE) is None


def test_columns_tell_the_same_as_single_times() -> None:
    chance = random.Random(3)
    texts = [str(row[0]) for row in SPELLINGS] + [str(text) for text in NONE]
    for _ in range(3000):
        at = datetime(2024, 2, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(10**8))
        zone = timezone(timedelta(minutes=chance.choice((-210, 0, 60, 330))))
        texts.append(
            at.astimezone(zone).isoformat(timespec=chance.choice(("seconds", "milliseconds", "microseconds")))
        )
        texts.append(
            at.strftime(chance.choice(("%Y-%m-%d %H:%M:%S,%f", "%b %d %H:%M:%S", "%d/%b/%Y:%H:%M:%S")))
        )
    chance.shuffle(texts)
    ns, found, zoned = times_of(texts, REFERENCE)
    for i, text in enumerate(texts):
        expected = parse_time(text.strip(), REFERENCE)
        assert found[i] == (expected is not None), text
        if expected is not None:
            assert (int(ns[i]), bool(zoned[i])) == expected, text


@pytest.mark.parametrize(
    ("latest", "text", "year"),
    [
        ("2026-11-22T09:14:43Z", "Nov 22 09:14:43", 2026),
        ("2026-11-22T09:14:43Z", "Nov 23 09:14:43", 2026),  # a zone east of here
        ("2026-11-22T09:14:43Z", "Dec 31 23:00:00", 2025),
        ("2027-01-02T00:00:00Z", "Dec 31 23:00:00", 2026),
    ],
)
def test_the_year_is_the_last_that_is_not_in_the_future(latest: str, text: str, year: int) -> None:
    reference = TimeReference(latest_ns=(parse_time(latest) or (0, True))[0])
    parsed = parse_time(text, reference)
    assert parsed is not None
    assert civil(parsed[0] // (86_400 * SECOND))[0] == year


def test_a_stated_year_stands() -> None:
    parsed = parse_time("Dec 31 23:00:00", TimeReference(2019, AT))
    assert parsed is not None
    assert civil(parsed[0] // (86_400 * SECOND))[0] == 2019


def test_a_time_of_day_is_of_the_last_day_on_which_it_is_not_in_the_future() -> None:
    clock = time_format(r"%H:%M:%S\.%f")
    data = b"09:14:43.50023:59:59.999"
    begins = np.array([0, 12])
    ns, found, _ = times_at(data, begins, begins + 12, [clock], TimeReference(latest_ns=AT))
    assert found.all()
    assert ns.tolist() == [AT + SECOND // 2, AT - (9 * 3600 + 14 * 60 + 43) * SECOND - SECOND // 1000]
    assert clock.parse(data[:12], TimeReference()) is None


def test_days_and_dates_are_inverse() -> None:
    for day in range(-100_000, 100_000, 37):
        assert days(*civil(day)) == day
    assert civil(0) == (1970, 1, 1)
    assert days(2024, 2, 29) == 19782


@pytest.mark.parametrize("spec", ["%Q", "%Y%Y", "("])
def test_a_faulty_time_format_says_so(spec: str) -> None:
    with pytest.raises(ValueError, match="time"):
        time_format(spec)
