"""Logs and metrics as OpenTelemetry's Go SDK prints them (``stdoutlog``, ``stdoutmetric``), made requests of OTLP.

Source: opentelemetry-go exporters/stdout/stdoutlog (record.go) and stdoutmetric, sdk/metric/metricdata. Times are RFC
3339, exemplars' ids base64; one object holds one log record, or all metrics of a resource.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, moment, named, open_whole, text
from explorer.decoding.lenient import dumps, loads
from explorer.decoding.outline import outline
from explorer.model.builder import Builder, Records

NAME: Final = "otel-go-signals"
LABEL: Final = "OpenTelemetry logs and metrics (Go stdoutlog, stdoutmetric)"
RECOGNISED_BY: Final = "objects with ObservedTimestamp, SeverityText and Body, or Resource and ScopeMetrics"
FRAMINGS: Final = ("lines", "document")

_LOG: Final = frozenset({("ObservedTimestamp",), ("SeverityText",), ("Body",), ("Resource",)})
_METRICS: Final = frozenset({("Resource",), ("ScopeMetrics",)})
_VALUES: Final = {
    "STRING": "stringValue", "BOOL": "boolValue", "INT64": "intValue", "FLOAT64": "doubleValue", "BYTES": "bytesValue",
}  # fmt: skip
_TEMPORALITY: Final = {"DeltaTemporality": 1, "CumulativeTemporality": 2}
_COUNTS: Final = (
    ("Count", "count"),
    ("Sum", "sum"),
    ("Min", "min"),
    ("Max", "max"),
    ("Bounds", "explicitBounds"),
)


def detect(head: bytes) -> Confidence | None:
    """By the names of Go's fields."""
    if b'"ObservedTimestamp"' not in head and b'"ScopeMetrics"' not in head:
        return None
    paths = outline(head)
    return Confidence.CERTAIN if paths >= _LOG or paths >= _METRICS else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Hand each object on as a request; those of other kinds, or that do not parse, are returned."""
    refused: list[int] = []
    for i in range(len(records)):
        try:
            request = _request(named(loads(records[i])))
        except ValueError:
            request = None
        if request is None:
            refused.append(i)
            continue
        builder.hand_on(builder.canonical(records.take(np.array([i])), [dumps(request)]))
        # Once more than who reads the request, so that the file goes by this name.
        builder.count_format(NAME, 1)
    return refused


def open_record(raw: bytes) -> OpenRecord:
    """Requests are kept as JSON, and opened by those who read them."""
    return open_whole(raw)


def _request(value: dict[str, Any]) -> dict[str, Any] | None:
    resource = {"attributes": _pairs(value.get("Resource"))}
    if "ScopeMetrics" in value:
        scopes = [
            {
                "scope": _scope(one),
                "metrics": [_metric(named(metric)) for metric in listed(one.get("Metrics"))],
            }
            for one in map(named, listed(value["ScopeMetrics"]))
        ]
        return {"resourceMetrics": [{"resource": resource, "scopeMetrics": scopes}]}
    if "Body" in value and "ObservedTimestamp" in value:
        scope = {"scope": _scope(value), "logRecords": [_log(value)]}
        return {"resourceLogs": [{"resource": resource, "scopeLogs": [scope]}]}
    return None


def _log(value: dict[str, Any]) -> dict[str, Any]:
    return {
        "timeUnixNano": moment(value.get("Timestamp")),
        "observedTimeUnixNano": moment(value["ObservedTimestamp"]),
        "severityNumber": value.get("Severity"),
        "severityText": value.get("SeverityText"),
        "eventName": value.get("EventName"),
        "body": _value(value["Body"]),
        "attributes": _pairs(value.get("Attributes")),
        "traceId": _id(value.get("TraceID")),
        "spanId": _id(value.get("SpanID")),
    }


def _id(value: Any) -> str:
    """An id, but not one of zeros alone."""
    found = text(value)
    return found if found.strip("0") else ""


def _scope(value: dict[str, Any]) -> dict[str, Any]:
    scope = named(value.get("Scope"))
    return {"name": text(scope.get("Name")), "version": text(scope.get("Version"))}


def _metric(metric: dict[str, Any]) -> dict[str, Any]:
    data = named(metric.get("Data"))
    points = [_point(named(one)) for one in listed(data.get("DataPoints"))]
    about = {name.lower(): metric.get(name) for name in ("Name", "Description", "Unit")}
    summed = {"aggregationTemporality": _TEMPORALITY.get(text(data.get("Temporality")), 0)}
    if any("quantileValues" in point for point in points):
        return {**about, "summary": {"dataPoints": points}}
    if any("scale" in point for point in points):
        return {**about, "exponentialHistogram": {"dataPoints": points, **summed}}
    if any("bucketCounts" in point for point in points):
        return {**about, "histogram": {"dataPoints": points, **summed}}
    if "IsMonotonic" in data:
        return {**about, "sum": {"dataPoints": points, "isMonotonic": data["IsMonotonic"], **summed}}
    return {**about, "gauge": {"dataPoints": points}}


def _point(point: dict[str, Any]) -> dict[str, Any]:
    found = {
        "attributes": _pairs(point.get("Attributes")),
        "startTimeUnixNano": moment(point.get("StartTime")),
        "timeUnixNano": moment(point.get("Time")),
        "exemplars": [_exemplar(named(one)) for one in listed(point.get("Exemplars"))],
        **{name: point[own] for own, name in _COUNTS if point.get(own) is not None},
        **_number(point),
    }
    if "BucketCounts" in point:
        found["bucketCounts"] = listed(point["BucketCounts"])
    if "Scale" in point:
        for own, name in (("PositiveBucket", "positive"), ("NegativeBucket", "negative")):
            bucket = named(point.get(own))
            found[name] = {"offset": bucket.get("Offset"), "bucketCounts": listed(bucket.get("Counts"))}
        found |= {"scale": point["Scale"], "zeroCount": point.get("ZeroCount")}
    if "QuantileValues" in point:
        found["quantileValues"] = [
            {"quantile": one.get("Quantile"), "value": one.get("Value")}
            for one in map(named, listed(point["QuantileValues"]))
        ]
    return found


def _number(point: dict[str, Any]) -> dict[str, Any]:
    value = point.get("Value")
    return {} if value is None else {"asInt" if isinstance(value, int) else "asDouble": value}


def _exemplar(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "timeUnixNano": moment(one.get("Time")),
        "spanId": text(one.get("SpanID")),
        "traceId": text(one.get("TraceID")),
        "filteredAttributes": _pairs(one.get("FilteredAttributes")),
        **_number(one),
    }


def _pairs(value: Any) -> list[dict[str, Any]]:
    return [
        {"key": text(one.get("Key")), "value": _value(one.get("Value"))} for one in map(named, listed(value))
    ]


def _value(value: Any) -> dict[str, Any]:
    """A value with its type, as OTLP has it."""
    type_, inner = text(named(value).get("Type")).upper(), named(value).get("Value")
    if type_ in _VALUES:
        return {_VALUES[type_]: inner}
    if type_ == "MAP":
        return {"kvlistValue": {"values": _pairs(inner)}}
    if isinstance(inner, list):
        typed = all(isinstance(one, dict) and "Type" in one for one in inner)
        return {"arrayValue": {"values": [_value(one) if typed else _plain(one) for one in inner]}}
    return _plain(inner if isinstance(value, dict) else value)


def _plain(value: Any) -> dict[str, Any]:
    """A value without a type."""
    names: tuple[tuple[type, str], ...] = (
        (bool, "boolValue"), (int, "intValue"), (float, "doubleValue"), (str, "stringValue"),
    )  # fmt: skip
    return next(({name: value} for kind, name in names if isinstance(value, kind)), {})
