"""Argo Workflows as traces: each node a span within the one that its boundary or its retries name.

Source: argoproj/argo-workflows pkg/apis/workflow/v1alpha1/workflow_types.go (NodeStatus, WorkflowStatus). The children
of a node are what runs after it, not what lies within it.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterable
from typing import Any, Final

from explorer.decoding.documents import listed, moment, named, text
from explorer.decoding.lenient import loads
from explorer.decoding.traces.plain import Origin, Pairs, Parsed, PlainSpan
from explorer.model.schema import Kind, Status

FAILED: Final = frozenset({"failed", "error", "errored"})
_DONE: Final = frozenset({"succeeded", "skipped", "omitted", "cached"})
_MOST_UNPACKED: Final = 64 << 20
_TEMPLATE: Final = ("workflows.argoproj.io/workflow-template", "workflows.argoproj.io/cron-workflow")
_RUN: Final = ("pipeline/runid", "pipelines.kubeflow.org/run_id")


def status_of(phase: str) -> int:
    """The status that a phase or state of a run, task or node means."""
    word = phase.lower()
    return int(Status.ERROR if word in FAILED else Status.OK if word in _DONE else Status.UNSET)


def add_workflow(workflow: dict[str, Any], parsed: Parsed) -> None:
    """Append the nodes of a workflow, or the workflow alone where its nodes are not there."""
    if not any(value for value in named(workflow.get("status")).values()):
        parsed.skipped.append(("info", "nothing-to-show", "a workflow without a status has not run", 1))
        return
    about = _About(workflow)
    nodes = _nodes(named(workflow.get("status")), parsed)
    retried = {
        text(child): text(node.get("id"))
        for node in nodes
        if text(node.get("type")) == "Retry"
        for child in listed(node.get("children"))
    }
    known = {text(node.get("id")) for node in nodes}
    for node in nodes:
        parsed.spans.append(about.span(node, retried, known))
    if about.name not in known:
        parsed.spans.append(about.whole())


def _nodes(status: dict[str, Any], parsed: Parsed) -> list[dict[str, Any]]:
    found: Iterable[Any] = named(status.get("nodes")).values()
    packed = text(status.get("compressedNodes"))
    if packed and not status.get("nodes"):
        try:
            unpacker = zlib.decompressobj(wbits=31)
            found = named(loads(unpacker.decompress(base64.b64decode(packed), _MOST_UNPACKED))).values()
        except (binascii.Error, zlib.error, ValueError):
            parsed.skipped.append(
                ("warning", "broken-record", "the packed nodes of a workflow do not unpack", 1)
            )
    elif text(status.get("offloadNodeStatusVersion")) and not status.get("nodes"):
        parsed.remarks.append(
            ("warning", "offloaded-nodes", "the workflow's nodes lie in Argo's database, not here")
        )
    nodes = [node for node in found if isinstance(node, dict) and text(node.get("id"))]
    parsed.dropped += len(list(found)) - len(nodes)
    return nodes


class _About:
    """What a workflow says about all its nodes."""

    def __init__(self, workflow: dict[str, Any]) -> None:
        self.workflow = workflow
        metadata, self.status = named(workflow.get("metadata")), named(workflow.get("status"))
        labels = {**named(metadata.get("annotations")), **named(metadata.get("labels"))}
        self.name = text(metadata.get("name")) or text(metadata.get("generateName"))
        self.trace = text(metadata.get("uid")) or f"workflow {text(metadata.get('namespace'))}/{self.name}"
        template = next((text(labels[one]) for one in _TEMPLATE if labels.get(one)), "")
        self.service = template or text(metadata.get("generateName")).rstrip("-") or self.name
        run = next((text(labels[one]) for one in _RUN if labels.get(one)), "")
        self.fields: Pairs = [("workflow.name", self.name)] + ([("run.id", run)] if run else [])
        namespace = text(metadata.get("namespace"))
        self.place: Pairs = [("k8s.namespace.name", namespace)] if namespace else []

    def span(self, node: dict[str, Any], retried: dict[str, str], known: set[str]) -> PlainSpan:
        """One node."""
        own = text(node.get("id"))
        boundary = retried.get(own) or text(node.get("boundaryID"))
        root = self.name if self.name in known and own != self.name else ""
        start, end = moment(node.get("startedAt")), moment(node.get("finishedAt"))
        place = list(self.place)
        if text(node.get("type")) == "Pod":
            place.append(("k8s.pod.name", own))
        if node.get("hostNodeName"):
            place.append(("k8s.node.name", text(node["hostNodeName"])))
        status = status_of(text(node.get("phase")))
        return PlainSpan(
            trace=self.trace,
            span_id=own,
            parent_id=boundary or root,
            name=text(node.get("displayName")) or text(node.get("name")),
            origin=Origin(self.service, place),
            start=start,
            duration=end - start if start and end else None,
            kind=Kind.INTERNAL,
            status=status,
            message=text(node.get("message")) if status == Status.ERROR else "",
            attributes=self.fields + list(_attributes(node)),
            source=node,
        )

    def whole(self) -> PlainSpan:
        """The workflow itself."""
        start, end = moment(self.status.get("startedAt")), moment(self.status.get("finishedAt"))
        status = status_of(text(self.status.get("phase")))
        return PlainSpan(
            trace=self.trace,
            span_id=self.name,
            name=self.name,
            origin=Origin(self.service, self.place),
            start=start,
            duration=end - start if start and end else None,
            kind=Kind.INTERNAL,
            status=status,
            message=text(self.status.get("message")) if status == Status.ERROR else "",
            attributes=[*self.fields, ("phase", self.status.get("phase"))],
            source=named(self.workflow.get("metadata")),
        )


def _attributes(node: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    for name in ("type", "phase", "templateName", "message", "podIP", "memoizationStatus", "progress"):
        if node.get(name) not in (None, ""):
            yield name, node[name]
    for side in ("inputs", "outputs"):
        said = named(node.get(side))
        for parameter in map(named, listed(said.get("parameters"))):
            yield f"{side}.{text(parameter.get('name'))}", parameter.get("value")
        if said.get("exitCode") is not None:
            yield "exit.code", said["exitCode"]
