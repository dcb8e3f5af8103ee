"""Metrics as documents of OpenSearch and Elasticsearch: OpenTelemetry's from Data Prepper, and Metricbeat's.

Formats: opensearch-project/data-prepper (``otel-v1-metrics`` index: ``kind``, ``name``, ``value`` or ``sum`` and
``count``); elastic/beats Metricbeat events (``metricset.name``, numbers below the module's name).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import Document, moment, number, open_whole, read_documents, text
from explorer.decoding.logs.objects import flatten
from explorer.decoding.metrics.labels import Kind, service_of
from explorer.decoding.traces.hits import hits_in, names_in
from explorer.model.builder import Builder, Records
from explorer.model.fields import Role, role
from explorer.model.records import Series

NAME: Final = "metric-documents"
LABEL: Final = "Metrics as documents of OpenSearch or Elasticsearch"
RECOGNISED_BY: Final = (
    "Documents with a kind of metric, its name and value, or with a metricset of Metricbeat."
)
FRAMINGS: Final = frozenset({"lines", "document"})

_KINDS: Final[dict[str, Kind]] = {
    "GAUGE": "gauge", "SUM": "counter", "HISTOGRAM": "histogram", "EXPONENTIAL_HISTOGRAM": "histogram",
    "SUMMARY": "summary",
}  # fmt: skip
_VALUES: Final = ("value", "sum", "count", "min", "max")
_BEGIN: Final = re.compile(rb'\s*\{\s*"(?:@timestamp|_index|_id|kind)"')
_ATTRIBUTES: Final = ("metric.attributes.", "attributes.", "resource.attributes.")
_BEAT: Final = ("metricset.", "event.", "agent.", "ecs.", "host.", "service.", "cloud.", "beat.", "error.")
_ENDINGS: Final = ((".pct", "1"), (".bytes", "By"), (".ms", "ms"), (".us", "us"), (".ns", "ns"))
_KEPT: Final = frozenset({Role.SERVICE, Role.HOST, Role.POD, Role.CONTAINER, Role.NAMESPACE})


def detect(head: bytes) -> Confidence | None:
    """By the names that a document has."""
    names = names_in(head)
    prepared = (
        {"name", "kind"} <= names and names & {"time", "startTime"} and names & {"value", "sum", "count"}
    )
    if prepared and any(f'"{kind}"'.encode() in head for kind in _KINDS):
        return Confidence.CERTAIN
    beat = {"@timestamp", "metricset.name"} <= names and names & {
        "metricset.period",
        "metricset.rtt",
        "beat.name",
    }
    return Confidence.CERTAIN if beat else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the points into the builder; documents of other kinds are returned."""
    refused = read_documents(records, builder, _read)
    broken = [i for i in refused if _BEGIN.match(records[i]) and detect(records[i]) is not None]
    if broken:
        said = "documents of metrics that are cut short or hold no number are left out"
        offset = records.offset + int(records.starts[broken[0]])
        builder.skip("warning", "broken-record", said, offset=offset, count=len(broken))
    return [i for i in refused if i not in broken]


def open_record(raw: bytes) -> OpenRecord:
    """Points have no detail beyond their series."""
    return open_whole(raw)


def _read(document: Document) -> bool:
    hits = hits_in(document.value)
    others = 0
    for one in hits.documents:
        found = list(_points(dict(flatten(one))))
        others += not found
        for series, time, value in found:
            code = document.builder.series_code(series)
            document.builder.points.extend(1, series=code, time=[time], value=np.array([value], np.float64))
    if others == len(hits.documents):
        return False
    document.skip(
        "info", "other-documents", "documents that are no metrics are left out", others + hits.broken
    )
    if any(one.get("buckets") or one.get("bucketCountsList") for one in hits.documents):
        document.remark(
            "info", "not-shown", "buckets of histograms are not shown, only their count, sum, least and most"
        )
    if hits.remark:
        document.remark("warning", "partial-export", hits.remark)
    return True


def _points(fields: dict[str, Any]) -> Iterator[tuple[Series, int, float]]:
    """Series, time and value of each number that a document tells."""
    if "metricset.name" in fields:
        yield from _of_beat(fields)
        return
    kind = _KINDS.get(text(fields.get("kind")))
    time = moment(fields.get("time") or fields.get("startTime"))
    if kind is None or not time or not fields.get("name"):
        return
    labels = {
        name.removeprefix(prefix).replace("@", "."): text(item)
        for prefix in _ATTRIBUTES
        for name, item in fields.items()
        if name.startswith(prefix)
    }
    if service := text(fields.get("serviceName")):
        labels["service.name"] = service
    for part in _VALUES:
        value = number(fields.get(part))
        if value is not None:
            name = text(fields["name"]) + ("" if part == "value" else f".{part}")
            unit = "" if part == "count" else text(fields.get("unit"))
            yield _series(name, labels, unit, kind), time, value


def _of_beat(fields: dict[str, Any]) -> Iterator[tuple[Series, int, float]]:
    time = moment(fields.get("@timestamp"))
    labels = {
        name: text(item)
        for name, item in fields.items()
        if role(name) in _KEPT and isinstance(item, str) and item
    }
    for name, item in fields.items():
        if name.startswith(_BEAT) or isinstance(item, bool) or not isinstance(item, int | float) or not time:
            continue
        unit = next((unit for end, unit in _ENDINGS if name.endswith(end)), "")
        yield _series(name, labels, unit, "gauge"), time, float(item)


def _series(name: str, labels: dict[str, str], unit: str, kind: Kind) -> Series:
    return Series(name, tuple(sorted(labels.items())), unit, kind, service_of(labels))
