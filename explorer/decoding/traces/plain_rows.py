"""Plain spans and log records into columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from explorer.decoding.lenient import LATEST_NS, text_of
from explorer.decoding.picking import Picked
from explorer.decoding.traces.harvest import is_truthy
from explorer.decoding.traces.plain import Origin, PlainLog, PlainPoint, PlainSpan
from explorer.decoding.traces.processes import Process
from explorer.decoding.traces.resources import UNKNOWN_SERVICE, resource_of, shared_fields
from explorer.decoding.traces.rows import FULL, UNKNOWN, SpanRows
from explorer.model.builder import Builder
from explorer.model.fields import GROUP_ROLES, ROW_ROLES, normalise, role
from explorer.model.ids import span_number
from explorer.model.records import Series
from explorer.model.schema import FailureKind, Kind, LogFlag, SpanFlag, Status, is_error_code

_FIELDS: Final = frozenset({*ROW_ROLES, *GROUP_ROLES})
_LONGEST: Final = 256


class PlainRows:
    """Where plain records go; one for each run of records."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self._rows = SpanRows(builder, durations=True)
        self._id_fields = frozenset(normalise(name) for name in builder.options.id_fields)
        self._processes: dict[int, tuple[Origin, Process]] = {}
        self._known: dict[tuple[str, tuple[tuple[str, str], ...]], Process] = {}
        self._told: set[tuple[int, int, int]] = set()

    def spans(self, spans: Sequence[PlainSpan], doc: int, first: int = 0) -> None:
        """Append spans of a document whose ordinals count from ``first``."""
        for index, span in enumerate(spans, first):
            self._span(span, doc, index)
            if len(self._rows) >= FULL:
                self._rows.flush()

    def logs(self, logs: Sequence[PlainLog], doc: int, first: int = 0) -> None:
        """Append log records of a document whose ordinals count from ``first``."""
        before = 0
        for index, log in enumerate(logs, first):
            inferred = not 0 < log.time <= LATEST_NS
            before = before if inferred else log.time
            self._log(log, before, int(LogFlag.TIME_INFERRED) * inferred, doc, index)

    def points(self, points: Sequence[PlainPoint]) -> None:
        """Append values of metric series."""
        for point in points:
            process = self.process(point.origin)
            labels = tuple(sorted({*point.labels, *process.identity}))
            series = self.builder.series_code(
                Series(point.name, labels, point.unit, point.kind, process.name)
            )
            self.builder.points.append(series=series, time=point.time, value=point.value)

    def finish(self) -> None:
        """Write what is pending."""
        self._rows.flush()

    def process(self, origin: Origin) -> Process:
        """The process as the columns name it."""
        known = self._processes.get(id(origin))  # documents name the same object for all spans of a process
        if known is not None and known[0] is origin:
            return known[1]
        if len(self._processes) > FULL:
            self._processes.clear()
        key = (origin.service, tuple((name, text_of(value)) for name, value in origin.attributes))
        process = self._known.get(key)
        if process is None:
            process = self._known[key] = self._make(origin)
        self._processes[id(origin)] = (origin, process)
        return process

    def _make(self, origin: Origin) -> Process:
        resource = resource_of(origin.attributes, origin.service)
        services = self.builder.services
        identity = (("instance", resource.instance), ("pod", resource.pod), ("host", resource.host))
        return Process(
            service=services[resource.service or UNKNOWN_SERVICE],
            log_service=services[resource.service],
            resource=self.builder.resource_value(resource),
            name=resource.service,
            identity=tuple((label, value) for label, value in identity if value),
            fields=shared_fields(origin.attributes),
        )

    def _span(self, span: PlainSpan, doc: int, index: int) -> None:
        rows, builder, process = self._rows, self.builder, self.process(span.origin)
        picked = span.picked()
        status, flags = _status(span, picked)
        at = len(rows)
        rows.trace.append(builder.traces[span.trace])
        rows.span_id.append(span.span_id)
        rows.parent_id.append(span.parent_id)
        rows.service.append(process.service)
        rows.name.append(builder.operations[span.name])
        rows.start.append(span.start if 0 < span.start <= LATEST_NS else 0)
        rows.end.append(UNKNOWN if span.duration is None or abs(span.duration) > LATEST_NS else span.duration)
        rows.kind.append(span.kind)
        rows.status.append(status)
        rows.code.append(picked.code)
        rows.flags.append(span.flags | flags)
        rows.resource.append(process.resource)
        peer = (span.peer or picked.peer) if span.kind != Kind.SERVER else ""
        rows.peer.append(builder.texts[peer[:200]])
        rows.doc.append(doc)
        rows.index.append(index)
        self._tell(at, span, picked, process)

    def _tell(self, at: int, span: PlainSpan, picked: Picked, process: Process) -> None:
        rows = self._rows
        first = (rows.trace[at], process.resource, rows.doc[at])
        if process.fields and first not in self._told:
            self._told.add(first)
            for name, value in process.fields:
                rows.field(at, name, value)
        for name, value in picked.fields:
            rows.field(at, name, value)
        for name, item in self._user_fields(span.attributes):
            rows.field(at, name, item)
        for event in span.events:
            rows.event(at, event.time_ns if 0 < event.time_ns <= LATEST_NS else rows.start[at], event.name)
        for trace, span_id in span.links:
            rows.link(at, trace, span_number(span_id))
        if rows.status[at] == Status.ERROR:
            picked.message = span.message
            for fault in reversed(span.faults):
                rows.failure(at, FailureKind.EXCEPTION, fault.type, fault.message)
            for kind, type_, message in picked.reasons():
                if kind is not FailureKind.EXCEPTION or not span.faults:
                    rows.failure(at, kind, type_, message)

    def _user_fields(self, attributes: Sequence[tuple[str, Any]]) -> list[tuple[str, str]]:
        """Fields that the user names as the correlation id, unless they count as one anyway."""
        if not self._id_fields:
            return []
        named = [(name, text_of(value)) for name, value in attributes if normalise(name) in self._id_fields]
        return [(name, value) for name, value in named if role(name) not in _FIELDS]

    def _log(self, log: PlainLog, time: int, flags: int, doc: int, index: int) -> None:
        builder, process = self.builder, self.process(log.origin)
        row = builder.logs.append(
            time=time, severity=log.severity, flags=flags, service=process.log_service, resource=process.resource,
            trace=builder.traces[log.trace], span_id=span_number(log.span_id), doc=doc, index=index,
        )  # fmt: skip
        for name, value in process.fields:
            builder.log_field(row, name, value)
        for name, item in log.attributes:
            if role(name) in _FIELDS or normalise(name) in self._id_fields:
                builder.log_field(row, name, text_of(item))
        for fault in log.faults[-1:]:
            builder.log_field(row, "exception.type", fault.type[:_LONGEST])
            builder.log_field(row, "exception.message", fault.message[:_LONGEST])


def _status(span: PlainSpan, picked: Picked) -> tuple[int, int]:
    """Status and flags: as said, else by the error attribute, else by the code."""
    if span.status:
        return span.status, 0
    if picked.error is not None:
        return (int(Status.ERROR), 0) if is_truthy(picked.error) else (0, 0)
    if picked.code and is_error_code(picked.code, span.kind):
        return int(Status.ERROR), int(SpanFlag.INFERRED_ERROR)
    return 0, 0
