"""What the readers of formats whose files are small have in common.

Such a reader turns one decoded JSON document into :class:`Parsed` (:data:`Parse`), which serves both ways: to fill the
columns when a bundle is read, and to show one record when it is opened again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from explorer.decoding.contract import HEAD, Confidence, OpenRecord
from explorer.decoding.documents import Document, Read
from explorer.decoding.lenient import dumps, loads
from explorer.decoding.mending import mended
from explorer.decoding.traces.plain import Fault, Origin, Parsed, PlainLog, PlainSpan
from explorer.decoding.traces.plain_rows import PlainRows
from explorer.model.builder import Builder, Records
from explorer.model.records import Detail

Parse = Callable[[Any], Parsed | None]
"""A decoded document to what it holds; None where it is not of the format."""


Detect = Callable[[bytes], Confidence | None]


def read_plain(
    records: Records, builder: Builder, parse: Parse, detect: Detect = lambda _: None
) -> Sequence[int]:
    """Read JSON documents; returns the indices of those that are not of the format.

    Args:
        records: the documents.
        builder: where they go.
        parse: what a decoded document holds.
        detect: the reader's own, for documents that do not parse (:func:`read_each`).
    """
    rows = PlainRows(builder)

    def read(document: Document) -> bool:
        parsed = parse(document.value)
        if parsed is not None:
            take(parsed, rows, document)
        return parsed is not None

    refused = read_each(records, builder, read, detect)
    rows.finish()
    return refused


def read_each(records: Records, builder: Builder, read: Read, detect: Detect) -> list[int]:
    """Read each record as a JSON document; returns the indices of those that are not of the format.

    One that does not parse is mended, or counted as broken, where its beginning says whose it is: another reader would
    take it for something else.
    """
    refused = []
    for i in range(len(records)):
        data = records[i]
        try:
            value = loads(data)
        except ValueError:
            if detect(data[:HEAD]) is not Confidence.CERTAIN or not _read_broken(records, i, builder, read):
                refused.append(i)
            continue
        if not read(Document(builder, records, i, value)):
            refused.append(i)
    return refused


def _read_broken(records: Records, i: int, builder: Builder, read: Read) -> bool:
    """Read what can be mended of a record; False where what is left is not of the format."""
    offset = records.offset + int(records.starts[i])
    again = mended(records[i])
    if again is not None:
        begin = np.zeros(1, np.int64)
        whole = replace(
            records, data=again.data, offset=offset, starts=begin, ends=begin + len(again.data), mended=True
        )
        if not read(Document(builder, whole, 0, loads(again.data))):
            return False
    for place in again.broken if again is not None else ():
        said = "a broken record is left out; those around it are kept"
        builder.skip("warning", "broken-record", said, offset=offset + place)
    if again is None or again.cut >= 0:
        said = "a record is cut short; what came before the cut is kept"
        builder.skip(
            "warning", "truncated-record", said, offset=offset + (again.cut if again is not None else 0)
        )
    return True


def take(parsed: Parsed, rows: PlainRows, document: Document) -> None:
    """Write what a document holds."""
    if parsed.spans:
        rows.spans(parsed.spans, document.doc)
    if parsed.logs:
        rows.logs(parsed.logs, document.doc, len(parsed.spans))
    rows.points(parsed.points)
    document.builder.findings += [replace(one, doc=document.doc) for one in parsed.findings]
    document.skip("warning", "broken-record", "records of a wrong shape are left out", parsed.dropped)
    for severity, code, text, count in parsed.skipped:
        document.skip(severity, code, text, count)
    for severity, code, text in parsed.remarks:
        document.remark(severity, code, text)


def open_plain(raw: bytes, parse: Parse) -> OpenRecord:
    """Open a document again, record by record."""
    return open_parsed(parse(loads(raw)), raw)


def open_parsed(parsed: Parsed | None, raw: bytes) -> OpenRecord:
    """As :func:`open_plain`, of a document that is decoded already."""
    spans, logs = (parsed.spans, parsed.logs) if parsed is not None else ([], [])

    def opened(ordinal: int) -> Detail:
        if 0 <= ordinal < len(spans):
            return span_detail(spans[ordinal])
        if 0 <= ordinal - len(spans) < len(logs):
            return _log_detail(logs[ordinal - len(spans)])
        return Detail(raw=raw.decode("utf-8", "replace"))

    return opened


def span_detail(span: PlainSpan) -> Detail:
    """What there is to tell of a span."""
    told = span.picked()
    fault = span.faults[-1] if span.faults else Fault(told.exception_type, told.exception_message, told.stack)
    return Detail(
        attributes=tuple(span.attributes),
        resource=_resource(span.origin),
        events=tuple(span.events),
        links=tuple(span.links),
        message=span.message,
        scope=span.scope,
        exception_type=fault.type,
        exception_message=fault.message,
        stack=fault.stack,
        raw=_raw(span.source),
    )


def _log_detail(log: PlainLog) -> Detail:
    fault = log.faults[-1] if log.faults else Fault("", "")
    return Detail(
        attributes=tuple(log.attributes),
        resource=_resource(log.origin),
        message=log.message,
        exception_type=fault.type,
        exception_message=fault.message,
        stack=fault.stack,
        raw=_raw(log.source),
    )


def _resource(origin: Origin) -> tuple[tuple[str, Any], ...]:
    named = any(name == "service.name" for name, _ in origin.attributes)
    own = [("service.name", origin.service)] if origin.service and not named else []
    return (*own, *origin.attributes)


def _raw(source: Any) -> str:
    return source if isinstance(source, str) else dumps(source).decode("utf-8", "replace")
