"""Numbers with units, and times, as people write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

from explorer.query.syntax import Amount, Measure

DURATIONS_NS = MappingProxyType(
    {
        "ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9,
        "m": 60 * 10**9, "min": 60 * 10**9, "h": 3600 * 10**9,
    }
)  # fmt: skip
SIZES = MappingProxyType(
    {
        "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12,
        "kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40,
    }
)  # fmt: skip
UNITS_IN_WORDS = "ns us ms s m h, or KB MB GB KiB MiB GiB"

# The unit that an attribute's own name gives: latency_ms, http.duration_seconds, payload.bytes
_NAMED = re.compile(
    r"[._-](?:(?P<ns>ns|nanos|nanoseconds)|(?P<us>us|micros|microseconds)|(?P<ms>ms|msec|millis|milliseconds)"
    r"|(?P<s>s|sec|secs|seconds)|(?P<b>bytes)|(?P<kb>kb)|(?P<mb>mb))$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"([+-]?\d{1,30}(?:\.(\d{1,30}))?(?:[eE]([+-]?\d{1,2}))?) ?([A-Za-zµμ]{0,9})", re.ASCII)
_CLOCK = re.compile(r"(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?", re.ASCII)
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ]([0-9:.,]+)(Z|[+-]\d\d:?\d\d)?)?", re.IGNORECASE | re.ASCII)
_SECOND = 10**9
_WHOLE = 2**63  # beyond, no column could be compared with an integer
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def amount(text: str) -> Amount | None:
    """``200ms``, ``1.5 s``, ``4KiB``, ``500`` as an amount; None for anything else, unknown units too."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        return None
    digits, fraction, exponent, unit = match.groups()
    if unit in DURATIONS_NS:
        return _rounded("duration", digits, fraction, exponent, DURATIONS_NS[unit])
    if unit.lower() in SIZES:
        return _rounded("size", digits, fraction, exponent, SIZES[unit.lower()])
    return None if unit else _rounded("number", digits, fraction, exponent, 1)


def instant(text: str) -> Amount | None:
    """A date, a date with a time (UTC if it names no zone), a time of day, or seconds, ms, µs, ns since 1970.

    None for anything else, and for times that do not exist.
    """
    text = text.strip()
    if match := _CLOCK.fullmatch(text):
        return _clock(match)
    if match := _DATE.fullmatch(text):
        return _date(match)
    if re.fullmatch(r"[0-9]{9,19}", text):
        unit = 10 ** (9 - 3 * ((len(text) - 9) // 3))
        start = int(text) * unit
        return Amount("instant", start, start, start + unit)
    return None


def unit_in_name(attribute: str) -> tuple[Measure, int] | None:
    """What an attribute's name says of its numbers: their measure, and the size of one unit."""
    match = _NAMED.search(attribute)
    if match is None or match.lastgroup is None:
        return None
    name = match.lastgroup
    return ("duration", DURATIONS_NS[name]) if name in DURATIONS_NS else ("size", SIZES[name])


def _rounded(measure: Measure, digits: str, fraction: str | None, exponent: str | None, unit: int) -> Amount:
    value = Decimal(digits) * unit
    half = Decimal(10) ** (int(exponent or 0) - len(fraction or "")) * unit / 2
    low, high = (value - half, value + half) if half > Decimal("0.5") else (value, value + half)
    return Amount(measure, _plain(value), _plain(low), _plain(high), unit)


def _plain(value: Decimal) -> float:
    whole = abs(value) < _WHOLE and value == value.to_integral_value()
    return int(value) if whole else float(value)


def _clock(match: re.Match[str]) -> Amount | None:
    hour, minute, second, fraction = match.groups()
    if int(hour) > 23 or int(minute) > 59 or int(second or 0) > 60:
        return None
    start = (int(hour) * 3600 + int(minute) * 60 + int(second or 0)) * _SECOND
    start += int((fraction or "").ljust(9, "0"))
    width = 10 ** (9 - len(fraction)) if fraction else _SECOND if second else 60 * _SECOND
    return Amount("clock", start, start, start + width)


def _date(match: re.Match[str]) -> Amount | None:
    year, month, day, time, zone = match.groups()
    try:
        midnight = datetime(int(year), int(month), int(day), tzinfo=UTC)
    except ValueError:
        return None
    start = (midnight - _EPOCH) // timedelta(seconds=1) * _SECOND
    if time is None:
        return Amount("instant", start, start, start + 86_400 * _SECOND)
    clock = _CLOCK.fullmatch(time)
    of_day = _clock(clock) if clock else None
    if of_day is None:
        return None
    start += int(of_day.value) - _offset_ns(zone)
    return Amount("instant", start, start, start + int(of_day.high - of_day.low))


def _offset_ns(zone: str | None) -> int:
    if zone is None or zone in "Zz":
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return (-minutes if zone[0] == "-" else minutes) * 60 * _SECOND
