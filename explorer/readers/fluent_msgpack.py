"""MessagePack of Fluentd and Fluent Bit: buffer chunks, ``out_file`` in msgpack form, streams of the forward protocol.

Format: Fluentd's forward protocol v1 (Message, Forward, PackedForward and CompressedPackedForward modes) and its event
``[time, record]``; fluent-bit writes ``[[time, metadata], record]`` since 2.1, and wraps buffered chunks (``.flb``) as
chunkio does. A stream of bare maps has no times.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import named
from explorer.decoding.logs.entries import Entry, open_decoded, read_decoded
from explorer.decoding.logs.fluent import TEXTS, fluent_entry
from explorer.decoding.logs.msgpack import BrokenError, CutError, Extension, decode, values
from explorer.decoding.logs.times import parse_time
from explorer.model.builder import Builder, Records

NAME = "fluent-msgpack"
LABEL = "Fluentd or Fluent Bit msgpack"
RECOGNISED_BY = "MessagePack lists of a time and a map, or of a tag and such lists."
FRAMINGS: Collection[str] = frozenset({"binary", "document", "lines"})

_UNPACKED_BYTES: Final = 256 << 20
_HEAD: Final = 4096
_CHUNK: Final = b"\xc1\0"
_CHUNK_HEAD: Final = 24  # mark, CRC32, padding, and two bytes for the length of what is told of the content
_KIND: Final = b"\xf1\x77"
_KIND_BYTES: Final = 4


def detect(head: bytes) -> Confidence | None:
    """By the first value, or its beginning."""
    if head.startswith(_CHUNK):
        _, head = _unwrapped(head)
    if not head or not (0x80 <= head[0] <= 0x9F or head[0] in (0xDC, 0xDD, 0xDE, 0xDF)):
        return None
    try:
        value, _ = decode(head, 0)
    except CutError:
        return Confidence.LIKELY if b"\xd7\0" in head[:_HEAD] or b"\xc7\x08\0" in head[:_HEAD] else None
    except BrokenError:
        return None
    if isinstance(value, dict):
        return Confidence.LIKELY if any(isinstance(value.get(name), str) for name in TEXTS) else None
    return Confidence.CERTAIN if next(_entries(value), None) is not None else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the events into the builder."""
    refused = []
    for i in range(len(records)):
        tag, data = _unwrapped(records[i])
        before = len(records[i]) - len(data)
        entries: list[Entry] = []
        broken, at, fault = 0, 0, ""
        try:
            for value, _, end in values(data):
                found = list(_entries(value, tag))
                broken += not found
                entries += found
                at = end
        except CutError:
            fault = "a record is cut short; what came before it is kept"
        except BrokenError:
            fault = "from here on the bytes are no MessagePack"
        if not entries:
            refused.append(i)
            continue
        offset = records.offset + int(records.starts[i])
        if fault:
            builder.skip("warning", "truncated-record", fault, offset=offset + before + at)
        if broken:
            text = "values that are no events are left out"
            builder.skip("warning", "broken-entry", text, offset=offset, count=broken)
        read_decoded(records.take([i]), builder, NAME, entries)
    return refused


def open_record(raw: bytes) -> OpenRecord:
    """Open one event again."""
    return open_decoded(raw)


def _entries(value: Any, tag: str = "") -> Iterator[Entry]:
    """The events of one value, in any of the modes."""
    if isinstance(value, dict):
        yield fluent_entry(_plain(value), 0, tag)
    if not isinstance(value, list) or len(value) < 2:
        return
    first, second = value[0], value[1]
    if isinstance(first, str) and not tag:
        if isinstance(second, list):
            for event in second:
                yield from _entries(event, first)
        elif isinstance(second, bytes | str):
            yield from _packed(second, named(value[2] if len(value) > 2 else None), first)
        elif len(value) > 2 and isinstance(value[2], dict):
            yield from _entries([second, value[2]], first)
    elif isinstance(second, dict):
        metadata = {}
        if isinstance(first, list) and first:
            metadata, first = named(first[1] if len(first) > 1 else None), first[0]
        time = _time(first)
        if time is not None:
            yield fluent_entry(_plain({**metadata, **second}), time, tag)


def _unwrapped(data: bytes) -> tuple[str, bytes]:
    """Tag and content of a buffer chunk of Fluent Bit; any other data as it is."""
    if not data.startswith(_CHUNK) or len(data) < _CHUNK_HEAD:
        return "", data
    size = int.from_bytes(data[_CHUNK_HEAD - 2 : _CHUNK_HEAD], "big")
    told = data[_CHUNK_HEAD : _CHUNK_HEAD + size]
    if told.startswith(_KIND):
        told = told[_KIND_BYTES:]
    return told.partition(b"\0")[0].decode("utf-8", "replace"), data[_CHUNK_HEAD + size :]


def _packed(events: bytes | str, option: dict[str, Any], tag: str) -> Iterator[Entry]:
    """Events that lie one after another in a binary value, perhaps packed with gzip."""
    data = events.encode("utf-8", "surrogateescape") if isinstance(events, str) else events
    try:
        if option.get("compressed") == "gzip":
            data = zlib.decompressobj(31).decompress(data, _UNPACKED_BYTES)
        for event, _, _ in values(data):
            yield from _entries(event, tag or " ")
    except (BrokenError, zlib.error):
        return


def _time(value: Any) -> int | None:
    """EventTime, or seconds since the epoch."""
    if isinstance(value, Extension):
        return value.time_ns
    found = parse_time(value) if isinstance(value, int | float) else None
    return found[0] if found else None


def _plain(value: Any) -> Any:
    """Values that JSON can hold: bytes are text in all but name."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value.time_ns if isinstance(value, Extension) else value
