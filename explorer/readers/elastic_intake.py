"""What Elastic APM's agents send to their server, as it is found on disk: lines of metadata, spans, errors, logs.

Source: elastic/apm-server docs/spec/v2. The process is told once, in a line that holds for those after it. Browsers
send the same with short names (:mod:`explorer.decoding.traces.elastic_rum`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import Document, listed, moment, named, number, text
from explorer.decoding.lenient import loads, nanoseconds
from explorer.decoding.logs.severity import word_severity
from explorer.decoding.outline import outline
from explorer.decoding.traces.elastic import faults_of, flat, kind_of, origin_of, stack_of, status_of
from explorer.decoding.traces.elastic_rum import MARKS, long_events
from explorer.decoding.traces.plain import (
    NOWHERE,
    Fault,
    Origin,
    Pairs,
    Parsed,
    PlainLog,
    PlainPoint,
    PlainSpan,
)
from explorer.decoding.traces.plain_documents import open_parsed, read_each, take
from explorer.decoding.traces.plain_rows import PlainRows
from explorer.model.builder import Builder, Records
from explorer.model.schema import Status

NAME: Final = "elastic-intake"
LABEL: Final = "Elastic APM (agent events)"
RECOGNISED_BY: Final = (
    "lines that each hold one object named metadata, transaction, span, error, metricset or log, or m, x or e"
)
FRAMINGS: Final = ("lines", "document")

_US: Final = 1000
_ERROR: Final = 17
_MARKS: Final[Mapping[str, frozenset[str]]] = {
    "metadata": frozenset({"service"}),
    "transaction": frozenset({"trace_id", "span_count"}),
    "span": frozenset({"trace_id", "parent_id"}),
    "metricset": frozenset({"samples"}),
    "log": frozenset({"message"}),
    **MARKS,
}
_RENAMED: Final = {
    "service.agent.name": "agent.name",
    "service.node.configured_name": "service.node.name",
    "system.hostname": "host.name",
    "system.configured_hostname": "host.hostname",
    "system.detected_hostname": "host.name",
    "system.container.id": "container.id",
    "system.kubernetes.pod.name": "kubernetes.pod.name",
    "system.kubernetes.namespace": "kubernetes.namespace",
    "system.kubernetes.node.name": "kubernetes.node.name",
    "response.status_code": "http.response.status_code",
    "http.status_code": "http.response.status_code",
    "request.method": "http.request.method",
    "db.type": "db.system",
    "db.instance": "db.name",
    "destination.service.resource": "span.destination.service.resource",
    "request.url.full": "url.full",
}
_LEFT_OUT: Final = (
    "id", "trace_id", "parent_id", "transaction_id", "name", "timestamp", "duration", "stacktrace", "exception", "log",
    "links", "context", "otel", "start",
)  # fmt: skip


def detect(head: bytes) -> Confidence | None:
    """By the one name at the top of a line, and what an event of that name has."""
    if head[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"{":
        return None
    line = head.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")[0].rstrip()
    paths = outline(line if line.endswith(b"}") else head)  # else one document over several lines
    names = [path[0] for path in paths if len(path) == 1]
    if len(names) != 1:
        return None
    below = {path[1] for path in paths if len(path) == 2}
    if names[0] == "error":
        return Confidence.CERTAIN if "id" in below and below & {"exception", "log", "culprit"} else None
    return Confidence.CERTAIN if names[0] in _MARKS and below >= _MARKS[names[0]] else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read lines; those of other kinds, or that do not parse, are returned."""
    rows, first = PlainRows(builder), len(builder.spans)
    known: list[Any] = builder.memory.setdefault(NAME, [-1, NOWHERE, _Offsets()])
    if known[0] != records.file:
        known[:] = [records.file, NOWHERE, offsets := _Offsets()]
        builder.at_end(lambda: offsets.settle(builder))
    offsets, count = known[2], 0

    def one(document: Document) -> bool:
        nonlocal count
        events = _events(document.value, max(builder.file.mtime_ns, 0))
        if events is None:
            return False
        for name, fields in events:
            if name == "metadata":
                known[1] = _metadata(fields)
            elif name in ("span", "transaction"):
                offsets.take(name, fields, first + count)
                count += 1
        take(_parse(events, known[1], document.value), rows, document)
        if "x" in document.value:
            text_ = "events of browsers have no time of their own: they are placed where the file was last written"
            document.remark("info", "no-time", text_)
        return True

    refused = read_each(records, builder, one, detect)
    rows.finish()
    return refused


