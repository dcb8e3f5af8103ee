"""Answers of Prometheus' HTTP API: range queries (matrix), instant queries (vector, scalar), exemplars.

Format: prometheus/docs/querying/api.md. Values are text (``"NaN"``, ``"+Inf"``), times seconds with a fraction.
Native histograms give series of their count, their sum and, from their buckets, of quantiles. VictoriaMetrics exports
a series a line.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from explorer.decoding import lenient
from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.metrics.labels import name_by_file, series_of
from explorer.decoding.metrics.quantiles import QUANTILES, Bucket, quantile
from explorer.model.builder import Builder, Records
from explorer.model.fields import Role, role
from explorer.model.ids import span_number
from explorer.model.records import Detail, Mark, Series

NAME = "prometheus-json"
LABEL = "Prometheus query result"
RECOGNISED_BY = 'A JSON object with "resultType" matrix, vector or scalar, exemplars, or series alone.'
FRAMINGS: Collection[str] = frozenset({"document", "lines"})

Kind = Literal["gauge", "counter", "histogram", "summary", "unknown"]

_TYPE: Final = re.compile(rb'"resultType"\s*:\s*"(matrix|vector|scalar|string)"')
_RESULT: Final = re.compile(rb'"metric"\s*:\s*\{[^{}]*\}\s*,\s*"(?:values?|histograms?)"\s*:\s*\[')
_BARE: Final = re.compile(rb'\s*\[?\s*\{\s*"metric"\s*:\s*\{[^{}]*\}\s*,\s*"(?:values?|timestamps)"\s*:\s*\[')
"""Series alone: of clients' libraries, and of VictoriaMetrics' export, one a line."""
_LONGEST_STEP_NS: Final = 3600 * 10**9
_LATEST_S: Final = float(1 << 33)
"""Seconds since 1970 from which on a number is no time; in ns they would not fit."""


def detect(head: bytes) -> Confidence | None:
    """Whether it states a result type of metrics (log streams are another reader's), wherever the key stands."""
    if head.lstrip()[:1] not in (b"{", b"["):
        return None
    if _TYPE.search(head):
        return Confidence.CERTAIN
    if b'"data"' in head and b'"result"' in head and _RESULT.search(head):
        return Confidence.LIKELY
    if _BARE.match(head) or (b'"seriesLabels"' in head and b'"exemplars"' in head):
        return Confidence.CERTAIN
    return None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the series and points into the builder."""
    refused = []
    for i in range(len(records)):
        try:
            value = lenient.loads(records[i])
        except ValueError:
            refused.append(i)
            continue
        answers = value if isinstance(value, list) else [value]
        if answers and isinstance(answers[0], dict) and "metric" in answers[0]:  # series alone
            answers = [{"result": answers}]
        offset = records.offset + int(records.starts[i])
        if not sum(_read_answer(answer, offset, builder) for answer in answers):
            refused.append(i)
    return refused


def open_record(raw: bytes) -> OpenRecord:
    """Points have no detail beyond their series; the answer's own fields are shown."""
    try:
        value = lenient.loads(raw)
    except ValueError:
        value = {}
    plain = (
        [(name, item) for name, item in value.items() if name != "data"] if isinstance(value, dict) else []
    )
    detail = Detail(attributes=tuple(plain), raw=raw[: 1 << 16].decode("utf-8", "replace"))
    return lambda _: detail


def _read_answer(answer: object, offset: int, builder: Builder) -> bool:
    """Read one answer; False where it is none."""
    if not isinstance(answer, dict):
        return False
    data = answer.get("data", answer)
    if isinstance(data, list) and data and all(isinstance(one, dict) and "exemplars" in one for one in data):
        return _add_exemplars(data, builder)
    if not isinstance(data, dict):
        return False
    kind, result = data.get("resultType"), data.get("result")
    for warning in (*_list(answer.get("warnings")), *_list(answer.get("infos"))):
        builder.remark("info", "prometheus-warning", f"Prometheus said: {str(warning)[:200]}", offset=offset)
    if kind in ("scalar", "string") and isinstance(result, list):
        if kind == "scalar" and len(result) == 2:
            _add(builder, Series(_name({}, builder), (), "", "gauge", ""), [(result[0], result[1])])
        else:
            builder.skip("info", "no-number", "an answer that is a text has no points", offset=offset)
        return True
    if not isinstance(result, list) or kind not in ("matrix", "vector", None):
        return False
    if not result:
        builder.remark("info", "empty-answer", "the query found no series", offset=offset)
    bad = sum(not _read_series(one, builder) for one in result)
    if bad:
        builder.skip(
            "warning", "broken-series", "series without values are left out", offset=offset, count=bad
        )
    return True


def _read_series(one: object, builder: Builder) -> bool:
    if not isinstance(one, dict) or not isinstance(one.get("metric"), dict):
        return False
    labels = {str(name): str(text) for name, text in one["metric"].items()}
    points = _exported(one) or _list(one.get("values")) or ([one["value"]] if "value" in one else [])
    points = [point if isinstance(point, list) and len(point) > 1 else [None, None] for point in points]
    histograms = _list(one.get("histograms")) or ([one["histogram"]] if "histogram" in one else [])
    name = _name(labels, builder)
    if points:
        _add(
            builder,
            _series(name, labels),
            [tuple(one) for one in points if isinstance(one, list) and len(one) == 2],
        )
        _add_alerts(builder, labels, points)
    for part in ("count", "sum") if histograms else ():
        taken = [(point[0], point[1].get(part)) for point in histograms if _is_histogram(point)]
        _add(builder, _series(f"{name}_{part}", labels), taken)
    spread = [(point[0], _buckets(point[1])) for point in histograms if _is_histogram(point)]
    for share, _ in QUANTILES:
        found = [(time, value) for time, one in spread if (value := quantile(one, share)) is not None]
        if found:
            _add(builder, _series(name, {**labels, "quantile": f"{share:g}"}), found)
    return bool(points or histograms)


def _exported(one: dict[str, Any]) -> list[list[Any]]:
    """The points of a series as VictoriaMetrics exports it: values and, in milliseconds, their times."""
    times = [_number(time) for time in _list(one.get("timestamps"))]
    values = _list(one.get("values"))
    if len(times) != len(values):
        return []
    return [[None if time is None else time / 1000, value] for time, value in zip(times, values, strict=True)]


def _add_exemplars(data: list[dict[str, Any]], builder: Builder) -> bool:
    """What ``/api/v1/query_exemplars`` answers: single values with the trace in which they were measured."""
    for one in data:
        told = one.get("seriesLabels")
        labels = {str(name): str(text) for name, text in told.items()} if isinstance(told, dict) else {}
        labels["__name__"] = _name(labels, builder).removesuffix("_bucket")
        labels.pop("le", None)
        code = builder.series_code(_series(labels["__name__"], labels))
        for exemplar in _list(one["exemplars"]):
            exemplar = exemplar if isinstance(exemplar, dict) else {}  # noqa: PLW2901
            value, time = _number(exemplar.get("value")), _number(exemplar.get("timestamp"))
            if value is None or time is None or not abs(time) < _LATEST_S:
                builder.skip(
                    "warning", "broken-point", "exemplars without value or time are left out", offset=-1
                )
                continue
            told = exemplar.get("labels")
            named = (
                {role(str(name)): str(text) for name, text in told.items()} if isinstance(told, dict) else {}
            )
            ns, trace = int(time * 1000) * 10**6, builder.traces[named.get(Role.TRACE_ID, "")]
            builder.points.append(series=code, time=ns, value=value)
            if trace >= 0:
                span = span_number(named.get(Role.SPAN_ID, ""))
                builder.exemplars.append(series=code, time=ns, value=value, trace=trace, span_id=span)
    return True


def _add(builder: Builder, series: Series, points: Sequence[tuple[object, ...]]) -> None:
    """Append points; those whose time or value is no number are counted and left out."""
    code = builder.series_code(series)
    times, timed = _numbers([point[0] for point in points])
    values, valued = _numbers([point[1] for point in points])
    good = timed & valued & (np.abs(times) < _LATEST_S)
    lost = int(len(points) - good.sum())
    if lost:
        text = "points without a number for time and value are left out"
        builder.skip("warning", "broken-point", text, offset=-1, count=lost)
    whole = np.floor(times[good])
    ns = whole.astype(np.int64) * 10**9 + np.rint((times[good] - whole) * 10**6).astype(np.int64) * 1000
    builder.points.extend(int(good.sum()), series=code, time=ns, value=values[good])


def _add_alerts(builder: Builder, labels: dict[str, str], points: Sequence[object]) -> None:
    """Marks of the stretches in which an alert fired: Prometheus keeps them as the series ``ALERTS``.

    Source: prometheus/docs/configuration/alerting_rules.md, "Inspecting alerts during runtime".
    """
    if labels.get("__name__") != "ALERTS" or labels.get("alertstate") != "firing":
        return
    times, timed = _numbers([point[0] for point in points if isinstance(point, list) and point])
    ns = np.sort((times[timed & (np.abs(times) < _LATEST_S)] * 1000).astype(np.int64)) * 10**6
    if not len(ns):
        return
    service, text = _series("", labels).service, labels.get("alertname", "alert")
    steps = np.diff(ns)
    pauses = np.flatnonzero(steps > 2 * np.min(steps, initial=_LONGEST_STEP_NS))
    for run in np.split(ns, pauses + 1):
        builder.marks.append(Mark("alert", int(run[0]), int(run[-1]), service, text))


def _numbers(items: Sequence[object]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Items as floats (also ``NaN``, ``+Inf``), and which are numbers."""
    try:
        return np.array([float(item) for item in items], np.float64), np.ones(len(items), bool)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        read: list[float | None] = [_number(item) for item in items]
        return (
            np.array([0.0 if one is None else one for one in read], np.float64),
            np.array([one is not None for one in read], bool),
        )


def _number(item: object) -> float | None:
    try:
        return float(item)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None


def _series(name: str, labels: dict[str, str]) -> Series:
    """A series by its labels; one that is named, and of no kind that its name tells, is a gauge."""
    found = series_of(name, labels)
    return replace(found, kind="gauge") if found.kind == "unknown" and "__name__" in labels else found


def _name(labels: dict[str, str], builder: Builder) -> str:
    """The metric's name; the result of an expression has none and goes by its file's."""
    return labels.get("__name__") or name_by_file(builder.file.name)


def _buckets(histogram: dict[str, Any]) -> list[Bucket]:
    """The buckets of a native histogram: which bounds belong to it, both bounds, and the count."""
    told = [[_number(item) for item in bucket[1:]] for bucket in _list(histogram.get("buckets"))]
    return [(one[0], one[1], one[2]) for one in told if len(one) == 3 and None not in one]  # type: ignore[misc]


def _is_histogram(point: object) -> bool:
    return isinstance(point, list) and len(point) == 2 and isinstance(point[1], dict)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
