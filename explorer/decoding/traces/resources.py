"""The process a span or log came from: attribute names of a resource to :class:`Resource`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from explorer.decoding.lenient import text_of
from explorer.model.fields import GROUP_ROLES, ROW_ROLES, normalise, role
from explorer.model.records import Resource

UNKNOWN_SERVICE: Final = "unknown_service"
"""The service of spans that name none, as OpenTelemetry's SDKs call it."""

_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "service": (
        "service.name",
        "faas.name",
        "k8s.deployment.name",
        "k8s.statefulset.name",
        "k8s.container.name",
    ),
    "namespace": ("service.namespace", "k8s.namespace.name"),
    "instance": ("service.instance.id", "service.node.name", "client-uuid"),
    "host": ("host.name", "hostname", "host.hostname", "k8s.node.name", "host.id", "ip"),
    "pod": ("k8s.pod.name", "pod.name", "pod"),
    "container": ("k8s.container.name", "container.name", "container.id"),
    "version": ("service.version", "app.version", "version"),
    "image": ("container.image.repo_digests", "container.image.id", "container.image.name"),
}  # most telling first
_FLAT: Final = {field: tuple(normalise(name) for name in names) for field, names in _NAMES.items()}


def resource_of(pairs: Iterable[tuple[str, object]], service: str = "") -> Resource:
    """The resource that attributes describe (OpenTelemetry resource conventions, Jaeger process tags).

    Args:
        pairs: name and plain value of each attribute.
        service: the service's name where it stands apart from the attributes; it wins.
    """
    said: dict[str, str] = {}
    for name, value in pairs:
        one = value[0] if isinstance(value, list) and value else value
        said.setdefault(normalise(name), text_of(one)[:256])
    found = {field: next((said[n] for n in names if said.get(n)), "") for field, names in _FLAT.items()}
    if service:
        found["service"] = service
    tag = said.get(normalise("container.image.tags")) or said.get(normalise("container.image.tag"), "")
    if tag and found["image"] == said.get(normalise("container.image.name")):
        found["image"] = f"{found['image']}:{tag}"
    return Resource(**found)


def shared_fields(pairs: Iterable[tuple[str, object]]) -> tuple[tuple[str, str], ...]:
    """Correlation fields that a process states once for all its spans (run, job, rank, session)."""
    return tuple(
        (name, text_of(value))
        for name, value in pairs
        if (found := role(name)) is not None and (found in ROW_ROLES or found in GROUP_ROLES)
    )
