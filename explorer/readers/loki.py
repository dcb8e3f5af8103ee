"""Grafana Loki: answers of ``query_range`` and ``query`` with streams, and bodies of ``push``.

Format: grafana/loki docs/sources/reference/loki-http-api.md: a stream is its labels and values ``[ns as text, line]``,
with structured metadata as third element. Answers come newest first; what continues a line is found in order of time.
Results of kind matrix and vector are metrics.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

from explorer.decoding import lenient
from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, named
from explorer.decoding.logs.entries import Entry, open_decoded, pages, read_decoded
from explorer.decoding.logs.labels import labels_of
from explorer.decoding.logs.objects import Pairs
from explorer.decoding.logs.times import parse_time
from explorer.decoding.outline import outline
from explorer.model.builder import Builder, Records

NAME = "loki"
LABEL = "Loki streams"
RECOGNISED_BY = "A result of type streams, or streams with their labels and values."
FRAMINGS: Collection[str] = frozenset({"lines", "document"})

_TYPE: Final = re.compile(rb'"resultType"\s*:\s*"streams"')


def detect(head: bytes) -> Confidence | None:
    """By the type of the result, or by the names of a push body."""
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
        return None
    if _TYPE.search(head):
        return Confidence.CERTAIN
    paths = outline(head)
    for above in (("streams",), ("data", "result")):
        if {(*above, "stream"), (*above, "values")} <= paths:
            return Confidence.CERTAIN
    return Confidence.LIKELY if {("streams", "labels"), ("streams", "entries")} <= paths else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the entries of all streams into the builder."""
    refused = []
    for i, page in pages(records):
        try:
            streams = _streams(lenient.loads(page[0]))
        except ValueError:
            streams = None
        if streams is None:
            refused.append(i)
            continue
        entries: list[Entry] = []
        broken = 0
        for stream in streams:
            found = list(_entries(stream))
            kept = [one for one in found if one is not None]
            broken += len(found) - len(kept)
            entries += sorted(kept, key=lambda one: one.time)
        if broken:
            text = "entries without a line or time are left out"
            builder.skip("warning", "broken-entry", text, offset=page.offset, count=broken)
        read_decoded(page, builder, NAME, entries)
    return refused


def open_record(raw: bytes) -> OpenRecord:
    """Open one record again."""
    return open_decoded(raw)


def _streams(value: Any) -> list[Any] | None:
    """The streams of an answer, a push body or a bare list of results; None for any other document."""
    if isinstance(value, list):
        return value if any(isinstance(one, dict) and "stream" in one for one in value) else None
    if not isinstance(value, dict):
        return None
    data = named(value.get("data"))
    if data.get("resultType") not in (None, "streams"):
        return None
    for found in (data.get("result"), value.get("streams"), value.get("result")):
        if isinstance(found, list):
            return found
    return None


def _entries(stream: Any) -> Iterator[Entry | None]:
    values = named(stream).get("values", named(stream).get("entries"))
    if not isinstance(values, list):
        yield None
        return
    labels = _labels(named(stream).get("stream", named(stream).get("labels")))
    key = repr(sorted(labels, key=str))
    for value in values:
        told = named(value)
        parts = (told.get("ts", told.get("timestamp")), told.get("line"), told.get("structuredMetadata"))
        time, line, more = parts if told else (*listed(value), None, None, None)[:3]
        moment = parse_time(int(time) if isinstance(time, str) and time.isdecimal() else time)
        if not isinstance(line, str) or moment is None:
            yield None
        else:
            yield Entry(line, moment[0], key, [*labels, *_metadata(more)] if more else labels)


def _metadata(more: Any) -> Pairs:
    """Structured metadata; of a categorised answer, with what a parser took out of the line."""
    told = named(more)
    if told.keys() & {"structuredMetadata", "parsed"}:
        return [*named(told.get("structuredMetadata")).items(), *named(told.get("parsed")).items()]
    if isinstance(more, list):
        return [(str(one.get("name")), one.get("value")) for one in more if isinstance(one, dict)]
    return list(told.items())


def _labels(value: Any) -> Pairs:
    """Labels of an object, or written ``{a="b"}``."""
    if isinstance(value, str):
        return list(labels_of(value).items())
    return list(named(value).items())
