"""A decoded document of OTLP into the builder, whatever it was encoded in."""

from __future__ import annotations

from typing import Final

from explorer.model.builder import Builder
from explorer.readers.otlp_json.logs import add_logs
from explorer.readers.otlp_json.metrics import add_metrics
from explorer.readers.otlp_json.shapes import Document
from explorer.readers.otlp_json.spans import SpanReader
from explorer.readers.otlp_json.values import describe, telling_attributes
from explorer.readers.traces.harvest import Harvest
from explorer.readers.traces.processes import Memory, memory_of

_MEMORY: Final = "otlp"


def memory_for(builder: Builder) -> Memory:
    """What was learned of the bundle's processes and attributes; one for all encodings."""
    return memory_of(builder, _MEMORY, _new_memory)


def _new_memory(builder: Builder) -> Memory:
    return Memory(builder, describe, Harvest(builder, telling_attributes))


def add(document: Document, doc: int, spans: SpanReader) -> None:
    """Take all that a document holds; its spans are complete once ``spans`` is finished."""
    count = spans.add(document.spans, doc) if document.spans else 0
    if document.logs:
        spans.settle()  # so that texts are interned in the order of the records
        add_logs(spans.memory, document.logs, doc, count)
    if document.metrics:
        document.valueless = add_metrics(spans.memory, document.metrics)


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
        builder.remark("warning", "partial-trace", "the server said that a trace is incomplete", offset=offset)
