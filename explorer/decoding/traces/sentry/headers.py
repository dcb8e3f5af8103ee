"""The header lines of Sentry's envelopes, and what is known of the envelope that is being read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from explorer.model.builder import Builder

ITEMS: Final = frozenset(
    "event transaction span log logs session sessions attachment user_report feedback profile"
    " profile_chunk replay_event replay_recording replay_video statsd metric_buckets metric_meta"
    " trace_metric check_in client_report form_data"
    " security raw_security unreal_report nel otel_log metrics".split()
)
_MEMORY: Final = "sentry"
_LONGEST: Final = 16 << 10
_ENVELOPE: Final = frozenset({"event_id", "dsn", "sdk", "sent_at", "trace", "auth", "retry"})
_ITEM: Final = frozenset({"type", "length"})
_BESIDE: Final = frozenset(
    {
        "content_type",
        "filename",
        "item_count",
        "attachment_type",
        "platform",
        "headers",
        "sample_rates",
        "routing_hint",
    }
)


@dataclass(slots=True)
class Known:
    """The header of the envelope that lines of a file belong to, and of the item whose payload is still to come."""

    file: int = -1
    header: dict[str, Any] = field(default_factory=dict)
    waiting: dict[str, Any] = field(default_factory=dict)


def known_of(builder: Builder, file: int) -> Known:
    """What is known of the current envelope of a file; it is kept between runs of records."""
    known = builder.memory.get(_MEMORY)
    if not isinstance(known, Known) or known.file != file:
        known = builder.memory[_MEMORY] = Known(file)
    return known


def line_value(line: bytes) -> dict[str, Any] | None:
    """The object on a line that is short enough for a header."""
    stripped = line.strip()
    if not stripped.startswith(b"{") or len(stripped) > _LONGEST:
        return None
    try:
        value = orjson.loads(stripped)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def item_header(line: bytes) -> dict[str, Any] | None:
    """The header of an item; None where the line is none."""
    value = line_value(line) if b'"type"' in line else None
    if value is None or str(value.get("type")) not in ITEMS or not value.keys() <= _ITEM | _BESIDE | {"meta"}:
        return None
    return value


def opens_envelope(line: bytes, following: bytes) -> bool:
    """Whether a line is the header of an envelope; one that says nothing is told by the item behind it."""
    value = line_value(line)
    if value is None or not value.keys() <= _ENVELOPE:
        return False
    return bool(value) or item_header(following) is not None
