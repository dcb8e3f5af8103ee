"""Conditions that are bad, of nodes, pods, jobs and deployments (Kubernetes API reference, status.conditions)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from explorer.decoding.documents import listed, moment, named, text
from explorer.decoding.logs.severity import ERROR, WARN
from explorer.readers.kubernetes.notes import Note, Object, kind_of, resource_of

_BAD: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "Node": {"MemoryPressure": ("True",), "DiskPressure": ("True",), "PIDPressure": ("True",),
             "NetworkUnavailable": ("True",), "Ready": ("False", "Unknown")},
    "Pod": {"PodScheduled": ("False",), "DisruptionTarget": ("True",)},
    "Job": {"Failed": ("True",)},
    "Deployment": {"Available": ("False",), "Progressing": ("False",), "ReplicaFailure": ("True",)},
    "HorizontalPodAutoscaler": {"ScalingActive": ("False",), "AbleToScale": ("False",), "ScalingLimited": ("True",)},
}  # fmt: skip
SHOWN_CONDITIONS: Final = frozenset(_BAD)
_GRAVE: Final = frozenset({"Failed", "Ready", "ReplicaFailure"})


def condition_notes(one: Object) -> Iterator[Note]:
    """A note for each bad condition, at the time since which it is so."""
    bad = _BAD.get(kind_of(one))
    if not bad:
        return
    resource = resource_of(one)
    name = text(named(one.get("metadata")).get("name"))
    for condition in map(named, listed(named(one.get("status")).get("conditions"))):
        type_ = text(condition.get("type"))
        if text(condition.get("status")) in bad.get(type_, ()):
            reason, said = text(condition.get("reason")) or type_, text(condition.get("message"))
            message = f"{reason}: {type_} of {kind_of(one)} {name} is {text(condition['status'])}"
            time = moment(condition.get("lastTransitionTime"))
            severity = ERROR if type_ in _GRAVE else WARN
            yield Note(time, f"{message}: {said}" if said else message, severity, resource, one, mark="event")
