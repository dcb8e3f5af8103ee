"""Kubeflow Pipelines runs: details of version 1 with the workflow inside, runs of v2beta1, and lists of either.

Source: kubeflow/pipelines backend/api v1beta1/run.proto and v2beta1/run.proto.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, moment, named, text
from explorer.decoding.lenient import loads
from explorer.decoding.outline import outline
from explorer.decoding.traces.plain import Origin, Pairs, Parsed, PlainSpan
from explorer.decoding.traces.plain_documents import open_plain, read_plain
from explorer.decoding.traces.workflow import add_workflow, status_of
from explorer.model.builder import Builder, Records
from explorer.model.schema import Kind, Status

NAME: Final = "kubeflow-run"
LABEL: Final = "Kubeflow Pipelines run"
RECOGNISED_BY: Final = "a run_id with run_details, storage_state or runtime_config, or a pipeline_runtime"
FRAMINGS: Final = ("lines", "document")

_RUN: Final = frozenset(
    {"run_details", "storage_state", "runtime_config", "pipeline_spec", "pipeline_version_reference"}
)
_LONG_AGO_NS: Final = 86_400 * 10**9


def detect(head: bytes) -> Confidence | None:
    """By the keys of a run, alone or listed."""
    if b'"run_id"' not in head and b'"pipeline_runtime"' not in head:
        return None
    paths = outline(head)
    if ("pipeline_runtime",) in paths and ("run",) in paths:
        return Confidence.CERTAIN
    keys = {path[-1] for path in paths if path[:-1] in ((), ("runs",))}
    return Confidence.CERTAIN if "run_id" in keys and len(keys & _RUN) > 1 else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read documents; what is no run, or does not parse, is returned."""
    return read_plain(records, builder, parse)


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again."""
    return open_plain(raw, parse)


def parse(value: Any) -> Parsed | None:
    """The runs of a document and their tasks, None where there are none."""
    parsed = Parsed()
    found = value if isinstance(value, list) else listed(named(value).get("runs")) or [value]
    known = [_read(one, parsed) for one in found]
    parsed.dropped += known.count(False)
    return parsed if any(known) else None


def _read(one: Any, parsed: Parsed) -> bool:
    if not isinstance(one, dict):
        return False
    if "pipeline_runtime" in one:
        return _first(one, parsed)
    if not text(one.get("run_id")):
        return False
    run = text(one["run_id"])
    parsed.spans.append(_span(one, run, ""))
    details = named(one.get("run_details"))
    tasks = listed(details.get("task_details")) or listed(one.get("tasks"))
    if not tasks:
        parsed.remarks.append(("info", "run-without-tasks", "a run without its tasks is shown as one"))
    for task in tasks:
        if isinstance(task, dict) and text(task.get("task_id")):
            span = _span(task, text(task["task_id"]), text(task.get("parent_task_id")) or run)
            span.trace = run
            span.origin = Origin(_service(one), _place(task))
            parsed.spans.append(span)
        else:
            parsed.dropped += 1
    return True


def _first(one: dict[str, Any], parsed: Parsed) -> bool:
    """A run of version 1: the workflow stands in it as JSON in a text."""
    manifest = named(one["pipeline_runtime"]).get("workflow_manifest")
    try:
        workflow = loads(manifest.encode("utf-8", "replace")) if isinstance(manifest, str) else manifest
    except ValueError:
        workflow = None
    if isinstance(workflow, dict) and workflow:
        add_workflow(workflow, parsed)
        return True
    run = named(one.get("run"))
    if not text(run.get("id")):
        return False
    parsed.remarks.append(
        ("warning", "run-without-tasks", "the run's workflow does not parse: it is shown as one")
    )
    parsed.spans.append(
        _span({**run, "state": run.get("status"), "display_name": run.get("name")}, text(run["id"]), "")
    )
    return True


def _span(one: dict[str, Any], own: str, parent: str) -> PlainSpan:
    """A run or a task."""
    begun = [moment(one.get(name)) for name in ("start_time", "create_time", "scheduled_at", "created_at")]
    start = max(begun[:2]) if max(begun[:2]) > _LONG_AGO_NS else next((time for time in begun[2:] if time), 0)
    end = moment(one.get("end_time") or one.get("finished_at"))
    status = status_of(text(one.get("state") or one.get("status")).rpartition("_")[2])
    error = named(one.get("error"))
    return PlainSpan(
        trace=own,
        span_id=own,
        parent_id=parent,
        name=text(one.get("display_name")) or text(one.get("name")) or own,
        origin=Origin(_service(one), _place(one)),
        start=start,
        duration=end - start if start and end > _LONG_AGO_NS else None,
        kind=Kind.INTERNAL,
        status=status,
        message=text(error.get("message")) if status == Status.ERROR else "",
        attributes=_attributes(one, "" if parent else own),
        source=one,
    )


def _service(run: dict[str, Any]) -> str:
    """The pipeline's name, which a run tells in its specification only, else its own."""
    spec = named(named(run.get("pipeline_spec")).get("pipelineInfo"))
    return text(spec.get("name")) or text(run.get("display_name"))


def _place(one: dict[str, Any]) -> Pairs:
    pods = [text(pod.get("name")) for pod in map(named, listed(one.get("pods")))]
    pod = text(one.get("pod_name")) or (pods[-1] if pods else "")
    pairs = (("k8s.pod.name", pod), ("k8s.namespace.name", text(one.get("namespace"))))
    return [(name, item) for name, item in pairs if item]


def _attributes(one: dict[str, Any], run: str) -> Pairs:
    pairs: Pairs = [("run.id", run)] if run else []
    wanted = (
        "state",
        "status",
        "execution_id",
        "experiment_id",
        "pipeline_root",
        "service_account",
        "description",
    )
    pairs += [(name, one[name]) for name in wanted if one.get(name) not in (None, "", {})]
    code = named(one.get("error")).get("code")
    return [*pairs, ("error.code", code)] if code is not None else pairs
