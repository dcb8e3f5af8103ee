"""Payloads of Sentry's envelopes and API to plain spans and logs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from explorer.decoding.documents import listed, named, number, text
from explorer.decoding.logs.severity import word_severity
from explorer.decoding.traces.harvest import KINDS
from explorer.decoding.traces.plain import Origin, Pairs, Parsed, PlainLog, PlainPoint, PlainSpan
from explorer.decoding.traces.sentry.common import (
    duration_of,
    faults_of,
    kind_of,
    origin_of,
    pairs_of,
    stack_of,
    status_of,
    time_of,
    typed_pairs,
)
from explorer.model.schema import Status

Header = Mapping[str, Any]
NO_HEADER: Final[Header] = {}

_ERROR: Final = 17
_CONTEXTS: Final = ("trace", "otel")
_NOTHING: Final = frozenset({"error", "internal_error", "unknown_error", "unknown"})


def payload(value: Any, header: Header = NO_HEADER) -> Parsed | None:
    """What a payload of an envelope holds, by its shape; None where it is of no known one."""
    parsed = Parsed()
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("items"), list):
        return _items(value["items"], header, parsed)
    if "span_id" in value and ("start_timestamp" in value or "end_timestamp" in value):
        parsed.spans.append(_single(value, header))
    elif value.get("type") == "transaction" or ("start_timestamp" in value and "contexts" in value):
        _transaction(value, header, parsed)
    elif any(name in value for name in ("exception", "message", "logentry", "breadcrumbs", "threads")):
        _event(value, header, parsed)
    else:
        return None
    return parsed


def api_event(value: dict[str, Any]) -> Parsed:
    """An event as the API answers: its parts stand in ``entries``."""
    parts = {text(one.get("type")): one.get("data") for one in map(named, listed(value.get("entries")))}
    event = {
        **value,
        **{
            name: part
            for name, part in parts.items()
            if name in ("exception", "spans", "breadcrumbs", "request")
        },
        "event_id": value.get("eventID"),
        "start_timestamp": value.get("startTimestamp"),
        "timestamp": value.get("endTimestamp") or value.get("dateCreated") or value.get("dateReceived"),
        "transaction": value.get("transaction") or dict(pairs_of(value.get("tags"))).get("transaction"),
        "message": value.get("message") or named(parts.get("message")).get("formatted"),
    }
    parsed = Parsed()
    if value.get("type") == "transaction" or event["start_timestamp"]:
        _transaction(event, NO_HEADER, parsed, source=value)
    else:
        _event(event, NO_HEADER, parsed, source=value)
    return parsed


def _items(items: list[Any], header: Header, parsed: Parsed) -> Parsed | None:
    """Logs or spans that share one item."""
    for one in items:
        if not isinstance(one, dict):
            parsed.dropped += 1
        elif "span_id" in one and "start_timestamp" in one:
            parsed.spans.append(_single(one, header))
        elif "body" in one or "level" in one:
            parsed.logs.append(_log(one, header))
        elif (point := _point(one, header)) is not None:
            parsed.points.append(point)
        else:
            parsed.dropped += 1
    return parsed if parsed.spans or parsed.logs or parsed.points or not items else None


def _point(item: dict[str, Any], header: Header) -> PlainPoint | None:
    """A measurement that an application sent: each stands for itself, counters too."""
    value, time = number(item.get("value")), time_of(item.get("timestamp"))
    if value is None or not time or not item.get("name"):
        return None
    attributes = typed_pairs(item.get("attributes"))
    labels = tuple((name, text(one)) for name, one in attributes if not name.startswith("sentry."))
    origin = origin_of(_about(dict(attributes)), header)
    kind: Literal["gauge", "unknown"] = "gauge" if item.get("type") == "gauge" else "unknown"
    return PlainPoint(text(item["name"]), time, value, kind, text(item.get("unit")), origin, labels)


def _about(said: Mapping[str, Any]) -> dict[str, Any]:
    """Who sent an item, by its attributes."""
    return {
        "release": said.get("sentry.release"),
        "environment": said.get("sentry.environment"),
        "server_name": said.get("server.address"),
        "sdk": {"name": said.get("sentry.sdk.name")},
    }


def _transaction(event: Mapping[str, Any], header: Header, parsed: Parsed, source: Any = None) -> None:
    trace = named(named(event.get("contexts")).get("trace"))
    origin = origin_of(event, header)
    operation = text(trace.get("op"))
    response = named(named(event.get("contexts")).get("response"))
    code: Pairs = (
        [("http.response.status_code", response["status_code"])] if response.get("status_code") else []
    )
    parsed.spans.append(
        PlainSpan(
            trace=text(trace.get("trace_id")),
            span_id=text(trace.get("span_id")),
            parent_id=text(trace.get("parent_span_id")),
            name=text(event.get("transaction") or event.get("title") or operation),
            origin=origin,
            start=time_of(event.get("start_timestamp")),
            duration=duration_of(event.get("start_timestamp"), event.get("timestamp")),
            kind=kind_of(operation),
            status=status_of(trace.get("status")),
            message=_said(trace.get("status")),
            attributes=[*_operation(trace), *code, *pairs_of(trace.get("data")), *_attributes(event)],
            source=source or {name: item for name, item in event.items() if name != "spans"},
        )
    )
    for one in listed(event.get("spans")):
        if isinstance(one, dict):
            parsed.spans.append(_child(one, trace, origin))
        else:
            parsed.dropped += 1


def _child(span: dict[str, Any], trace: Mapping[str, Any], origin: Origin) -> PlainSpan:
    operation = text(span.get("op"))
    status = span.get("status") or dict(pairs_of(span.get("tags"))).get("status")
    return PlainSpan(
        trace=text(span.get("trace_id") or trace.get("trace_id")),
        span_id=text(span.get("span_id")),
        parent_id=text(span.get("parent_span_id") or trace.get("span_id")),
        name=text(span.get("description") or operation),
        origin=origin,
        start=time_of(span.get("start_timestamp")),
        duration=duration_of(span.get("start_timestamp"), span.get("timestamp", span.get("end_timestamp"))),
        kind=kind_of(operation),
        status=status_of(status),
        message=_said(status),
        attributes=[*_operation(span), *pairs_of(span.get("data")), *pairs_of(span.get("tags"))],
        source=span,
    )


def _single(span: dict[str, Any], header: Header) -> PlainSpan:
    """A span by itself, of either version: the second has typed attributes and ``end_timestamp``."""
    attributes = typed_pairs(span.get("attributes"))
    data = dict([*pairs_of(span.get("data")), *attributes])
    about = {
        **{name: data.get(f"sentry.{name}", data.get(name)) for name in ("release", "environment")},
        "server_name": data.get("server.address"),
        "sdk": {"name": data.get("sentry.sdk.name")},
        **span,
    }
    made = _child(span, {}, origin_of(about, header))
    operation = text(span.get("op") or data.get("sentry.op"))
    made.kind = KINDS.get(text(span.get("kind")).lower()) or kind_of(operation)
    made.name = (
        text(span.get("description") or data.get("sentry.description") or span.get("name")) or operation
    )
    made.attributes += attributes
    links = map(named, listed(span.get("links")))
    made.links = [(text(one.get("trace_id")), text(one.get("span_id"))) for one in links]
    return made


def _event(event: Mapping[str, Any], header: Header, parsed: Parsed, source: Any = None) -> None:
    trace = named(named(event.get("contexts")).get("trace"))
    faults = faults_of(event.get("exception"))
    entry = event.get("logentry") or event.get("message")
    message = text(entry.get("formatted") or entry.get("message")) if isinstance(entry, dict) else text(entry)
    raised = ": ".join(filter(None, faults[-1][:2])) if faults else ""
    level = text(event.get("level") or dict(pairs_of(event.get("tags"))).get("level"))
    stack = stack_of(event.get("stacktrace")) if not faults else ""
    parsed.logs.append(
        PlainLog(
            time=time_of(event.get("timestamp")),
            message="\n".join(
                filter(None, (message or raised or text(event.get("title")) or "event", stack))
            ),
            severity=word_severity(level) or _ERROR,
            trace=text(trace.get("trace_id") or named(header.get("trace")).get("trace_id")),
            span_id=text(trace.get("span_id")),
            origin=origin_of(event, header),
            attributes=_attributes(event),
            faults=faults,
            source=source or event,
        )
    )


def _log(item: dict[str, Any], header: Header) -> PlainLog:
    attributes = typed_pairs(item.get("attributes"))
    said = dict(attributes)
    stated = item.get("severity_number")
    severity = (
        stated if isinstance(stated, int) and 0 < stated <= 24 else word_severity(text(item.get("level")))
    )
    return PlainLog(
        time=time_of(item.get("timestamp")),
        message=text(item.get("body")),
        severity=severity,
        trace=text(item.get("trace_id")),
        span_id=text(item.get("span_id") or said.get("sentry.trace.parent_span_id")),
        origin=origin_of(_about(said), header),
        attributes=attributes,
        source=item,
    )


def _operation(fields: Mapping[str, Any]) -> Pairs:
    told = (("op", "op"), ("origin", "origin"), ("status", "sentry.status"))
    return [(shown, fields[name]) for name, shown in told if fields.get(name)]


def _said(status: Any) -> str:
    """What a status says of an error beyond that there was one."""
    word = text(status)
    return word if status_of(status) == Status.ERROR and word not in _NOTHING else ""


def _attributes(event: Mapping[str, Any]) -> Pairs:
    """Tags, user, request and contexts of an event."""
    request, user = named(event.get("request")), named(event.get("user"))
    own = [
        (name, event[name])
        for name in ("event_id", "level", "logger", "culprit", "platform")
        if event.get(name)
    ]
    contexts = {name: one for name, one in named(event.get("contexts")).items() if name not in _CONTEXTS}
    return [
        *own,
        *pairs_of(event.get("tags")),
        *((f"http.request.{name}", request[name]) for name in ("method", "url") if request.get(name)),
        *(
            (f"user.{name}", item)
            for name, item in user.items()
            if isinstance(item, str | int) and item != ""
        ),
        *pairs_of(contexts, "contexts."),
        *pairs_of(named(event.get("extra")), "extra."),
    ]
