"""Data frames of Grafana in JSON: fields with names and types, and values column by column.

Format: grafana-plugin-sdk-go data/frame_json.go: times in ms, what JSON cannot say (NaN, Inf) in ``entities``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from explorer.decoding.documents import listed, named, text
from explorer.decoding.outline import Outline
from explorer.decoding.tables.columns import kind_of

Object = Mapping[str, Any]

_FIELD_NAME: Final = re.compile(rb'"name"\s*:\s*"([^"\\]*)"')
_LOG_LINE: Final = {"Line": "message", "tsNs": "timestamp"}
"""What frames of Loki's lines call what everybody knows; their ``Time`` is the same, to the millisecond."""
_ENTITIES: Final = {"NaN": math.nan, "Inf": math.inf, "NegInf": -math.inf}


def has_frames(paths: Outline) -> bool:
    """Whether a document with these keys holds frames: the schema of one, wherever it stands, or fields with values."""
    if {("schema", "fields"), ("data", "values")} <= paths or {
        ("fields", "values"), ("fields", "type"), ("fields", "name")} <= paths:  # fmt: skip
        return True
    if {("series", "fields"), ("state",)} <= paths or (
        ("response", "results") in paths and any(path[-1] == "frames" for path in paths)
    ):  # a panel's inspector
        return True
    return any(path[-1] in ("schema", "data") and path[-2:-1] == ("frames",) for path in paths)


def are_tables(head: bytes) -> bool:
    """Whether the fields of frames are those of spans or log lines."""
    return kind_of([name.decode("utf-8", "replace") for name in _FIELD_NAME.findall(head)]) != ""


def frames_in(value: Any) -> Iterator[Object]:
    """The frames of a document: of results by query, of a list, of what a panel's inspector shows, or the one frame."""
    if isinstance(value, list):
        for one in value:
            yield from frames_in(one)
        return
    one = named(value)
    if isinstance(one.get("results"), dict):
        for result in one["results"].values():
            yield from frames_in(result)
    elif "results" in named(one.get("response")):
        yield from frames_in(one["response"])
    elif isinstance(one.get("frames"), list):
        yield from frames_in(one["frames"])
    elif isinstance(one.get("series"), list):
        yield from frames_in(one["series"])
    elif "fields" in named(one.get("schema")) or any(
        "values" in named(field) for field in listed(one.get("fields"))
    ):
        yield one


def columns_of(frame: Object) -> list[tuple[Object, list[Any]]]:
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


def rows_of(frame: Object) -> Iterator[dict[str, Any]]:
    """The rows of a frame."""
    columns = [(text(field.get("name")), column) for field, column in columns_of(frame)]
    if "tsNs" in dict(columns):
        columns = [(name, column) for name, column in columns if name != "Time"]
    names = [_LOG_LINE.get(name, name) for name, _ in columns]
    for cells in zip(*(column for _, column in columns), strict=False):
        yield dict(zip(names, cells, strict=True))
