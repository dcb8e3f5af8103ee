"""Pods: containers that ended, restart or cannot start (Kubernetes API reference, PodStatus).

A container's end may stand in ``state`` or in ``lastState``, of init containers too; times of waiting are not told
and are those of the last end, or of the pod's condition.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from explorer.decoding.documents import listed, moment, named, text, whole
from explorer.decoding.logs.severity import ERROR, INFO, WARN
from explorer.model.records import Resource
from explorer.readers.kubernetes.notes import Note, Object, resource_of

_LISTS: Final = ("initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses")
_STARTING: Final = frozenset({"ContainerCreating", "PodInitializing", ""})
_STOPPED: Final = frozenset({0, 143})
"""Exit codes of a container that ended as it should, or was asked to (128 + SIGTERM)."""


def pod_notes(one: Object) -> Iterator[Note]:
    """What happened to a pod and its containers; nothing for one that has always run."""
    status, resource = named(one.get("status")), resource_of(one)
    for name in _LISTS:
        for container in map(named, listed(status.get(name))):
            yield from _container_notes(container, status, resource, one)
    if text(status.get("phase")) == "Failed" and status.get("reason"):
        time = _condition_time(status, "DisruptionTarget", "Ready", "PodScheduled") or moment(
            status.get("startTime")
        )
        message = f"{text(status['reason'])}: pod {resource.pod}: {text(status.get('message'))}"
        yield Note(time, message, ERROR, resource, one, mark="restart")


def _container_notes(container: Object, status: Object, resource: Resource, pod: Object) -> Iterator[Note]:
    name, restarts = text(container.get("name")), whole(container.get("restartCount"))
    mine = replace(resource, container=name, image=text(container.get("image")) or resource.image)
    last = 0
    for key in ("lastState", "state"):
        ended = named(named(container.get(key)).get("terminated"))
        if ended:
            last = moment(ended.get("finishedAt")) or moment(ended.get("startedAt")) or last
            yield _ended(ended, mine, pod, last, restarts)
    waiting = named(named(container.get("state")).get("waiting"))
    reason = text(waiting.get("reason"))
    if reason not in _STARTING:
        time = last or _condition_time(status, "ContainersReady", "Ready") or moment(status.get("startTime"))
        said = text(waiting.get("message"))
        message = (
            f"{reason}: container {name} of pod {resource.pod} does not start{': ' if said else ''}{said}"
        )
        yield Note(time, message, ERROR, mine, pod, mark="restart" if last else "event")


def _ended(ended: Object, resource: Resource, pod: Object, time: int, restarts: int) -> Note:
    code, signal = whole(ended.get("exitCode")), whole(ended.get("signal"))
    reason, said = text(ended.get("reason")), text(ended.get("message")).strip()
    message = f"{reason or 'Terminated'}: container {resource.container} of pod {resource.pod}"
    message += f" ended with exit code {code}"
    message += f" (signal {signal})" if signal else ""
    message += f", {restarts} restarts" if restarts > 1 else f", {restarts} restart" if restarts else ""
    message += f": {said}" if said else ""
    failed = code not in _STOPPED or reason in (
        "OOMKilled",
        "Error",
        "ContainerCannotRun",
        "DeadlineExceeded",
    )
    severity = ERROR if failed else WARN if restarts else INFO
    return Note(time, message, severity, resource, pod, mark="restart" if failed or restarts else None)


def _condition_time(status: Object, *types: str) -> int:
    """When one of these conditions last changed, the first that is told."""
    known = {text(one.get("type")): moment(one.get("lastTransitionTime"))
             for one in map(named, listed(status.get("conditions")))}  # fmt: skip
    return next((known[name] for name in types if known.get(name)), 0)
