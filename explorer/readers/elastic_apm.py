"""Elastic APM's documents: transactions, spans, errors, logs and metrics, nested, with dotted names or as ``fields``.

Source: elastic/apm-server (exported fields), elastic/apm-data. They come as search answers, dumps or bare.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, moment, number, text
from explorer.decoding.lenient import nanoseconds
from explorer.decoding.logs.severity import word_severity
from explorer.decoding.outline import outline
from explorer.decoding.traces.elastic import faults_of, flat, kind_of, origin_of, stack_of, status_of
from explorer.decoding.traces.hits import hits_in, names_in
from explorer.decoding.traces.plain import Fault, Pairs, Parsed, PlainLog, PlainPoint, PlainSpan
from explorer.decoding.traces.plain_documents import open_plain, read_plain
from explorer.model.builder import Builder, Records
from explorer.model.schema import Status

NAME: Final = "elastic-apm"
LABEL: Final = "Elastic APM (documents)"
RECOGNISED_BY: Final = "documents with processor.event, or a transaction or span with its duration.us"
FRAMINGS: Final = ("lines", "document")

_US: Final = 1000
_ERROR: Final = 17
_FAULT: Final = ("error.exception", "error.grouping_key", "error.id", "error.culprit")
_OWN: Final = frozenset(
    {
        "processor.event",
        "transaction.duration.us",
        "span.duration.us",
        "error.grouping_key",
        "transaction.sampled",
    }
)
_TIMES: Final = frozenset({"@timestamp", "timestamp.us"})
_DULL: Final = (
    "@timestamp", "timestamp.us", "trace.id", "parent.id", "span.id", "transaction.id", "processor.", "observer.",
    "ecs.", "data_stream.", "error.exception", "error.log.stacktrace", "span.stacktrace", "span.links", "_",
    "span.name", "transaction.name", "span.duration.us", "transaction.duration.us", "event.ingested", "message",
)  # fmt: skip
_NO_VALUES: Final = (
    *_DULL, "event.", "labels.", "numeric_labels.", "metricset.", "timeseries.", "transaction.root", "timestamp.",
)  # fmt: skip


def detect(head: bytes) -> Confidence | None:
    """By the fields that only APM's documents have."""
    if (
        b'"transaction' not in head
        and b"processor" not in head
        and b'"span' not in head
        and b'"error' not in head
    ):
        return None
    names = names_in(head) | {".".join(path[1:]) for path in outline(head) if path[0] == "events"}
    return Confidence.CERTAIN if names & _OWN and names & _TIMES else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read documents; those of other kinds, or that do not parse, are returned."""
    return read_plain(records, builder, _parse, detect)


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again."""
    return open_plain(raw, _parse)


def _parse(value: Any) -> Parsed | None:
    events = value.get("events") if isinstance(value, dict) else None
    hits = hits_in(events if isinstance(events, list) else value)
    parsed = Parsed(dropped=hits.broken)
    others = mine = 0
    for document in hits.documents:
        fields = dict(flat(document))
        take = _TAKE.get(_event(fields))
        if take is None:
            others += 1
        else:
            mine += 1
            take(fields, document, parsed)
    if not mine:
        return None
    if others:
        parsed.skipped.append(
            ("info", "other-documents", "documents that are not APM's are left out", others)
        )
    if hits.remark:
        parsed.remarks.append(("warning", "part-of-the-hits", hits.remark))
    return parsed


def _event(fields: Mapping[str, Any]) -> str:
    """What a document is: as it says, else by what it has."""
    said = text(fields.get("processor.event"))
    if said:
        return said
    timed = fields.get("event.duration") is not None
    if fields.get("span.duration.us") is not None or (timed and fields.get("span.id")):
        return "span"
    if fields.get("transaction.duration.us") is not None or (timed and fields.get("transaction.id")):
        return "transaction"
    if any(name.startswith(_FAULT) for name in fields):
        return "error"
    return "log" if "message" in fields and "@timestamp" in fields and "agent.name" in fields else ""


def _take_span(fields: Mapping[str, Any], document: Any, parsed: Parsed) -> None:
    of = _event(fields)
    origin, rest = origin_of(fields)
    status = status_of(fields.get("event.outcome"), fields.get("transaction.result"))
    target = fields.get("span.destination.service.resource") or fields.get("service.target.name")
    parsed.spans.append(
        PlainSpan(
            trace=text(fields.get("trace.id")),
            span_id=text(fields.get(f"{of}.id")),
            parent_id=text(
                fields.get("parent.id") or (fields.get("transaction.id") if of == "span" else None)
            ),
            name=text(fields.get(f"{of}.name") or fields.get(f"{of}.type")),
            origin=origin,
            start=_time(fields),
            duration=_duration(fields, of),
            kind=kind_of(
                text(fields.get("span.kind")), text(fields.get(f"{of}.type")), is_transaction=of != "span"
            ),
            status=status,
            message=text(fields.get("transaction.result")) if status == Status.ERROR else "",
            peer=text(target),
            attributes=_attributes(rest),
            links=_links(fields),
            source=document,
        )
    )


