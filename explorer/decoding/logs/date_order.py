"""Whether the day or the month comes first in dates like 03/04/2026, by what a file shows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from explorer.decoding.logs.times import DAY, days

DATE: Final = re.compile(rb"(?<![\d/.-])(\d{1,2})([/-])(\d{1,2})\2(\d{4})(?=[ ,T-]{1,3}\d{1,2}:\d\d)")
"""Such a date before a time of day."""
_ENDS: Final = tuple(re.compile(mark + rb"\d{4}[ ,T-]{1,3}\d{1,2}:\d\d") for mark in (b"/", b"-"))
"""How such a date ends: what begins with one certain byte is found thirty times as fast."""
MOST: Final = 20_000
"""Dates looked at."""


def has_dates(data: bytes, end: int) -> bool:
    """Whether there is such a date before a certain byte."""
    return any(one.search(data, 0, end) for one in _ENDS) and DATE.search(data, 0, end) is not None


def order_of(data: bytes, latest_ns: int) -> tuple[bool, bool] | None:
    """Whether the day comes first, and whether that is sure; None where there is no such date.

    A number above 12 is no month. Else the number that changes more often is the day, for logs span days sooner than
    months; else what is not in the future of the file counts. Nothing else known, the month comes first.

    Args:
        latest_ns: when the file was last written; 0: unknown.
    """
    if not has_dates(data, len(data)):
        return None
    dates = [
        (int(m[1]), int(m[3]), int(m[4])) for _, m in zip(range(MOST), DATE.finditer(data), strict=False)
    ]
    if any(first > 12 for first, _, _ in dates):
        return True, True
    if any(second > 12 for _, second, _ in dates):
        return False, True
    firsts, seconds = len({date[0] for date in dates}), len({date[1] for date in dates})
    if firsts != seconds:
        return firsts > seconds, False
    return _by_age(dates, latest_ns), False


def _by_age(dates: Sequence[tuple[int, int, int]], latest_ns: int) -> bool:
    last = latest_ns // DAY + 1
    month_first = max(days(year, first, second) for first, second, year in dates)
    day_first = max(days(year, second, first) for first, second, year in dates)
    return bool(latest_ns) and month_first > last >= day_first
