"""Spans and log records as the collector's file exporter writes them: OTLP JSON, a batch a line.

Shape: opentelemetry-proto, ExportTraceServiceRequest and ExportLogsServiceRequest in proto3 JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from tests.incident.fleet import Pod
from tests.incident.moments import SECOND
from tests.incident.recorder import Fault, Log, Span, Value

Json = dict[str, object]
One = TypeVar("One", Span, Log)

_KINDS = {"internal": 1, "server": 2, "client": 3, "producer": 4, "consumer": 5}
_LEVELS = {"INFO": 9, "WARN": 13, "ERROR": 17}
_BATCH_US = 4 * SECOND
_SCOPES = {"go": "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp", "cpp": "triton.trace",
           "python": "opentelemetry.instrumentation.grpc", "java": "io.opentelemetry.java-http-client"}  # fmt: skip


def span_batches(spans: Iterable[Span]) -> Iterator[tuple[int, bytes]]:
    """Time and line of each batch of spans: what ended within a few seconds, grouped by pod."""
    for time_us, groups in _batches((span.end_us, span.pod, span) for span in spans):
        yield time_us, dumped({"resourceSpans": [_resource_spans(group) for group in groups]})


def log_batches(logs: Iterable[Log]) -> Iterator[tuple[int, bytes]]:
    """Time and line of each batch of log records."""
    for time_us, groups in _batches((log.time_us, log.pod, log) for log in logs):
        yield time_us, dumped({"resourceLogs": [_resource_logs(group) for group in groups]})


def _batches(timed: Iterable[tuple[int, Pod, One]]) -> Iterator[tuple[int, list[list[One]]]]:
    batches: dict[int, dict[Pod, list[One]]] = {}
    for time_us, pod, one in sorted(timed, key=lambda entry: (entry[0], entry[1].name)):
        batches.setdefault(time_us // _BATCH_US, {}).setdefault(pod, []).append(one)
    for nth, groups in batches.items():
        yield nth * _BATCH_US, list(groups.values())


def dumped(line: Json) -> bytes:
    """Compact JSON."""
    return json.dumps(line, separators=(",", ":")).encode()


def resource(pod: Pod) -> dict[str, Value]:
    """What a pod says of itself (semantic conventions for services, Kubernetes, containers, sources)."""
    return {
        "service.name": pod.service, "service.version": pod.version, "service.namespace": "ml",
        "k8s.namespace.name": "ml", "k8s.pod.name": pod.name, "k8s.pod.uid": pod.uid, "host.name": pod.host,
        "container.image.name": f"registry.shop.example/ml/{pod.service}",
        "container.image.id": pod.digest, "vcs.ref.head.revision": pod.commit, "telemetry.sdk.language": pod.language,
    }  # fmt: skip


def attributes(values: Mapping[str, Value]) -> list[Json]:
    """A mapping as a list of KeyValue."""
    return [{"key": key, "value": _typed(value)} for key, value in values.items()]


def _typed(value: Value) -> Json:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": value}


def _resource_spans(group: list[Span]) -> Json:
    pod = group[0].pod
    scope: Json = {"name": _SCOPES[pod.language], "version": "0.58.0"}
    return {"resource": {"attributes": attributes(resource(pod))},
            "scopeSpans": [{"scope": scope, "spans": [_span(span) for span in group]}]}  # fmt: skip


def _resource_logs(group: list[Log]) -> Json:
    records: Json = {"scope": {"name": group[0].logger}, "logRecords": [_record(log) for log in group]}
    return {"resource": {"attributes": attributes(resource(group[0].pod))}, "scopeLogs": [records]}


def _span(span: Span) -> Json:
    value: Json = {"traceId": f"{span.trace:032x}", "spanId": f"{span.id:016x}"}
    if span.parent:
        value["parentSpanId"] = f"{span.parent:016x}"
    value |= {
        "name": span.name, "kind": _KINDS[span.kind], "startTimeUnixNano": _nanos(span.pod, span.start_us),
        "endTimeUnixNano": _nanos(span.pod, span.end_us), "attributes": attributes(span.attributes),
    }  # fmt: skip
    if span.fault is not None:
        value["events"] = [_exception(span.fault, _nanos(span.pod, span.end_us - 30))]
    if span.links:
        value["links"] = [
            {"traceId": f"{trace:032x}", "spanId": f"{number:016x}"} for trace, number in span.links
        ]
    message = span.message or (span.fault.message if span.fault else "")
    value["status"] = {"code": 2, "message": message} if span.failed else {}
    return value


def _nanos(pod: Pod, time_us: int) -> str:
    return f"{(time_us + pod.ahead_us) * 1000}"


def _exception(fault: Fault, nanos: str) -> Json:
    values: dict[str, Value] = {
        "exception.type": fault.type, "exception.message": fault.message, "exception.stacktrace": fault.stack,
    }  # fmt: skip
    return {"timeUnixNano": nanos, "name": "exception", "attributes": attributes(values)}


def _record(log: Log) -> Json:
    value: Json = {
        "timeUnixNano": _nanos(log.pod, log.time_us), "severityNumber": _LEVELS[log.level], "severityText": log.level,
        "body": {"stringValue": log.text}, "attributes": attributes(log.fields),
    }  # fmt: skip
    if log.trace:
        value |= {"traceId": f"{log.trace:032x}", "spanId": f"{log.span:016x}"}
    return value
