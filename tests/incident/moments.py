"""Times of the incident: integer microseconds since the epoch, on the true clock (``_us``)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = datetime(2026, 11, 18, tzinfo=UTC)
_US = timedelta(microseconds=1)

MS = 1_000
SECOND = 1_000_000


def at(clock: str) -> int:
    """``at("14:07:31.204")``: that moment of the day, UTC."""
    hours, minutes, seconds = clock.split(":")
    past = timedelta(hours=int(hours), minutes=int(minutes), milliseconds=round(float(seconds) * 1000))
    return (_DAY + past - _EPOCH) // _US


def utc(time_us: int) -> datetime:
    """A time as a date."""
    return _EPOCH + timedelta(microseconds=time_us)


def iso(time_us: int, digits: int = 3) -> str:
    """``2026-11-18T14:07:31.204Z`` with that many digits of the second."""
    text = utc(time_us).strftime("%Y-%m-%dT%H:%M:%S.%f")
    return f"{text[: 20 + digits]}{'0' * (digits - 6)}Z"


BEGIN, END = at("13:48:00"), at("14:12:00")
DEPLOY = at("13:57:40")
"""feature-store 4.12.0 begins to replace 4.11.3, a pod at a time."""
ROLLOUT = (DEPLOY, at("14:00:10"), at("14:03:00"))
CANARY = (at("14:05:00"), at("14:06:20"))
"""Ranker v38 takes a little traffic."""
ROTATED = at("13:56:00")
"""The logs of sidecars were rotated then."""
ALERT = at("14:03:30")
STORE_DOWN = (at("14:08:50"), at("14:11:20"))
"""The online store refuses connections."""
STORE_ALERT = at("14:09:30")
OUT_OF_MEMORY = at("14:11:31")
RESTART = at("14:11:49")
