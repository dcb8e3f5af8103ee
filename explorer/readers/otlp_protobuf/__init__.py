"""OpenTelemetry's OTLP in Protocol Buffers: a bare export request, or what the collector's file exporter writes.

Source: opentelemetry-proto; opentelemetry-collector-contrib exporter/fileexporter. A message is turned into the JSON
of the same request, which is what opening one of its spans shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import orjson

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.model.builder import Builder, Records
from explorer.model.records import Detail
from explorer.readers.otlp_json import loose, shapes
from explorer.readers.otlp_json.filling import Filling, remark
from explorer.readers.otlp_json.opening import open_document
from explorer.readers.otlp_json.shapes import Document
from explorer.readers.otlp_protobuf.decoding import Decoder, signal_of, unwrapped
from explorer.readers.otlp_protobuf.framing import MAGIC, first_of, is_cut, messages, plain

NAME: Final = "otlp-protobuf"
LABEL: Final = "OpenTelemetry (OTLP protobuf)"
RECOGNISED_BY: Final = (
    "an export request in Protocol Buffers, bare or behind their lengths, each also in zstd"
)
FRAMINGS: Final = ("binary",)

_LONGEST: Final = 16 << 20


def detect(head: bytes) -> Confidence | None:
    """By the fields of the first record within resource and scope."""
    first = first_of(head)
    found, _ = plain(head[first:], 1 << 20)
    if first and found[:1] == b"{":
        return Confidence.CERTAIN if b'"resource' in found[:4096] else None
    return Confidence.CERTAIN if found[:1] == b"\n" and signal_of(unwrapped(found)[0]) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Read files; those in which no request is found are returned."""
    filling = Filling(builder)
    refused = [i for i in range(len(records)) if not _read_file(records, i, builder, filling)]
    filling.finish()
    return refused


def open_record(raw: bytes) -> OpenRecord:
    """Open a message again."""
    data, _ = plain(raw)
    if data[:1] == b"{":
        return open_document(data)
    request = Decoder(unwrapped(data)[0], _LONGEST).request()
    if request is None:
        return lambda _: Detail(raw=raw[: 1 << 16].hex(" "))
    return open_document(orjson.dumps(request.value))


def hides(raw: bytes) -> bool:
    """Whether a message is packed."""
    return raw.startswith(MAGIC)


def _read_file(records: Records, i: int, builder: Builder, filling: Filling) -> bool:
    data, begin = records[i], int(records.starts[i])
    found = broken = 0
    cut = is_cut(data)
    for first, last in messages(data):
        message, whole = plain(data[first:last])
        cut = cut or not whole
        document = _document(message, builder.options.record_bytes)
        if document is None:
            broken += 1
            continue
        found += 1
        place = replace(records, starts=np.array([begin + first]), ends=np.array([begin + last]))
        filling.add(document, builder.document(place, 0))
        if document.has_remarks:
            remark(document, builder, records.offset + begin + first)
    if found and broken:
        text = "messages that are no export request, or are packed wrongly"
        builder.skip("warning", "broken-record", text, offset=records.offset + begin, count=broken)
    if found and cut:
        builder.remark(
            "warning", "truncated-file", "the last message is cut short; its whole records are kept"
        )
    return found > 0


def _document(message: bytes, record_bytes: int) -> Document | None:
    """A message decoded; the file exporter also packs JSON."""
    if message[:1] == b"{":
        return shapes.decode(message) or loose.decode(message)
    trace, is_partial = unwrapped(message)
    request = Decoder(trace, record_bytes).request()
    if request is None:
        return None
    document = shapes.decode(orjson.dumps(request.value))
    if document is not None:
        document.dropped += request.dropped
        document.partial = document.partial or is_partial
    return document
