"""Spans as other systems export them: Zipkin v2 JSON and the JSON of Jaeger's query API."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tests.incident.fleet import Pod
from tests.incident.otlp import Json, dumped
from tests.incident.recorder import Span, Value


def zipkin(spans: Iterable[Span]) -> bytes:
    """A list of spans (zipkin-api, zipkin2-api.yaml)."""
    return b"[" + b",\n".join(dumped(_zipkin_span(span)) for span in spans) + b"]\n"


def _zipkin_span(span: Span) -> Json:
    tags = {name: str(value) for name, value in span.attributes.items()}
    return {
        "traceId": f"{span.trace:032x}", "parentId": f"{span.parent:016x}", "id": f"{span.id:016x}",
        "kind": span.kind.upper(), "name": span.name, "timestamp": span.start_us,
        "duration": span.end_us - span.start_us,
        "localEndpoint": {"serviceName": span.pod.service, "ipv4": span.pod.ip, "port": 9090},
        "tags": {**tags, "k8s.pod.name": span.pod.name, "service.version": span.pod.version},
    }  # fmt: skip


def jaeger(spans: Iterable[Span]) -> bytes:
    """Traces as ``/api/traces`` of jaeger-query answers them."""
    traces: dict[int, list[Span]] = {}
    for span in spans:
        traces.setdefault(span.trace, []).append(span)
    return dumped({"data": [_jaeger_trace(group) for group in traces.values()],
                   "total": 0, "limit": 0, "offset": 0, "errors": None})  # fmt: skip


def _jaeger_trace(spans: Sequence[Span]) -> Json:
    processes: dict[Pod, str] = {}
    for span in spans:
        processes.setdefault(span.pod, f"p{len(processes) + 1}")
    return {
        "traceID": f"{spans[0].trace:032x}", "spans": [_jaeger_span(span, processes[span.pod]) for span in spans],
        "processes": {
            name: {"serviceName": pod.service, "tags": [
                _tag("hostname", pod.host), _tag("k8s.pod.name", pod.name), _tag("service.version", pod.version),
            ]} for pod, name in processes.items()
        }, "warnings": None,
    }  # fmt: skip


def _jaeger_span(span: Span, process: str) -> Json:
    parents = [(span.trace, span.parent, "CHILD_OF")] if span.parent else []
    parents += [(trace, number, "FOLLOWS_FROM") for trace, number in span.links]
    return {
        "traceID": f"{span.trace:032x}", "spanID": f"{span.id:016x}", "flags": 1, "operationName": span.name,
        "references": [
            {"refType": kind, "traceID": f"{trace:032x}", "spanID": f"{number:016x}"} for trace, number, kind in parents
        ],
        "startTime": span.start_us, "duration": span.end_us - span.start_us,
        "tags": [_tag("span.kind", span.kind), *(_tag(*item) for item in span.attributes.items())],
        "logs": [], "processID": process, "warnings": None,
    }  # fmt: skip


def _tag(name: str, value: Value) -> Json:
    kind = "bool" if isinstance(value, bool) else "int64" if isinstance(value, int) else (
        "float64" if isinstance(value, float) else "string")  # fmt: skip
    return {"key": name, "type": kind, "value": value}