class _Offsets:
    """When transactions began, and spans of old agents that tell only how long after that they did."""

    def __init__(self) -> None:
        self._begun: dict[tuple[str, str], int] = {}
        self._spans: list[tuple[int, tuple[str, str], int]] = []

    def take(self, name: str, fields: dict[str, Any], ordinal: int) -> None:
        """Note an event that became the span with that ordinal."""
        trace, time = text(fields.get("trace_id")), nanoseconds(fields.get("timestamp"), _US)
        if name == "transaction" and time:
            self._begun[trace, text(fields.get("id"))] = time
        offset = nanoseconds(fields.get("start"), _US * _US)
        if name == "span" and not time and offset is not None:
            self._spans.append((ordinal, (trace, text(fields.get("transaction_id"))), offset))

    def settle(self, builder: Builder) -> None:
        """Write the begins that are known once the whole file was read: transactions come behind their spans."""
        for ordinal, transaction, offset in self._spans:
            if transaction in self._begun and ordinal < len(builder.spans):
                builder.spans.start[ordinal] = self._begun[transaction] + offset


def open_record(raw: bytes) -> OpenRecord:
    """Open a line again; what the metadata said of the process stands in another line."""
    value = loads(raw)
    events = _events(value, 0)
    return open_parsed(_parse(events, NOWHERE, value) if events is not None else None, raw)


def _events(value: Any, arrived_ns: int) -> list[tuple[str, dict[str, Any]]] | None:
    if not isinstance(value, dict) or len(value) != 1:
        return None
    ((name, fields),) = value.items()
    if isinstance(fields, dict) and (name in _TAKE or name == "metadata"):
        return [(name, fields)]
    return long_events(value, arrived_ns)


def _parse(events: list[tuple[str, dict[str, Any]]], origin: Origin, source: Any) -> Parsed:
    parsed = Parsed()
    for name, fields in events:
        if name in _TAKE:
            _TAKE[name](fields, origin, source if len(events) == 1 else fields, parsed)
    return parsed


def _metadata(fields: dict[str, Any]) -> Origin:
    renamed = {_RENAMED.get(name, name): value for name, value in flat(fields)}
    return origin_of(renamed)[0]


def _origin(fields: dict[str, Any], origin: Origin) -> Origin:
    """The process of an event, which may name another service than the metadata."""
    service = named(named(fields.get("context")).get("service"))
    if not service.get("name") or service["name"] == origin.service:
        return origin
    said = {f"service.{name}": value for name, value in flat(service)}
    others = [pair for pair in origin.attributes if not pair[0].startswith("service.")]
    return Origin(text(service["name"]), [*_metadata(said).attributes, *others])


def _take_span(
    fields: dict[str, Any], origin: Origin, source: Any, parsed: Parsed, *, is_transaction: bool
) -> None:
    attributes = _attributes(fields)
    said = dict(attributes)
    status = status_of(fields.get("outcome"), fields.get("result"))
    otel = named(fields.get("otel"))
    parent = fields.get("parent_id") or (None if is_transaction else fields.get("transaction_id"))
    parsed.spans.append(
        PlainSpan(
            trace=text(fields.get("trace_id")),
            span_id=text(fields.get("id")),
            parent_id=text(parent),
            name=text(fields.get("name") or fields.get("type")),
            origin=_origin(fields, origin),
            start=nanoseconds(fields.get("timestamp"), _US) or 0,
            duration=nanoseconds(fields.get("duration"), _US * _US),
            kind=kind_of(
                text(otel.get("span_kind")), text(fields.get("type")), is_transaction=is_transaction
            ),
            status=status,
            message=text(fields.get("result")) if status == Status.ERROR else "",
            peer=text(said.get("span.destination.service.resource") or said.get("service.target.name")),
            attributes=attributes,
            links=[
                (text(one.get("trace_id")), text(one.get("span_id")))
                for one in map(named, listed(fields.get("links")))
            ],
            source=source,
        )
    )


