"""Answers of Sentry's API about traces, and tables of its explorer, to plain spans and logs."""

from __future__ import annotations

from typing import Any, Final

from explorer.decoding.documents import listed, text
from explorer.decoding.lenient import nanoseconds
from explorer.decoding.traces.plain import Parsed, PlainLog, PlainSpan
from explorer.decoding.traces.sentry.common import (
    duration_of,
    kind_of,
    origin_of,
    pairs_of,
    status_of,
    time_of,
)
from explorer.decoding.traces.sentry.events import NO_HEADER
from explorer.model.schema import Status

_MS: Final = 10**6
_TOLERATED_NS: Final = 2 * _MS
_ERROR: Final = 17


def trace_answer(value: Any) -> Parsed:
    """The trace endpoint: spans that hold their children and the errors in them, errors that no span holds."""
    parsed = Parsed()
    if isinstance(value, dict):
        value = [*listed(value.get("transactions")), *listed(value.get("orphan_errors"))]
    doubtful = 0
    waiting: list[tuple[Any, dict[str, Any]]] = [(one, {}) for one in reversed(value)]
    while waiting:
        one, above = waiting.pop()
        if not isinstance(one, dict):
            parsed.dropped += 1
        elif "span_id" in one and ("start_timestamp" in one or "children" in one):
            span = _span(one)
            parsed.spans.append(span)
            stated = nanoseconds(one.get("duration", one.get("transaction.duration")), _MS)
            measured = span.duration if span.duration is not None else stated
            doubtful += stated is not None and measured is not None and abs(stated - measured) > _TOLERATED_NS
            inner = [
                *listed(one.get("children")),
                *listed(one.get("errors")),
                *listed(one.get("occurrences")),
            ]
            waiting += [(each, one) for each in reversed(inner)]
        elif "title" in one or "issue_id" in one or "message" in one:
            parsed.logs.append(_error(one, above))
        else:
            parsed.dropped += 1
    if doubtful:
        said = "durations that differ from begin and end; those are shown"
        parsed.remarks.append(("warning", "duration-differs", said))
    return parsed


def _span(item: dict[str, Any]) -> PlainSpan:
    operation = text(item.get("op") or item.get("transaction.op"))
    end = item.get("end_timestamp", item.get("timestamp"))
    duration = duration_of(item.get("start_timestamp"), end)
    tags = pairs_of(item.get("tags"))
    status = item.get("status") or item.get("transaction.status") or dict(tags).get("status")
    own = ("op", "transaction", "transaction_id", "event_id", "is_segment", "profile_id")
    extra = [*pairs_of(item.get("additional_attributes")), *pairs_of(item.get("data"))]
    return PlainSpan(
        trace=text(item.get("trace") or item.get("trace_id")),
        span_id=text(item.get("span_id")),
        parent_id=text(item.get("parent_span_id")),
        name=text(item.get("description") or item.get("name") or item.get("transaction") or operation),
        origin=origin_of(item, NO_HEADER),
        start=time_of(item.get("start_timestamp")),
        duration=duration if duration is not None else nanoseconds(item.get("duration"), _MS),
        kind=kind_of(operation),
        status=status_of(status),
        message=text(status) if status_of(status) == Status.ERROR else "",
        attributes=[*((name, item[name]) for name in own if item.get(name)), *tags, *extra],
        source={name: inner for name, inner in item.items() if name != "children"},
    )


def _error(item: dict[str, Any], span: dict[str, Any]) -> PlainLog:
    """An error of a trace, within the span that holds it."""
    message = text(item.get("title") or item.get("message") or item.get("description"))
    known = {"level": _ERROR, "fatal": 21, "warning": 13, "info": 9, "debug": 5}
    return PlainLog(
        time=time_of(item.get("timestamp", item.get("start_timestamp")))
        or time_of(span.get("start_timestamp")),
        message=message,
        severity=known.get(text(item.get("level")), _ERROR),
        trace=text(item.get("trace") or item.get("trace_id") or span.get("trace")),
        span_id=text(item.get("span") or item.get("span_id") or span.get("span_id")),
        origin=origin_of({**item, "tags": item.get("tags")}, NO_HEADER),
        attributes=[
            (name, item[name])
            for name in ("event_id", "issue_id", "issue", "culprit", "event_type")
            if item.get(name)
        ],
        source=item,
    )


def table(rows: list[Any]) -> Parsed:
    """Rows of the explorer: a span a row, ``timestamp`` is its begin, ``span.duration`` in ms; parents are not said."""
    parsed = Parsed()
    for row in rows:
        if not isinstance(row, dict) or not (row.get("id") or row.get("span_id")):
            parsed.dropped += 1
            continue
        operation = text(row.get("span.op"))
        begin = row.get("precise.start_ts") or row.get("timestamp")
        parsed.spans.append(
            PlainSpan(
                trace=text(row.get("trace")),
                span_id=text(row.get("span_id") or row.get("id")),
                parent_id=text(row.get("parent_span") or row.get("span.parent_span_id")),
                name=text(row.get("span.description") or row.get("transaction") or operation),
                origin=origin_of(
                    {**row, "project.name": row.get("project.name") or row.get("project")}, NO_HEADER
                ),
                start=time_of(begin),
                duration=nanoseconds(row.get("span.duration"), _MS),
                kind=kind_of(operation),
                status=status_of(row.get("span.status")),
                attributes=[(name, item) for name, item in row.items() if item is not None],
                source=row,
            )
        )
    return parsed
