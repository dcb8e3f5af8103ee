"""What Datadog's forms of spans have in common: ids, kinds, failures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from explorer.decoding.documents import text
from explorer.decoding.lenient import nanoseconds
from explorer.decoding.traces.harvest import KINDS
from explorer.decoding.traces.plain import Fault, Origin, Pairs
from explorer.model.schema import Kind

_MASK: Final = (1 << 64) - 1
_CALLS: Final = frozenset(
    "http sql db cache redis mongodb elasticsearch memcached cassandra consul dns graphql aws leveldb".split()
)
_TYPES: Final = {"web": Kind.SERVER, "worker": Kind.CONSUMER, "queue": Kind.CONSUMER}


def hexadecimal(value: Any) -> str:
    """An id as hex: Datadog writes unsigned decimals, as numbers or text; other text is hex already. Empty for 0."""
    if isinstance(value, str) and (len(value) == 32 or not value.isdecimal()):
        return value
    number = nanoseconds(value) if isinstance(value, float) else None
    if isinstance(value, str | int) and not isinstance(value, bool):
        number = int(value)
    return f"{number & _MASK:016x}" if number else ""


def kind_of(said: Any, type_: str) -> int:
    """The kind: as tagged, else by the type of the span."""
    found = KINDS.get(text(said).lower())
    return (
        found
        if found is not None
        else Kind.CLIENT
        if type_ in _CALLS
        else _TYPES.get(type_, Kind.UNSPECIFIED)
    )


def faults_of(tags: Mapping[str, Any]) -> list[Fault]:
    """The exception that the tags of a span tell of."""
    message = text(tags.get("error.message") or tags.get("error.msg"))
    fault = Fault(text(tags.get("error.type")), message, text(tags.get("error.stack")))
    return [fault] if fault.type or fault.message else []


def origin_of(service: str, tags: Mapping[str, Any], host: str = "") -> Origin:
    """The process that wrote a span."""
    said = (
        ("service.version", tags.get("version")),
        ("deployment.environment.name", tags.get("env")),
        ("host.name", host or tags.get("_dd.hostname")),
        ("service.instance.id", tags.get("runtime-id")),
        ("container.id", tags.get("container_id")),
        ("k8s.pod.name", tags.get("pod_name")),
    )
    own: Pairs = [(name, value) for name, value in said if value]
    return Origin(service, own)
