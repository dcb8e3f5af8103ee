"""Times of day as programs of Linux print them, under a date that stands above."""

from __future__ import annotations

import re
from typing import Final

from explorer.decoding.documents import moment

CLOCK: Final = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?: (?P<half>[AP]M))?"
"""A time of a day; see :func:`seconds`."""
DATE: Final = r"\d{1,4}[-/.]\d\d[-/.]\d{2,4}"
"""A date; see :func:`midnight`."""
DAY: Final = 86400
"""Seconds of a day."""
_NS: Final = 10**9


def midnight(date: str) -> int:
    """When a day begins, in seconds since the epoch; the date is written as the locale does.

    The month stands first where it does not say otherwise.
    """
    parts = [int(part) for part in re.split(r"[-/.]", date)]
    if parts[0] > 31:
        year, month, day = parts
    else:
        first, second, year = parts
        month, day = (second, first) if "." in date or first > 12 else (first, second)
    year += 2000 * (year < 100)
    return moment(f"{year}-{month:02}-{day:02}T00:00:00Z") // _NS


def seconds(match: re.Match[str]) -> int:
    """The time of a day in seconds, from a match of :data:`CLOCK`."""
    hour = int(match["hour"])
    if match["half"]:
        hour = hour % 12 + 12 * (match["half"] == "PM")
    return hour * 3600 + int(match["minute"]) * 60 + int(match["second"])
