"""Rows of InfluxDB as points: each field that is a number is a series of its measurement and tags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from explorer.decoding.documents import number
from explorer.decoding.metrics.labels import service_of, unit_of
from explorer.model.builder import Builder
from explorer.model.records import Series

_ALONE: Final = "value"
"""A field of this name is the measurement itself."""


def add_row(
    builder: Builder, measurement: str, tags: Mapping[str, str], time: int, fields: Iterable[tuple[str, Any]]
) -> int:
    """Append the numbers among the fields; returns how many of the fields are none. Truth is 1, its opposite 0."""
    labels = tuple(sorted((name, text) for name, text in tags.items() if text))
    service, others = service_of(tags), 0
    for name, item in fields:
        value = float(item) if isinstance(item, bool) else number(item)
        if value is None:
            others += 1
            continue
        full = ".".join(
            part for part in (measurement, "" if measurement and name == _ALONE else name) if part
        )
        code = builder.series_code(Series(full, labels, unit_of(name), "gauge", service))
        builder.points.append(series=code, time=time, value=value)
    return others