def _take_error(fields: dict[str, Any], origin: Origin, source: Any, parsed: Parsed) -> None:
    log = named(fields.get("log"))
    faults = faults_of(fields.get("exception"))
    message = text(log.get("message") or _raised(faults) or fields.get("culprit") or "error")
    stack = stack_of(log.get("stacktrace"))
    parsed.logs.append(
        PlainLog(
            time=nanoseconds(fields.get("timestamp"), _US) or 0,
            message=f"{message}\n{stack}" if stack and not faults else message,
            severity=word_severity(text(log.get("level"))) or _ERROR,
            trace=text(fields.get("trace_id")),
            span_id=text(fields.get("parent_id") or fields.get("transaction_id")),
            origin=_origin(fields, origin),
            attributes=_attributes(fields),
            faults=faults,
            source=source,
        )
    )


def _raised(faults: list[Fault]) -> str:
    return faults[-1].message or faults[-1].type if faults else ""


def _take_log(fields: dict[str, Any], origin: Origin, source: Any, parsed: Parsed) -> None:
    said = dict(flat(fields))
    own, rest = origin_of(said)
    time = said.get("@timestamp")
    parsed.logs.append(
        PlainLog(
            time=(nanoseconds(time, _US) or 0) if isinstance(time, int | float) else moment(time),
            message=text(said.get("message")),
            severity=word_severity(text(said.get("log.level"))),
            trace=text(said.get("trace.id")),
            span_id=text(said.get("span.id") or said.get("transaction.id")),
            origin=own if own.service and own.service != origin.service else origin,
            attributes=rest,
            source=source,
        )
    )


def _take_metrics(fields: dict[str, Any], origin: Origin, _: Any, parsed: Parsed) -> None:
    time = nanoseconds(fields.get("timestamp"), _US) or 0
    of = [pair for name in ("transaction", "span") for pair in flat(named(fields.get(name)), f"{name}.")]
    labels = tuple((name, text(value)) for name, value in (*named(fields.get("tags")).items(), *of))
    valueless = 0
    for sample_name, sample in named(fields.get("samples")).items():
        name, one = sample_name, named(sample)
        kind = text(one.get("type"))
        found = number(one.get("value"))
        if found is None and isinstance(one.get("counts"), list):
            counts = [count for item in one["counts"] if (count := number(item)) is not None]
            name, found, kind = f"{name}.count", sum(counts), "histogram"
        if found is None or not time:
            valueless += 1
            continue
        known = kind if kind in ("gauge", "counter", "histogram") else "unknown"
        parsed.points.append(PlainPoint(name, time, found, known, text(one.get("unit")), origin, labels))  # type: ignore[arg-type]
    if valueless:
        parsed.skipped.append(("info", "no-value", "samples of metrics without a value or time", valueless))


def _take_transaction(fields: dict[str, Any], origin: Origin, source: Any, parsed: Parsed) -> None:
    _take_span(fields, origin, source, parsed, is_transaction=True)


def _take_inner(fields: dict[str, Any], origin: Origin, source: Any, parsed: Parsed) -> None:
    _take_span(fields, origin, source, parsed, is_transaction=False)


_TAKE: Final[dict[str, Callable[[dict[str, Any], Origin, Any, Parsed], None]]] = {
    "transaction": _take_transaction,
    "span": _take_inner,
    "error": _take_error,
    "metricset": _take_metrics,
    "log": _take_log,
}


def _attributes(fields: dict[str, Any]) -> Pairs:
    """Fields and context of an event under the names that the documents have for them."""
    own = flat({name: value for name, value in fields.items() if name not in _LEFT_OUT})
    context = [
        (_RENAMED.get(name, name).removeprefix("tags."), value)
        for name, value in flat(named(fields.get("context")))
        if not name.startswith("service.agent") and value is not None
    ]
    return [*own, *context, *flat(named(named(fields.get("otel")).get("attributes")))]
