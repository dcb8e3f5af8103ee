"""Metrics as Vector writes them: a name, tags, a time, and a value by its kind.

Source: vector.dev/docs, "Metric" of the data model, as its JSON codec writes it: ``counter``, ``gauge``, ``set``,
``distribution``, ``aggregated_histogram`` or ``aggregated_summary``, absolute or incremental.
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
from explorer.decoding.metrics.labels import series_of
from explorer.decoding.outline import outline
from explorer.model.builder import Builder, Records

NAME: Final = "vector-metrics"
LABEL: Final = "Vector metrics"
RECOGNISED_BY: Final = (
    "JSON objects with a name, absolute or incremental as their kind, and a counter, gauge or the like."
)
FRAMINGS: Final = frozenset({"lines", "document"})

_VALUES: Final = ("counter", "gauge", "set", "distribution", "aggregated_histogram", "aggregated_summary")
_KINDS: Final = (b'"absolute"', b'"incremental"')
_STATED: Final = {"counter": "counter", "aggregated_histogram": "histogram", "aggregated_summary": "summary"}

Sample = tuple[str, dict[str, str], float | None]
"""The rest of a series' name, its own labels, and a value."""


def detect(head: bytes) -> Confidence | None:
    """By the kind and by what is named like a value."""
    if not any(kind in head for kind in _KINDS):
        return None
    names = {path[0] for path in outline(head) if path}
    return Confidence.CERTAIN if {"name", "kind"} <= names and names & {*_VALUES} else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the points into the builder."""
    return read_documents(records, builder, _read)


def open_record(raw: bytes) -> OpenRecord:
    """Points have no detail beyond their series."""
    return open_whole(raw)


def _read(document: Document) -> bool:
    found = document.value if isinstance(document.value, list) else [document.value]
    events = [
        event for event in map(named, found) if event.get("kind") and any(event.get(one) for one in _VALUES)
    ]
    for event in events:
        _add(document, event)
    document.skip(
        "info", "other-documents", "elements that are no metrics are left out", len(found) - len(events)
    )
    return bool(events)


def _add(document: Document, event: dict[str, Any]) -> None:
    builder, kind = document.builder, next(one for one in _VALUES if event.get(one))
    time = moment(event.get("timestamp"))
    if not time:
        document.remark(
            "info", "no-time", "samples without a time are placed where the file was last written"
        )
        time = max(builder.file.mtime_ns, 0)
    tags = {name: text(value) for name, value in named(event.get("tags")).items() if value is not None}
    full = ".".join(part for part in (text(event.get("namespace")), text(event.get("name"))) if part)
    stated = _STATED.get(kind, "gauge") if event["kind"] == "absolute" else "gauge"
    kept = False
    for rest, own, value in _samples(kind, named(event[kind])):
        if value is not None:
            code = builder.series_code(series_of(full + rest, {**tags, **own}, stated))
            builder.points.append(series=code, time=time, value=value)
            kept = True
    if not kept:
        document.skip("info", "no-number", "metrics without a number have no points")


def _samples(kind: str, value: dict[str, Any]) -> Iterator[Sample]:
    """What a value tells: its parts as Prometheus names them, of a set how many are in it."""
    if kind in ("counter", "gauge"):
        yield "", {}, number(value.get("value"))
    elif kind == "set":
        yield "", {}, float(len(listed(value.get("values"))))
    elif kind == "distribution":
        for sample in map(named, listed(value.get("samples"))):
            yield "", {}, number(sample.get("value"))
    else:
        below = 0.0
        for one in map(named, listed(value.get("buckets"))):
            below += number(one.get("count")) or 0.0
            yield "_bucket", {"le": text(one.get("upper_limit")) or "+Inf"}, below
        for one in map(named, listed(value.get("quantiles"))):
            yield "", {"quantile": text(one.get("quantile"))}, number(one.get("value"))
        for part in ("count", "sum"):
            yield f"_{part}", {}, number(value.get(part))
