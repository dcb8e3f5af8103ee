"""A drawing (:mod:`tests.drawn`) as a store, through the builder and the assembly, as a reader would fill it.

The raw bytes behind each span and log are its OTLP line, so details can be opened again.
"""

from __future__ import annotations

import numpy as np

from explorer.decoding.picking import pick
from explorer.model.assemble import assemble
from explorer.model.builder import Builder, Records
from explorer.model.ids import span_number
from explorer.model.issue import Issues
from explorer.model.records import File, Finding, Mark, Resource, Series
from explorer.model.schema import FailureKind, SpanFlag, Status, is_error_code
from explorer.model.store import Store
from tests.drawn import (
    BASE_NS,
    LEVELS,
    Drawing,
    DrawnLog,
    DrawnSpan,
    DrawnTrace,
    draw,
    span_hex,
    time_ns,
    trace_hex,
)
from tests.drawn_otlp import dumped, log_line, span_line
from tests.model.fields import span_field

_FIELDS = {
    "k8s.pod.name": "pod",
    "host.name": "host",
    "service.version": "version",
    "container.image.name": "image",
}


def store_of(drawing: Drawing | str, name: str = "drawn") -> Store:
    """The store of a drawing."""
    drawing = draw(drawing) if isinstance(drawing, str) else drawing
    writer = _Writer(drawing)
    for trace in drawing.traces:
        for span in trace.spans:
            writer.span(trace, span)
        for log in trace.logs:
            writer.log(log, trace)
    for log in drawing.logs:
        writer.log(log, None)
    writer.rest()
    return assemble(writer.builder, name)


class _Writer:
    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.builder = Builder(Issues())
        self.file = self.builder.begin_file(File("drawn.jsonl", None, -1, 0))
        self.builder.begin_reader("otlp-json")
        self.where = {span.label: trace for trace in drawing.traces for span in trace.spans}
        self.offset = 0

    def _document(self, line: bytes) -> int:
        self.builder.raw.keep(self.file, self.offset, line)
        records = Records(self.file, line, self.offset, np.zeros(1, np.int64), np.array([len(line)]))
        self.offset += len(line)
        return self.builder.document(records, 0)

    def _resource(self, span: DrawnSpan) -> int:
        more = {_FIELDS[key]: value for key, value in span.resource}
        return self.builder.resource_value(Resource(service=span.service, **more))

    def span(self, trace: DrawnTrace, span: DrawnSpan) -> None:
        builder = self.builder
        picked = pick(span.attributes)
        status, flags = span.status, 0
        if span.duration_ms is None:
            flags |= SpanFlag.UNFINISHED
        if status == Status.UNSET and picked.code and is_error_code(picked.code, span.kind):
            status, flags = Status.ERROR, flags | SpanFlag.INFERRED_ERROR
        parent = (
            span_hex("lost of " + span.label) if span.orphan else span_hex(span.parent) if span.parent else ""
        )
        row = builder.spans.append(
            trace=builder.traces[trace_hex(trace.name)], span_id=span_number(span_hex(span.label)),
            parent_id=span_number(parent), service=builder.services[span.service],
            name=builder.operations[span.operation], start=time_ns(trace, span.start_ms),
            duration=round((span.duration_ms or 0) * 10**6), kind=span.kind, status=status, code=picked.code,
            flags=flags, resource=self._resource(span), peer=builder.texts[picked.peer],
            doc=self._document(dumped(span_line(trace, span, self.where))), index=0,
        )  # fmt: skip
        for kind, message in span.exceptions:
            builder.failure(row, FailureKind.EXCEPTION, kind, message)
        if span.message:
            builder.failure(row, FailureKind.MESSAGE, "", span.message)
        for found, kind, message in picked.reasons():
            builder.failure(row, found, kind, message)
        for at, name, _ in span.events:
            builder.event(row, time_ns(trace, at), name)
        for label in span.links:
            builder.link(row, trace_hex(self.where[label].name), span_number(span_hex(label)))
        for key, value in picked.fields:
            span_field(builder, row, key, value)

    def log(self, log: DrawnLog, trace: DrawnTrace | None) -> None:
        builder = self.builder
        at = time_ns(trace, log.at_ms) if trace else BASE_NS + round(log.at_ms * 10**6)
        builder.logs.append(
            time=at, severity=LEVELS[log.level], service=builder.services[log.service],
            resource=builder.resource_value(Resource(service=log.service)),
            trace=builder.traces[trace_hex(log.trace)] if log.trace else -1,
            span_id=span_number(span_hex(log.span)) if log.span else 0,
            doc=self._document(dumped(log_line(log, trace))), index=0,
        )  # fmt: skip

    def rest(self) -> None:
        builder = self.builder
        for mark in self.drawing.marks:
            at = BASE_NS + round(mark.at_s * 10**9)
            builder.marks.append(Mark(mark.kind, at, -1, mark.service, mark.text))  # type: ignore[arg-type]
        for metric in self.drawing.metrics:
            code = builder.series_code(Series(metric.name, (), "", "gauge", metric.service))
            for nth, value in enumerate(metric.values):
                builder.points.append(
                    series=code, time=BASE_NS + round(nth * metric.every_s * 10**9), value=value
                )
        for finding in self.drawing.findings:
            at = BASE_NS + round(finding.at_s * 10**9)
            builder.findings.append(
                Finding(finding.tool, "", finding.status, finding.text, time_ns=at, service=finding.service)  # type: ignore[arg-type]
            )
