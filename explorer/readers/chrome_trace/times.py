"""Times of trace events: µs as they are written, into whole nanoseconds."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any, Final

from explorer.decoding.lenient import LATEST_NS

ABSENT: Final = -(1 << 62)
"""No time: nothing, or no number."""

EPOCH_NS: Final = 946_684_800 * 10**9
"""Times from this on (the year 2000) count from 1970; earlier ones from some start of the writer's."""

_US: Final = 1000


def nanoseconds(raws: Sequence[Any]) -> list[int]:
    """Each time in ns, :data:`ABSENT` for none; ``raws`` are JSON numbers in µs or texts of such."""
    return [_time(bytes(raw)) for raw in raws]


def _time(raw: bytes) -> int:
    if raw[:1] == b'"':
        raw = raw.strip(b'" ')
    whole, _, fraction = raw.partition(b".")
    try:
        if not fraction:
            time = int(whole) * _US
        elif len(fraction) <= 3:
            time = int(whole + (fraction + b"00")[:3])
        else:
            time = _decimal(raw)
    except ValueError:
        time = _decimal(raw)
    return time if -LATEST_NS // 2 < time <= LATEST_NS else ABSENT


def _decimal(raw: bytes) -> int:
    """What has more than three digits behind the point, or an exponent, to the nearest nanosecond."""
    try:
        number = Decimal(raw.decode("ascii", "replace")) * _US
        return int(number.to_integral_value(ROUND_HALF_EVEN)) if number.adjusted() < 30 else ABSENT
    except (InvalidOperation, ValueError, OverflowError):
        return ABSENT
