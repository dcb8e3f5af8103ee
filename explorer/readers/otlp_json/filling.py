"""A decoded document of OTLP into the builder, whatever it was encoded in."""

from __future__ import annotations

from typing import Final

from explorer.decoding.traces.harvest import Harvest
from explorer.decoding.traces.processes import Memory, memory_of
from explorer.decoding.traces.rows import SpanRows
from explorer.model.builder import Builder
from explorer.readers.otlp_json.logs import LogReader
from explorer.readers.otlp_json.metrics import add_metrics
from explorer.readers.otlp_json.shapes import Document
from explorer.readers.otlp_json.spans import SpanReader
from explorer.readers.otlp_json.values import describe, telling_attributes

_MEMORY: Final = "otlp"


class Filling:
    """Takes documents; what they hold is complete in the builder once :meth:`finish` was called."""

    def __init__(self, builder: Builder) -> None:
        memory = memory_of(builder, _MEMORY, _new_memory)  # one for all encodings
        self.spans = SpanReader(memory, SpanRows(builder))
        self.logs = LogReader(memory)

    def add(self, document: Document, doc: int) -> None:
        """Take all that a document holds."""
        count = self.spans.add(document.spans, doc) if document.spans else 0
        if document.logs:
            self.spans.settle()  # so that texts are interned in the order of the records
            self.logs.add(document.logs, doc, count)
        if document.metrics:
            document.valueless = add_metrics(self.spans.memory, document.metrics)

    def finish(self) -> None:
        """Write what was collected."""
        self.spans.finish()
        self.logs.finish()


def _new_memory(builder: Builder) -> Memory:
    return Memory(builder, describe, Harvest(builder, telling_attributes))


def remark(document: Document, builder: Builder, offset: int) -> None:
    """Count what was not kept, and say what the server said."""
    if document.dropped:
        text = "a span or log record is broken"
        builder.skip("warning", "broken-record", text, offset=offset, count=document.dropped)
    if document.valueless:
        text = "metric data points without a value"
        builder.skip("info", "no-value", text, offset=offset, count=document.valueless)
    if document.profiles:
        text = "profiles in OTLP are not shown"
        builder.skip("info", "profiles-not-read", text, offset=offset, count=document.profiles)
    if document.partial:
        builder.remark(
            "warning", "partial-trace", "the server said that a trace is incomplete", offset=offset
        )
