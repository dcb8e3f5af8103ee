"""Logs and metrics as OpenTelemetry's JavaScript SDK prints them, made requests of OTLP.

Source: opentelemetry-js sdk-logs ConsoleLogRecordExporter (times in µs) and sdk-metrics ConsoleMetricExporter (pairs of
seconds and nanoseconds; kinds of points as its DataPointType). Metrics are printed without their resource.
"""

from __future__ import annotations

from typing import Any, Final

from explorer.decoding.documents import listed, named, text
from explorer.decoding.lenient import nanoseconds

_HISTOGRAM, _EXPONENTIAL, _SUM = 0, 1, 3
_US: Final = 1000
_S: Final = 10**9
_CUMULATIVE: Final = 2


def request_of(value: dict[str, Any]) -> dict[str, Any] | None:
    """The request that a printed log record or metric would be; None for anything else."""
    resource = {"attributes": _pairs(named(value.get("resource")).get("attributes"))}
    scope = {name: text(named(value.get("instrumentationScope")).get(name)) for name in ("name", "version")}
    if "descriptor" in value and "dataPoints" in value:
        return {"resourceMetrics": [{"resource": resource, "scopeMetrics": [{"metrics": [_metric(value)]}]}]}
    if "severityNumber" in value and "body" in value:
        logs = {"scope": scope, "logRecords": [_log(value)]}
        return {"resourceLogs": [{"resource": resource, "scopeLogs": [logs]}]}
    return None


def _log(value: dict[str, Any]) -> dict[str, Any]:
    return {
        "timeUnixNano": nanoseconds(value.get("timestamp"), _US) or 0,
        "severityNumber": value.get("severityNumber") or 0,
        "severityText": text(value.get("severityText")),
        "eventName": text(value.get("eventName")),
        "body": _value(value["body"]),
        "attributes": _pairs(value.get("attributes")),
        "traceId": text(value.get("traceId")),
        "spanId": text(value.get("spanId")),
    }


def _metric(value: dict[str, Any]) -> dict[str, Any]:
    descriptor = named(value["descriptor"])
    about = {name: text(descriptor.get(name)) for name in ("name", "description", "unit")}
    points = [_point(named(one)) for one in listed(value["dataPoints"])]
    kind = value.get("dataPointType")
    data = {"dataPoints": points, "aggregationTemporality": _CUMULATIVE}
    if kind == _HISTOGRAM:
        return {**about, "histogram": data}
    if kind == _EXPONENTIAL:
        return {**about, "exponentialHistogram": data}
    if kind == _SUM:
        is_monotonic = "UP_DOWN" not in text(descriptor.get("type"))
        return {**about, "sum": {**data, "isMonotonic": is_monotonic}}
    return {**about, "gauge": {"dataPoints": points}}


def _point(point: dict[str, Any]) -> dict[str, Any]:
    found = {
        "attributes": _pairs(point.get("attributes")),
        "startTimeUnixNano": pair_time(point.get("startTime")),
        "timeUnixNano": pair_time(point.get("endTime")),
    }
    value = point.get("value")
    if not isinstance(value, dict):
        return {**found, "asInt" if isinstance(value, int) else "asDouble": value}
    found |= {name: value[name] for name in ("count", "sum", "min", "max") if value.get(name) is not None}
    if "scale" in value:
        sides = {name: _buckets(named(value.get(name))) for name in ("positive", "negative")}
        return {**found, **sides, "scale": value["scale"], "zeroCount": value.get("zeroCount")}
    buckets = named(value.get("buckets"))
    return {
        **found,
        "explicitBounds": listed(buckets.get("boundaries")),
        "bucketCounts": listed(buckets.get("counts")),
    }


def _buckets(side: dict[str, Any]) -> dict[str, Any]:
    return {"offset": side.get("offset"), "bucketCounts": listed(side.get("bucketCounts"))}


def pair_time(value: Any) -> int:
    """``[seconds, nanoseconds]``."""
    parts = [nanoseconds(one) or 0 for one in listed(value)]
    return parts[0] * _S + parts[1] if len(parts) == 2 else 0


def _pairs(value: Any) -> list[dict[str, Any]]:
    return [{"key": name, "value": _value(one)} for name, one in named(value).items()]


def _value(value: Any) -> dict[str, Any]:
    """A value as OTLP has it."""
    if isinstance(value, list):
        return {"arrayValue": {"values": [_value(one) for one in value]}}
    if isinstance(value, dict):
        return {"kvlistValue": {"values": _pairs(value)}}
    names: tuple[tuple[type, str], ...] = (
        (bool, "boolValue"), (int, "intValue"), (float, "doubleValue"), (str, "stringValue"),
    )  # fmt: skip
    return next(({name: value} for kind, name in names if isinstance(value, kind)), {})
