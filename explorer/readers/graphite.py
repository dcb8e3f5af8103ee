"""Series as Graphite's render API and Grafana's older data sources answer: a target and its data points.

Format: graphite.readthedocs.io render_api.html, ``format=json``: points are ``[value, time]``, times in seconds;
Grafana's JSON data sources write milliseconds. Tags of a series stand beside it, or in its name behind ``;``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

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

NAME: Final = "graphite"
LABEL: Final = "Graphite and Grafana's older series"
RECOGNISED_BY: Final = "Objects with a target and data points."
FRAMINGS: Final = frozenset({"document", "lines"})

_PLACES: Final = ((), ("data",), ("results",), ("series",))


def detect(head: bytes) -> Confidence | None:
    """By target and data points of the first series."""
    if b'"datapoints"' not in head:
        return None
    paths = outline(head)
    return (
        Confidence.CERTAIN if any({(*at, "target"), (*at, "datapoints")} <= paths for at in _PLACES) else None
    )


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the points into the builder."""
    return read_documents(records, builder, _read)


def open_record(raw: bytes) -> OpenRecord:
    """Points have no detail beyond their series."""
    return open_whole(raw)


def _read(document: Document) -> bool:
    series = list(_series(document.value))
    missing = 0
    for one in series:
        labels, name = _labels(one)
        code = document.builder.series_code(Series(name, labels, "", "gauge", service_of(dict(labels))))
        for point in map(listed, listed(one["datapoints"])):
            value, time = (number(point[0]), moment(point[1])) if len(point) == 2 else (None, 0)
            if value is None or not time or not math.isfinite(value):
                missing += len(point) != 2 or point[0] is not None
                continue
            document.builder.points.append(series=code, time=time, value=value)
    document.skip("warning", "broken-point", "points without a number or a time are left out", missing)
    return bool(series)


def _series(value: Any) -> Iterator[Mapping[str, Any]]:
    """The series of a list, of what wraps one, or the one."""
    for one in map(named, value if isinstance(value, list) else [value]):
        if "target" in one and isinstance(one.get("datapoints"), list):
            yield one
        for place in _PLACES[1:]:
            if isinstance(one.get(place[0]), list):
                yield from _series(one[place[0]])


def _labels(one: Mapping[str, Any]) -> tuple[tuple[tuple[str, str], ...], str]:
    """The tags of a series, and its name without them."""
    name, *parts = text(one["target"]).split(";")
    told = {key: value for key, equals, value in (part.partition("=") for part in parts) if equals}
    told |= {key: text(value) for key, value in named(one.get("tags")).items() if key != "name"}
    return tuple(sorted(told.items())), name
