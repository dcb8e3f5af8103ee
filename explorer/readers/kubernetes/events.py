"""Events: core/v1 and events.k8s.io/v1, in which ``regarding`` and ``note`` are what was ``involvedObject`` and
``message`` (Kubernetes API reference, Event). One event stands for all of its count between first and last time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from explorer.decoding.documents import moment, named, number, text
from explorer.decoding.logs.severity import ERROR, INFO, WARN
from explorer.model.records import MarkKind, Resource
from explorer.readers.kubernetes.notes import Note, Object, kind_of, service_of

_RESTARTS: Final = frozenset(
    {"OOMKilling", "OOMKilled", "SystemOOM", "Evicted", "Preempted", "Preempting", "Rebooted", "NodeNotReady",
     "TaintManagerEviction", "NodeShutdown", "CrashLoopBackOff", "ContainerDied", "ExceededGracePeriod"}
)  # fmt: skip
_DEPLOYS: Final = frozenset(
    {"ScalingReplicaSet", "DeploymentRollback", "RolloutUpdated", "RolloutCompleted", "RolloutAborted",
     "OperationStarted", "OperationCompleted", "InstallSucceeded", "UpgradeSucceeded", "InstallFailed",
     "UpgradeFailed", "RollbackSucceeded"}
)  # fmt: skip
_EVENTS: Final = frozenset(
    {"Killing", "SuccessfulRescale", "NodeReady", "RegisteredNode", "TriggeredScaleUp"}
)
_ERRORS: Final = frozenset(
    {"OOMKilling", "OOMKilled", "SystemOOM", "Evicted", "InstallFailed", "UpgradeFailed"}
)
_CONTAINER: Final = re.compile(r"spec\.\w*[cC]ontainers\{([^}]+)\}")


def is_event(one: Object) -> bool:
    """Whether an object is an event."""
    return kind_of(one) in ("Event", "") and ("involvedObject" in one or "regarding" in one)


def event_notes(one: Object) -> Iterator[Note]:
    """The note of an event: always a log record, and a mark where something changed or went wrong."""
    series = named(one.get("series"))
    times = [moment(value) for value in (
        series.get("lastObservedTime"), one.get("lastTimestamp"), one.get("deprecatedLastTimestamp"),
        one.get("eventTime"), one.get("firstTimestamp"), one.get("deprecatedFirstTimestamp"),
        named(one.get("metadata")).get("creationTimestamp"),
    )]  # fmt: skip
    last = next((time for time in times if time), 0)
    count = int(
        number(series.get("count")) or number(one.get("count")) or number(one.get("deprecatedCount")) or 1
    )
    reason, said = text(one.get("reason")), text(one.get("message")) or text(one.get("note"))
    warning = text(one.get("type")) == "Warning"
    message = f"{reason}: {said}" if reason and said else reason or said
    firsts = (moment(one.get("firstTimestamp")), moment(one.get("deprecatedFirstTimestamp")), times[3])
    begins = [time for time in firsts if time]
    yield Note(
        time_ns=last, message=f"{message} ({count} times)" if count > 1 else message,
        severity=ERROR if reason in _ERRORS else WARN if warning else INFO, resource=_resource(one), subject=one,
        mark=_mark(reason, said, warning=warning), begin_ns=begins[0] if begins and count > 1 else 0,
    )  # fmt: skip


def _mark(reason: str, said: str, *, warning: bool) -> MarkKind | None:
    if reason in _RESTARTS or (
        reason in ("BackOff", "Killing") and ("restarting" in said or "be restarted" in said)
    ):
        return "restart"
    if reason in _DEPLOYS:
        return "deploy"
    return "event" if warning or reason in _EVENTS else None


def _resource(one: Object) -> Resource:
    about = named(one.get("involvedObject")) or named(one.get("regarding"))
    kind, name = text(about.get("kind")), text(about.get("name"))
    source = named(one.get("source")) or named(one.get("deprecatedSource"))
    host = text(source.get("host")) or (name if kind == "Node" else "")
    container = _CONTAINER.search(text(about.get("fieldPath")))
    return Resource(
        service=service_of(kind, name), namespace=text(about.get("namespace")), host=host,
        pod=name if kind == "Pod" else "", container=container[1] if container else "",
    )  # fmt: skip
