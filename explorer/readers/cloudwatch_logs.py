"""AWS CloudWatch Logs: ``get-log-events``, ``filter-log-events`` and the results of an Insights query.

Format: Amazon CloudWatch Logs API reference, OutputLogEvent, FilteredLogEvent (times in ms since the epoch) and
GetQueryResults (rows of ``{"field", "value"}``; ``@timestamp`` in UTC without a zone).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from explorer.decoding import lenient
from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, named, text
from explorer.decoding.logs.entries import Entry, open_decoded, pages, read_decoded
from explorer.decoding.logs.times import parse_time
from explorer.decoding.outline import outline
from explorer.model.builder import Builder, Records

NAME = "cloudwatch-logs"
LABEL = "AWS CloudWatch Logs"
RECOGNISED_BY = "Log events with timestamp, message and ingestion time, or rows of an Insights query."
FRAMINGS: Collection[str] = frozenset({"lines", "document"})

_STREAM: Final = ("logGroup", "logGroupName", "logStreamName", "owner", "@logStream", "@log")
_LEFT_OUT: Final = frozenset({"timestamp", "message", "ingestionTime", "@timestamp", "@message", "@ptr"})


def detect(head: bytes) -> Confidence | None:
    """By the names of an event."""
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
        return None
    paths = outline(head)
    for above in (("events",), ("logEvents",), ()):
        if {(*above, "timestamp"), (*above, "message")} <= paths:
            more = {(*above, name) for name in ("ingestionTime", "eventId", "logStreamName")}
            if paths & more or ("nextForwardToken",) in paths or above == ("logEvents",):
                return Confidence.CERTAIN
    if {("results", "field"), ("results", "value")} <= paths and b'"@' in head:
        return Confidence.CERTAIN
    return None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the events into the builder, each stream in order of time."""
    refused = []
    for i, page in pages(records):
        try:
            events = _events(lenient.loads(page[0]))
        except ValueError:
            events = None
        found = [_entry(one) for one in events or ()]
        entries = sorted((one for one in found if one is not None), key=lambda one: one.time)
        if events is None or (found and not entries):
            refused.append(i)
            continue
        if len(entries) < len(found):
            told = "events without a time or a message are left out"
            builder.skip("warning", "broken-entry", told, offset=page.offset, count=len(found) - len(entries))
        read_decoded(page, builder, NAME, entries)
    return refused


def open_record(raw: bytes) -> OpenRecord:
    """Open one event again."""
    return open_decoded(raw)


def _events(value: Any) -> list[Any] | None:
    """The events of an answer, of a subscription's message, of a bare list, or the one event itself."""
    if isinstance(value, list):
        return value
    told = named(value)
    if isinstance(told.get("results"), list):
        return [{text(named(cell).get("field")): named(cell).get("value") for cell in listed(row)}
                for row in told["results"]]  # fmt: skip
    outer = {name: told[name] for name in _STREAM if name in told}
    for name in ("events", "logEvents"):
        if isinstance(told.get(name), list):
            return [{**outer, **named(one)} for one in told[name]]
    return [told] if "message" in told and "timestamp" in told else None


def _entry(value: Any) -> Entry | None:
    told = named(value)
    message = told.get("@message", told.get("message"))
    time = told.get("@timestamp", told.get("timestamp"))
    moment = parse_time(int(time) if isinstance(time, str) and time.isdecimal() else time)
    if moment is None:
        return None
    outer = [(name.removeprefix("@"), item) for name, item in told.items() if name not in _LEFT_OUT]
    group = next((text(told[name]) for name in ("@log", "logGroup", "logGroupName") if told.get(name)), "")
    if service := _service(group):
        outer.append(("service", service))
    stream = "\0".join(text(told.get(name)) for name in _STREAM)
    if not isinstance(message, str):
        fields = {
            name: item for name, item in told.items() if name not in ("@timestamp", "timestamp", "@ptr")
        }
        return Entry(lenient.dumps(fields).decode(), moment[0], stream, outer) if fields else None
    return Entry(message, moment[0], stream, outer)


def _service(group: str) -> str:
    """The name of what logs into a group: ``123456789012:/aws/lambda/checkout`` is ``checkout``."""
    return group.rpartition(":")[2].rstrip("/").rpartition("/")[2]
