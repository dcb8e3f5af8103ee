"""Metrics as Datadog's query API answers: v1 (``series`` with a ``pointlist`` each), v2 (``times``, ``values`` apart).

Format: Datadog API reference, Metrics, "Query timeseries points" and "Query timeseries data across multiple products".
Times are ms; a null is no point.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import Document, listed, named, number, open_whole, read_documents, text
from explorer.decoding.metrics.labels import service_of
from explorer.decoding.outline import outline
from explorer.model.builder import Builder, Records
from explorer.model.records import Series

NAME: Final = "datadog-metrics"
LABEL: Final = "Datadog metrics query"
RECOGNISED_BY: Final = "JSON series with a pointlist, or times and values of a timeseries_response."
FRAMINGS: Final = frozenset({"document", "lines"})

_V2: Final = ("data", "attributes")
_LATEST_MS: Final = 9.2e12


def detect(head: bytes) -> Confidence | None:
    """By the names of the lists of points."""
    if b'"pointlist"' not in head and b'"times"' not in head and b'"from_date"' not in head:
        return None
    paths = outline(head)
    if ("series", "pointlist") in paths or {(*_V2, "times"), (*_V2, "values")} <= paths:
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
            tags = [*listed(one.get("tag_set")), *text(one.get("scope")).split(",")]
            name = text(one.get("metric")) or text(one.get("display_name"))
            points = [
                point for point in listed(one.get("pointlist")) if isinstance(point, list) and len(point) == 2
            ]
            _add(document, _series(name, tags, one.get("unit")), points)
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
