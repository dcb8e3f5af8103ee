"""Spans of a document into rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from explorer.decoding.lenient import LATEST_NS
from explorer.decoding.picking import Picked, pick
from explorer.decoding.traces.collector import SpanCollector
from explorer.model.ids import span_number
from explorer.model.schema import FailureKind
from explorer.readers.otlp_json.shapes import ResourceSpans, Span, spans_of
from explorer.readers.otlp_json.values import telling_attributes

_KIND_NAMES = ("UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")
_STATUS_NAMES = ("UNSET", "OK", "ERROR")
KIND: Final[dict[int | str, int]] = {
    spelling: number
    for number, name in enumerate(_KIND_NAMES)
    for spelling in (number, str(number), name, name.lower(), f"SPAN_KIND_{name}")
}
STATUS: Final[dict[int | str, int]] = {
    spelling: number
    for number, name in enumerate(_STATUS_NAMES)
    for spelling in (number, str(number), name, name.capitalize(), f"STATUS_CODE_{name}")
}


class SpanReader(SpanCollector[Span]):
    """Spans of OTLP documents."""

    silent = Span()

    def add(self, groups: Iterable[ResourceSpans], doc: int) -> int:
        """Take the spans of a document; their ordinals count from 0. Returns how many there are."""
        count = 0
        for group in groups:
            spans = spans_of(group)
            self.take(spans, self.memory.process(bytes(group.resource)))
            count += len(spans)
        self.place(doc, 0, count)
        return count

    def columns(self, spans: Sequence[Span]) -> None:
        """As :meth:`SpanCollector.columns`."""
        rows, operations = self.rows, self.rows.builder.operations
        first = len(rows.kind)
        traces = rows.builder.traces
        rows.trace += [traces[span.trace_id] for span in spans]
        rows.span_id += [span.span_id for span in spans]
        rows.parent_id += [span.parent_span_id or "" for span in spans]
        rows.name += [operations[span.name] for span in spans]
        rows.start += [span.start_time_unix_nano for span in spans]
        rows.end += [span.end_time_unix_nano for span in spans]
        said = [0 if (status := span.status) is None else status.code for span in spans]
        try:  # half the time of asking for what is not there
            rows.kind += [KIND[span.kind] for span in spans]
            rows.status += [STATUS[code] for code in said]
        except KeyError:
            del rows.kind[first:]
            rows.kind += [KIND.get(span.kind, 0) for span in spans]
            rows.status += [STATUS.get(code, 0) for code in said]

    def attributes(self, spans: Sequence[Span]) -> Sequence[Any]:
        """As :meth:`SpanCollector.attributes`."""
        return [span.attributes for span in spans]

    def more(self, spans: Sequence[Span]) -> Sequence[object]:
        """As :meth:`SpanCollector.more`."""
        return [span.events or span.links or ((status := span.status) and status.message) for span in spans]

    def tell(self, at: int, span: Span, picked: Picked | None) -> None:
        """As :meth:`SpanCollector.tell`."""
        rows = self.rows
        exceptions = []
        for event in span.events or ():
            time = event.time_unix_nano
            rows.event(at, time if 0 < time <= LATEST_NS else _start(span), event.name)
            raw = bytes(event.attributes)
            if event.name == "exception" or b"exception." in raw:
                told = pick(telling_attributes(raw, self.memory.harvest.meanings))
                exceptions.append((told.exception_type, told.exception_message))
        for type_, message in reversed(exceptions):  # the last is the one that ended the span
            rows.failure(at, FailureKind.EXCEPTION, type_, message)
        if picked is not None:
            if span.status is not None:
                picked.message = span.status.message or ""
            for kind, type_, message in picked.reasons():
                if kind is not FailureKind.EXCEPTION or not exceptions:
                    rows.failure(at, kind, type_, message)
        for link in span.links or ():
            rows.link(at, link.trace_id, span_number(link.span_id))


def _start(span: Span) -> int:
    return span.start_time_unix_nano if 0 < span.start_time_unix_nano <= LATEST_NS else 0
