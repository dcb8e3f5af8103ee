"""OTLP JSON lines (opentelemetry-proto, JSON encoding): traces, then logs, then metrics.

Ids are 32 and 16 hex digits, 64-bit integers are decimal strings, enums are numbers, as the specification
wants. Attributes are decoded from the raw bytes record by record; a record whose bytes are gone (the file
changed on disk) is written from the columns alone and counted.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np
import orjson

from explorer.decoding.carried import FINDINGS, MARKS, SERIES_KIND, carried
from explorer.model.ids import span_text
from explorer.model.records import Attributes, Detail, Mark, Series
from explorer.model.schema import severity_word
from explorer.model.store import Store
from explorer.readers.details import log_detail, span_detail
from explorer.writers.whole import decoded, found_in_text, links_of, resource_attributes, trace_of_log

BATCH = 512
"""Log records and metric points a line."""

Json = dict[str, object]


def otlp_lines(store: Store, id_rows: Sequence[int] | None = None) -> Iterator[bytes]:
    """The bundle, or the ids named (without metrics, which belong to no id), as lines without newline.

    Args:
        id_rows: rows of the id list, None for everything.
    """
    if id_rows is None:
        traces: Iterable[int] = range(len(store.traces))
        logs: Iterable[int] = range(len(store.logs))
    else:
        traces = sorted(t for row in id_rows for t in store.correlation.rows[row].traces)
        logs = sorted(int(log) for row in id_rows for log in store.correlation.logs_of(row))
    for trace in traces:
        rows = store.traces.rows(trace)
        yield _line("resourceSpans", "scopeSpans", "spans", store, range(rows.start, rows.stop), _span)
    batch: list[int] = []
    for log in logs:
        batch.append(int(log))
        if len(batch) == BATCH:
            yield _line("resourceLogs", "scopeLogs", "logRecords", store, batch, _log)
            batch = []
    if batch:
        yield _line("resourceLogs", "scopeLogs", "logRecords", store, batch, _log)
    if id_rows is None:
        yield from _metric_lines(store)
        yield from _carried_lines(store)


Made = tuple[str, str, Attributes, Json]
"""Service, scope, resource attributes and the record of one span or log."""


def _line(
    outer: str, middle: str, inner: str, store: Store, rows: Iterable[int], make: Callable[[Store, int], Made]
) -> bytes:
    groups: dict[str, tuple[Attributes, dict[str, list[Json]]]] = {}
    for row in rows:
        service, scope, resource, record = make(store, row)
        key = service + "\0" + repr(resource)
        groups.setdefault(key, (resource, defaultdict(list)))[1][scope].append(record)
    resources = [
        {
            "resource": {"attributes": _attributes(resource)},
            middle: [
                {"scope": {"name": scope} if scope else {}, inner: records}
                for scope, records in scopes.items()
            ],
        }
        for resource, scopes in groups.values()
    ]
    return orjson.dumps({outer: resources})


def _span(store: Store, row: int) -> Made:
    spans = store.spans
    detail = decoded(span_detail, store, row)
    trace = int(spans.trace[row])
    start, duration = int(spans.start[row]), int(spans.duration[row])
    record: Json = {
        "traceId": f"{store.traces.number[trace]:032x}",
        "spanId": span_text(int(spans.span_id[row])),
        "name": store.operation(row),
        "kind": int(spans.kind[row]),
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(start + duration),
        "attributes": _attributes(detail.attributes),
        "status": _status(store, row, detail),
    }
    if spans.parent_id[row]:
        record["parentSpanId"] = span_text(int(spans.parent_id[row]))
    if detail.events:
        record["events"] = [
            {"timeUnixNano": str(e.time_ns), "name": e.name, "attributes": _attributes(e.attributes)}
            for e in detail.events
        ]
    if links := links_of(detail, store, row):
        record["links"] = [{"traceId": f"{trace:032x}", "spanId": span_text(span)} for trace, span in links]
    resource = resource_attributes(detail.resource, store.service(row), store.resources[spans.resource[row]])
    return store.service(row), detail.scope, resource, record


def _status(store: Store, row: int, detail: Detail) -> Json:
    code = int(store.spans.status[row])
    status: Json = {"code": code} if code else {}
    if detail.message:
        status["message"] = detail.message
    return status


def _log(store: Store, row: int) -> Made:
    logs = store.logs
    detail = decoded(log_detail, store, row)
    record: Json = {
        "timeUnixNano": str(int(logs.time[row])),
        "severityNumber": int(logs.severity[row]),
        "severityText": severity_word(int(logs.severity[row])),
        "body": {"stringValue": detail.message},
        "attributes": _attributes((*detail.attributes, *found_in_text(store, row, detail.attributes))),
    }
    if trace := trace_of_log(store, row):
        record["traceId"] = trace
    if logs.span_id[row]:
        record["spanId"] = span_text(int(logs.span_id[row]))
    service = store.services[logs.service[row]]
    resource = resource_attributes(detail.resource, service, store.resources[logs.resource[row]])
    return service, detail.scope, resource, record


def _attributes(attributes: Attributes) -> list[Json]:
    return [{"key": name, "value": any_value(value)} for name, value in attributes]


def any_value(value: object) -> Json:
    """A plain JSON value as OTLP AnyValue."""
    if value is None:
        return {}
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)} if -(2**63) <= value < 2**63 else {"stringValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value if math.isfinite(value) else str(value).replace("inf", "Infinity")}
    if isinstance(value, str):
        return {"stringValue": value}
    if isinstance(value, bytes):
        return {"stringValue": value.hex()}
    if isinstance(value, list | tuple):
        return {"arrayValue": {"values": [any_value(one) for one in value]}}
    if isinstance(value, Mapping):
        return {"kvlistValue": {"values": [{"key": str(k), "value": any_value(v)} for k, v in value.items()]}}
    return {"stringValue": str(value)}


def _metric_lines(store: Store) -> Iterator[bytes]:
    by_service: dict[str, list[tuple[Series, int]]] = defaultdict(list)
    for code, series in enumerate(store.series):
        by_service[series.service].append((series, code))
    for service, many in by_service.items():
        for begin in range(0, len(many), 64):
            metrics = [_metric(store, series, code) for series, code in many[begin : begin + 64]]
            resource = [{"key": "service.name", "value": {"stringValue": service}}] if service else []
            yield orjson.dumps({"resourceMetrics": [{
                "resource": {"attributes": resource}, "scopeMetrics": [{"scope": {}, "metrics": metrics}],
            }]})  # fmt: skip


def _exemplars(store: Store, code: int) -> list[Json]:
    table = store.exemplars
    return [
        {
            "timeUnixNano": str(int(table["time"][row])),
            "asDouble": any_value(float(table["value"][row]))["doubleValue"],
            "traceId": f"{int(table['high'][row]):016x}{int(table['low'][row]):016x}",
            "spanId": span_text(int(table["span_id"][row])),
        }
        for row in np.flatnonzero(table["series"] == code).tolist()
    ]


def _carried_lines(store: Store) -> Iterator[bytes]:
    """Marks and findings as log records of a reserved scope."""
    for scope, kept in ((MARKS, store.marks), (FINDINGS, store.findings)):
        records = [
            {
                "timeUnixNano": str(one.time_ns), "body": {"stringValue": one.text},
                "severityNumber": one.severity if isinstance(one, Mark) else _SEVERITIES[one.status],
                "attributes": _attributes(carried(one)),
            }
            for one in kept
        ]  # fmt: skip
        for begin in range(0, len(records), BATCH):
            part = records[begin : begin + BATCH]
            yield orjson.dumps({"resourceLogs": [{
                "resource": {"attributes": []}, "scopeLogs": [{"scope": {"name": scope}, "logRecords": part}],
            }]})  # fmt: skip


_SEVERITIES: Final = {"pass": 9, "warn": 13, "fail": 17, "error": 17}


def _metric(store: Store, series: Series, code: int) -> Json:
    rows = slice(series.first, series.first + series.count)
    labels = [{"key": name, "value": {"stringValue": value}} for name, value in series.labels]
    points: list[Json] = [
        {
            "timeUnixNano": str(int(time)),
            "asDouble": any_value(float(value))["doubleValue"],
            "attributes": labels,
        }
        for time, value in zip(store.points["time"][rows], store.points["value"][rows], strict=True)
    ]
    exemplars = _exemplars(store, code)
    if points and exemplars:
        points[-1]["exemplars"] = exemplars
    metric: Json = {"name": series.name, "unit": series.unit}
    if series.kind not in ("counter", "gauge"):
        metric["metadata"] = _attributes(((SERIES_KIND, series.kind),))
    if series.kind == "counter":
        metric["sum"] = {"dataPoints": points, "aggregationTemporality": 2, "isMonotonic": True}
    else:
        metric["gauge"] = {"dataPoints": points}
    return metric
