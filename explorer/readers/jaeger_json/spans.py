"""Spans of a document into rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from explorer.decoding.lenient import LATEST_NS
from explorer.decoding.picking import Picked
from explorer.decoding.traces.collector import SpanCollector
from explorer.decoding.traces.opentracing import event_of
from explorer.decoding.traces.processes import Process
from explorer.decoding.traces.rows import FULL
from explorer.model.builder import Builder
from explorer.model.ids import span_number, trace_number
from explorer.model.schema import FailureKind
from explorer.readers.jaeger_json.shapes import Log, Reference, Span, Trace
from explorer.readers.jaeger_json.tags import tags_of

_CHILD: Final = "CHILD_OF"
_US: Final = 1000


class SpanReader(SpanCollector[Span]):
    """Spans of Jaeger documents."""

    silent = Span()

    def add(self, trace: Trace, doc: int, index: int) -> int:
        """Take the spans of a trace, whose ordinals count from ``index``. Returns how many there are."""
        known = {key: self.memory.process(bytes(raw)) for key, raw in (trace.processes or {}).items()}
        spans = trace.spans or []
        for begin in range(0, len(spans), FULL):
            part = spans[begin : begin + FULL]
            try:
                processes = [known[span.process_id] for span in part]  # type: ignore[index]
            except KeyError:
                processes = [self._process(span, known) for span in part]
            for span in part if trace.trace_id else ():
                span.trace_id = span.trace_id or trace.trace_id or ""
            self.take_mixed(part, processes)
            self.place(doc, index + begin, len(part))
        return len(spans)

    def _process(self, span: Span, known: dict[str, Process]) -> Process:
        """A span's process: the one it names, else the one it holds, else an unknown one."""
        found = known.get(span.process_id or "")
        return self.memory.process(bytes(span.process)) if found is None else found

    def columns(self, spans: Sequence[Span]) -> None:
        """As :meth:`SpanCollector.columns`; kind and status are in the tags."""
        rows, operations = self.rows, self.rows.builder.operations
        traces = rows.builder.traces
        rows.trace += [traces[span.trace_id] for span in spans]
        rows.span_id += [span.span_id for span in spans]
        rows.parent_id += [
            (
                refs[0].span_id
                if len(refs) == 1 and refs[0].ref_type == _CHILD and refs[0].trace_id == span.trace_id
                else parent_of(span)[0]
            )
            if (refs := span.references)
            else span.parent_span_id or ""
            for span in spans
        ]
        rows.name += [operations[span.operation_name] for span in spans]
        rows.start += [span.start_time for span in spans]
        rows.end += [span.duration for span in spans]
        nothing = [0] * len(spans)
        rows.kind += nothing
        rows.status += nothing

    def attributes(self, spans: Sequence[Span]) -> Sequence[Any]:
        """As :meth:`SpanCollector.attributes`."""
        return [span.tags for span in spans]

    def more(self, spans: Sequence[Span]) -> Sequence[object]:
        """As :meth:`SpanCollector.more`."""
        return [
            span.logs
            or span.warnings
            or ((refs := span.references) and (len(refs) > 1 or refs[0].trace_id != span.trace_id))
            for span in spans
        ]

    def tell(self, at: int, span: Span, picked: Picked | None) -> None:
        """As :meth:`SpanCollector.tell`."""
        rows = self.rows
        exceptions = []
        for log in span.logs or ():
            name, exception = event_of(tags_of(bytes(log.fields)))
            rows.event(at, _time(log, span), name)
            if exception is not None:
                exceptions.append(exception)
        for type_, message, _ in reversed(exceptions):
            rows.failure(at, FailureKind.EXCEPTION, type_, message)
        if picked is not None:
            for kind, type_, message in picked.reasons():
                if kind is not FailureKind.EXCEPTION or not exceptions:
                    rows.failure(at, kind, type_, message)
        for reference in parent_of(span)[1]:
            rows.link(at, reference.trace_id or span.trace_id, span_number(reference.span_id))
        for warning in span.warnings or ():
            warn(rows.builder, warning)


def parent_of(span: Span) -> tuple[str, list[Reference]]:
    """Parent id, and the references that are links.

    The parent is the first CHILD_OF of the same trace, else the first FOLLOWS_FROM of it (what OpenTelemetry
    exporters and queues write), else the deprecated ``parentSpanID``.
    """
    references = span.references or []
    own = [one for one in references if one.span_id and _same_trace(one.trace_id, span.trace_id)]
    chosen = next((one for one in own if one.ref_type == _CHILD), own[0] if own else None)
    parent = chosen.span_id if chosen is not None else span.parent_span_id or ""
    return parent, [one for one in references if one is not chosen and one.span_id]


def _same_trace(one: str, other: str) -> bool:
    return not one or one == other or trace_number(one) == trace_number(other)


def warn(builder: Builder, text: str) -> None:
    """Pass on a warning of Jaeger's (clocks adjusted, duplicate ids); ids and figures left out, so that they merge."""
    builder.remark("info", "jaeger-warning", f"Jaeger: {_VARYING.sub('…', text)[:160]}")


_VARYING: Final = re.compile(r"\b[0-9a-f]{8,}\b|[-+]?\d[\w.µ]*|\"[^\"]*\"")


def _time(log: Log, span: Span) -> int:
    time = log.timestamp if log.timestamp > 0 else span.start_time
    return time * _US if 0 < time <= LATEST_NS // _US else 0
