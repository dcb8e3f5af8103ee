"""Metrics as the clouds' own stores answer: Google Cloud Monitoring, Amazon CloudWatch, Azure Monitor.

And those that programs write into their logs for CloudWatch (embedded metric format): names, units and labels stand
below ``_aws``, values beside it. Lines that hold a message too are log records.

Formats: cloud.google.com Monitoring API v3 ``projects.timeSeries.list`` (64-bit integers are text; of distributions
the mean and the count are kept); AWS API reference ``GetMetricData`` and ``GetMetricStatistics``; learn.microsoft.com
"Metrics - List". Values are of an interval: a point stands at the interval's end where that is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final, Literal

import numpy as np

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import (
    Document,
    listed,
    moment,
    named,
    number,
    open_whole,
    read_documents,
    text,
)
from explorer.decoding.metrics.labels import service_of
from explorer.decoding.outline import outline
from explorer.model.builder import Builder, Records
from explorer.model.records import Series

NAME: Final = "cloud-metrics"
LABEL: Final = "Metrics of Google Cloud Monitoring, CloudWatch, Azure Monitor"
RECOGNISED_BY: Final = (
    "JSON with timeSeries of points, MetricDataResults, Datapoints, timeseries of data, or _aws."
)
FRAMINGS: Final = frozenset({"document", "lines"})

_GOOGLE: Final = {("timeSeries", "metric", "type"), ("timeSeries", "points")}
_CLOUDWATCH: Final = {("MetricDataResults", "Timestamps"), ("MetricDataResults", "Values")}
_STATISTICS: Final = {("Datapoints", "Timestamp"), ("Label",)}
_AZURE: Final = {("value", "timeseries", "data"), ("value", "name", "value")}
_EMBEDDED: Final = {("_aws", "Timestamp"), ("_aws", "CloudWatchMetrics", "Metrics", "Name")}
_AGGREGATES: Final = ("average", "total", "maximum", "minimum", "count", "sum", "samplecount")
_SCALARS: Final = ("doubleValue", "int64Value", "boolValue")

Point = tuple[int | None, float | None]


@dataclass(frozen=True, slots=True)
class _Found:
    """A series and its points: time in ns and value, None (or no time, 0) where it is not told."""

    name: str
    labels: dict[str, str]
    unit: str
    kind: Literal["gauge", "counter"]
    points: list[Point]


def detect(head: bytes) -> Confidence | None:
    """By where the points stand."""
    paths = outline(head)
    shapes = (_GOOGLE, _CLOUDWATCH, _STATISTICS, _AZURE)
    if paths >= _EMBEDDED:
        return None if {("message",), ("msg",), ("log",)} & paths else Confidence.CERTAIN
    alone = {path[1:] for path in _GOOGLE} | {("resource", "type"), ("metricKind",)}
    return Confidence.CERTAIN if any(shape <= paths for shape in shapes) or alone <= paths else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the series into the builder."""
    return read_documents(records, builder, _read)


def open_record(raw: bytes) -> OpenRecord:
    """Points have no detail beyond their series."""
    return open_whole(raw)


def _read(document: Document) -> bool:
    pages = document.value if isinstance(document.value, list) else [document.value]
    known = False
    for page in map(named, pages):
        if isinstance(page.get("timeSeries"), list) or "points" in page:
            found = _google(page)
        elif isinstance(page.get("MetricDataResults"), list) or isinstance(page.get("Datapoints"), list):
            found = _cloudwatch(page)
        elif isinstance(page.get("value"), list):
            found = _azure(page)
        elif "_aws" in page:
            found = _embedded(page)
        else:
            continue
        known = True
        for one in found:
            _add(document, one)
    return known


