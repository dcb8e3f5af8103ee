"""Times as logs write them, to nanoseconds since the epoch, exactly.

A time format is a regular expression in which directives stand for the parts: ``%Y %y %m %d %e`` (day padded
with a blank, or not) ``%b`` (Jan) ``%a`` (weekday, not used) ``%H %M %S %f`` (fraction, 1 to 9 digits) ``%h`` (hour
padded with a blank) ``%z`` (+01:00, +0100, +01, or a name in :data:`ZONES`) and ``%s`` (seconds, milli-, micro- or
nanoseconds since the epoch, by magnitude); ``%B`` is a month in another language, ``%T`` a TAI64N label. Without
leading zeros: ``%o`` month, ``%k`` day, ``%I`` hour of twelve, with ``%p`` (AM, PM) or ``%P`` (in another language);
``%C`` is all of a clock so, with milliseconds (``9:4:43:7``); ``%E`` is seconds since the epoch with an exponent
(``1.79e+09``); ``%D`` is day, month and year or month, day and year (``03/04/2026``): what else the file holds tells
which (:mod:`explorer.decoding.logs.date_order`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache, cached_property, lru_cache
from typing import Final

from explorer.decoding.logs import months

DAY: Final = 86_400 * 10**9
HOUR: Final = 3600 * 10**9
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NAMED_ZONES: Final = {
    0: "Z UTC GMT UT WET", 60: "CET WEST BST", 120: "CEST EET SAST", 180: "EEST MSK", 480: "HKT SGT AWST",
    540: "JST KST", 600: "AEST", 660: "AEDT", 720: "NZST", 780: "NZDT",
    -480: "PST", -420: "PDT MST", -360: "MDT CST", -300: "CDT EST", -240: "EDT",
}  # fmt: skip
ZONES: Final = {name.encode(): minutes for minutes, names in _NAMED_ZONES.items() for name in names.split()}
"""Minutes from UTC by zone name: those of RFC 2822, and others in use that mean one zone only (``IST`` means three)."""
_ZONE_NAMES: Final = "|".join(sorted((name.decode() for name in ZONES), key=lambda name: (-len(name), name)))
_PARTS: Final = {
    "Y": r"\d{4}", "y": r"\d\d", "m": r"\d\d", "d": r"\d\d", "e": r"[ \d]?\d", "h": r"[ \d]?\d",
    "b": "(?:" + "|".join(MONTHS) + ")", "a": "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)",
    "H": r"\d\d", "M": r"\d\d", "S": r"\d\d", "f": r"\d{1,9}",
    "D": r"(?:\d{1,2}/\d{1,2}/\d{4}|\d{1,2}-\d{1,2}-\d{4})",
    "o": r"\d{1,2}", "k": r"\d{1,2}", "I": r"\d{1,2}", "p": "(?:AM|PM|am|pm)", "E": r"\d\.\d{1,18}e\+\d\d",
    "C": r"\d{1,2}:\d{1,2}:\d{1,2}:\d{1,3}", "B": months.MONTH, "P": months.HALF, "T": "@40000000[0-9a-f]{16}",
    "z": rf"(?:(?:{_ZONE_NAMES})(?![A-Za-z])|[+-]\d\d:?\d\d|[+-]\d\d(?!:?\d))", "s": r"\d{9,19}",
}  # fmt: skip
_DIRECTIVE: Final = re.compile("%([A-Za-z])")


@dataclass(frozen=True, slots=True)
class TimeReference:
    """What stands in for a year that is not written.

    Attributes:
        year: the year stated by the user; 0: none.
        latest_ns: no time is later than this (the file's modification time, the line's outer time); 0: unknown.
        day_first: of dates like 03/04/2026 the first number is the day.
        china: CST is +08:00.
    """

    year: int = 0
    latest_ns: int = 0
    day_first: bool = False
    china: bool = False

    def year_of(self, month: int, day: int) -> int:
        """The year of a date: the one stated, else the last in which it is not more than two days after latest."""
        if self.year or not self.latest_ns:
            return self.year or 1970
        year = civil(self.latest_ns // DAY)[0]
        return year if days(year, month, day) * DAY <= self.latest_ns + 2 * DAY else year - 1

    def day_of(self, clock_ns: int) -> int:
        """The day, since 1970, of a time of day: the last on which it is not later than latest."""
        day = self.latest_ns // DAY
        return day if day * DAY + clock_ns <= self.latest_ns + HOUR else day - 1


NO_REFERENCE: Final = TimeReference()


@dataclass(frozen=True)
class TimeFormat:
    """One way to write a time: its directives, and the pattern that finds it."""

    spec: str
    pattern: str

    @cached_property
    def parts(self) -> re.Pattern[bytes]:
        """The pattern that takes a time apart; of most formats no time is ever met."""
        return _parting(self.spec)

    def parse(self, text: bytes, reference: TimeReference = NO_REFERENCE) -> tuple[int, bool] | None:
        """Nanoseconds and whether a zone was written; None where the text is not of this format or no date."""
        match = self.parts.fullmatch(text)
        return _from_parts(match.groupdict(), reference) if match else None


def cannot_be(text: bytes, formats: Sequence[TimeFormat]) -> bool:
    """Whether a text is a time as the formats write it, with a time of day that is one and a date that is none.

    Patterns that name minutes as the month, or swap month and day, write such.
    """
    found = (match.groupdict() for one in formats if (match := one.parts.fullmatch(text)))
    return any(any(map(parts.get, "bBmoD")) and _clock(parts) is not None for parts in found)


TAI_S: Final = 10
"""Seconds that TAI64N labels are ahead: their writers count no leap seconds, but those of 1972."""
NO_YEAR: Final = "times have no year: each is taken as the last that is not later than the file"
NO_DATE: Final = "times have no date: each is taken as the last that is not later than the file"


def left_out(text: bytes, formats: Sequence[TimeFormat]) -> str:
    """What a time leaves open, in the first format that knows it: its ``year``, its ``date``, the ``order`` of day and
    month; ``""`` for nothing.
    """
    match = next((found for one in formats if (found := one.parts.fullmatch(text))), None)
    told = {part for part, written in match.groupdict().items() if written} if match else {"s"}
    if told & {*"YysET"}:
        return ""
    return "order" if "D" in told else "year" if told & {*"bBmo"} else "date"


@cache
def time_format(spec: str, *, tested: bool = False) -> TimeFormat:
    """A time format; one that is ``tested`` is known to be valid.

    Raises:
        ValueError: an unknown directive, or no valid regular expression.
    """
    letters = _DIRECTIVE.findall(spec)
    for letter in letters:
        if letter not in _PARTS:
            raise ValueError(f"unknown time directive %{letter}")
        if letters.count(letter) > 1:
            raise ValueError(f"time directive %{letter} stands twice")
    if not tested:
        _parting(spec)
    return TimeFormat(spec, _DIRECTIVE.sub(lambda m: _PARTS[m[1]], spec))


def _parting(spec: str) -> re.Pattern[bytes]:
    try:
        return re.compile(_DIRECTIVE.sub(lambda m: f"(?P<{m[1]}>{_PARTS[m[1]]})", spec).encode())
    except re.error as error:
        raise ValueError(f"no valid time pattern: {error}") from error


ISO: Final = r"%Y-%m-%d(?:[T _:]| at )%H:%M:%S(?:[.,:]%f)?(?: ?%z)?"
EPOCH: Final = r"%s(?:\.%f)?"
KNOWN: Final = tuple(
    time_format(spec, tested=True)
    for spec in (
        ISO,
        r"%Y%m%d[T ]?%H%M%S(?:[.,]%f)?(?:%z)?",
        EPOCH,
        r"%Y-%m-%d %H:%M:%S(?:\.%f)? %z [A-Z]{3,5}(?: m=\S+)?",  # Go's Time.String
        r"%Y/%m/%d[ T]%H:%M:%S(?:[.,]%f)?(?: ?%z)?",
        r"%d/%b/%Y[: ]%H:%M:%S(?:\.%f)?(?: %z)?",
        r"%d\.%m\.%Y %H:%M:%S(?:[.,]%f)?",
        r"%Y\.%m\.%d(?:[ -]| at )%H:%M:%S(?:[.,]%f)?(?: %z)?",
        r"%Y%m%d[ -]%H:%M:%S(?:[.,:]%f)?",
        r"%a, %d %b %Y %H:%M:%S(?: %z)?",
        r"%a %b %e %H:%M:%S(?:\.%f)? %Y(?: %z)?",
        r"%a %b %e %H:%M:%S %z %Y",  # Java's Date.toString, date(1)
        r"%a %b %e %H:%M:%S [A-Z]{3,5} %Y",
        r"%b %e, %Y @ %H:%M:%S(?:\.%f)?",
        r"(?:%D|%Y-%m-%d),? %I:%M:%S(?:\.%f)?\s%p",
        r"%D[ ,T-]{1,3}%H:%M:%S(?:[.,:]%f)?(?: ?%z)?",
        r"%b %k, %Y,? %I:%M:%S(?:\.%f)?\s%p",
        r"%E",
        r"/Date\(%s\)/",  # .NET's JSON
        r"%d[ -]%b[ -]%Y[ :]%H:%M:%S(?:[.,]%f)?(?: ?%z)?",
        r"(?:%z )?%b %e %H:%M:%S(?:\.%f)?",
        r"%b %e %Y %H:%M:%S(?:\.%f)?",
        r"%m[-/]%d %H:%M:%S(?:[.,]%f)?",
        r"%d-%b-%y %H:%M:%S(?:[.,]%f)?",
    )
)
"""Formats tried, in this order, on a time of which nothing is known."""


def parse_time(value: object, reference: TimeReference = NO_REFERENCE) -> tuple[int, bool] | None:
    """A time of any known form, as text or JSON number. Nanoseconds and whether a zone was meant; None for none.

    A number is taken by magnitude as seconds, milli-, micro- or nanoseconds since the epoch.
    """
    if isinstance(value, str):
        return _parse_text(value.strip(), reference)
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        found = epoch_ns(value)
    elif isinstance(value, float | Decimal):
        found = number_ns(repr(value) if isinstance(value, float) else str(value))
    else:
        return None
    return None if found is None else (found, True)


@lru_cache(maxsize=4096)
def _parse_text(text: str, reference: TimeReference) -> tuple[int, bool] | None:
    if len(text) > 64:
        return None
    raw = text.encode("utf-8", "replace")
    for known in KNOWN:
        found = known.parse(raw, reference)
        if found is not None:
            return found
    return None


def number_ns(text: str) -> int | None:
    """A decimal number written as text (``1761019822.3152757``) to nanoseconds, without going through a float."""
    try:
        number = Decimal(text)
        whole = int(number)
    except (InvalidOperation, ValueError, OverflowError):
        return None
    unit = epoch_unit(whole)
    return int(number * unit) if unit else None


def epoch_ns(number: int) -> int | None:
    """Nanoseconds of an epoch time in s, ms, µs or ns; None where it is too small to be a date."""
    unit = epoch_unit(number)
    return number * unit if unit else None


def epoch_unit(number: int) -> int:
    """Nanoseconds a unit of an epoch time, by its magnitude (years 1973 to 2261); 0: none fits."""
    for least, unit in EPOCH_UNITS:
        if least <= number < least * 92:
            return unit
    return 0


EPOCH_UNITS: Final = ((10**8, 10**9), (10**11, 10**6), (10**14, 1000), (10**17, 1))
"""The least number taken for a time in that unit; 92 times as much is the end of int64 nanoseconds."""


def days(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 in the proleptic Gregorian calendar (H. Hinnant, chrono-compatible algorithms)."""
    year -= month <= 2
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


