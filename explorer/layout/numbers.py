"""Numbers as people read them: durations, counts, shares, sizes, times of day and the marks of an axis.

All times are whole nanoseconds; labels use the same unit along an axis, so that they can be compared.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

Ticks = tuple[tuple[int, str], ...]
"""Position in ns and label of each mark of an axis, ascending."""

NS: Final = 1
US: Final = 1_000
MS: Final = 1_000_000
S: Final = 1_000_000_000
MIN: Final = 60 * S
HOUR: Final = 60 * MIN
DAY: Final = 24 * HOUR
_YEAR: Final = 365 * DAY

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONG_STEPS: Final = (
    tuple(n * S for n in (1, 2, 5, 10, 15, 30))
    + tuple(n * MIN for n in (1, 2, 5, 10, 15, 30))
    + tuple(n * HOUR for n in (1, 2, 3, 6, 12))
    + tuple(n * DAY for n in (1, 2, 7, 14, 30, 90, 181))
    + tuple(n * _YEAR for n in (1, 2, 5, 10, 20, 50, 100))
)
_MONTH_STEPS: Final = {30 * DAY: 1, 90 * DAY: 3, 181 * DAY: 6}


def duration(ns: int) -> str:
    """``1.284 s``, ``386 ms``, ``3.4 ms``, ``12 µs``, ``2 m 05 s``, ``1 h 04 m``, ``3 d 02 h``."""
    ns = int(ns)
    if ns < 0:
        return "−" + duration(-ns)
    if ns < US:
        return f"{ns} ns"
    if ns < 999_500:
        return _three_digits(ns / US, "µs")
    if ns < 999_500_000:
        return _three_digits(ns / MS, "ms")
    if ns < 59_999_500_000:
        return f"{ns / S:.3f} s"
    return _long(round(ns / S))


def _three_digits(value: float, unit: str) -> str:
    tenths = value < 9.95 and round(value, 1) != round(value)
    return f"{value:.1f} {unit}" if tenths else f"{value:.0f} {unit}"


def _long(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes} m {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes:02d} m"
    days, hours = divmod(hours, 24)
    return f"{count(days)} d {hours:02d} h"


def seconds(ns: int) -> str:
    """``0.988 s``: always in seconds below a minute, for columns that are compared by eye."""
    ns = int(ns)
    return f"{ns / S:.3f} s" if 500_000 <= ns < 59_999_500_000 else duration(ns)


def exact(ns: int) -> str:
    """``1,284,031,002 ns``, for tool tips."""
    return f"{count(ns)} ns"


def count(n: int) -> str:
    """``9,214``."""
    return f"{int(n):,}".replace("-", "−")


def plural(n: int, one: str, many: str = "") -> str:
    """``1 span``, ``9,214 spans``, ``3 queries``; the plural is made with an s unless given."""
    return f"{count(n)} {one if n == 1 else many or one + 's'}"


def share(x: float) -> str:
    """``41 %`` of 0.41; never 0 % for something, never 100 % for less than all."""
    percent = 100.0 * x
    if percent in (0.0, 100.0):
        return f"{percent:.0f} %"
    if 0 < percent < 0.05:
        return "<0.1 %"
    if 99.95 <= percent < 100:
        return ">99.9 %"
    return f"{percent:.1f} %" if percent < 9.95 or 99 <= percent < 100 else f"{percent:.0f} %"


def bytes_(n: int) -> str:
    """``96 MB``, ``1.2 GB``, ``512 B``; thousands, as disks are labelled."""
    value, unit = float(n), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 999.5:
            break
        value, unit = value / 1000, larger
    return f"{value:.1f} {unit}" if unit != "B" and value < 9.95 else f"{value:.0f} {unit}"


def _at(ns: int, *, utc: bool) -> datetime:
    """Time to the second; local where the system knows the offset of that time."""
    when = _EPOCH + timedelta(seconds=int(ns) // S)
    if utc:
        return when
    try:
        return when.astimezone()
    except (OverflowError, OSError, ValueError):  # a time for which the system knows no zone
        return when


def _fraction(ns: int, digits: int) -> str:
    return f".{int(ns) % S:09d}"[: digits + 1] if digits else ""


def clock(ns: int, utc: bool = True, precision: int = 3) -> str:
    """``14:07:31.204``: time of day with ``precision`` decimals (0 to 9), cut off, not rounded."""
    if utc:
        minute, second = divmod(int(ns) // S % 86_400, 60)
        told = f"{minute // 60:02d}:{minute % 60:02d}:{second:02d}"
    else:
        told = f"{_at(ns, utc=False):%H:%M:%S}"
    return told + _fraction(ns, precision)


def date(ns: int, utc: bool = True) -> str:
    """``18 Nov 2026``."""
    when = _at(ns, utc=utc)
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def date_time(ns: int, utc: bool = True, precision: int = 3) -> str:
    """``18 Nov 2026 14:07:31.204 UTC``, or with the offset of the local zone: ``… +01:00``."""
    return f"{date(ns, utc)} {clock(ns, utc, precision)} {zone(ns, utc)}"


def zone(ns: int, utc: bool = True) -> str:
    """``UTC``, or the local offset at that time: ``+01:00``."""
    return "UTC" if utc else f"{_at(ns, utc=utc).isoformat()[-6:]}"


def _step(span: int, about: int) -> int:
    """The humane step that gives at most ``about`` marks in ``span`` ns.

    1, 2, 5 times a power of ten below a second; seconds, minutes, hours, days above.
    """
    wanted = max(1, -(-span // max(1, about)))
    if wanted > S // 2:
        return next((step for step in _LONG_STEPS if step >= wanted), 1000 * _YEAR)
    power: int = 10 ** (len(str(wanted)) - 1)
    return next(power * n for n in (1, 2, 5, 10) if power * n >= wanted)


def _positions(begin: int, end: int, step: int, offset: int = 0) -> range:
    first = -(-(begin + offset) // step) * step - offset
    return range(first, end + 1, step)


def ticks(begin: int, end: int, about: int) -> Ticks:
    """Marks of an axis of time since the start of a trace, at most about ``about`` of them.

    ``begin`` and ``end`` are offsets in ns. All labels have one unit, the largest in which they are short.
    """
    begin, end = int(begin), int(end)
    if end <= begin:
        return ()
    step = _step(end - begin, about)
    return tuple((at, _offset(at, max(abs(begin), abs(end)), step)) for at in _positions(begin, end, step))


def _offset(at: int, most: int, step: int) -> str:
    sign, at = ("−", -at) if at < 0 else ("", at)
    if most >= 2 * MIN:
        return sign + _long_offset(at, step)
    value, unit = next(
        (size, name) for size, name in ((S, "s"), (MS, "ms"), (US, "µs"), (NS, "ns"))
        if step % size == 0 or most >= 10 * size or size == NS
    )  # fmt: skip
    return f"{sign}{at / value:.{_decimals(step, value)}f} {unit}"


def _long_offset(at: int, step: int) -> str:
    if step >= HOUR and at >= DAY:
        return f"{at // DAY} d {at % DAY // HOUR:02d} h"
    if step >= MIN and at >= HOUR:
        return f"{at // HOUR} h {at % HOUR // MIN:02d} m"
    if step >= MIN:
        return f"{at // MIN} m"
    digits = _decimals(step, S)
    width = 2 if not digits else digits + 3
    return f"{at // MIN} m {at % MIN / S:0{width}.{digits}f} s"


def _decimals(step: int, unit: int) -> int:
    """How many decimals it takes to tell two marks apart."""
    digits = 0
    while digits < 9 and step * 10**digits % unit:
        digits += 1
    return digits


def clock_ticks(begin: int, end: int, about: int, utc: bool = True) -> Ticks:
    """Marks of an axis of times of day, at round times of the zone: ``14:07``, ``14:07:30``, ``18 Nov``.

    Midnight says its date, and a date its year where the axis has more than one.
    """
    begin, end = int(begin), int(end)
    if end <= begin:
        return ()
    step = _step(end - begin, about)
    shift = _at(begin, utc=utc).utcoffset() or timedelta()
    offset = int(shift.total_seconds()) * S
    years = _at(begin, utc=utc).year != _at(end, utc=utc).year
    positions = _positions(begin, end, step, offset) if step < 30 * DAY else _months(begin, end, step, offset)
    return tuple((at, _clock_label(at, step, utc=utc, years=years)) for at in positions)


def _months(begin: int, end: int, step: int, offset: int) -> list[int]:
    """The first days of every first, third or sixth month, or of years."""
    by = _MONTH_STEPS.get(step) or 12 * (step // _YEAR)
    found, month = [], _at(begin, utc=True).year * 12 // by * by
    while (at := _month_begin(month) - offset) <= end:
        if at >= begin:
            found.append(at)
        month += by
    return found


def _month_begin(month: int) -> int:
    """When a month begins, ns; counted from the year 0."""
    year, number = divmod(month, 12)
    return (datetime(year, number + 1, 1, tzinfo=UTC) - _EPOCH).days * DAY if year < 10_000 else 1 << 63


def _clock_label(at: int, step: int, *, utc: bool, years: bool) -> str:
    when = _at(at, utc=utc)
    if step >= _YEAR:
        return str(when.year)
    if step >= DAY or (step >= MIN and when.hour == when.minute == 0):
        return date(at, utc) if years else f"{when.day} {_MONTHS[when.month - 1]}"
    if step >= MIN:
        return f"{when:%H:%M}"
    return clock(at, utc, _decimals(step, S))