def _google(page: dict[str, Any]) -> Iterator[_Found]:
    for one in map(named, page.get("timeSeries") or [page]):
        metric, resource = named(one.get("metric")), named(one.get("resource"))
        labels = {
            name: text(item)
            for part in (resource, metric)
            for name, item in named(part.get("labels")).items()
        }
        name, unit = text(metric.get("type")), text(one.get("unit") or page.get("unit"))
        kind: Literal["gauge", "counter"] = "counter" if one.get("metricKind") == "CUMULATIVE" else "gauge"
        values: dict[str, list[Point]] = {}
        for point in map(named, listed(one.get("points"))):
            interval, value = named(point.get("interval")), named(point.get("value"))
            time = moment(interval.get("endTime") or interval.get("startTime"))
            spread = named(value.get("distributionValue"))
            if spread:
                for part in ("mean", "count"):
                    values.setdefault(f"{name}.{part}", []).append((time, number(spread.get(part, 0))))
            else:
                scalar = next((value[key] for key in _SCALARS if key in value), None)
                told = float(scalar) if isinstance(scalar, bool) else number(scalar)
                values.setdefault(name, []).append((time, told))
        for known, points in values.items():
            yield _Found(known, labels, "" if known.endswith(".count") else unit, kind, points)


def _cloudwatch(page: dict[str, Any]) -> Iterator[_Found]:
    for one in map(named, listed(page.get("MetricDataResults"))):
        times = [moment(time) for time in listed(one.get("Timestamps"))]
        values = [number(value) for value in listed(one.get("Values"))]
        label = text(one.get("Label")) or text(one.get("Id"))
        yield _Found(label, {"id": text(one.get("Id"))}, "", "gauge", list(zip_longest(times, values)))
    yield from _aggregated(text(page.get("Label")), {}, listed(page.get("Datapoints")), "Timestamp", "Unit")


def _embedded(page: dict[str, Any]) -> Iterator[_Found]:
    """The metrics of a line in the embedded metric format, with the dimensions of the largest set that is stated."""
    about = named(page["_aws"])
    time = moment(about.get("Timestamp"))
    for directive in map(named, listed(about.get("CloudWatchMetrics"))):
        keys = max(map(listed, listed(directive.get("Dimensions"))), key=len, default=[])
        labels = {text(key): text(page.get(text(key))) for key in keys}
        labels["namespace"] = text(directive.get("Namespace"))
        for metric in map(named, listed(directive.get("Metrics"))):
            name, unit = text(metric.get("Name")), text(metric.get("Unit"))
            told = page.get(name)
            values = told if isinstance(told, list) else listed(named(told).get("Values")) or [told]
            yield _Found(name, labels, unit, "gauge", [(time, number(value)) for value in values])


def _azure(page: dict[str, Any]) -> Iterator[_Found]:
    for metric in map(named, page["value"]):
        name, unit = text(named(metric.get("name")).get("value")), text(metric.get("unit"))
        for one in map(named, listed(metric.get("timeseries"))):
            told = map(named, listed(one.get("metadatavalues")))
            labels = {text(named(part.get("name")).get("value")): text(part.get("value")) for part in told}
            if place := text(metric.get("id")).partition("/providers/Microsoft.Insights/")[0]:
                labels["resource"] = place
            for found in _aggregated(name, labels, listed(one.get("data")), "timeStamp", ""):
                yield _Found(found.name, found.labels, unit, found.kind, found.points)


def _aggregated(
    name: str, labels: dict[str, str], rows: list[Any], time_key: str, unit_key: str
) -> Iterator[_Found]:
    """A series for each aggregate that the rows hold (``average``, ``Maximum``)."""
    values: dict[str, list[Point]] = {}
    unit = ""
    for row in map(named, rows):
        time = moment(row.get(time_key))
        unit = unit or text(row.get(unit_key))
        told = {key: value for key, value in row.items() if key.lower() in _AGGREGATES}
        for key, value in (told | named(row.get("ExtendedStatistics"))).items():
            if value is not None:
                values.setdefault(key, []).append((time, number(value)))
    for key, points in values.items():
        counted = key.lower().endswith("count")
        yield _Found(f"{name}.{key.lower()}", labels, "" if counted else unit, "gauge", points)


def _add(document: Document, found: _Found) -> None:
    labels = tuple(sorted((name, item) for name, item in found.labels.items() if item))
    service = service_of({name.lower(): item for name, item in found.labels.items()})
    series = Series(found.name, labels, found.unit, found.kind, service)
    code = document.builder.series_code(series)
    good = sorted((time, value) for time, value in found.points if time and value is not None)
    times, values = [time for time, _ in good], [value for _, value in good]
    document.builder.points.extend(len(good), series=code, time=times, value=np.array(values, np.float64))
    lost = len(found.points) - len(good)
    document.skip("warning", "broken-point", "points without a number for time and value are left out", lost)
