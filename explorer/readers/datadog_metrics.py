"""Metrics as Datadog's query API answers and as clients submit them.

Format: Datadog API reference, Metrics: "Query timeseries points" (v1: ``series`` with a ``pointlist`` each), "Query
timeseries data across multiple products" (v2: ``times`` and ``values`` apart), "Submit metrics" and "Submit
distribution points" (``series`` with ``points`` each). Times are ms, of what is submitted s; a null is no point.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import numpy as np

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import Document, listed, named, number, open_whole, read_documents, text
from explorer.decoding.metrics.labels import service_of
from explorer.decoding.outline import outline
from explorer.model.builder import Builder, Records
from explorer.model.records import Series

NAME: Final = "datadog-metrics"
LABEL: Final = "Datadog metrics (query, submission)"
RECOGNISED_BY: Final = (
    "JSON series with a pointlist or a metric's points, or times and values of a timeseries_response."
)
FRAMINGS: Final = frozenset({"document", "lines"})

_V2: Final = ("data", "attributes")
_TELLING: Final = (
    {("series", "pointlist")},
    {("series", "metric"), ("series", "points")},
    {(*_V2, "times"), (*_V2, "values")},
)
_MARKS: Final = (b'"pointlist"', b'"times"', b'"from_date"', b'"points"')
_LATEST_MS: Final = 9.2e12


def detect(head: bytes) -> Confidence | None:
    """By the names of the lists of points."""
    if not any(mark in head for mark in _MARKS):
        return None
    paths = outline(head)
    if (
        ("series", "pointlist") in paths
        or {("series", "metric"), ("series", "points")} <= paths
        or {(*_V2, "times"), (*_V2, "values")} <= paths
    ):
        return Confidence.CERTAIN
    return Confidence.LIKELY if {("from_date",), ("to_date",), ("series",)} <= paths else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the series into the builder."""
    return read_documents(records, builder, _read)


def open_record(raw: bytes) -> OpenRecord:
    """Points have no detail beyond their series."""
    return open_whole(raw)


def _read(document: Document) -> bool:
    value = named(document.value)
    attributes = named(named(value.get("data")).get("attributes"))
    if isinstance(value.get("series"), list):
        for one in map(named, value["series"]):
            tags = [*listed(one.get("tag_set")), *text(one.get("scope")).split(","), *listed(one.get("tags"))]
            tags += [f"host:{host}" for host in _hosts(one)]
            name = text(one.get("metric")) or text(one.get("display_name"))
            points = [
                point for point in listed(one.get("pointlist")) if isinstance(point, list) and len(point) == 2
            ]
            _add(document, _series(name, tags, one.get("unit")), [*points, *_submitted(one)])
        return True
    if not isinstance(attributes.get("times"), list):
        return False
    columns = listed(attributes.get("values"))
    for i, one in enumerate(map(named, listed(attributes.get("series")))):
        values = listed(columns[i]) if i < len(columns) else []
        name = f"query {text(one.get('query_index')) or i}"
        _add(document, _series(name, listed(one.get("group_tags")), one.get("unit")),
             zip(attributes["times"], values, strict=False))  # fmt: skip
    return True


def _hosts(one: dict[str, Any]) -> list[str]:
    """Whose host a submitted series names."""
    resources = map(named, listed(one.get("resources")))
    told = [text(each.get("name")) for each in resources if each.get("type") == "host"]
    return [host for host in (text(one.get("host")), *told) if host]


def _submitted(one: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Submitted points with their time in ms; of a distribution each of its values."""
    for point in listed(one.get("points")):
        pair = [point.get("timestamp"), point.get("value")] if isinstance(point, dict) else listed(point)
        time, told = pair if len(pair) == 2 else ("", "")
        seconds = number(time)
        for value in told if isinstance(told, list) else [told]:
            yield None if seconds is None else seconds * 1000, value


def _series(name: str, tags: Iterable[Any], unit: Any) -> Series:
    """Counts are those of each interval, never of all time: gauges."""
    pairs = (text(tag).partition(":") for tag in tags)
    labels = {key.strip(): value.strip() for key, _, value in pairs if key.strip() not in ("", "*")}
    units = [text(named(item).get("short_name")) for item in listed(unit) if named(item)]
    return Series(
        name, tuple(sorted(labels.items())), "/".join(filter(None, units)), "gauge", service_of(labels)
    )


def _add(document: Document, series: Series, points: Iterable[Sequence[Any]]) -> None:
    code = document.builder.series_code(series)
    times, values, lost = [], [], 0
    for time, value in points:
        ms, measured = number(time), number(value)
        if value is None:
            continue
        if ms is None or measured is None or not abs(ms) < _LATEST_MS:
            lost += 1
            continue
        times.append(int(ms * 1000) * 1000)
        values.append(measured)
    document.builder.points.extend(len(times), series=code, time=times, value=np.array(values, np.float64))
    document.skip("warning", "broken-point", "points without a number for time and value are left out", lost)
