"""MLflow runs as JSON: of the REST API (``runs/get``, ``runs/search``), the SDK's ``to_dictionary`` and
mlflow-export-import's ``run.json``; and model versions.

Metrics may hold NaN and Infinity, which is no valid JSON. Those with a time become points.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import (
    Document,
    listed,
    moment,
    named,
    number,
    open_items,
    read_documents,
    text,
)
from explorer.decoding.outline import outline
from explorer.decoding.quality.runs import Run, run_finding
from explorer.model.builder import Builder, Records
from explorer.model.records import Finding, Mark, Series

NAME: Final = "mlflow-runs"
LABEL: Final = "MLflow runs and model versions"
RECOGNISED_BY: Final = "JSON with info (run_id, status) and data or metrics, or a model's versions."
FRAMINGS: Final = frozenset({"document", "lines"})

_WRAPPERS: Final[tuple[tuple[str, ...], ...]] = ((), ("run",), ("runs",), ("mlflow",))
_VERSION: Final = frozenset({"version", "current_stage", "creation_timestamp"})
_VERSIONS: Final[tuple[tuple[str, ...], ...]] = (
    ("mlflow", "model_version"), ("model_version",), ("mlflow", "registered_model", "versions"),
    ("registered_model", "versions"), ("registered_model", "latest_versions"),
    ("mlflow", "registered_model", "latest_versions"),
)  # fmt: skip

Object = Mapping[str, Any]


_HISTORY: Final = re.compile(
    rb'\s*\{\s*"metrics"\s*:\s*\[\s*\{\s*"key"\s*:\s*"[^"]*"\s*,\s*"value"\s*:[^{}]*"timestamp"\s*:[^{}]*"step"'
)
"""The values of one metric, as ``metrics/get-history`` answers."""


def detect(head: bytes) -> Confidence | None:
    """By a run's identity beside its data, or a model's versions."""
    if _HISTORY.match(head):
        return Confidence.CERTAIN
    if b'"run_id"' not in head and b'"run_uuid"' not in head:
        return None
    paths = outline(head)
    for prefix in _WRAPPERS:
        info = (*prefix, "info")
        if ((*info, "run_id") in paths or (*info, "run_uuid") in paths) and (*info, "status") in paths:
            return Confidence.CERTAIN
    for prefix in _VERSIONS:
        if {path[-1] for path in paths if path[:-1] == prefix} >= _VERSION or (
            len(prefix) > 2 and prefix in paths and b'"current_stage"' in head
        ):  # fmt: skip
            return Confidence.CERTAIN
    return None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write findings of runs, points of metrics, and marks of model versions into the builder."""
    return read_documents(records, builder, _read)


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again, run by run or version by version."""
    return open_items(
        raw, lambda value: [*_runs(value), *_versions(value)], lambda one: text(one.get("name"))
    )


def _runs(value: Any) -> list[Object]:
    """The runs of a document, each with ``info`` at its top."""
    if isinstance(value, list):
        return [run for one in value if isinstance(one, dict) for run in _runs(one)]
    one = named(value)
    places = [one, one.get("run"), one.get("mlflow"), *listed(one.get("runs"))]
    return [run for run in map(named, places) if "status" in named(run.get("info"))]


def _versions(value: Any) -> list[Object]:
    one = named(value)
    found: list[Object] = []
    for place in (one, named(one.get("mlflow"))):
        model = named(place.get("registered_model"))
        all_of = listed(model.get("versions")) or listed(model.get("latest_versions"))
        versions = [place.get("model_version"), *all_of]
        found += [version for version in map(named, versions) if "version" in version]
    return found


def _read(document: Document) -> bool:
    runs, versions = _runs(document.value), _versions(document.value)
    for i, run in enumerate(runs):
        info = named(run.get("info"))
        run_id = text(info.get("run_id") or info.get("run_uuid"))
        tags = named(run.get("tags"))
        name = text(info.get("run_name")) or text(tags.get("mlflow.runName"))
        end = info.get("end_time")
        one = Run(run_id, name, text(info.get("status")), info.get("start_time"), end)
        document.builder.findings.append(run_finding(one, document.doc, i))
        _add_metrics(document, run, run_id, text(info.get("experiment_id")), i)
    history = listed(named(document.value).get("metrics")) if not runs and not versions else []
    if history:
        _add_metrics(document, named(document.value), text(named(history[0]).get("run_id")), "", 0)
    for i, version in enumerate(versions, len(runs)):
        _add_version(document, version, i)
    return bool(runs or versions or history)


def _metrics(run: Object) -> Iterator[tuple[str, Object]]:
    """Name and point of each metric; a value alone has no time."""
    metrics = named(run.get("data")).get("metrics", run.get("metrics"))
    for item in listed(metrics):
        yield text(named(item).get("key")), named(item)
    for name, value in named(metrics).items():
        for point in listed(value) or [value]:
            yield name, named(point) or {"value": point}


def _add_metrics(document: Document, run: Object, run_id: str, experiment: str, index: int) -> None:
    labels = tuple((label, value) for label, value in (("experiment", experiment), ("run", run_id)) if value)
    untimed = 0
    for name, point in _metrics(run):
        value, time = number(point.get("value")), moment(point.get("timestamp"))
        if value is not None and not math.isfinite(value):
            told = f"{name} is {'not a number' if math.isnan(value) else 'infinite'}"
            finding = Finding("MLflow", name, "fail", told, None, None, time, "", run_id, document.doc, index)
            document.builder.findings.append(finding)
        if value is None or not time:
            untimed += 1
            continue
        code = document.builder.series_code(Series(name, labels, "", "gauge", ""))
        document.builder.points.append(series=code, time=time, value=value)
    document.skip("info", "no-time", "metrics without a time are not shown as points", untimed)


def _add_version(document: Document, version: Object, index: int) -> None:
    """A model version is a mark at the time it was made."""
    time = moment(version.get("creation_timestamp"))
    if not time:
        document.skip("warning", "no-time", "model versions without a time are left out")
        return
    stage = text(version.get("current_stage"))
    shown = f"model {text(version.get('name'))} version {text(version.get('version'))}"
    shown += f" ({stage})" if stage not in ("", "None") else ""
    document.builder.marks.append(Mark("deploy", time, -1, "", shown, 9, document.doc, index))
