"""What Elastic APM's documents and the events of its agents have in common.

Source: elastic/apm-server docs (fields), elastic/apm-data model; Elastic Common Schema.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from explorer.decoding.documents import listed, named, text
from explorer.decoding.traces.plain import Fault, Origin, Pairs
from explorer.model.schema import Kind, Status

_OUTCOMES: Final = {"success": Status.OK, "failure": Status.ERROR}
"""What ``event.outcome`` says; ``unknown`` says nothing."""
_FAILED: Final = "HTTP 5"
"""How the result of a transaction begins that its server failed to answer."""

_DEPTH: Final = 16
_OF_ORIGIN: Final = (
    "service.",
    "host.",
    "container.",
    "kubernetes.",
    "cloud.",
    "agent.",
    "process.",
    "faas.",
)
_RENAMED: Final = {
    "kubernetes.pod.name": "k8s.pod.name",
    "kubernetes.namespace": "k8s.namespace.name",
    "kubernetes.node.name": "k8s.node.name",
    "service.environment": "deployment.environment.name",
}
_TARGETS: Final = ("service.target.", "service.framework.")
_KINDS: Final = {"request": Kind.SERVER, "messaging": Kind.CONSUMER, "page-load": Kind.CLIENT}
_EXITS: Final = frozenset({"db", "external", "storage", "cache"})
_FRAMES: Final = 200


def status_of(outcome: object, result: object) -> Status:
    """The status that an outcome means; without one, the result of a transaction tells that it failed."""
    known = _OUTCOMES.get(text(outcome))
    if known is None and text(result).startswith(_FAILED):
        return Status.ERROR
    return Status.UNSET if known is None else known


def flat(value: Mapping[str, Any], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Dotted names and leaves of an object; lists are leaves."""
    for name, inner in value.items():
        if isinstance(inner, dict) and depth < _DEPTH:
            yield from flat(inner, f"{prefix}{name}.", depth + 1)
        else:
            yield f"{prefix}{name}", inner


def origin_of(fields: Mapping[str, Any]) -> tuple[Origin, Pairs]:
    """The process that a record with dotted names tells of, and the fields that are left."""
    own: Pairs = []
    rest: Pairs = []
    for name, value in fields.items():
        is_own = name.startswith(_OF_ORIGIN) and not name.startswith(_TARGETS) and name != "process.args"
        (own if is_own else rest).append((_RENAMED.get(name, name), value))
    return Origin(text(fields.get("service.name")), own), rest


def kind_of(said: str, type_: str, *, is_transaction: bool) -> int:
    """The kind: as OpenTelemetry's bridge says it, else by the type of a transaction or span."""
    if said.upper() in Kind.__members__:
        return Kind[said.upper()]
    if is_transaction:
        return _KINDS.get(type_, Kind.INTERNAL)
    first = type_.partition(".")[0]
    if first == "messaging":
        return Kind.PRODUCER
    return Kind.CLIENT if first in _EXITS else Kind.INTERNAL


def faults_of(exceptions: Any) -> list[Fault]:
    """The exceptions of an error, what was raised last: its causes are nested (agents), or follow it (documents)."""
    found: list[Fault] = []
    waiting = [exceptions] if isinstance(exceptions, dict) else list(listed(exceptions))
    while waiting and len(found) < _FRAMES:
        one = named(waiting.pop(0))
        frames = one.get("stacktrace")
        stack = frames if isinstance(frames, str) else stack_of(frames)
        if one.get("type") or one.get("message"):
            found.append(Fault(text(one.get("type")), text(one.get("message")), stack))
        waiting += listed(one.get("cause"))
    return found[::-1]


def stack_of(frames: Any) -> str:
    """Frames as text, the innermost first, as APM writes them."""
    return "\n".join(_frame(named(one)) for one in listed(frames)[:_FRAMES])


def _frame(frame: dict[str, Any]) -> str:
    line = frame.get("lineno", named(frame.get("line")).get("number", frame.get("line.number")))
    place = text(frame.get("filename") or frame.get("abs_path") or frame.get("classname"))
    within = text(frame.get("classname") or frame.get("module"))
    function = ".".join(filter(None, (within, text(frame.get("function")))))
    return f"    at {function or '?'} ({place}{f':{text(line)}' if line is not None else ''})"
