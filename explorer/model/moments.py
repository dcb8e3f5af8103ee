"""Times that people write: ISO 8601, a clock time of the bundle's day, or an epoch number."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from explorer.errors import UsageError

_FRACTION = re.compile(r"(\d{2}:\d{2}:\d{2})[.,](\d{1,9})\d*")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,](\d{1,9}))?\Z")
_WORDED = re.compile(r"(\d{1,2}) ([A-Z][a-z]{2}) (\d{4})(?:[ ,T]+(.+?))?\Z")
"""``18 Nov 2026 14:07:31.204 UTC``, as the answers of this program write times."""
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_DAY_NS = 86_400 * 10**9


def parse_moment(text: str, first_ns: int, last_ns: int) -> int:
    """A moment in ns since the epoch.

    Args:
        text: ``2026-11-18T14:07:31.204Z`` or ``18 Nov 2026 14:07:31.204 UTC`` (UTC where no zone is given),
            ``14:07:31``, or an epoch number in s, ms, µs or ns by its magnitude.
        first_ns, last_ns: a clock time is the first in this range, else that of its first day (UTC).

    Raises:
        UsageError: it is none of these.
    """
    stripped = _numbered(text.strip())
    if (
        (match := _CLOCK.match(stripped))
        and int(match[1]) < 24
        and int(match[2]) < 60
        and int(match[3] or 0) < 60
    ):
        hours, minutes, seconds, fraction = match.groups()
        whole = (int(hours) * 60 + int(minutes)) * 60 + int(seconds or 0)
        today = first_ns // _DAY_NS * _DAY_NS + whole * 10**9 + int((fraction or "0").ljust(9, "0"))
        return today + _DAY_NS if today < first_ns and today + _DAY_NS <= last_ns else today
    try:
        return _epoch(Decimal(stripped))
    except (InvalidOperation, OverflowError):
        pass
    try:
        return iso_ns(stripped)
    except ValueError:
        raise UsageError(
            f"“{text}” is no time: write 2026-11-18T14:07:31Z, 14:07:31 or an epoch number."
        ) from None


def _numbered(text: str) -> str:
    """A time with the month in letters as ISO 8601; any other as it is."""
    match = _WORDED.match(text)
    if match is None or match[2] not in _MONTHS:
        return text
    clock = re.sub(r" ?UTC\Z", "Z", match[4] or "").replace(" ", "")
    return f"{match[3]}-{_MONTHS.index(match[2]) + 1:02d}-{int(match[1]):02d}{clock and f'T{clock}'}"


def iso_ns(text: str) -> int:
    """An ISO 8601 time in ns since the epoch, exact to the nanosecond; UTC where no zone is given.

    Raises:
        ValueError: it is no ISO time.
    """
    fraction = 0
    if match := _FRACTION.search(text):
        fraction = int(match[2].ljust(9, "0"))
        text = text[: match.end(1)] + text[match.end() :]
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * 10**9 + fraction


def _epoch(number: Decimal) -> int:
    for limit, factor in ((10**11, 10**9), (10**14, 10**6), (10**17, 10**3), (1 << 63, 1)):
        if abs(number) < limit:
            return int(number * factor)
    raise OverflowError
