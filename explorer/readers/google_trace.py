"""Google Cloud Trace: traces of API version 1 (``get``, ``list``, ``patch``) and spans of version 2 (``batchWrite``).

Source: the REST references of cloudtrace v1 and v2. Span ids of version 1 are decimal, those of version 2 hex.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, moment, named, text
from explorer.decoding.lenient import nanoseconds
from explorer.decoding.outline import outline
from explorer.decoding.picking import code_name
from explorer.decoding.traces.otel_names import kind_of
from explorer.decoding.traces.plain import Fault, Origin, Parsed, PlainSpan
from explorer.decoding.traces.plain_documents import open_plain, read_plain
from explorer.model.builder import Builder, Records
from explorer.model.ids import span_text
from explorer.model.records import SpanEvent
from explorer.model.schema import Kind, Status

NAME: Final = "google-cloud-trace"
LABEL: Final = "Google Cloud Trace"
RECOGNISED_BY: Final = "traceId with spans that have a spanId, or spans named projects/…/traces/…/spans/…"
FRAMINGS: Final = ("lines", "document")

_NAME: Final = re.compile(r"projects/([^/]+)/traces/([^/]+)/spans/([^/]+)\Z")
_NAMED: Final = re.compile(rb'"name"\s*:\s*"projects/[^"/]+/traces/[^"/]+/spans/[^"/]+"')
_WRAPPERS: Final = ("traces", "batchWriteSpansRequest", "batchWriteSpansRequests")
_PLACES: Final = frozenset({(), ("spans",), *((name, "spans") for name in _WRAPPERS)})
_ELSEWHERE: Final = ("operationName", "spanName", "spanType", "serviceName", "service", "duration")
"""What other tools tell of a span and Cloud Trace does not."""
_KINDS: Final = {
    "RPC_SERVER": Kind.SERVER, "RPC_CLIENT": Kind.CLIENT, "1": Kind.SERVER, "2": Kind.CLIENT,
}  # fmt: skip
"""Of version 1; client libraries write enumerations as numbers."""
_JSON_NAMES: Final = {
    name: name.split("_")[0] + "".join(map(str.capitalize, name.split("_")[1:]))
    for name in (
        "trace_id span_id parent_span_id start_time end_time display_name span_kind attribute_map string_value"
        " int_value bool_value time_events time_event message_event"
    ).split()
}
"""Names of the messages' fields, as client libraries write them (``to_dict``), to those of the REST API."""
_PROJECTS: Final = (("project_id",), ("traces", "project_id"))
"""Stands beside spans with labels in a library's traces; many others write ``trace_id`` too, with ids that are hex."""
_RENAMED: Final = {
    "/http/status_code": "http.status_code", "/http/method": "http.method", "/http/url": "http.url",
    "/http/host": "http.host", "/http/path": "http.path", "/error/message": "error.message",
    "/error/name": "error.type", "/stacktrace": "exception.stacktrace", "/component": "component.name",
}  # fmt: skip
_RESOURCE: Final = {
    "g.co/gae/app/module": "service.name", "g.co/gae/app/version": "service.version",
    "g.co/r/generic_task/job": "service.name", "g.co/r/generic_task/task_id": "service.instance.id",
    "g.co/r/generic_node/node_id": "host.name", "g.co/r/k8s_container/container_name": "k8s.container.name",
    "g.co/r/k8s_container/pod_name": "k8s.pod.name", "g.co/r/k8s_container/namespace_name": "k8s.namespace.name",
    "g.co/r/gce_instance/instance_id": "host.id", "g.co/r/cloud_run_revision/service_name": "service.name",
    "g.co/r/cloud_run_revision/revision_name": "service.version",
    "g.co/r/cloud_function/function_name": "service.name", "service.name": "service.name",
    "service.version": "service.version", "service.namespace": "service.namespace",
    "service.instance.id": "service.instance.id",
}  # fmt: skip


