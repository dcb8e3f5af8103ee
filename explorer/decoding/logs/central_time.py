"""Whether CST is the time of Chicago (-06:00, as RFC 2822 has it) or of China (+08:00), by what a file shows."""

from __future__ import annotations

import re
from typing import Final

from explorer.decoding.logs.times import parse_time

CST: Final = b"CST"
_TIME: Final = re.compile(
    rb"\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})? ?CST\b"
    rb"|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d CST \d{4}"
)
_CHINA: Final = re.compile(rb":\d\d(?:[.,]\d{1,9})? ?\+08:?00\b|\bAsia/|[\xe4-\xe9][\x80-\xbf]{2}")
"""An offset or a zone of Asia, and Chinese words."""
_AMERICA: Final = re.compile(rb":\d\d(?:[.,]\d{1,9})? ?-0[56]:?00\b|\bAmerica/|\d (?:CDT|[EPM][DS]T)\b")
_MOST: Final = 2000
"""Times looked at."""
_LATE: Final = 120 * 10**9
"""Clocks differ by less."""

WHY: Final = {
    "words": "the file holds Chinese words, or other times of that zone",
    "age": "else it would have been written before its last lines",
    "zones": "the file holds other times of America",
    "": "nothing in the file tells (in China it is +08:00)",
}


def is_china(data: bytes, latest_ns: int) -> tuple[bool, str] | None:
    """Whether CST is China's, and a key of :data:`WHY`; None where no time is written so.

    Args:
        latest_ns: when the file was last written; 0: unknown.
    """
    if (first := _TIME.search(data)) is None:
        return None
    if _AMERICA.search(data):
        return False, "zones"
    if _CHINA.search(data):
        return True, "words"
    found = (
        match[0].decode() for _, match in zip(range(_MOST), _TIME.finditer(data, first.start()), strict=False)
    )
    last = max((parsed[0] for text in found if (parsed := parse_time(text))), default=0)
    return (True, "age") if latest_ns and last > latest_ns + _LATE else (False, "")
