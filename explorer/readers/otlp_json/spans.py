"""Spans of a document into rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from explorer.model.ids import span_number
from explorer.model.schema import FailureKind
from explorer.readers.lenient import LATEST_NS
from explorer.readers.otlp_json.process import Memory
from explorer.readers.otlp_json.shapes import ResourceSpans, Span, spans_of
from explorer.readers.otlp_json.values import telling_attributes
from explorer.readers.picking import Picked, pick
from explorer.readers.traces.harvest import Meanings
from explorer.readers.traces.rows import FULL, SpanRows

_ROUND: Final = 256
"""Spans in a round: with lines of one span each, a round a line costs more than reading them."""

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


class SpanReader:
    """Collects the spans of documents until there are enough to be worth a round of column building."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.rows = SpanRows(memory.builder)
        self._spans: list[Span] = []
        self._shared: list[tuple[int, int, tuple[tuple[str, str], ...]]] = []

    def add(self, groups: Iterable[ResourceSpans], doc: int) -> int:
        """Take the spans of a document; their ordinals count from 0. Returns how many there are."""
        rows, traces = self.rows, self.rows.builder.traces
        begin = len(rows)
        for group in groups:
            process = self.memory.process(bytes(group.resource))
            spans = spans_of(group)
            rows.service += [process.service] * len(spans)
            rows.resource += [process.resource] * len(spans)
            rows.trace += [traces[span.trace_id] for span in spans]
            if process.fields:
                self._shared.append((len(rows) - len(spans), len(rows), process.fields))
            self._spans += spans
        count = len(rows) - begin
        rows.doc += [doc] * count
        rows.index += range(count)
        if len(self._spans) >= _ROUND:
            self.settle()
        return count

    def settle(self) -> None:
        """Build the columns of the spans collected."""
        rows, spans, operations = self.rows, self._spans, self.rows.builder.operations
        if not spans:
            return
        first = len(rows.name)
        meanings = self.memory.harvest.meanings
        rows.span_id += [span.span_id for span in spans]
        rows.parent_id += [span.parent_span_id or "" for span in spans]
        rows.name += [operations[span.name] for span in spans]
        rows.start += [span.start_time_unix_nano for span in spans]
        rows.end += [span.end_time_unix_nano for span in spans]
        rows.kind += [KIND.get(span.kind, 0) for span in spans]
        rows.status += [0 if span.status is None else STATUS.get(span.status.code, 0) for span in spans]
        rows.zeros(len(spans))
        for begin, end, fields in self._shared:
            rows.share(begin, end, fields)
        self.memory.harvest.gather(
            rows,
            first,
            [span.attributes for span in spans],
            [span.events or span.links for span in spans],
            lambda at, picked: _tell(rows, at, spans[at - first], picked, meanings),
        )
        self._spans, self._shared = [], []
        if len(rows) >= FULL:
            rows.flush()

    def finish(self) -> None:
        """Write all that was collected into the builder."""
        self.settle()
        self.rows.flush()


def _tell(rows: SpanRows, at: int, span: Span, picked: Picked | None, meanings: Meanings) -> None:
    """Events, links, and why the span failed (``picked`` is None where it did not)."""
    exceptions = []
    for event in span.events or ():
        time = event.time_unix_nano
        rows.event(at, time if 0 < time <= LATEST_NS else _start(span), event.name)
        raw = bytes(event.attributes)
        if event.name == "exception" or b"exception." in raw:
            told = pick(telling_attributes(raw, meanings))
            exceptions.append((told.exception_type, told.exception_message))
    for type_, message in reversed(exceptions):  # the last is the one that ended the span
        rows.failure(at, FailureKind.EXCEPTION, type_, message)
    if picked is not None:
        if span.status is not None and span.status.message:
            rows.failure(at, FailureKind.MESSAGE, "", span.status.message)
        for kind, type_, message in picked.reasons():
            if kind is not FailureKind.EXCEPTION or not exceptions:
                rows.failure(at, kind, type_, message)
    for link in span.links or ():
        rows.link(at, link.trace_id, span_number(link.span_id))


def _start(span: Span) -> int:
    return span.start_time_unix_nano if 0 < span.start_time_unix_nano <= LATEST_NS else 0
