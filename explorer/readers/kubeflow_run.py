"""Kubeflow Pipelines runs: details of version 1 with the workflow inside, runs of v2beta1, and lists of either.

Source: kubeflow/pipelines backend/api v1beta1/run.proto and v2beta1/run.proto.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import Document, listed, moment, named, text
from explorer.decoding.lenient import dumps, loads
from explorer.decoding.messages import Message, decoded
from explorer.decoding.outline import outline
from explorer.decoding.traces.plain import Origin, Pairs, Parsed, PlainSpan
from explorer.decoding.traces.plain_documents import open_parsed, open_plain, read_plain, take
from explorer.decoding.traces.plain_rows import PlainRows
from explorer.decoding.traces.workflow import add_workflow, status_of
from explorer.decoding.wire import WireError
from explorer.model.builder import Builder, Records
from explorer.model.schema import Kind, Status

NAME: Final = "kubeflow-run"
LABEL: Final = "Kubeflow Pipelines run"
RECOGNISED_BY: Final = "a run_id with run_details, storage_state or runtime_config, or a pipeline_runtime"
FRAMINGS: Final = ("lines", "document", "binary")

_STATE: Final[Message] = {1: ("code", "int"), 2: ("message", "text")}
_TASK: Final[Message] = {
    1: ("run_id", "text"), 2: ("task_id", "text"), 3: ("display_name", "text"), 4: ("create_time", "time"),
    5: ("start_time", "time"), 6: ("end_time", "time"), 8: ("state", "int"), 9: ("execution_id", "int"),
    10: ("error", _STATE), 13: ("parent_task_id", "text"), 15: ("pod_name", "text"),
}  # fmt: skip
_MESSAGE: Final[Message] = {
    1: ("experiment_id", "text"), 2: ("run_id", "text"), 3: ("display_name", "text"), 4: ("storage_state", "int"),
    5: ("description", "text"), 9: ("service_account", "text"), 10: ("created_at", "time"),
    11: ("scheduled_at", "time"), 12: ("finished_at", "time"), 13: ("state", "int"), 14: ("error", _STATE),
    15: ("run_details", {3: ("task_details*", _TASK)}),
}  # fmt: skip
_STATES: Final = (
    "RUNTIME_STATE_UNSPECIFIED", "PENDING", "RUNNING", "SUCCEEDED", "SKIPPED", "FAILED", "CANCELING", "CANCELED",
    "PAUSED",
)  # fmt: skip

_RUN: Final = frozenset(
    {"run_details", "storage_state", "runtime_config", "pipeline_spec", "pipeline_version_reference"}
)
_LONG_AGO_NS: Final = 86_400 * 10**9


def detect(head: bytes) -> Confidence | None:
    """By the keys of a run, alone or listed; one in protobuf by what it decodes to."""
    if head[:1] == b"\n" and b"\x12" in head[:256]:
        return Confidence.CERTAIN if _from_protobuf(head) is not None else None
    if b'"run_id"' not in head and b'"pipeline_runtime"' not in head:
        return None
    paths = outline(head)
    if ("pipeline_runtime",) in paths and ("run",) in paths:
        return Confidence.CERTAIN
    keys = {path[-1] for path in paths if path[:-1] in ((), ("runs",))}
    tasks = any(path[-2:] == ("run_details", "task_details") for path in paths)
    return Confidence.CERTAIN if "run_id" in keys and (len(keys & _RUN) > 1 or tasks) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read documents; what is no run, or does not parse, is returned."""
    rows = PlainRows(builder)
    binary = [i for i in range(len(records)) if records[i][:1] == b"\n"]
    if not binary:
        return read_plain(records, builder, parse)
    for i in binary:
        value = _from_protobuf(records[i])
        parsed = parse(value) if value is not None else None
        if parsed is None:
            return range(len(records))
        take(parsed, rows, Document(builder, records, i, value))
    rows.finish()
    return ()


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again."""
    value = _from_protobuf(raw) if raw[:1] == b"\n" else None
    return open_parsed(parse(value), dumps(value)) if value is not None else open_plain(raw, parse)


def _from_protobuf(data: bytes) -> dict[str, Any] | None:
    """A run of v2beta1 in protobuf as its JSON; None where it is none."""
    try:
        run = decoded(data, _MESSAGE)
    except WireError:
        return None
    if not run.get("run_id") or not run.get("created_at") or not 0 <= run.get("state", 0) < len(_STATES):
        return None
    for one in (run, *listed(named(run.get("run_details")).get("task_details"))):
        one["state"] = _STATES[one.get("state", 0)] if one.get("state", 0) in range(len(_STATES)) else ""
    return {"storage_state": "", **run}


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
