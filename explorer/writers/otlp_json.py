"""OTLP JSON lines (opentelemetry-proto, JSON encoding): traces, then logs, then metrics.

Ids are 32 and 16 hex digits, 64-bit integers are decimal strings, enums are numbers, as the specification
wants. Attributes are decoded from the raw bytes record by record; a record whose bytes are gone (the file
changed on disk) is written from the columns alone and counted.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from explorer.decoding.carried import FINDINGS, MARKS, SERIES_KIND, carried
from explorer.decoding.lenient import dumps
from explorer.model.ids import span_text
from explorer.model.records import Attributes, Mark, Series
from explorer.model.schema import severity_word
from explorer.model.store import Store
from explorer.readers.details import log_detail, span_detail
from explorer.writers.whole import (
    Ints,
    Resources,
    decoded,
    events_of,
    found_in_text,
    links_of,
    parts_of,
    trace_of_log,
)

BATCH = 512
"""Log records and metric points a line."""
_DEEPEST: Final = 40
"""Lists and objects within one another that are written as such."""

Json = dict[str, object]


def otlp_lines(store: Store, id_rows: Sequence[int] | None = None) -> Iterator[bytes]:
    """The bundle, or the ids named (without metrics, which belong to no id), as lines without newline.

    Args:
        id_rows: rows of the id list, None for everything.
    """
    if id_rows is None:
        traces: Iterable[int] = range(len(store.traces))
        logs = np.arange(len(store.logs))
    else:
        traces = sorted(t for row in id_rows for t in store.correlation.rows[row].traces)
        logs = np.sort(np.concatenate([[], *(store.correlation.logs_of(row) for row in id_rows)])).astype(int)
    first = store.traces.first
    for part in parts_of(np.arange(first[trace], first[trace + 1]) for trace in traces):
        made = _spans(store, part)
        for begin, end in pairwise([0, *_changes(store.spans.trace[part]), len(part)]):
            yield _line("resourceSpans", "scopeSpans", "spans", made, begin, end)
    for part in parts_of([logs]):
        made = _logs(store, part)
        for begin in range(0, len(part), BATCH):
            yield _line("resourceLogs", "scopeLogs", "logRecords", made, begin, begin + BATCH)
    if id_rows is None:
        yield from _metric_lines(store)
        yield from _carried_lines(store)


def _changes(column: Ints) -> list[int]:
    """Where a value differs from the one before it."""
    places: list[int] = (np.flatnonzero(np.diff(column)) + 1).tolist()
    return places


@dataclass(frozen=True, slots=True)
class _Made:
    """Records as they are written, and of each the number of its resource and its scope."""

    records: list[Json]
    resource: list[int]
    scope: list[str]
    resources: list[Attributes]


def _line(outer: str, middle: str, inner: str, made: _Made, begin: int, end: int) -> bytes:
    groups: dict[int, dict[str, list[Json]]] = {}
    part = slice(begin, end)
    for resource, scope, record in zip(
        made.resource[part], made.scope[part], made.records[part], strict=True
    ):
        groups.setdefault(resource, {}).setdefault(scope, []).append(record)
    return dumps({
        outer: [
            {
                "resource": {"attributes": _attributes(made.resources[resource])},
                middle: [
                    {"scope": {"name": scope} if scope else {}, inner: records}
                    for scope, records in scopes.items()
                ],
            }
            for resource, scopes in groups.items()
        ]
    })  # fmt: skip


def _spans(store: Store, rows: Ints) -> _Made:
    spans = store.spans
    details = decoded(span_detail, store, rows, spans.doc)
    shared = Resources(store)
    ids = {trace: f"{store.traces.number[trace]:032x}" for trace in np.unique(spans.trace[rows]).tolist()}
    records: list[Json] = []
    for detail, row, trace, own, parent, name, kind, start, duration, status in zip(
        details, rows.tolist(), *(column[rows].tolist() for column in (
            spans.trace, spans.span_id, spans.parent_id, spans.name, spans.kind, spans.start, spans.duration,
            spans.status,
        )), strict=True,
    ):  # fmt: skip
        record: Json = {
            "traceId": ids[trace],
            "spanId": span_text(own),
            "name": store.operations[name],
            "kind": kind,
            "startTimeUnixNano": str(start),
            "endTimeUnixNano": str(start + duration),
            "attributes": _attributes(detail.attributes),
            "status": _status(status, detail.message),
        }
        if parent:
            record["parentSpanId"] = span_text(parent)
        if events := events_of(detail, start + duration):
            record["events"] = [
                {"timeUnixNano": str(e.time_ns), "name": e.name, "attributes": _attributes(e.attributes)}
                for e in events
            ]
        if links := links_of(detail, store, row):
            record["links"] = [
                {"traceId": f"{trace:032x}", "spanId": span_text(span)} for trace, span in links
            ]
        records.append(record)
    codes = zip(spans.service[rows].tolist(), spans.resource[rows].tolist(), strict=True)
    numbers = [shared.number(one.resource, *code) for one, code in zip(details, codes, strict=True)]
    return _Made(records, numbers, [one.scope for one in details], shared.all)


def _status(code: int, message: str) -> Json:
    status: Json = {"code": code} if code else {}
    if message:
        status["message"] = message
    return status


def _logs(store: Store, rows: Ints) -> _Made:
    logs = store.logs
    details = decoded(log_detail, store, rows, logs.doc)
    shared = Resources(store)
    records: list[Json] = []
    for detail, row, time, severity, span in zip(
        details, rows.tolist(), logs.time[rows].tolist(), logs.severity[rows].tolist(),
        logs.span_id[rows].tolist(), strict=True,
    ):  # fmt: skip
        record: Json = {
            "timeUnixNano": str(time),
            "severityNumber": severity,
            "severityText": severity_word(severity),
            "body": {"stringValue": detail.message},
            "attributes": _attributes((*detail.attributes, *found_in_text(store, row, detail))),
        }
        if trace := trace_of_log(store, row):
            record["traceId"] = trace
        if span:
            record["spanId"] = span_text(span)
        records.append(record)
    codes = zip(logs.service[rows].tolist(), logs.resource[rows].tolist(), strict=True)
    numbers = [shared.number(one.resource, *code) for one, code in zip(details, codes, strict=True)]
    return _Made(records, numbers, [one.scope for one in details], shared.all)


def _attributes(attributes: Attributes) -> list[Json]:
    return [
        {"key": name, "value": {"stringValue": value} if type(value) is str else any_value(value)}
        for name, value in attributes
    ]


def any_value(value: object, depth: int = 0) -> Json:
    """A plain JSON value as OTLP AnyValue; what lies too deep for the encoder, as text."""
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
    if isinstance(value, list | tuple | Mapping) and depth > _DEEPEST:
        return {"stringValue": dumps(value).decode()}
    if isinstance(value, list | tuple):
        return {"arrayValue": {"values": [any_value(one, depth + 1) for one in value]}}
    if isinstance(value, Mapping):
        inner = [{"key": str(name), "value": any_value(one, depth + 1)} for name, one in value.items()]
        return {"kvlistValue": {"values": inner}}
    return {"stringValue": str(value)}


def _metric_lines(store: Store) -> Iterator[bytes]:
    by_service: dict[str, list[tuple[Series, int]]] = defaultdict(list)
    for code, series in enumerate(store.series):
        by_service[series.service].append((series, code))
    for service, many in by_service.items():
        for begin in range(0, len(many), 64):
            metrics = [_metric(store, series, code) for series, code in many[begin : begin + 64]]
            resource = [{"key": "service.name", "value": {"stringValue": service}}] if service else []
            yield dumps({"resourceMetrics": [{
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
            yield dumps({"resourceLogs": [{
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
