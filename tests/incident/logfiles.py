"""Log records as files: Python text, ECS lines, docker json-file, Envoy's access log, logfmt."""

from __future__ import annotations

import json
from collections.abc import Iterable

from tests.incident.fleet import Pod
from tests.incident.moments import iso
from tests.incident.otlp import Json, dumped
from tests.incident.recorder import Access, Log

OUTSIDE_OF_SPANS = frozenset({"feature_store.api"})
"""Loggers of middleware that runs before the span begins: they know the request, not the trace."""
_PYTHON = {"INFO": "INFO", "WARN": "WARNING", "ERROR": "ERROR"}


def python_text(logs: Iterable[Log]) -> bytes:
    """The format of OpenTelemetry's instrumentation of Python's logging; outside of a span the text has the id."""
    lines: list[str] = []
    for log in logs:
        stamp = iso(log.time_us + log.pod.ahead_us)[:-1].replace("T", " ").replace(".", ",")
        source = f"{log.logger.rpartition('.')[2]}.py:{50 + sum(log.text[:12].encode()) % 140}"
        outside = not log.trace or log.logger in OUTSIDE_OF_SPANS
        ids = "trace_id=0 span_id=0" if outside else f"trace_id={log.trace:032x} span_id={log.span:016x}"
        context = f"[{ids} resource.service.name={log.pod.service} trace_sampled={not outside}]"
        about = f" request_id={log.request}" if outside and log.request else ""
        lines.append(f"{stamp} {_PYTHON[log.level]} [{log.logger}] [{source}] {context} - {log.text}{about}")
        if log.fault is not None:
            lines.append(log.fault.stack)
    return "\n".join([*lines, ""]).encode()


def ecs(logs: Iterable[Log]) -> bytes:
    """Elastic Common Schema, a JSON object a line (ecs-logging)."""
    return b"".join(dumped(_ecs(log)) + b"\n" for log in logs)


def _ecs(log: Log) -> Json:
    value: Json = {
        "@timestamp": iso(log.time_us + log.pod.ahead_us), "log.level": log.level.lower(), "message": log.text,
        "ecs.version": "8.11.0", "service.name": log.pod.service, "service.version": log.pod.version,
        "host.name": log.pod.host, "kubernetes.pod.name": log.pod.name, "log.logger": log.logger,
    }  # fmt: skip
    if log.trace:
        value |= {
            "trace.id": f"{log.trace:032x}",
            "span.id": f"{log.span:016x}",
            "labels": {"request_id": log.request},
        }
    if log.fault is not None:
        value |= {
            "error.type": log.fault.type,
            "error.message": log.fault.message,
            "error.stack_trace": log.fault.stack,
        }
    return value


def docker(logs: Iterable[Log]) -> bytes:
    """Docker's json-file driver around the JSON that the program itself writes."""
    return b"".join(docker_line(_app(log), log.time_us + 180) for log in logs)


def docker_line(text: str, time_us: int) -> bytes:
    """One line of the driver."""
    return dumped({"log": text + "\n", "stream": "stdout", "time": iso(time_us, 9)}) + b"\n"


def _app(log: Log) -> str:
    value: Json = {
        "timestamp": iso(log.time_us, 6), "level": log.level, "logger": log.logger, "message": log.text,
        "service": log.pod.service, "pod": log.pod.name,
    }  # fmt: skip
    if log.request:
        value["request_id"] = log.request
    if log.trace:
        value |= {"trace_id": f"{log.trace:032x}", "span_id": f"{log.span:016x}"}
    if log.fault is not None:
        value["exc_info"] = log.fault.stack
    return json.dumps(value | dict(log.fields))


def envoy(lines: Iterable[Access]) -> bytes:
    """Istio's default text format of Envoy's access log."""
    return "\n".join([*map(_envoy, lines), ""]).encode()


def _envoy(one: Access) -> str:
    begin = f"[{iso(one.time_us)}]"
    local, port = one.pod.ip, 33_000 + one.time_us // 1000 % 28_000
    took = one.duration_us // 1000
    if not one.method:
        virtual = f"10.96.7.3:{one.upstream.partition(':')[2]}"
        return (f'{begin} "- - -" 0 {one.flags} - - "{one.details}" 0 0 {took} - "-" "-" "-" "-" "{one.upstream}"'
                f" {one.cluster} - {virtual} {local}:{port} - -")  # fmt: skip
    host = "api.shop.example"
    return (f'{begin} "{one.method} {one.path} HTTP/2" {one.code} {one.flags} {one.details} - "-" 0 {one.bytes} {took}'
            f' {max(took - 1, 0)} "{one.client}" "ShopApp/9.3 (Android 16)" "{one.request}" "{host}" "{one.upstream}"'
            f" {one.cluster} {local}:{port} {local}:8443 {one.client}:0 {host} default")  # fmt: skip


def logfmt(entries: Iterable[tuple[int, str, dict[str, str]]]) -> bytes:
    """Time, level and fields of each line, as Go programs print them."""
    lines = []
    for time_us, level, fields in entries:
        pairs = (
            f"{name}={json.dumps(value) if ' ' in value or '=' in value else value}"
            for name, value in fields.items()
        )
        lines.append(f"time={json.dumps(iso(time_us))} level={level} {' '.join(pairs)}")
    return "\n".join([*lines, ""]).encode()


def kubelet_path(pod: Pod, container: str = "") -> str:
    """Where the kubelet puts the log of a container."""
    return f"pods/ml_{pod.name}_{pod.uid}/{container or pod.service}/0.log"


def docker_path(pod: Pod) -> str:
    """The name under which the kubelet links to the file of Docker's driver."""
    return f"containers/{pod.name}_ml_{pod.service}-{pod.digest.removeprefix('sha256:')}.log"
