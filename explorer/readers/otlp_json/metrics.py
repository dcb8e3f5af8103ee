"""Metric data points of a document into series and points.

A histogram becomes ``<name>.count``, ``<name>.sum`` and, from its buckets, ``<name>.p50``, ``.p95``, ``.p99`` of
what each point covers (for cumulative temporality that is all since the start of the process). A summary becomes
``.count``, ``.sum`` and its quantiles likewise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, Literal, get_args

from explorer.decoding.carried import SERIES_KIND
from explorer.decoding.documents import number
from explorer.decoding.lenient import loads, nanoseconds, text_of
from explorer.decoding.metrics.quantiles import QUANTILES, quantile
from explorer.decoding.traces.processes import Memory, Process
from explorer.model.builder import Builder
from explorer.model.ids import span_number
from explorer.model.records import Series
from explorer.readers.otlp_json.buckets import explicit, exponential
from explorer.readers.otlp_json.loose import items, named, raw, scopes
from explorer.readers.otlp_json.values import pairs

SeriesKind = Literal["gauge", "counter", "histogram", "summary", "unknown"]
Readings = list[tuple[str, float]]
"""What one data point says: ending of the series' name, and value."""

_COUNT: Final = ".count"
"""Of measurements, whatever the unit of what was measured."""
_CUMULATIVE: Final = frozenset({"2", "AGGREGATION_TEMPORALITY_CUMULATIVE"})


def add_metrics(memory: Memory, groups: Iterable[Any]) -> int:
    """Append the data points of a document. Returns how many data points had no value at all."""
    valueless = 0
    for group in groups:
        fields = named(loads(bytes(group)))
        process = memory.process(bytes(raw(fields.get("resource"))))
        for scope in scopes(fields, "scopeMetrics", "instrumentationLibraryMetrics"):
            for metric in items(scope.get("metrics")):
                valueless += _add_metric(memory.builder, process, named(metric))
    return valueless


def _add_metric(builder: Builder, process: Process, metric: dict[str, Any]) -> int:
    name, unit = text_of(metric.get("name")), text_of(metric.get("unit"))
    valueless = 0
    if "data" in metric:
        metric[_form_of(named(metric["data"]))] = metric["data"]
    told = dict(pairs(metric.get("metadata"))).get(SERIES_KIND)
    for written, form in _WRITTEN.items():
        data = named(metric.get(written))
        kind = _KINDS.get(str(told)) or _kind(form, data)
        for value in items(data.get("dataPoints")):
            point = named(value)
            readings = _readings(form, point)
            valueless += not readings
            labels = _labels(process, point)
            codes = []
            for ending, reading in readings:
                own = "" if ending == _COUNT else unit
                series = Series(name + ending, labels, own, kind, process.name)
                codes.append((builder.series_code(series), reading))
            time = nanoseconds(point.get("timeUnixNano")) or 0
            for code, reading in codes:
                builder.points.append(series=code, time=time, value=reading)
            if codes:
                _add_exemplars(builder, codes[-1][0], point, time)
    return valueless


def _form_of(data: dict[str, Any]) -> str:
    """The form of points that stand under no name of one, as Python's SDK prints them: by what they have."""
    own = {name for point in items(data.get("dataPoints")) for name in named(point)}
    for mark, form in _MARKS.items():
        if mark in own:
            return form
    return "sum" if "isMonotonic" in data else "gauge"


_MARKS: Final = {"quantileValues": "summary", "scale": "exponentialHistogram", "bucketCounts": "histogram"}


def _kind(form: str, data: dict[str, Any]) -> SeriesKind:
    """Only what grows from point to point is a counter."""
    grows = data.get("isMonotonic") and text_of(data.get("aggregationTemporality")) in _CUMULATIVE
    return "gauge" if form == "sum" and not grows else _FORMS[form]


_FORMS: Final[dict[str, SeriesKind]] = {
    "gauge": "gauge",
    "sum": "counter",
    "histogram": "histogram",
    "exponentialHistogram": "histogram",
    "summary": "summary",
}


_WRITTEN: Final = {
    **{form: form for form in _FORMS},
    **{
        f"{of}{form.capitalize()}": form
        for form in ("gauge", "sum", "histogram", "summary")
        for of in ("int", "double")
    },
}
"""Forms by their names; before 0.9 each stood twice, by the type of its values (CloudWatch's streams do)."""
_KINDS: Final[dict[str, SeriesKind]] = {kind: kind for kind in get_args(SeriesKind)}


def _labels(process: Process, point: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    own = [(name, text_of(value)) for name, value in pairs(point.get("attributes") or point.get("labels"))]
    return tuple(sorted((*own, *process.identity)))


def _readings(form: str, point: dict[str, Any]) -> Readings:
    if form in ("gauge", "sum"):
        value = number(point.get("asDouble", point.get("asInt", point.get("value"))))
        return [] if value is None else [("", value)]
    found = [
        (f".{part}", value) for part in ("count", "sum") if (value := number(point.get(part))) is not None
    ]
    if form == "summary":
        return [*found, *_summary_quantiles(point)]
    buckets = explicit(point) if form == "histogram" else exponential(point)
    values = ((f".{label}", quantile(buckets, share)) for share, label in QUANTILES)
    return [*found, *((ending, value) for ending, value in values if value is not None)]


def _summary_quantiles(point: dict[str, Any]) -> Iterator[tuple[str, float]]:
    for one in map(named, items(point.get("quantileValues"))):
        share, value = number(one.get("quantile", 0)), number(one.get("value", 0))
        if share is not None and value is not None and 0 <= share <= 1:
            yield f".p{share * 100:g}", value


def _add_exemplars(builder: Builder, series: int, point: dict[str, Any], time: int) -> None:
    """Measurements that name the span they were made in; those without a trace tell nothing more than the point."""
    for one in map(named, items(point.get("exemplars"))):
        value = number(one.get("asDouble", one.get("asInt", one.get("value"))))
        trace = builder.traces[text_of(one.get("traceId"))]
        if value is not None and trace >= 0:
            builder.exemplars.append(
                series=series, time=nanoseconds(one.get("timeUnixNano")) or time, value=value, trace=trace,
                span_id=span_number(text_of(one.get("spanId"))),
            )  # fmt: skip
