"""OTLP's messages: number of each field to its name in JSON and how its value is spelt.

Source: opentelemetry-proto, trace.proto, logs.proto, metrics.proto, common.proto, resource.proto.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from explorer.decoding.protobuf import Message, message_of

_POINT: Final = {"startTimeUnixNano": "2 fixed", "timeUnixNano": "3 fixed"}

MESSAGES: Final[Mapping[str, Message]] = {
    "KeyValue": message_of(key="1 text", value="2 AnyValue"),
    "AnyValue": message_of(
        stringValue="1 text", boolValue="2 bool", intValue="3 int", doubleValue="4 double", arrayValue="5 ArrayValue",
        kvlistValue="6 KeyValueList", bytesValue="7 base64",
    ),
    "ArrayValue": message_of(values="1 AnyValue*"),
    "KeyValueList": message_of(values="1 KeyValue*"),
    "Resource": message_of(attributes="1 KeyValue*", droppedAttributesCount="2 uint"),
    "Scope": message_of(name="1 text", version="2 text", attributes="3 KeyValue*", droppedAttributesCount="4 uint"),
    "Span": message_of(
        traceId="1 hex", spanId="2 hex", traceState="3 text", parentSpanId="4 hex", name="5 text", kind="6 uint",
        startTimeUnixNano="7 fixed", endTimeUnixNano="8 fixed", attributes="9 KeyValue*",
        droppedAttributesCount="10 uint", events="11 Event*", droppedEventsCount="12 uint", links="13 Link*",
        droppedLinksCount="14 uint", status="15 Status", flags="16 fixed",
    ),
    "Event": message_of(
        timeUnixNano="1 fixed", name="2 text", attributes="3 KeyValue*", droppedAttributesCount="4 uint",
    ),
    "Link": message_of(
        traceId="1 hex", spanId="2 hex", traceState="3 text", attributes="4 KeyValue*",
        droppedAttributesCount="5 uint", flags="6 fixed",
    ),
    "Status": message_of(message="2 text", code="3 uint"),
    "LogRecord": message_of(
        timeUnixNano="1 fixed", severityNumber="2 uint", severityText="3 text", body="5 AnyValue",
        attributes="6 KeyValue*", droppedAttributesCount="7 uint", flags="8 fixed", traceId="9 hex", spanId="10 hex",
        observedTimeUnixNano="11 fixed", eventName="12 text",
    ),
    "Metric": message_of(
        name="1 text", description="2 text", unit="3 text", gauge="5 Gauge", sum="7 Sum", histogram="9 Histogram",
        exponentialHistogram="10 ExponentialHistogram", summary="11 Summary", metadata="12 KeyValue*",
    ),
    "Gauge": message_of(dataPoints="1 NumberDataPoint*"),
    "Sum": message_of(dataPoints="1 NumberDataPoint*", aggregationTemporality="2 uint", isMonotonic="3 bool"),
    "Histogram": message_of(dataPoints="1 HistogramDataPoint*", aggregationTemporality="2 uint"),
    "ExponentialHistogram": message_of(dataPoints="1 ExponentialDataPoint*", aggregationTemporality="2 uint"),
    "Summary": message_of(dataPoints="1 SummaryDataPoint*"),
    "NumberDataPoint": message_of(
        **_POINT, asDouble="4 double", exemplars="5 Exemplar*", asInt="6 sfixed", attributes="7 KeyValue*",
        flags="8 uint",
    ),
    "HistogramDataPoint": message_of(
        **_POINT, count="4 fixed", sum="5 double", bucketCounts="6 fixed*", explicitBounds="7 double*",
        exemplars="8 Exemplar*", attributes="9 KeyValue*", flags="10 uint", min="11 double", max="12 double",
    ),
    "ExponentialDataPoint": message_of(
        attributes="1 KeyValue*", startTimeUnixNano="2 fixed", timeUnixNano="3 fixed", count="4 fixed",
        sum="5 double", scale="6 zigzag", zeroCount="7 fixed", positive="8 Buckets", negative="9 Buckets",
        flags="10 uint", exemplars="11 Exemplar*", min="12 double", max="13 double", zeroThreshold="14 double",
    ),
    "Buckets": message_of(offset="1 zigzag", bucketCounts="2 uint*"),
    "SummaryDataPoint": message_of(
        **_POINT, count="4 fixed", sum="5 double", quantileValues="6 Quantile*", attributes="7 KeyValue*",
        flags="8 uint",
    ),
    "Quantile": message_of(quantile="1 double", value="2 double"),
    "Exemplar": message_of(
        timeUnixNano="2 fixed", asDouble="3 double", spanId="4 hex", traceId="5 hex", asInt="6 sfixed",
        filteredAttributes="7 KeyValue*",
    ),
}  # fmt: skip

SIGNALS: Final[Mapping[str, tuple[str, str, str]]] = {
    "Span": ("resourceSpans", "scopeSpans", "spans"),
    "LogRecord": ("resourceLogs", "scopeLogs", "logRecords"),
    "Metric": ("resourceMetrics", "scopeMetrics", "metrics"),
}
"""Record of a signal to the names of what holds it, outermost first."""