def _links(fields: Mapping[str, Any]) -> list[tuple[str, str]]:
    links = [dict(flat(one)) for one in listed(fields.get("span.links")) if isinstance(one, dict)]
    return [(text(one.get("trace.id")), text(one.get("span.id"))) for one in links]


def _take_error(fields: Mapping[str, Any], document: Any, parsed: Parsed) -> None:
    origin, rest = origin_of(fields)
    faults = faults_of(fields.get("error.exception"))
    if not faults and any(fields.get(f"error.exception.{part}") for part in ("type", "message")):
        types, messages = (_several(fields.get(f"error.exception.{part}")) for part in ("type", "message"))
        faults = [Fault(type_, message) for type_, message in zip(types, messages, strict=False)][::-1]
    logged = fields.get("error.log.message")
    if not faults and fields.get("error.stack_trace"):
        said = [text(fields.get(f"error.{part}")) for part in ("type", "message", "stack_trace")]
        faults = [Fault(*said)]
    raised = faults[-1].message or faults[-1].type if faults else ""
    message = text(logged or fields.get("message") or raised or fields.get("error.culprit") or "error")
    stack = stack_of(fields.get("error.log.stacktrace"))
    parsed.logs.append(
        PlainLog(
            time=_time(fields),
            message=f"{message}\n{stack}" if stack and not faults else message,
            severity=word_severity(text(fields.get("error.log.level"))) or _ERROR,
            trace=text(fields.get("trace.id")),
            span_id=text(fields.get("span.id") or fields.get("parent.id") or fields.get("transaction.id")),
            origin=origin,
            attributes=_attributes(rest),
            faults=faults,
            source=document,
        )
    )


def _take_log(fields: Mapping[str, Any], document: Any, parsed: Parsed) -> None:
    origin, rest = origin_of(fields)
    parsed.logs.append(
        PlainLog(
            time=_time(fields),
            message=text(fields.get("message")),
            severity=word_severity(text(fields.get("log.level"))),
            trace=text(fields.get("trace.id")),
            span_id=text(fields.get("span.id") or fields.get("transaction.id")),
            origin=origin,
            attributes=_attributes(rest),
            source=document,
        )
    )


def _take_metric(fields: Mapping[str, Any], _: Any, parsed: Parsed) -> None:
    """Every number that is no part of the common fields is a value."""
    origin, rest = origin_of(fields)
    labels = tuple(
        (name.removeprefix("labels."), text(value))
        for name, value in rest
        if name.startswith(("labels.", "metricset.name", "event.outcome"))
        or (isinstance(value, str) and name.startswith(("transaction.", "span.")))
    )
    before = len(parsed.points)
    time = _time(fields)
    for name, value in rest:
        found = number(value) if not isinstance(value, str) else None
        if found is not None and not name.startswith(_NO_VALUES):
            parsed.points.append(PlainPoint(name, time, found, origin=origin, labels=labels))
    for name, value in rest:
        if name.endswith(".counts"):
            counts = [found for one in _list(value) if (found := number(one)) is not None]
            parsed.points.append(PlainPoint(f"{name[:-1]}", time, sum(counts), origin=origin, labels=labels))
    if len(parsed.points) == before:
        parsed.skipped.append(("info", "no-value", "metric documents without a number", 1))


_TAKE: Final[dict[str, Callable[[Mapping[str, Any], Any, Parsed], None]]] = {
    "transaction": _take_span,
    "span": _take_span,
    "error": _take_error,
    "log": _take_log,
    "metric": _take_metric,
}


def _time(fields: Mapping[str, Any]) -> int:
    """The time in µs where it is given; ``@timestamp`` is exact to the millisecond only."""
    return nanoseconds(fields.get("timestamp.us"), _US) or moment(fields.get("@timestamp"))


def _duration(fields: Mapping[str, Any], of: str) -> int | None:
    """In µs, or in ns where newer writers put it."""
    said = fields.get(f"{of}.duration.us")
    return nanoseconds(fields.get("event.duration")) if said is None else nanoseconds(said, _US)


def _attributes(pairs: Pairs) -> Pairs:
    return [(name, value) for name, value in pairs if not name.startswith(_DULL)]


def _several(value: Any) -> list[str]:
    return [text(one) for one in _list(value)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