def detect(head: bytes) -> Confidence | None:
    """By a version 1 trace, alone or listed, or by version 2's span names."""
    is_second = _NAMED.search(head) is not None
    if not is_second and b'"spans"' not in head:
        return None
    paths = outline(head)
    if b'_id"' in head:
        renamed = frozenset(tuple(_JSON_NAMES.get(name, name) for name in path) for path in paths)
        of_library = any({above, (*above[:-1], "spans", "labels")} <= paths for above in _PROJECTS)
        paths = renamed if is_second or of_library else paths
    if is_second and any(path[-1] in ("spanId", "displayName") and path[:-1] in _PLACES for path in paths):
        return Confidence.CERTAIN
    for above in ((), ("traces",)):
        if {(*above, "traceId"), (*above, "spans", "spanId"), (*above, "spans", "startTime")} <= paths:
            foreign = {
                (*above, "spans", "traceId"),
                (*above, "spans", "segmentId"),
                (*above, "traceSegmentId"),
                (*above, "processes"),
                *((*above, "spans", name) for name in _ELSEWHERE),
            }
            return None if paths & foreign else Confidence.CERTAIN
    return None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read documents; what is not Cloud Trace's, or does not parse, is returned."""
    return read_plain(records, builder, parse)


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again."""
    return open_plain(raw, parse)


def parse(value: Any) -> Parsed | None:
    """The spans of a document of either version, None where it is none."""
    parsed = Parsed()
    for one in value if isinstance(value, list) else [value]:
        known = _read(one, parsed)
        parsed.dropped += not known
    return parsed if parsed.spans else None


def _read(one: Any, parsed: Parsed) -> bool:
    if not isinstance(one, dict):
        return False
    if "trace_id" in one:
        one = {_JSON_NAMES.get(name, name): item for name, item in one.items()}
    inner = next((one[name] for name in _WRAPPERS if isinstance(one.get(name), list)), None)
    if inner is not None:
        for trace in inner:
            known = _read(trace, parsed)
            parsed.dropped += not known
        return True
    spans = one.get("spans") if isinstance(one.get("spans"), list) else [one]
    for source in spans or ():
        span = _as_rest(source)
        if not isinstance(span, dict) or not (
            text(span.get("spanId")) or _NAME.match(text(span.get("name")))
        ):
            parsed.dropped += 1
        elif _NAME.match(text(span.get("name"))):
            parsed.spans.append(_second(span, source))
        elif "traceId" in one:
            parsed.spans.append(_first(span, text(one["traceId"]), source))
        else:
            parsed.dropped += 1
    return True


def _as_rest(value: Any) -> Any:
    """A message by the names of the REST API; labels and attributes keep theirs."""
    if isinstance(value, list):
        return [_as_rest(item) for item in value]
    if not isinstance(value, dict):
        return value
    said = {_JSON_NAMES.get(name, name): item for name, item in value.items()}
    return {
        name: item
        if name == "labels"
        else {key: _as_rest(one) for key, one in item.items()}
        if name == "attributeMap" and isinstance(item, dict)
        else _as_rest(item)
        for name, item in said.items()
    }


def _first(span: dict[str, Any], trace: str, source: Any) -> PlainSpan:
    """A span of version 1."""
    labels = named(span.get("labels"))
    start, end = moment(span.get("startTime")), moment(span.get("endTime"))
    failed = any(label in labels for label in ("/error/message", "/error/name"))
    return PlainSpan(
        trace=trace,
        span_id=_decimal(span.get("spanId")),
        parent_id=_decimal(span.get("parentSpanId")),
        name=text(span.get("name")),
        origin=_origin(labels.items()),
        start=start,
        duration=end - start if start and end else None,
        kind=_KINDS.get(text(span.get("kind")), Kind.UNSPECIFIED),
        status=Status.ERROR if failed else Status.UNSET,
        attributes=[(_RENAMED.get(name, name), value) for name, value in labels.items()],
        faults=[_fault(labels)] if failed else [],
        source=source,
    )


def _second(span: dict[str, Any], source: Any) -> PlainSpan:
    """A span of version 2."""
    match = _NAME.match(text(span.get("name")))
    trace, span_id = (match[2], match[3]) if match else ("", "")
    start, end = moment(span.get("startTime")), moment(span.get("endTime"))
    pairs = list(_attributes(span.get("attributes")))
    status = named(span.get("status"))
    code = nanoseconds(status.get("code")) or 0
    events = [event for event in map(named, listed(named(span.get("timeEvents")).get("timeEvent"))) if event]
    return PlainSpan(
        trace=trace,
        span_id=text(span.get("spanId")) or span_id,
        parent_id=text(span.get("parentSpanId")),
        name=_truncatable(span.get("displayName")),
        origin=_origin(pairs),
        start=start,
        duration=end - start if start and end else None,
        kind=kind_of(span.get("spanKind")),
        status=Status.ERROR if code else Status.UNSET,
        message=text(status.get("message")) or (code_name(1000 + code) if code else ""),
        attributes=[(_RENAMED.get(name, name), value) for name, value in pairs],
        events=[_event(event) for event in events],
        links=[
            (text(link.get("traceId")), text(link.get("spanId")))
            for link in map(named, listed(named(span.get("links")).get("link")))
        ],
        faults=_exceptions(events),
        source=source,
    )


def _decimal(value: Any) -> str:
    """A decimal span id in hex; anything else as it is."""
    said = text(value)
    return span_text(int(said)) if said.isascii() and said.isdigit() and int(said) < 1 << 64 else said


def _origin(pairs: Any) -> Origin:
    found = {_RESOURCE[name]: value for name, value in pairs if name in _RESOURCE}
    service = text(found.get("service.name")) or text(found.get("k8s.container.name"))
    return Origin(service, list(found.items()))


def _fault(labels: dict[str, Any]) -> Fault:
    return Fault(
        text(labels.get("/error/name")), text(labels.get("/error/message")), text(labels.get("/stacktrace"))
    )


def _attributes(value: Any) -> Iterator[tuple[str, Any]]:
    for name, item in named(named(value).get("attributeMap")).items():
        said = named(item)
        if "stringValue" in said:
            yield name, _truncatable(said["stringValue"])
        elif "intValue" in said:
            whole = text(said["intValue"])
            yield name, int(whole) if whole.lstrip("-").isdigit() else whole
        elif "boolValue" in said:
            yield name, said["boolValue"]


def _truncatable(value: Any) -> str:
    return text(named(value).get("value")) if isinstance(value, dict) else text(value)


def _event(event: dict[str, Any]) -> SpanEvent:
    note = named(event.get("annotation"))
    name = _truncatable(note.get("description"))
    if "messageEvent" in event:
        message = named(event["messageEvent"])
        return SpanEvent(moment(event.get("time")), f"message {text(message.get('type')).lower()}".strip(),
                         tuple(message.items()))  # fmt: skip
    return SpanEvent(moment(event.get("time")), name, tuple(_attributes(note.get("attributes"))))


def _exceptions(events: list[dict[str, Any]]) -> list[Fault]:
    found = [dict(_attributes(named(event.get("annotation")).get("attributes"))) for event in events]
    return [
        Fault(
            text(said.get("exception.type")),
            text(said.get("exception.message")),
            text(said.get("exception.stacktrace")),
        )
        for said in found
        if "exception.type" in said or "exception.message" in said
    ]
