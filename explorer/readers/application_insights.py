"""Application Insights: telemetry envelopes as its SDKs, and OpenTelemetry's exporter for Azure Monitor, send them.

Source: microsoft/ApplicationInsights-Home ``EndpointSpecs/Schemas/Bond`` (Envelope, RequestData, RemoteDependencyData,
ExceptionData, MessageData, EventData, MetricData, AvailabilityData, PageViewData, ContextTagKeys).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, moment, named, number, text
from explorer.decoding.logs.severity import DEBUG, ERROR, FATAL, INFO, WARN, word_severity
from explorer.decoding.outline import outline
from explorer.decoding.tables.columns import amount_of
from explorer.decoding.traces.otel_names import code_attribute
from explorer.decoding.traces.plain import Fault, Origin, Pairs, Parsed, PlainLog, PlainPoint, PlainSpan
from explorer.decoding.traces.plain_documents import open_plain, read_plain
from explorer.model.builder import Builder, Records
from explorer.model.schema import Kind, Status

NAME: Final = "application-insights"
LABEL: Final = "Application Insights (telemetry envelopes)"
RECOGNISED_BY: Final = "envelopes with tags, and data of a baseType and baseData"
FRAMINGS: Final = ("lines", "document")

_ENVELOPE: Final = frozenset({("data", "baseType"), ("data", "baseData"), ("time",)})
_MS: Final = 10**6
_KINDS: Final = {
    "RequestData": Kind.SERVER,
    "RemoteDependencyData": Kind.CLIENT,
    "AvailabilityData": Kind.CLIENT,
    "PageViewData": Kind.CLIENT,
    "PageViewPerfData": Kind.CLIENT,
}
_STATUSES: Final = {"true": Status.OK, "false": Status.ERROR}
_LEVELS: Final = {"0": DEBUG, "1": INFO, "2": WARN, "3": ERROR, "4": FATAL}
_TAGS: Final = {
    "ai.application.ver": "service.version",
    "ai.cloud.roleInstance": "service.instance.id",
    "ai.device.id": "host.name",
    "ai.device.osVersion": "os.version",
    "ai.internal.sdkVersion": "telemetry.sdk.version",
}
_OF_A_REQUEST: Final = {
    "ai.session.id": "session.id",
    "ai.user.id": "user.id",
    "ai.operation.name": "operation.name",
}
_OWN: Final = frozenset(
    {
        "ver",
        "id",
        "name",
        "duration",
        "success",
        "properties",
        "measurements",
        "exceptions",
        "metrics",
        "severityLevel",
        "message",
    }
)
_RENAMED: Final = {"url": "url.full", "target": "server.address", "type": "dependency.type"}


def detect(head: bytes) -> Confidence | None:
    """By the envelope's keys."""
    if b'"baseData"' not in head:
        return None
    return Confidence.CERTAIN if outline(head) >= _ENVELOPE else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read documents; what is not Application Insights', or does not parse, is returned."""
    return read_plain(records, builder, parse)


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again."""
    return open_plain(raw, parse)


def parse(value: Any) -> Parsed | None:
    """The spans, logs and points of envelopes; None where it holds none."""
    parsed = Parsed()
    found = [named(one) for one in (value if isinstance(value, list) else [value])]
    if not any("baseData" in named(one.get("data")) for one in found):
        return None
    origins: dict[tuple[tuple[str, str], ...], Origin] = {}
    for one in found:
        data, tags = named(one.get("data")), named(one.get("tags"))
        kind, own = text(data.get("baseType")), named(data.get("baseData"))
        about = tuple((name, text(tags[key])) for key, name in _TAGS.items() if text(tags.get(key)))
        service = text(tags.get("ai.cloud.role"))
        origin = origins.setdefault((("", service), *about), Origin(service, list(about)))
        if not own:
            parsed.dropped += 1
        elif kind in _KINDS:
            parsed.spans.append(_span(one, own, _kind(kind, own), origin))
        elif kind == "MetricData":
            points = list(_points(one, own, origin))
            parsed.points += points
            parsed.dropped += not points
        else:
            parsed.logs.append(_log(one, kind, own, origin))
    return parsed


def _kind(kind: str, own: dict[str, Any]) -> int:
    """Work within the process is told as a dependency too."""
    within = text(own.get("type")).partition(" |")[0] == "InProc"
    return Kind.INTERNAL if within else _KINDS[kind]


def _span(one: dict[str, Any], own: dict[str, Any], kind: int, origin: Origin) -> PlainSpan:
    tags = named(one.get("tags"))
    trace, above = text(tags.get("ai.operation.id")), text(tags.get("ai.operation.parentId"))
    told = own.get("duration")
    return PlainSpan(
        trace=trace,
        span_id=text(own.get("id")),
        parent_id="" if above == trace else above,  # so it is said of a first span
        name=text(own.get("name")) or text(tags.get("ai.operation.name")),
        origin=origin,
        start=moment(one.get("time")),
        duration=amount_of(text(told), _MS) if told is not None else None,
        kind=kind,
        status=_STATUSES.get(text(own.get("success")).lower(), Status.UNSET),
        peer=text(own.get("target")),
        attributes=_pairs(one, own) + _code(own),
        source=one,
    )


def _code(own: dict[str, Any]) -> Pairs:
    """The status of an answer."""
    code = own.get("responseCode", own.get("resultCode"))
    name = "http.response.status_code" if "responseCode" in own else code_attribute(text(own.get("type")))
    return [(name, code)] if name and code is not None else []


def _log(one: dict[str, Any], kind: str, own: dict[str, Any], origin: Origin) -> PlainLog:
    tags = named(one.get("tags"))
    faults = [_fault(named(each)) for each in reversed(listed(own.get("exceptions")))]
    level = text(own.get("severityLevel"))
    outer = faults[-1] if faults else Fault("", "")
    message = text(own.get("message") or own.get("name")) or ": ".join(filter(None, outer[:2])) or kind
    return PlainLog(
        time=moment(one.get("time")),
        message=message,
        severity=_LEVELS.get(level) or word_severity(level) or (ERROR if faults else 0),
        trace=text(tags.get("ai.operation.id")),
        span_id=text(tags.get("ai.operation.parentId")),
        origin=origin,
        attributes=_pairs(one, own),
        faults=faults,
        source=one,
    )


def _fault(exception: dict[str, Any]) -> Fault:
    frames = [named(frame) for frame in listed(exception.get("parsedStack"))]
    stack = text(exception.get("stack")) or "\n".join(
        f"  at {text(frame.get('method'))} ({text(frame.get('fileName'))}:{text(frame.get('line'))})"
        for frame in frames
    )
    return Fault(text(exception.get("typeName")), text(exception.get("message")), stack)


def _points(one: dict[str, Any], own: dict[str, Any], origin: Origin) -> Iterator[PlainPoint]:
    labels = tuple(sorted((name, text(item)) for name, item in named(own.get("properties")).items()))
    for metric in map(named, listed(own.get("metrics"))):
        value = number(metric.get("value"))
        if value is not None:
            yield PlainPoint(
                text(metric.get("name")), moment(one.get("time")), value, origin=origin, labels=labels
            )


def _pairs(one: dict[str, Any], own: dict[str, Any]) -> Pairs:
    """Properties and measurements by their own names, and what else stands beside them."""
    tags = named(one.get("tags"))
    pairs: Pairs = [*named(own.get("properties")).items(), *named(own.get("measurements")).items()]
    pairs += [(name, tags[key]) for key, name in _OF_A_REQUEST.items() if tags.get(key)]
    return pairs + [
        (_RENAMED.get(name, name), item)
        for name, item in own.items()
        if name not in _OWN and item not in (None, "")
    ]
