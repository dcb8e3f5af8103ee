"""What one Kubernetes object tells: notes, each a log record or a mark or both."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from explorer.decoding.documents import listed, named, text
from explorer.decoding.logs.origin import workload_of
from explorer.model.records import MarkKind, Resource

Object = Mapping[str, Any]

_TEMPLATE_HASH: Final = re.compile(r"-[bcdf-hj-np-tv-z2456789]{8,10}$")
_JOB_NUMBER: Final = re.compile(r"-\d{8,}$")
_LISTS: Final = 3
_NO_SERVICE: Final = frozenset({"Node", "Namespace", "PersistentVolume", "PersistentVolumeClaim", "StorageClass",
                                "ConfigMap", "Secret"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Note:
    """Something that happened to an object.

    Attributes:
        time_ns: when (last); 0: unknown.
        message: reason and text.
        severity: OTel severity number.
        resource: what it happened to.
        subject: the object as it stands in the document.
        mark: the kind of its mark; None for none.
        is_log: whether it is a log record.
        begin_ns: when first, of something that happened several times; 0: the same.
        end_ns: when it ended; 0: a moment.
    """

    time_ns: int
    message: str
    severity: int
    resource: Resource
    subject: Object
    mark: MarkKind | None = None
    is_log: bool = True
    begin_ns: int = 0
    end_ns: int = 0


def objects_of(value: Any, depth: int = 0) -> list[Object] | None:
    """The objects of a document: a list's items, an array's elements, or the one object; None for other JSON."""
    if isinstance(value, list):
        return [one for item in value if isinstance(item, dict) for one in objects_of(item, depth + 1) or ()]
    if not isinstance(value, dict):
        return None
    kind = text(value.get("kind"))
    if "items" in value and depth < _LISTS and not is_single(value):
        single = kind.removesuffix("List")
        items = [item for item in listed(value["items"]) if isinstance(item, dict)]
        return [_with_kind(one, single) for one in items]
    if "object" in value and "type" in value and isinstance(value["object"], dict):  # a watch
        return [value["object"]]
    return [_with_kind(value, "")] if is_single(value) or _is_pod(value) else None


def _with_kind(one: Object, kind: str) -> Object:
    """An object with its kind, which lists and programs that write Go's own types leave out."""
    told = one.get("kind") or kind or ("Pod" if _is_pod(one) else "")
    return one if one.get("kind") or not told else {**one, "kind": told}


def _is_pod(one: Object) -> bool:
    return (
        "metadata" in one and "containers" in named(one.get("spec")) and "phase" in named(one.get("status"))
    )


def is_single(value: Object) -> bool:
    """Whether a value is one object of the API."""
    return ("kind" in value and "metadata" in value and "items" not in value) or (
        "involvedObject" in value or "regarding" in value
    )


def kind_of(one: Object) -> str:
    """Its kind, ``""`` where it says none."""
    return text(one.get("kind"))


def resource_of(one: Object) -> Resource:
    """What an object is: its workload as service, namespace, pod and node."""
    metadata = named(one.get("metadata"))
    kind, name = kind_of(one), text(metadata.get("name"))
    spec = named(one.get("spec"))
    image = ", ".join(images_of(one))[:256]
    return Resource(
        service=_owner(metadata, kind) or service_of(kind, name), namespace=text(metadata.get("namespace")),
        host=text(spec.get("nodeName")) or (name if kind == "Node" else ""), pod=name if kind == "Pod" else "",
        image=image if kind == "Pod" else "",
    )  # fmt: skip


def service_of(kind: str, name: str) -> str:
    """The service that an object of that kind and name stands for; ``""`` for nodes and the like."""
    if kind in _NO_SERVICE:
        return ""
    if kind == "Pod":
        return workload_of(name)
    if kind in ("ReplicaSet", "ControllerRevision"):
        return _TEMPLATE_HASH.sub("", name)
    return _JOB_NUMBER.sub("", name) if kind == "Job" else name


def _owner(metadata: Object, kind: str) -> str:
    """The workload that owns a pod or a revision of it."""
    for owner in map(named, listed(metadata.get("ownerReferences"))):
        name, owner_kind = text(owner.get("name")), text(owner.get("kind"))
        if name and owner_kind != "Node" and kind in ("Pod", "ReplicaSet", "Job", "ControllerRevision"):
            return service_of(owner_kind, name)
    return ""


def images_of(one: Object) -> list[str]:
    """The images of its containers, in order."""
    spec = named(one.get("spec"))
    containers = listed(spec.get("containers")) or listed(
        named(named(named(spec.get("template")) or named(one.get("data"))).get("spec")).get("containers")
    )
    return [image for container in containers if (image := text(named(container).get("image")))]
