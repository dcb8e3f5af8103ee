"""Tekton's runs as ``kubectl get`` and ``tkn`` print them with ``-o json`` or ``-o yaml``: pipelines as traces.

Source: tektoncd/pipeline pkg/apis/pipeline/v1 (PipelineRunStatus, TaskRunStatus, StepState). A run is a trace, its
task runs are spans within it, their steps within those. YAML comes as JSON from the reader of that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, moment, named, text
from explorer.decoding.outline import outline
from explorer.decoding.traces.plain import Fault, Origin, Pairs, Parsed, PlainSpan
from explorer.decoding.traces.plain_documents import open_plain, read_plain
from explorer.model.builder import Builder, Records
from explorer.model.schema import Kind, Status

NAME: Final = "tekton"
LABEL: Final = "Tekton pipeline and task runs"
RECOGNISED_BY: Final = "kind PipelineRun or TaskRun of tekton.dev"
FRAMINGS: Final = ("lines", "document")

_KINDS: Final = ("PipelineRun", "TaskRun")
_KIND: Final = re.compile(rb'"kind"\s*:\s*"(?:PipelineRun|TaskRun)(?:List)?"')
_API: Final = re.compile(rb'"apiVersion"\s*:\s*"tekton\.dev/')
_LABEL: Final = "tekton.dev/"


def detect(head: bytes) -> Confidence | None:
    """By kind and group of the first object."""
    if not _KIND.search(head) or not _API.search(head):
        return None
    paths = outline(head)
    return Confidence.CERTAIN if {("kind",), ("items", "kind")} & paths and _is_first(head) else None


def _is_first(head: bytes) -> bool:
    """Whether no object of another kind comes before."""
    kinds = re.findall(rb'"kind"\s*:\s*"(\w+)"', head)
    return any(kind.decode().removesuffix("List") in _KINDS for kind in kinds[:2])


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read documents; what is no run, or does not parse, is returned."""
    return read_plain(records, builder, parse)


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again."""
    return open_plain(raw, parse)


def parse(value: Any) -> Parsed | None:
    """The runs of a document, alone or listed; None where there is none."""
    found = value if isinstance(value, list) else listed(named(value).get("items")) or [value]
    runs = [one for one in map(named, found) if text(one.get("kind")) in _KINDS]
    if not runs:
        return None
    parsed = Parsed()
    others = len(found) - len(runs)
    if others:
        parsed.skipped.append(("info", "nothing-to-show", "objects of other kinds are not shown", others))
    for run in runs:
        spans = list(_Run(run).spans()) if named(run.get("status")).get("startTime") else []
        parsed.spans += spans
        if not spans:
            parsed.skipped.append(("info", "nothing-to-show", "a run that has not begun", 1))
    return parsed


class _Run:
    """A run, and what it says about all within it."""

    def __init__(self, run: dict[str, Any]) -> None:
        metadata, spec = named(run.get("metadata")), named(run.get("spec"))
        self.run, self.status = run, named(run.get("status"))
        self.labels = named(metadata.get("labels"))
        self.name = text(metadata.get("name"))
        self.is_pipeline = text(run.get("kind")) == "PipelineRun"
        self.of = self.name if self.is_pipeline else self._label("pipelineRun")
        namespace = text(metadata.get("namespace"))
        self.trace = f"tekton {namespace}/{self.of or self.name}"
        what = named(spec.get("pipelineRef" if self.is_pipeline else "taskRef")).get("name")
        told = (
            self._label("pipeline"),
            text(what),
            self._label("task"),
            text(metadata.get("generateName")).rstrip("-"),
        )
        self.service = next((one for one in told if one), self.name)
        self.place: Pairs = [("k8s.namespace.name", namespace)] if namespace else []

    def _label(self, name: str) -> str:
        return text(self.labels.get(_LABEL + name))

    def spans(self) -> Iterator[PlainSpan]:
        """The run itself, and what lies within it."""
        if not self.is_pipeline:
            name = self._label("pipelineTask") or self._label("task") or self.service
            yield from self._task(self.name, name, self.status, self.of)
            return
        yield self._span(self.name, "", self.service, self.status)
        for name, one in named(self.status.get("taskRuns")).items():
            told = named(one)
            yield from self._task(
                text(name), text(told.get("pipelineTaskName")), named(told.get("status")), self.name
            )

    def _task(self, own: str, name: str, status: dict[str, Any], parent: str) -> Iterator[PlainSpan]:
        pod = text(status.get("podName"))
        yield self._span(own, parent, name, status, pod)
        for i, earlier in enumerate(map(named, listed(status.get("retriesStatus")))):
            yield self._span(
                f"{own} attempt {i}", own, f"{name} attempt {i + 1}", earlier, text(earlier.get("podName"))
            )
        for step in map(named, listed(status.get("steps"))):
            yield self._step(own, step, pod)

    def _span(self, own: str, parent: str, name: str, status: dict[str, Any], pod: str = "") -> PlainSpan:
        start, end = moment(status.get("startTime")), moment(status.get("completionTime"))
        outcome = next(
            (one for one in map(named, listed(status.get("conditions"))) if one.get("type") == "Succeeded"),
            {},
        )
        result = {"True": Status.OK, "False": Status.ERROR}.get(text(outcome.get("status")), Status.UNSET)
        reason, message = text(outcome.get("reason")), text(outcome.get("message"))
        return PlainSpan(
            trace=self.trace,
            span_id=own,
            parent_id=parent,
            name=name or own,
            origin=Origin(self.service, [*self.place, *([("k8s.pod.name", pod)] if pod else [])]),
            start=start,
            duration=end - start if start and end else None,
            kind=Kind.INTERNAL,
            status=result,
            message=message if result == Status.ERROR else "",
            attributes=[("workflow.name", self.of or self.name), ("reason", reason)],
            faults=[Fault(reason, message)] if result == Status.ERROR else [],
            source=status,
        )

    def _step(self, task: str, step: dict[str, Any], pod: str) -> PlainSpan:
        ended = named(step.get("terminated"))
        start = moment(ended.get("startedAt") or named(step.get("running")).get("startedAt"))
        end, code = moment(ended.get("finishedAt")), text(ended.get("exitCode"))
        failed = code not in ("", "0")
        reason = text(ended.get("reason"))
        return PlainSpan(
            trace=self.trace,
            span_id=f"{task}/{text(step.get('name'))}",
            parent_id=task,
            name=text(step.get("name")),
            origin=Origin(self.service, [*self.place, *([("k8s.pod.name", pod)] if pod else [])]),
            start=start,
            duration=end - start if start and end else None,
            kind=Kind.INTERNAL,
            status=Status.ERROR if failed else Status.OK if end else Status.UNSET,
            message=f"{reason}, exit code {code}" if failed else "",
            attributes=[("exit.code", code), ("container.image.name", text(step.get("imageID")))],
            faults=[Fault(reason, f"exit code {code}")] if failed else [],
            source=step,
        )
