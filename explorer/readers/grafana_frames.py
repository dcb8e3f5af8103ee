"""Data frames of Grafana: answers of ``/api/ds/query``, one answer, or the JSON of a panel's data.

Times have ``nanos`` beside them; frames of log lines and spans are left to the reader of such tables. A dashboard's
model holds no data, which is said.
"""

from __future__ import annotations

from collections.abc import Sequence
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
from explorer.decoding.tables.frames import Object, are_tables, columns_of, frames_in, has_frames
from explorer.decoding.tables.objects import kind_of_row
from explorer.model.builder import Builder, Records
from explorer.model.records import Series

NAME: Final = "grafana-frames"
LABEL: Final = "Grafana data frames"
RECOGNISED_BY: Final = "JSON frames with a schema of fields and columns of values."
FRAMINGS: Final = frozenset({"document", "lines"})

_NUMBERS: Final = frozenset({"number", "float64", "int64"})


def detect(head: bytes) -> Confidence | None:
    """By the schema of a frame, wherever it stands, or the fields of a frame with their values."""
    if not any(mark in head for mark in (b'"schema"', b'"fields"', b'"schemaVersion"', b'"frames"')):
        return None
    paths = outline(head)
    if has_frames(paths):
        return Confidence.LIKELY if are_tables(head) else Confidence.CERTAIN
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
    frames = list(frames_in(document.value))
    tables = [frame for frame in frames if not _add(document, frame)]
    if len(tables) == len(frames) and any(_kind(frame) for frame in tables):
        return False
    document.skip("info", "no-series", "frames without a time and a number are not shown", len(tables))
    return bool(frames)


def _kind(frame: Object) -> str:
    """Whether a frame holds spans or logs, which are read as tables."""
    return kind_of_row([text(field.get("name")) for field, _ in columns_of(frame)])


def _add(document: Document, frame: Object) -> bool:
    """Append the series of a frame; False where it holds none. Texts beside a value tell whose it is (long frames)."""
    columns = columns_of(frame)
    places = [i for i, (field, _) in enumerate(columns) if field.get("type") == "time"]
    numeric = [(field, column) for field, column in columns if text(field.get("type")) in _NUMBERS]
    if not places or not numeric or _kind(frame):
        return False
    nanos = listed(named(frame.get("data")).get("nanos"))
    extra = listed(nanos[places[0]]) if places[0] < len(nanos) else []
    times = columns[places[0]][1]
    moments = [_time(time, extra[row] if row < len(extra) else 0) for row, time in enumerate(times)]
    texts = [(text(field.get("name")), column) for field, column in columns if field.get("type") == "string"]
    rows = [
        tuple(text(column[row]) if row < len(column) else "" for _, column in texts)
        for row in range(len(times))
    ]
    for field, column in numeric:
        codes: dict[tuple[str, ...], int] = {}
        for time, told, value in zip(moments, rows, column, strict=False):
            measured = value if isinstance(value, float) else number(value)
            if time and measured is not None:
                if told not in codes:
                    beside = dict(zip((name for name, _ in texts), told, strict=True))
                    codes[told] = document.builder.series_code(_series(frame, field, beside))
                document.builder.points.append(series=codes[told], time=time, value=measured)
    return True


def _time(value: Any, nanos: Any) -> int:
    ms = number(value)
    if ms is None or isinstance(value, str):
        return moment(value)
    if not 0 < ms < 9.2e12:
        return 0
    return int(ms) * 10**6 + (nanos if isinstance(nanos, int) else 0)


def _series(frame: Object, field: Object, beside: Object) -> Series:
    config = named(field.get("config"))
    labels = {name: text(value) for name, value in {**named(field.get("labels")), **beside}.items()}
    schema = named(frame.get("schema"))
    own = text(field.get("name"))
    plain = own if own.lower() not in ("value", "") else ""
    name = (labels.get("__name__") or plain or text(config.get("displayNameFromDS"))
            or text(schema.get("name") or frame.get("name") or schema.get("refId")) or own or "value")  # fmt: skip
    shown = tuple(sorted((label, value) for label, value in labels.items() if label != "__name__"))
    return Series(
        name, shown, text(config.get("unit")) or unit_of(name), kind_of(name, labels), service_of(labels)
    )
