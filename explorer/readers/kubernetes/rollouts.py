"""Rollouts: each ReplicaSet or ControllerRevision is a revision of its workload, made when that was changed.

Annotation ``deployment.kubernetes.io/revision``: Kubernetes documentation, Deployments, revision history.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from explorer.decoding.documents import listed, moment, named, text
from explorer.decoding.logs.severity import INFO
from explorer.readers.kubernetes.notes import Note, Object, images_of, kind_of, resource_of

REVISIONS: Final = ("ReplicaSet", "ControllerRevision", "Deployment")
_REVISION: Final = "deployment.kubernetes.io/revision"
_COMPLETE: Final = "NewReplicaSetAvailable"
_CHANGE: Final = "kubernetes.io/change-cause"


def rollout_notes(one: Object) -> Iterator[Note]:
    """The mark of a revision, at its creation; of a Deployment, when its last rollout was complete."""
    kind = kind_of(one)
    if kind not in REVISIONS:
        return
    metadata, resource = named(one.get("metadata")), resource_of(one)
    annotations = named(metadata.get("annotations"))
    revision = text(annotations.get(_REVISION)) or text(one.get("revision"))
    if kind == "Deployment":
        conditions = map(named, listed(named(one.get("status")).get("conditions")))
        time = next((moment(c.get("lastUpdateTime")) for c in conditions if c.get("reason") == _COMPLETE), 0)
        said = (
            f"{resource.service} revision {revision} rolled out"
            if revision
            else f"{resource.service} rolled out"
        )
    else:
        time = moment(metadata.get("creationTimestamp"))
        said = f"{resource.service} revision {revision}" if revision else f"{resource.service} changed"
    why = text(annotations.get(_CHANGE))
    told = [", ".join(images_of(one)), why]
    message = ": ".join([said, *filter(None, told)])
    if time:
        yield Note(time, message, INFO, resource, one, mark="deploy", is_log=False)
