"""What Sentry's payloads have in common: times, status, kinds, stack traces, who wrote them.

Source: develop.sentry.dev (event payloads, envelopes), getsentry/sentry-python, relay.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from explorer.decoding.documents import listed, moment, named, text
from explorer.decoding.lenient import nanoseconds
from explorer.decoding.traces.elastic import flat
from explorer.decoding.traces.plain import Fault, Origin, Pairs
from explorer.model.schema import Kind, Status

_S: Final = 10**9
_FRAMES: Final = 250
_GOOD: Final = frozenset({"", "ok", "unknown", "unknown_error", "cancelled", "unset", "none", "null"})
_OPERATIONS: Final = (
    ("http.server", Kind.SERVER), ("http.client", Kind.CLIENT), ("db", Kind.CLIENT), ("cache", Kind.CLIENT),
    ("queue.publish", Kind.PRODUCER), ("queue.submit", Kind.PRODUCER), ("queue", Kind.CONSUMER),
    ("grpc.server", Kind.SERVER), ("rpc.server", Kind.SERVER), ("rpc", Kind.CLIENT), ("grpc", Kind.CLIENT),
    ("websocket.server", Kind.SERVER),
)  # fmt: skip


def time_of(value: Any) -> int:
    """Seconds since the epoch, with a fraction, or ISO 8601; ns, 0 for neither."""
    if isinstance(value, str):
        return moment(value)
    return nanoseconds(value, _S) or 0


def duration_of(begin: Any, end: Any) -> int | None:
    """From begin to end, ns; None where one is not known."""
    start, stop = time_of(begin), time_of(end)
    return stop - start if start and stop else None


def status_of(value: Any) -> int:
    """``ok`` is OK; a status that is no error says nothing."""
    word = text(value).lower()
    return Status.OK if word == "ok" else Status.UNSET if word in _GOOD else Status.ERROR


def kind_of(operation: str) -> int:
    """The kind of a span by its operation."""
    for start, kind in _OPERATIONS:
        if operation == start or operation.startswith(f"{start}."):
            return kind
    return Kind.INTERNAL if operation else Kind.UNSPECIFIED


def pairs_of(value: Any, prefix: str = "") -> Pairs:
    """Tags or data: an object, a list of pairs, or a list of objects with ``key`` and ``value``."""
    if isinstance(value, dict):
        return [(f"{prefix}{name}", inner) for name, inner in flat(value)]
    found: Pairs = []
    for one in listed(value):
        if isinstance(one, list) and len(one) == 2:
            found.append((text(one[0]), one[1]))
        elif isinstance(one, dict) and "key" in one:
            found.append((text(one["key"]), one.get("value")))
    return found


def typed_pairs(value: Any) -> Pairs:
    """Attributes with their type: ``{"name": {"value": …, "type": …}}``."""
    return [
        (name, inner.get("value") if isinstance(inner, dict) else inner)
        for name, inner in named(value).items()
        if inner is not None
    ]


def faults_of(exception: Any) -> list[Fault]:
    """The exceptions of an event, the one that was raised last as Sentry has them."""
    values = exception.get("values") if isinstance(exception, dict) else exception
    if isinstance(exception, dict) and "values" not in exception:
        values = [exception]
    return [
        Fault(
            text(one.get("type") or named(one.get("mechanism")).get("type")),
            text(one.get("value")),
            stack_of(one.get("stacktrace") or one.get("rawStacktrace")),
        )
        for one in map(named, listed(values))
        if one.get("type") or one.get("value")
    ]


def stack_of(stacktrace: Any) -> str:
    """Frames as text, the innermost first; Sentry has it last."""
    return "\n".join(
        _frame(named(one)) for one in listed(named(stacktrace).get("frames"))[: -_FRAMES - 1 : -1]
    )


def _frame(frame: Mapping[str, Any]) -> str:
    line = frame.get("lineno", frame.get("lineNo"))
    place = text(
        frame.get("filename") or frame.get("abs_path") or frame.get("absPath") or frame.get("package")
    )
    module = text(frame.get("module"))
    function = text(frame.get("function")) or "?"
    within = f"{module}." if module and not function.startswith(module) else ""
    return f"    at {within}{function} ({place}{f':{text(line)}' if line is not None else ''})"


def origin_of(event: Mapping[str, Any], header: Mapping[str, Any]) -> Origin:
    """Who wrote an event: Sentry has no service, so its project, the name in its release, or its SDK stands for one.

    Args:
        event: the payload.
        header: of the envelope, empty for none.
    """
    tags = dict(pairs_of(event.get("tags")))
    contexts = named(event.get("contexts"))
    resource = named(named(contexts.get("otel")).get("resource"))
    trace = named(header.get("trace"))
    release = text(event.get("release") or tags.get("release") or trace.get("release"))
    name, _, version = release.partition("@")
    environment = event.get("environment") or tags.get("environment") or trace.get("environment")
    sdk = named(event.get("sdk") or header.get("sdk"))
    project = event.get("project_slug") or event.get("project.name") or event.get("projectSlug")
    found = (
        resource.get("service.name"), tags.get("service.name"), tags.get("service"), project,
        name if version else "", named(contexts.get("app")).get("app_name"), _project(header), event.get("sdk_name"),
        sdk.get("name"),
    )  # fmt: skip
    said = (
        ("host.name", event.get("server_name") or tags.get("server_name")),
        ("service.version", version or release),
        ("deployment.environment.name", environment),
        ("telemetry.sdk.name", sdk.get("name")),
    )
    own: Pairs = [(key, value) for key, value in said if value]
    return Origin(next((text(one) for one in found if one), ""), [*own, *resource.items()])


def _project(header: Mapping[str, Any]) -> str:
    """The project in a DSN: ``https://key@host/42``."""
    number = text(header.get("dsn")).rpartition("/")[2]
    return f"project-{number}" if number else ""
