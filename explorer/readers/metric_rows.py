"""Rows of metrics in JSON: a metric's name, a time and a value each, as stores of metrics and load tests write them.

Formats: AWS CloudWatch metric streams (JSON; a value is an object of count, sum, least and most), k6's JSON output
(points below ``data``), New Relic's metrics, and what warehouses answer of tables of samples.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import Document, moment, number, open_whole, read_documents, text
from explorer.decoding.logs.objects import flatten
from explorer.decoding.metrics.labels import series_of
from explorer.decoding.outline import outline
from explorer.decoding.tables.columns import Role, roles_of
from explorer.model.builder import Builder, Records
from explorer.model.fields import Role as FieldRole
from explorer.model.fields import normalise
from explorer.model.fields import role as field_role

NAME: Final = "metric-rows"
LABEL: Final = "Rows of metrics in JSON (CloudWatch metric streams, k6, warehouses)"
RECOGNISED_BY: Final = (
    "JSON objects with the name of a metric, a time and a value that is a number, and no message."
)
FRAMINGS: Final = frozenset({"lines", "document"})

_METRIC: Final = re.compile(rb'"(?:metric|metric_?name|kpi(?:_?name)?)"\s*:\s*"', re.IGNORECASE)
_TYPED: Final = re.compile(rb'"type"\s*:\s*"(?:gauge|counter|count|summary|histogram)"', re.IGNORECASE)
_VALUE: Final = re.compile(rb'"value"\s*:\s*(?:-?\d|\{\s*"[\w.%%:() ]+"\s*:\s*-?\d|null)', re.IGNORECASE)
_TOLD: Final = frozenset({FieldRole.MESSAGE, FieldRole.SEVERITY, FieldRole.TRACE_ID, FieldRole.SPAN_ID})
"""What makes a log record of a row, or a span."""
_AROUND: Final = ("data.", "metric.")
_LABELS: Final = re.compile(r"(?:labels|tags|dimensions|attributes|resource_?attrs|resource)\.")
_DEFINED: Final = frozenset({("metric",), ("data", "contains"), ("data", "thresholds")})
"""k6's lines that say what a metric is."""
_KINDS: Final = ("gauge", "counter", "summary", "histogram")
_TYPES: Final = ("type", "metrictype")
_DEPTH: Final = 4

Row = Mapping[str, Any]


def detect(head: bytes) -> Confidence | None:
    """By a name, a value and a time in an object, and nothing that a log record has."""
    if not (_VALUE.search(head) or b'"contains"' in head) or not (
        _METRIC.search(head) or (_TYPED.search(head) and b'"name"' in head)
    ):
        return None
    paths = outline(head)
    if paths >= _DEFINED:
        return Confidence.CERTAIN
    around = {path[:-1] for path in paths if normalise(path[-1]) == "value"}
    for place in around:
        names = {
            path[len(place)] for path in paths if len(path) == len(place) + 1 and path[: len(place)] == place
        }
        outer = {path[-1] for path in paths if len(path) == len(place)} if place[-1:] == ("data",) else set()
        if _is_row((*names, *outer)):
            return Confidence.CERTAIN
    return None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the points into the builder."""
    return read_documents(records, builder, _read)


def open_record(raw: bytes) -> OpenRecord:
    """Points have no detail beyond their series."""
    return open_whole(raw)


def _read(document: Document) -> bool:
    kept = others = 0
    for row in _rows(document.value, 0):
        found = _add(row, document.builder) if row is not None else 0
        kept += found
        others += not found
    document.skip(
        "info", "no-number", "rows without a metric's name, a time or a number have no points", others
    )
    return bool(kept or others)


def _rows(value: Any, depth: int) -> Iterator[Row | None]:
    """Each row; None in the place of an element that is none."""
    if isinstance(value, dict):
        row = dict(flatten(value))
        for prefix in _AROUND:
            row = {name.removeprefix(prefix): item for name, item in row.items()}
        if _is_row(tuple(row)) or "metric" in row:
            yield row
        elif depth < _DEPTH:
            for item in value.values():
                if isinstance(item, list):
                    yield from _rows(item, depth + 1)
    elif isinstance(value, list):
        for one in value:
            if isinstance(one, dict):
                yield from _rows(one, depth + 1)
            else:
                yield None


def _is_row(names: Sequence[str]) -> bool:
    at = roles_of(tuple(dict.fromkeys(names)))
    valued = Role.VALUE in at or any(name.startswith("value.") for name in names)
    told = any(field_role(name) in _TOLD for name in names if not _LABELS.match(name))
    return valued and Role.START in at and (Role.METRIC in at or Role.NAME in at) and not told


def _add(row: Row, builder: Builder) -> int:
    """Append the points of a row; returns how many."""
    names = tuple(row)
    at = {role: names[i] for role, i in roles_of(names).items()}
    name, time = (
        text(row.get(at.get(Role.METRIC, at.get(Role.NAME, "")))),
        moment(row.get(at.get(Role.START, ""))),
    )
    if not name or not time:
        return 0
    own = {*at.values(), "unit", *(known for known in row if normalise(known) in _TYPES)}
    labels = {
        _LABELS.sub("", known): item
        for known, item in row.items()
        if isinstance(item, str) and item and known not in own and "__" not in known
    }
    type_ = next((text(item).lower() for known, item in row.items() if normalise(known) in _TYPES), "")
    stated, unit = type_ if type_ in _KINDS else "", text(row.get("unit")).lower()
    count = 0
    for known, item in row.items():
        part = known.partition(".")[2] if known.lower().startswith("value.") else ""
        value = number(item) if part or known == at.get(Role.VALUE) else None
        if value is not None:
            whole = f"{name}.{part}" if part else name
            code = builder.series_code(series_of(whole, labels, stated, "" if part == "count" else unit))
            builder.points.append(series=code, time=time, value=value)
            count += 1
    return count
