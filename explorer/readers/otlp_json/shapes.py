"""The shapes of OTLP JSON, as far as they are decoded when reading; attributes stay bytes.

Source: opentelemetry-proto, ``trace.proto``, ``logs.proto``, ``metrics.proto`` and docs/specification.md (JSON
Protobuf encoding). Integers are taken as numbers or strings, enums as numbers or names. Wrappers met: Tempo's
``batches`` and ``{"trace": …}``, the gateways' ``{"result": …}``, lists of requests, and the
``instrumentationLibrary…`` names from before version 0.15.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType


class Event(Struct, gc=False, rename="camel"):
    """``Span.Event``."""

    time_unix_nano: int = 0
    name: str = ""
    attributes: Raw = Raw()


class Link(Struct, gc=False, rename="camel"):
    """``Span.Link``."""

    trace_id: str = ""
    span_id: str = ""


class Status(Struct, gc=False):
    """``Status``."""

    code: int | str = 0
    message: str | None = ""


class Span(Struct, gc=False, rename="camel"):
    """``Span``."""

    trace_id: str = ""
    span_id: str = ""
    parent_span_id: str | None = ""
    name: str = ""
    kind: int | str = 0
    start_time_unix_nano: int = 0
    end_time_unix_nano: int = 0
    attributes: Raw = Raw()
    events: list[Event] | None = None
    links: list[Link] | None = None
    status: Status | None = None


class ScopeSpans(Struct, gc=False):
    """``ScopeSpans``."""

    spans: list[Span] | UnsetType | None = UNSET


class ResourceSpans(Struct, gc=False, rename="camel"):
    """``ResourceSpans``."""

    resource: Raw = Raw()
    scope_spans: list[ScopeSpans] | UnsetType | None = UNSET
    instrumentation_library_spans: list[ScopeSpans] | UnsetType | None = UNSET


class LogRecord(Struct, gc=False, rename="camel"):
    """``LogRecord``."""

    time_unix_nano: int = 0
    observed_time_unix_nano: int = 0
    severity_number: int | str = 0
    severity_text: str | None = ""
    body: Raw = Raw()
    attributes: Raw = Raw()
    trace_id: str | None = ""
    span_id: str | None = ""


class ScopeLogs(Struct, gc=False, rename="camel"):
    """``ScopeLogs``; before 0.15 the records were called ``logs``."""

    log_records: list[LogRecord] | UnsetType | None = UNSET
    logs: list[LogRecord] | UnsetType | None = UNSET
    scope: Raw = Raw()

    @property
    def records(self) -> list[LogRecord]:
        """Its log records, by either name."""
        return self.log_records or self.logs or []


class ResourceLogs(Struct, gc=False, rename="camel"):
    """``ResourceLogs``."""

    resource: Raw = Raw()
    scope_logs: list[ScopeLogs] | UnsetType | None = UNSET
    instrumentation_library_logs: list[ScopeLogs] | UnsetType | None = UNSET


class Request(Struct, gc=False, rename="camel"):
    """An export request of any signal, or what is wrapped around one."""

    resource_spans: list[ResourceSpans] | UnsetType | None = UNSET
    resource_logs: list[ResourceLogs] | UnsetType | None = UNSET
    resource_metrics: list[Raw] | UnsetType | None = UNSET
    resource_profiles: list[Raw] | UnsetType | None = UNSET
    batches: list[ResourceSpans] | UnsetType | None = UNSET
    trace: Request | None = None
    result: Request | None = None
    status: Raw = Raw()


_DECODER = msgspec.json.Decoder(Request | list[Request], strict=False)


@dataclass(slots=True)
class Document:
    """What one document holds, in its order.

    Attributes:
        metrics: each element of ``resourceMetrics`` as JSON.
        profiles: elements of ``resourceProfiles``, which are not read.
        dropped: spans and log records that are no objects.
        valueless: metric data points without a value.
        partial: the server said that the trace is incomplete (Tempo).
    """

    spans: list[ResourceSpans] = field(default_factory=list)
    logs: list[ResourceLogs] = field(default_factory=list)
    metrics: list[Raw] = field(default_factory=list)
    profiles: int = 0
    dropped: int = 0
    valueless: int = 0
    partial: bool = False

    @property
    def has_remarks(self) -> bool:
        """Whether something about it must be told."""
        return bool(self.dropped or self.valueless or self.profiles or self.partial)


def decode(data: bytes | memoryview) -> Document | None:
    """Decode by the shapes; None where the document has other spellings or types and must be read leniently."""
    try:
        decoded = _DECODER.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    document = Document()
    for request in decoded if isinstance(decoded, list) else (decoded,):
        if request.trace is None and request.result is None:
            known = _take(document, request)
        else:
            known = any([_take(document, inner) for inner in _unwrapped(request)])  # noqa: C419 - all are taken
        if not known:
            return None
    return document if decoded and _is_complete(document, data) else None


def _unwrapped(request: Request) -> list[Request]:
    found = [request]
    for outer in found:
        found += [inner for inner in (outer.trace, outer.result) if inner is not None]
    return found


def _take(document: Document, request: Request) -> bool:
    """Add a request to the document; False where it holds nothing by these names."""
    known = False
    for spans in (request.resource_spans, request.batches):
        if spans is not UNSET:
            known = True
            document.spans += spans or ()
    if request.resource_logs is not UNSET:
        known = True
        document.logs += request.resource_logs or ()
    if request.resource_metrics is not UNSET:
        known = True
        document.metrics += request.resource_metrics or ()
    if request.resource_profiles is not UNSET:
        known = True
        document.profiles += len(request.resource_profiles or ())
    if request.trace is not None and b"PARTIAL" in bytes(request.status):
        document.partial = True
    return known


def spans_of(group: ResourceSpans) -> list[Span]:
    """All spans of a resource, whatever their scope."""
    scopes = group.instrumentation_library_spans if group.scope_spans is UNSET else group.scope_spans
    if scopes and len(scopes) == 1:
        return scopes[0].spans or []
    return [span for scope in scopes or () for span in scope.spans or ()]


def log_scopes(group: ResourceLogs) -> list[ScopeLogs]:
    """The scopes of a resource's log records."""
    scopes = group.instrumentation_library_logs if group.scope_logs is UNSET else group.scope_logs
    return scopes or []


def logs_of(group: ResourceLogs) -> list[LogRecord]:
    """All log records of a resource, whatever their scope."""
    return [record for scope in log_scopes(group) for record in scope.records]


def _is_complete(document: Document, data: bytes | memoryview) -> bool:
    """Whether no part looks as if it were spelt in another way (snake case, in part or throughout)."""
    doubtful = False
    for group in document.spans:
        spans = spans_of(group)
        if not spans or not spans[0].trace_id or not spans[0].start_time_unix_nano:
            doubtful = True
    for logs in document.logs:
        doubtful = doubtful or not (records := logs_of(logs)) or not records[0].time_unix_nano
    return not (doubtful and _SNAKE_CASE.search(data))


_SNAKE_CASE = re.compile(
    rb'"(?:scope_spans|scope_logs|log_records|trace_id|start_time_unix_nano|time_unix_nano)"\s*:'
)
