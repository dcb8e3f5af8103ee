"""Rows of the ClickHouse exporter's tables as OTLP JSON requests, which is what the rows came from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from explorer.model.schema import Kind, Status
from explorer.readers.parquet.layout import Cells, DataSet, Pairs

Json = dict[str, Any]
_Key = tuple[str, str, tuple[tuple[str, str], ...], str, str]

_KINDS: Final = {kind.name.lower(): int(kind) for kind in Kind}
_STATUSES: Final = {status.name.lower(): int(status) for status in Status}


def request(data_set: DataSet, cells: Cells) -> Json:
    """The rows as one export request, put together by resource and scope."""
    signal, group, records, make = _SIGNALS[data_set]
    groups: dict[_Key, list[Json]] = {}
    origin = zip(
        cells.texts("ServiceName"), cells.texts("ScopeName"), map(tuple, cells.maps("ResourceAttributes")),
        cells.texts("ScopeVersion"), cells.texts("ResourceSchemaUrl"), strict=True,
    )  # fmt: skip
    for key, record in zip(origin, make(cells), strict=True):
        groups.setdefault(key, []).append(record)
    return {
        signal: [
            {
                "resource": {"attributes": _attributes(_with_service(service, list(resource)))},
                group: [{"scope": _scope(name, version), records: found}],
            }
            for (service, name, resource, version, _), found in groups.items()
        ]
    }


def _with_service(service: str, resource: Pairs) -> Pairs:
    told = not service or any(name == "service.name" for name, _ in resource)
    return resource if told else [*resource, ("service.name", service)]


def _scope(name: str, version: str) -> Json:
    return {key: value for key, value in (("name", name), ("version", version)) if value}


def _attributes(pairs: Pairs) -> list[Json]:
    return [{"key": key, "value": {"stringValue": value}} for key, value in pairs]


def _number(word: str, known: dict[str, int]) -> int:
    """``Server``, ``SERVER`` or ``SPAN_KIND_SERVER`` as its number."""
    return known.get(word.rpartition("_")[2].lower(), 0)


def _spans(cells: Cells) -> Iterator[Json]:
    events = zip(
        cells.lists_of_times("Events", "Timestamp"), cells.lists_of_texts("Events", "Name"),
        cells.lists_of_maps("Events", "Attributes"), strict=True,
    )  # fmt: skip
    links = zip(
        cells.lists_of_texts("Links", "TraceId"), cells.lists_of_texts("Links", "SpanId"), strict=True
    )
    columns = zip(
        cells.texts("TraceId"), cells.texts("SpanId"), cells.texts("ParentSpanId"), cells.texts("SpanName"),
        cells.texts("SpanKind"), cells.times("Timestamp"), cells.numbers("Duration"), cells.maps("SpanAttributes"),
        cells.texts("StatusCode"), cells.texts("StatusMessage"), events, links, strict=True,
    )  # fmt: skip
    for trace, span, parent, name, kind, start, duration, pairs, code, message, happened, linked in columns:
        record: Json = {
            "traceId": trace, "spanId": span, "name": name, "kind": _number(kind, _KINDS),
            "startTimeUnixNano": start, "endTimeUnixNano": start + int(duration),
            "attributes": _attributes(pairs), "status": {"code": _number(code, _STATUSES), "message": message},
        }  # fmt: skip
        if parent:
            record["parentSpanId"] = parent
        if happened[0]:
            record["events"] = [
                {"timeUnixNano": time, "name": what, "attributes": _attributes(told)}
                for time, what, told in zip(*happened, strict=False)
            ]
        if linked[0]:
            record["links"] = [{"traceId": to, "spanId": at} for to, at in zip(*linked, strict=False)]
        yield record


def _logs(cells: Cells) -> Iterator[Json]:
    columns = zip(
        cells.times("Timestamp"), cells.numbers("SeverityNumber"), cells.texts("SeverityText"), cells.texts("Body"),
        cells.maps("LogAttributes"), cells.texts("TraceId"), cells.texts("SpanId"), cells.texts("EventName"),
        strict=True,
    )  # fmt: skip
    for time, number, word, body, pairs, trace, span, event in columns:
        record: Json = {
            "timeUnixNano": time, "severityNumber": int(number), "severityText": word,
            "body": {"stringValue": body}, "attributes": _attributes(pairs),
        }  # fmt: skip
        ids = (("traceId", trace), ("spanId", span), ("eventName", event))
        yield record | {key: value for key, value in ids if value}


def _metrics(cells: Cells) -> Iterator[Json]:
    columns = zip(
        cells.texts("MetricName"), cells.texts("MetricUnit"), cells.times("TimeUnix"), cells.maps("Attributes"),
        _readings(cells), _exemplars(cells), strict=True,
    )  # fmt: skip
    form = _form(cells)
    common: Json = {"aggregationTemporality": 2} if form not in {"gauge", "summary"} else {}
    rising = cells.numbers("IsMonotonic")
    delta = cells.numbers("AggregationTemporality")
    for i, (name, unit, time, pairs, reading, exemplars) in enumerate(columns):
        point = {"timeUnixNano": time, "attributes": _attributes(pairs), **reading}
        if exemplars:
            point["exemplars"] = exemplars
        data: Json = {**common, "dataPoints": [point]}
        if form == "sum":
            data["isMonotonic"] = bool(rising[i])
        if common and delta[i]:
            data["aggregationTemporality"] = int(delta[i])
        yield {"name": name, "unit": unit, form: data}


def _form(cells: Cells) -> str:
    """Which of the five tables of metrics the rows are of."""
    if "BucketCounts" in cells:
        return "histogram"
    if "PositiveBucketCounts" in cells:
        return "exponentialHistogram"
    if "ValueAtQuantiles.Quantile" in cells or "ValueAtQuantiles" in cells:
        return "summary"
    return "sum" if "IsMonotonic" in cells else "gauge"


def _readings(cells: Cells) -> Iterator[Json]:
    """What each point says, beside its time and attributes."""
    form = _form(cells)
    if form in ("gauge", "sum"):
        yield from ({"asDouble": value} for value in cells.numbers("Value"))
        return
    counted = [
        {"count": int(count), "sum": total}
        for count, total in zip(cells.numbers("Count"), cells.numbers("Sum"), strict=True)
    ]
    if form == "histogram":
        bounds, counts = cells.lists_of_numbers("ExplicitBounds"), cells.lists_of_numbers("BucketCounts")
        for point, bound, count in zip(counted, bounds, counts, strict=True):
            yield point | {"explicitBounds": bound, "bucketCounts": [int(one) for one in count]}
    elif form == "summary":
        shares = cells.lists_of_numbers("ValueAtQuantiles", "Quantile")
        values = cells.lists_of_numbers("ValueAtQuantiles", "Value")
        for point, share, value in zip(counted, shares, values, strict=True):
            found = [{"quantile": q, "value": v} for q, v in zip(share, value, strict=False)]
            yield point | {"quantileValues": found}
    else:
        sides = [
            zip(cells.numbers(f"{side}Offset"), cells.lists_of_numbers(f"{side}BucketCounts"), strict=True)
            for side in ("Positive", "Negative")
        ]
        scales, zeros = cells.numbers("Scale"), cells.numbers("ZeroCount")
        for point, scale, zero, *buckets in zip(counted, scales, zeros, *sides, strict=True):
            positive, negative = (
                {"offset": int(offset), "bucketCounts": [int(one) for one in count]}
                for offset, count in buckets
            )
            yield point | {
                "scale": int(scale), "zeroCount": int(zero), "positive": positive, "negative": negative,
            }  # fmt: skip


def _exemplars(cells: Cells) -> Iterator[list[Json]]:
    columns = zip(
        cells.lists_of_times("Exemplars", "TimeUnix"), cells.lists_of_numbers("Exemplars", "Value"),
        cells.lists_of_texts("Exemplars", "TraceId"), cells.lists_of_texts("Exemplars", "SpanId"), strict=True,
    )  # fmt: skip
    for times, values, traces, spans in columns:
        yield [
            {"timeUnixNano": time, "asDouble": value, "traceId": trace, "spanId": span}
            for time, value, trace, span in zip(times, values, traces, spans, strict=False)
        ]


_SIGNALS: Final[dict[DataSet, tuple[str, str, str, Callable[[Cells], Iterator[Json]]]]] = {
    "spans": ("resourceSpans", "scopeSpans", "spans", _spans),
    "logs": ("resourceLogs", "scopeLogs", "logRecords", _logs),
    "points": ("resourceMetrics", "scopeMetrics", "metrics", _metrics),
}
