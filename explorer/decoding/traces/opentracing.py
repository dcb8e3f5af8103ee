"""Tags and logs of OpenTracing's model, as Jaeger keeps them, to what a plain span says.

Source: OpenTracing's semantic conventions (``error``, ``error.kind``, ``error.object``, ``event``, ``message``,
``stack``) and OpenTelemetry's translation to Jaeger (``otel.*``, ``exception.*``).
"""

from __future__ import annotations

from typing import Any, Final

from explorer.decoding.lenient import text_of
from explorer.decoding.picking import pick
from explorer.decoding.traces.harvest import KINDS, STATUSES
from explorer.decoding.traces.plain import Fault, Pairs, PlainSpan
from explorer.model.records import SpanEvent

_ERRORS: Final = frozenset({"exception", "error"})
_CHILD: Final = frozenset({"CHILD_OF", "0"})

Reference = tuple[str, str, str]
"""Type, trace and span id."""


def tell(span: PlainSpan, tags: Pairs, logs: list[tuple[int, Pairs]]) -> None:
    """Fill in what the tags and logs (time in ns, fields) of a span say."""
    span.attributes = tags
    said = dict(reversed(tags))
    span.kind = KINDS.get(text_of(said.get("span.kind")).lower(), span.kind)
    span.status = span.status or STATUSES.get(text_of(said.get("otel.status_code")).upper(), 0)
    span.message = text_of(said.get("otel.status_description"))
    span.scope = " ".join(
        text_of(said.get(f"otel.scope.{part}", said.get(f"otel.library.{part}")))
        for part in ("name", "version")
    ).strip()
    for time, fields in logs:
        event, fault = event_of(fields)
        span.events.append(SpanEvent(time, event, tuple(fields)))
        if fault is not None:
            span.faults.append(fault)


def event_of(fields: Pairs) -> tuple[str, Fault | None]:
    """Name of a log's event, and the exception that it tells of."""
    said = {name: text_of(value) for name, value in reversed(fields)}
    name = said.get("event") or said.get("message") or next(iter(said), "log")
    told = pick(fields)
    type_ = told.exception_type or told.error_type
    if not (type_ or told.exception_message or said.get("event") in _ERRORS):
        return name, None
    message = told.exception_message or said.get("message", "")
    return name, Fault(type_, message, told.stack) if type_ or message else None


def typed(value: Any, type_: Any) -> Any:
    """The plain value of a tag whose boolean or number may be written as text beside its type."""
    if not isinstance(value, str):
        return value
    try:
        match type_:
            case "bool" if value.lower() in {"true", "false"}:
                return value.lower() == "true"
            case "int64":
                return int(value)
            case "float64":
                return float(value)
    except ValueError:
        pass
    return value


def refer(span: PlainSpan, references: list[Reference], parent: str) -> None:
    """Choose the parent: the one named, else the first CHILD_OF of the trace, else the first of it; the others link."""
    own = [one for one in references if one[2] and (not one[1] or one[1] == span.trace)]
    chosen = next((one for one in own if one[2] == parent), None) if parent else None
    if chosen is None and not parent:
        chosen = next((one for one in own if one[0] in _CHILD), own[0] if own else None)
    span.parent_id = parent or (chosen[2] if chosen is not None else "")
    span.links = [(one[1] or span.trace, one[2]) for one in references if one is not chosen and one[2]]