def civil(day: int) -> tuple[int, int, int]:
    """Year, month and day of a count of days since 1970-01-01, the inverse of :func:`days`."""
    day += 719_468
    era = day // 146_097
    of_era = day - era * 146_097
    year = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    month, last = (month + 3, 0) if month < 10 else (month - 9, 1)
    return year + era * 400 + last, month, of_year - (153 * ((month + 9) % 12) + 2) // 5 + 1


def zone_ns(text: bytes, reference: TimeReference = NO_REFERENCE) -> int:
    """Offset from UTC of ``+01:00``, ``-0330``, ``+01`` or a name in :data:`ZONES`, in ns."""
    if text[:1] not in (b"+", b"-"):
        return 8 * HOUR if reference.china and text == b"CST" else ZONES[text] * 60 * 10**9
    digits = text[1:].replace(b":", b"")
    minutes = int(digits[:2]) * 60 + int(digits[2:4] or b"0")
    return (minutes if text[:1] == b"+" else -minutes) * 60 * 10**9


def fraction_ns(digits: bytes | None) -> int:
    """Nanoseconds of the digits behind the point."""
    return int(digits.ljust(9, b"0")) if digits else 0


def _from_parts(parts: dict[str, bytes], reference: TimeReference) -> tuple[int, bool] | None:
    if parts.get("s"):
        whole = int(parts["s"])
        unit = epoch_unit(whole)
        return (whole * unit + fraction_ns(parts.get("f")) * unit // 10**9, True) if unit else None
    if parts.get("E"):
        ns = number_ns(parts["E"].decode())
        return None if ns is None else (ns, True)
    if parts.get("T"):
        return (int(parts["T"][9:17], 16) - TAI_S) * 10**9 + int(parts["T"][17:], 16), True
    clock = _clock(parts)
    if clock is None:
        return None
    day = _day(parts, clock, reference)
    if day is None:
        return None
    zone = parts.get("z")
    return day * DAY + clock - (zone_ns(zone, reference) if zone else 0), bool(zone)


def _clock(parts: dict[str, bytes]) -> int | None:
    """Nanoseconds since midnight, None where there is no such time."""
    if parts.get("C"):
        hour, minute, second, millis = map(int, parts["C"].split(b":"))
        fraction = millis * 10**6
    else:
        hour, minute, second = _hour(parts), int(parts["M"]), int(parts.get("S") or 0)
        fraction = fraction_ns(parts.get("f"))
    if hour > 23 or minute > 59 or second > 60:
        return None
    return ((hour * 60 + minute) * 60 + second) * 10**9 + fraction


def ordered(date: bytes, *, day_first: bool) -> tuple[int, int, int]:
    """Month, day and year of a date in three numbers, the year last; a number above 12 is no month."""
    first, second, year = map(int, date.replace(b"-", b"/").split(b"/"))
    return (second, first, year) if second <= 12 and (first > 12 or day_first) else (first, second, year)


def _hour(parts: dict[str, bytes]) -> int:
    if not parts.get("I"):
        return int(parts.get("H") or parts["h"])
    return hour_of_day(int(parts["I"]), parts.get("p") or parts.get("P") or b"AM")


def hour_of_day(hour: int, half: bytes) -> int:
    """The hour, 0 to 23, of one of twelve; what is none of twelve is more than 23."""
    return hour % 12 + 12 * months.is_afternoon(half) if 1 <= hour <= 12 else 24


def _month(parts: dict[str, bytes]) -> int:
    if parts.get("b"):
        return MONTHS.index(parts["b"].decode()) + 1
    return months.month_number(parts["B"]) if parts.get("B") else int(parts.get("m") or parts["o"])


def _day(parts: dict[str, bytes], clock: int, reference: TimeReference) -> int | None:
    """Days since 1970 of the date in the parts, None where it is none."""
    if not any(parts.get(letter) for letter in "bBmoD"):  # a time of day only
        return reference.day_of(clock) if reference.latest_ns else None
    if parts.get("D"):
        month, day, year = ordered(parts["D"], day_first=reference.day_first)
        return (
            days(year, month, day) if 1 <= month <= 12 and 1 <= day <= 31 and 1678 <= year <= 2261 else None
        )
    month = _month(parts)
    day = int(parts.get("d") or parts.get("e") or parts["k"])
    if parts.get("Y"):
        year = int(parts["Y"])
    else:
        year = 2000 + int(parts["y"]) if parts.get("y") else reference.year_of(month, day)
    if not (
        1 <= month <= 12 and 1 <= day <= 31 and 1678 <= year <= 2261
    ):  # beyond, int64 nanoseconds overflow
        return None
    return days(year, month, day)
