"""The shapes of Chrome's trace events, as far as they are decoded when reading; arguments stay bytes.

Source: "Trace Event Format" (catapult), and what PyTorch's Kineto and Ray add. Two forms: a list of events, whose
closing bracket may be missing, and an object with ``traceEvents``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from msgspec import Raw, Struct

from explorer.decoding.lenient import dumps, loads, text_of

NO_RAW: Final = Raw()


class Event(Struct, gc=False):
    """One event; ``ts`` and ``dur`` in µs, as numbers with a fraction or as texts."""

    ph: str = ""
    name: str = ""
    cat: str = ""
    pid: Raw = NO_RAW
    tid: Raw = NO_RAW
    ts: Raw = NO_RAW
    dur: Raw = NO_RAW
    id: Raw = NO_RAW
    id2: Raw = NO_RAW
    bp: str = ""
    args: Raw = NO_RAW


class Document(Struct, rename="camel"):
    """The object form, with what PyTorch adds."""

    trace_events: list[Event]
    schema_version: Raw = NO_RAW
    distributed_info: Raw = NO_RAW
    base_time_nanoseconds: Raw = NO_RAW


@dataclass(slots=True)
class Decoded:
    """A trace.

    Attributes:
        events: in the order of the file; what is no object has no phase.
        rank: as distributed training tells it, empty for none.
        base_ns: what times count from, 0 where it is not said.
        dropped: events that are no objects.
    """

    events: list[Event] = field(default_factory=list)
    rank: str = ""
    base_ns: int = 0
    dropped: int = 0


_DOCUMENT: Final = msgspec.json.Decoder(Document, strict=False)
_LIST: Final = msgspec.json.Decoder(list[Event], strict=False)


def decode(data: bytes | memoryview) -> Decoded | None:
    """Decode a trace; None where it is none, or does not parse."""
    try:
        if bytes(data[:64]).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"[":
            found = Decoded(_LIST.decode(data))
        else:
            document = _DOCUMENT.decode(data)
            found = Decoded(
                document.trace_events, _rank(_value(document.distributed_info)),
                _integer(_value(document.base_time_nanoseconds)),
            )  # fmt: skip
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return _loose(bytes(data))
    return found if is_trace(found.events) else None


def is_trace(events: list[Event]) -> bool:
    """Whether any of the events has a phase (an object with no events at all is a trace, too)."""
    return not events or any(event.ph for event in events)


def _loose(data: bytes) -> Decoded | None:
    """The slow way, for events with fields of wrong types."""
    try:
        value = loads(data)
    except ValueError:
        return None
    said = value if isinstance(value, dict) else {}
    events = said.get("traceEvents") if said else value
    if not isinstance(events, list):
        return None
    found = Decoded(
        [_event(one) if isinstance(one, dict) else Event() for one in events],
        _rank(said.get("distributedInfo")), _integer(said.get("baseTimeNanoseconds")),
        sum(not isinstance(one, dict) for one in events),
    )  # fmt: skip
    return found if is_trace(found.events) else None


def _event(fields: dict[str, Any]) -> Event:
    event = Event()
    for name in ("ph", "name", "cat", "bp"):
        setattr(event, name, text_of(fields.get(name)))
    for name in ("pid", "tid", "ts", "dur", "id", "id2", "args"):
        if name in fields:
            setattr(event, name, Raw(dumps(fields[name])))
    return event


def _value(raw: Raw) -> Any:
    return loads(bytes(raw)) if raw is not NO_RAW else None


def _rank(info: Any) -> str:
    return text_of(info.get("rank")) if isinstance(info, dict) else ""


def _integer(value: Any) -> int:
    try:
        return int(value or 0)
    except (TypeError, ValueError):
        return 0
