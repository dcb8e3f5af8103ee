"""What InfluxDB 1 answers as JSON, and points as Telegraf writes them.

Formats: docs.influxdata.com, InfluxDB 1.8 "Querying data using the HTTP API" (``results`` of ``series`` with
``columns`` and ``values``; times as text or in the unit asked for), Telegraf "JSON output data format"
(``fields``, ``name``, ``tags``, ``timestamp``; alone or below ``metrics``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from explorer.decoding.metrics.influx import add_row
from explorer.decoding.outline import outline
from explorer.model.builder import Builder, Records

NAME: Final = "influx-json"
LABEL: Final = "InfluxDB 1 answers, Telegraf JSON"
RECOGNISED_BY: Final = (
    "JSON results of series with columns and values, or a name with fields, tags and a timestamp."
)
FRAMINGS: Final = frozenset({"document", "lines"})

_ANSWER: Final = {("results", "series", "columns"), ("results", "series", "values")}
_TELEGRAF: Final = frozenset({"fields", "name", "tags", "timestamp"})
_TIME: Final = "time"


def detect(head: bytes) -> Confidence | None:
    """By where the values stand."""
    if b'"columns"' not in head and b'"fields"' not in head:
        return None
    paths = outline(head)
    inner = {path[1:] if path[0] == "metrics" else path for path in paths}
    telegraf = {path[0] for path in inner if path} >= _TELEGRAF and any(
        path[:1] == ("fields",) for path in inner
    )
    return Confidence.CERTAIN if paths >= _ANSWER or telegraf else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the points into the builder."""
    return read_documents(records, builder, _read)


def open_record(raw: bytes) -> OpenRecord:
    """Points have no detail beyond their series."""
    return open_whole(raw)


def _read(document: Document) -> bool:
    value = named(document.value)
    if "results" in value:
        return _read_answer(document, value)
    points = [named(one) for one in listed(value.get("metrics")) or [value]]
    told = [one for one in points if named(one.get("fields")) and moment(one.get("timestamp"))]
    texts = 0
    for one in told:
        tags = {name: text(item) for name, item in named(one.get("tags")).items()}
        fields = named(one["fields"]).items()
        texts += add_row(document.builder, text(one.get("name")), tags, moment(one["timestamp"]), fields)
    document.skip(
        "warning", "broken-point", "points without fields or a time are left out", len(points) - len(told)
    )
    document.skip("info", "no-number", "fields that are texts have no points", texts)
    return bool(told)


def _read_answer(document: Document, value: dict[str, Any]) -> bool:
    lost = 0
    known = False
    for series in _series(value):
        known = True
        columns = [text(name) for name in listed(series.get("columns"))]
        own = {name: text(item) for name, item in named(series.get("tags")).items()}
        for row in map(listed, listed(series.get("values"))):
            cells = dict(zip(columns, row, strict=False))
            time = moment(cells.pop(_TIME, None))
            fields = {name: item for name, item in cells.items() if _is_value(item)}
            if not time or not fields or len(row) != len(columns):
                lost += 1
                continue
            tags = {
                name: item for name, item in cells.items() if isinstance(item, str) and name not in fields
            }
            add_row(document.builder, text(series.get("name")), own | tags, time, fields.items())
    document.skip("warning", "broken-point", "rows without a time or a number are left out", lost)
    return known


def _series(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for result in map(named, listed(value["results"])):
        yield from map(named, listed(result.get("series")))


def _is_value(item: object) -> bool:
    """Whether a cell is a value of its own: a text is a tag, for ``SELECT *`` writes them alike."""
    return isinstance(item, bool) or (not isinstance(item, str) and number(item) is not None)
