"""Data frames of Grafana: answers of ``/api/ds/query``, one answer, or the JSON of a panel's data.

Format: grafana-plugin-sdk-go data/frame_json.go: values column by column, times in ms with ``nanos`` beside them, what
JSON cannot say (NaN, Inf) in ``entities``. A dashboard's model holds no data, which is said.
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
from explorer.decoding.metrics.labels import kind_of, service_of, unit_of
from explorer.decoding.outline import outline
from explorer.model.builder import Builder, Records
from explorer.model.records import Series

NAME: Final = "grafana-frames"
LABEL: Final = "Grafana data frames"
RECOGNISED_BY: Final = "JSON frames with a schema of fields and columns of values."
FRAMINGS: Final = frozenset({"document", "lines"})

_ENTITIES: Final = {"NaN": math.nan, "Inf": math.inf, "NegInf": -math.inf}
_NUMBERS: Final = frozenset({"number", "float64", "int64"})

Object = Mapping[str, Any]


def detect(head: bytes) -> Confidence | None:
    """By the schema of a frame, wherever it stands, or the fields of a frame with their values."""
    if not any(mark in head for mark in (b'"schema"', b'"fields"', b'"schemaVersion"', b'"frames"')):
        return None
    paths = outline(head)
    if any(path[-1] in ("schema", "data") and path[-2:-1] == ("frames",) for path in paths) or {
        ("schema", "fields"), ("data", "values")} <= paths:  # fmt: skip
        return Confidence.CERTAIN
    if ("response", "results") in paths and any(
        path[-1] == "frames" for path in paths
    ):  # a panel's inspector
        return Confidence.CERTAIN
    if {("fields", "values"), ("fields", "type"), ("fields", "name")} <= paths:
        return Confidence.CERTAIN
    return Confidence.LIKELY if {("panels",), ("schemaVersion",)} <= paths else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the numeric columns into the builder as series."""
    return read_documents(records, builder, _read)


def open_record(raw: bytes) -> OpenRecord:
    """Points have no detail beyond their series."""
    return open_whole(raw)


def _read(document: Document) -> bool:
    if "panels" in named(document.value) and "schemaVersion" in named(document.value):
        document.skip(
            "warning", "no-data", "a dashboard's model holds no data: export the data of its panels"
        )
        return True
    frames = list(_frames(document.value))
    tables = sum(not _add(document, frame) for frame in frames)
    document.skip("info", "no-series", "frames without a time and a number are not shown", tables)
    return bool(frames)


def _frames(value: Any) -> Iterator[Object]:
    """The frames of a document: of results by query, of a list, or the one frame."""
    if isinstance(value, list):
        for one in value:
            yield from _frames(one)
        return
    one = named(value)
    if isinstance(one.get("results"), dict):
        for result in one["results"].values():
            yield from _frames(result)
    elif "results" in named(one.get("response")):
        yield from _frames(one["response"])
    elif isinstance(one.get("frames"), list):
        yield from _frames(one["frames"])
    elif "fields" in one or "fields" in named(one.get("schema")):
        yield one


def _columns(frame: Object) -> list[tuple[Object, list[Any]]]:
    """Each field with its values, NaN and Inf put back."""
    schema, data = named(frame.get("schema")), named(frame.get("data"))
    fields = [named(field) for field in listed(schema.get("fields")) or listed(frame.get("fields"))]
    columns = [listed(column) for column in listed(data.get("values"))]
    if not columns:
        columns = [listed(field.get("values")) for field in fields]
    for column, odd in zip(columns, listed(data.get("entities")), strict=False):
        for name, value in _ENTITIES.items():
            for row in listed(named(odd).get(name)):
                if isinstance(row, int) and 0 <= row < len(column):
                    column[row] = value
    return list(zip(fields, columns, strict=False))


def _add(document: Document, frame: Object) -> bool:
    """Append the series of a frame; False where it holds none."""
    columns = _columns(frame)
    times = next((column for field, column in columns if field.get("type") == "time"), None)
    numeric = [(field, column) for field, column in columns if text(field.get("type")) in _NUMBERS]
    if times is None or not numeric:
        return False
    places = [i for i, (field, _) in enumerate(columns) if field.get("type") == "time"]
    nanos = listed(named(frame.get("data")).get("nanos"))
    extra = listed(nanos[places[0]]) if places[0] < len(nanos) else []
    moments = [_time(time, extra[row] if row < len(extra) else 0) for row, time in enumerate(times)]
    for field, column in numeric:
        code = document.builder.series_code(_series(frame, field))
        for time, value in zip(moments, column, strict=False):
            measured = value if isinstance(value, float) else number(value)
            if time and measured is not None:
                document.builder.points.append(series=code, time=time, value=measured)
    return True


def _time(value: Any, nanos: Any) -> int:
    ms = number(value)
    if ms is None or isinstance(value, str):
        return moment(value)
    if not 0 < ms < 9.2e12:
        return 0
    return int(ms) * 10**6 + (nanos if isinstance(nanos, int) else 0)


def _series(frame: Object, field: Object) -> Series:
    config = named(field.get("config"))
    labels = {name: text(value) for name, value in named(field.get("labels")).items()}
    schema = named(frame.get("schema"))
    own = text(field.get("name"))
    plain = own if own.lower() not in ("value", "") else ""
    name = (labels.get("__name__") or plain or text(config.get("displayNameFromDS"))
            or text(schema.get("name") or frame.get("name") or schema.get("refId")) or own or "value")  # fmt: skip
    shown = tuple(sorted((label, value) for label, value in labels.items() if label != "__name__"))
    return Series(
        name, shown, text(config.get("unit")) or unit_of(name), kind_of(name, labels), service_of(labels)
    )
