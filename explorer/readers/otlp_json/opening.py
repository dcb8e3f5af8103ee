"""One span or log record of a document decoded whole, for the row on screen."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from operator import itemgetter
from typing import Any

import msgspec
from msgspec import Raw, Struct

from explorer.decoding.contract import OpenRecord
from explorer.decoding.lenient import loads, nanoseconds, text_of
from explorer.decoding.picking import pick
from explorer.model.records import Attributes, Detail, SpanEvent
from explorer.readers.otlp_json.loose import items, named, raw, requests, scopes
from explorer.readers.otlp_json.values import pairs, plain

_OBJECT, _first = frozenset(b"{"), itemgetter(0)


@dataclass(frozen=True, slots=True)
class Run:
    """The spans or log records of one scope, thousands perhaps, each decoded only when it is asked for."""

    records: list[Raw]
    resource: Raw
    scope: Raw
    is_log: bool


class _Scope(Struct, rename="camel"):
    scope: Raw = Raw(b"null")
    instrumentation_library: Raw = Raw(b"null")
    spans: list[Raw] | None = None
    log_records: list[Raw] | None = None
    logs: list[Raw] | None = None


class _Group(Struct, rename="camel"):
    resource: Raw = Raw(b"null")
    scope_spans: list[_Scope] | None = None
    instrumentation_library_spans: list[_Scope] | None = None
    scope_logs: list[_Scope] | None = None
    instrumentation_library_logs: list[_Scope] | None = None


class _Request(Struct, rename="camel"):
    resource_spans: list[_Group] | None = None
    batches: list[_Group] | None = None
    resource_logs: list[_Group] | None = None
    trace: _Request | None = None
    result: _Request | None = None


_DECODER = msgspec.json.Decoder(_Request | list[_Request])


def open_document(data: bytes) -> OpenRecord:
    """Access to the spans and log records of a document by ordinal: all spans first, then all logs."""
    runs = located(data)
    if runs is None:
        runs = _spelt_out(data)
    ends = list(accumulate(len(run.records) for run in runs))

    def opened(index: int) -> Detail:
        if not 0 <= index < (ends[-1] if ends else 0):
            return Detail(raw=data.decode("utf-8", "replace"))
        at = bisect_right(ends, index)
        run = runs[at]
        # Counted from the end of its run.
        record = run.records[index - ends[at]]
        return log_detail(record, run) if run.is_log else span_detail(record, run)

    return opened


def located(data: bytes) -> list[Run] | None:
    """The records of a document whose lists are spelt as the shapes are, not decoded; None of another."""
    try:
        decoded = _DECODER.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    found: list[_Request] = []
    for request in decoded if isinstance(decoded, list) else [decoded]:
        inner = [request]
        for outer in inner:
            inner += [one for one in (outer.trace, outer.result) if one is not None]
        found += inner
    groups = [group for one in found for group in (*(one.resource_spans or ()), *(one.batches or ()))]
    spans = [(group, group.scope_spans or group.instrumentation_library_spans or ()) for group in groups]
    groups = [group for one in found for group in one.resource_logs or ()]
    logs = [(group, group.scope_logs or group.instrumentation_library_logs or ()) for group in groups]
    runs = [
        Run(scope.spans or [], group.resource, _scope(scope), is_log=False)
        for group, scopes in spans
        for scope in scopes
    ] + [
        Run(scope.log_records or scope.logs or [], group.resource, _scope(scope), is_log=True)
        for group, scopes in logs
        for scope in scopes
    ]
    # Where a list seems to be missing, it may have another name.
    full = runs and all(scopes for _, scopes in spans + logs) and all(run.records for run in runs)
    return runs if (full or not _SNAKE_CASE.search(data)) and all(map(_is_whole, runs)) else None


_SNAKE_CASE = re.compile(rb'"(?:(?:resource|scope|instrumentation_library)_(?:spans|logs)|log_records)"\s*:')


def _is_whole(run: Run) -> bool:
    """Whether all records are objects; what stands among them was not counted when they were read."""
    views: Iterator[memoryview] = map(memoryview, run.records)
    return set(map(_first, views)) <= _OBJECT


def _scope(scope: _Scope) -> Raw:
    return scope.instrumentation_library if bytes(scope.scope) == b"null" else scope.scope


def _spelt_out(data: bytes) -> list[Run]:
    """The records of a document in another spelling."""
    spans: list[Run] = []
    logs: list[Run] = []
    for request in requests(data) or ():
        for group in map(named, (*items(request.get("resourceSpans")), *items(request.get("batches")))):
            spans += [
                _run(items(scope.get("spans")), group, scope, is_log=False)
                for scope in scopes(group, "scopeSpans", "instrumentationLibrarySpans")
            ]
        for group in map(named, items(request.get("resourceLogs"))):
            for scope in scopes(group, "scopeLogs", "instrumentationLibraryLogs"):
                records = items(scope.get("logRecords")) or items(scope.get("logs"))
                logs.append(_run(records, group, scope, is_log=True))
    return spans + logs


def _run(records: list[Any], group: dict[str, Any], scope: dict[str, Any], *, is_log: bool) -> Run:
    name = raw(scope.get("scope", scope.get("instrumentationLibrary")))
    found = [raw(one) for one in records if isinstance(one, dict)]
    return Run(found, raw(group.get("resource")), name, is_log)


def span_detail(record: Raw, run: Run) -> Detail:
    """Everything that a span says."""
    data = bytes(record)
    span = named(loads(data))
    attributes = pairs(span.get("attributes"))
    events = tuple([_event(one) for one in map(named, items(span.get("events")))])
    told = next((event for event in reversed(events) if event.name == "exception"), None)
    state = span.get("traceState")
    return Detail(
        attributes=(*attributes, *((("tracestate", state),) if state else ())),
        events=events,
        links=tuple([
            (text_of(link.get("traceId")), text_of(link.get("spanId")))
            for link in map(named, items(span.get("links")))
        ]),
        message=text_of(named(span.get("status")).get("message")),
        **_common(data, run, attributes if told is None else told.attributes),
    )  # fmt: skip


def log_detail(record: Raw, run: Run) -> Detail:
    """Everything that a log record says; ``message`` is its body, as JSON where it is no text."""
    data = bytes(record)
    log = named(loads(data))
    attributes = pairs(log.get("attributes"))
    extra = [("event.name", log["eventName"])] if log.get("eventName") else []
    return Detail(
        attributes=(*extra, *attributes),
        message=text_of(plain(log.get("body"))),
        **_common(data, run, attributes),
    )


def _common(data: bytes, run: Run, exception: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Resource, scope, exception and raw text, which spans and logs have alike."""
    told = pick(exception)
    raised = told.error_type if told.exception_message or told.stack else ""
    return {
        "resource": _resource(bytes(run.resource)),
        "scope": _scope_words(bytes(run.scope)),
        "exception_type": told.exception_type or raised,
        "exception_message": told.exception_message,
        "stack": told.stack,
        "raw": data.decode("utf-8", "replace"),
    }


@lru_cache(maxsize=256)
def _resource(data: bytes) -> Attributes:
    """Attributes of a resource: hundreds of spans have the same."""
    return tuple(pairs(named(loads(data) if data else None).get("attributes")))


@lru_cache(maxsize=256)
def _scope_words(data: bytes) -> str:
    """Name and version of a scope."""
    scope = named(loads(data) if data else None)
    return " ".join(text_of(scope.get(name)) for name in ("name", "version")).strip()


def _event(fields: dict[str, Any]) -> SpanEvent:
    time = nanoseconds(fields.get("timeUnixNano")) or 0
    return SpanEvent(time, text_of(fields.get("name")), tuple(pairs(fields.get("attributes"))))
