"""Docker's ``local`` log driver: frames of protobuf between their sizes.

Format: moby daemon/logger/local/doc.go (big-endian uint32 size, LogEntry, the size again) and
daemon/logger/internal/logdriver/entry.proto. Parts of a long line carry the line's id; the last part says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.logs.entries import Entry, open_decoded, read_decoded
from explorer.model.builder import Builder, Records

NAME = "docker-local"
LABEL = "Docker local driver"
RECOGNISED_BY = "Binary frames between their sizes that hold a source, a time and a line."
FRAMINGS: Collection[str] = frozenset({"binary", "document", "lines"})

_SIZE: Final = 4
_LARGEST: Final = 2 << 20
_SOURCES: Final = frozenset({"stdout", "stderr"})


@dataclass(slots=True)
class _Frame:
    source: str = ""
    time: int = 0
    line: bytes = b""
    partial: bool = False
    last: bool = False
    line_id: str = ""
    attrs: list[tuple[str, object]] = field(default_factory=list)


def detect(head: bytes) -> Confidence | None:
    """By the first frame."""
    size = int.from_bytes(head[:_SIZE])
    if head[:1] != b"\0" or not 4 <= size <= _LARGEST:
        return None
    frame = _decoded(head[_SIZE : _SIZE + size])
    if frame is None or frame.source not in _SOURCES:
        return None
    closing = head[_SIZE + size : 2 * _SIZE + size]
    return Confidence.CERTAIN if head[:_SIZE].startswith(closing) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the lines into the builder; refuses what holds no whole frame."""
    refused = []
    for i in range(len(records)):
        frames, end = _frames(records[i])
        if not frames:
            refused.append(i)
            continue
        if end < len(records[i]):
            text = "a frame is cut short or broken; those before it are kept"
            offset = records.offset + int(records.starts[i]) + end
            builder.skip("warning", "truncated-record", text, offset=offset)
        read_decoded(records.take([i]), builder, NAME, list(_joined(frames)))
    return refused


def open_record(raw: bytes) -> OpenRecord:
    """Open one line again."""
    return open_decoded(raw)


def _frames(data: bytes) -> tuple[list[_Frame], int]:
    """The whole frames, and where the last of them ends."""
    frames: list[_Frame] = []
    at = 0
    while at + _SIZE <= len(data):
        size = int.from_bytes(data[at : at + _SIZE])
        end = at + 2 * _SIZE + size
        if end > len(data) or data[end - _SIZE : end] != data[at : at + _SIZE]:
            break
        frame = _decoded(data[at + _SIZE : end - _SIZE])
        if frame is None:
            break
        frames.append(frame)
        at = end
    return frames, at


def _joined(frames: list[_Frame]) -> Iterator[Entry]:
    """Entries in the order in which they began, lines cut into parts put together."""
    begun: dict[tuple[str, str], tuple[_Frame, list[bytes]]] = {}
    lines: list[tuple[_Frame, list[bytes]]] = []
    for frame in frames:
        key = frame.source, frame.line_id
        known = begun.get(key) if frame.line_id or frame.partial or key in begun else None
        if known is None:
            known = frame, []
            lines.append(known)
        known[1].append(frame.line)
        if frame.partial and not frame.last:
            begun[key] = known
        else:
            begun.pop(key, None)
    for frame, parts in lines:
        text = b"".join(parts).decode("utf-8", "replace").rstrip("\r\n")
        yield Entry(text, frame.time, frame.source, [("stream", frame.source), *frame.attrs])


def _decoded(data: bytes) -> _Frame | None:
    """A LogEntry; None where the bytes are none."""
    frame = _Frame()
    for number, value in _fields(data):
        if number < 0:
            return None
        if number == 1 and isinstance(value, bytes):
            frame.source = value.decode("utf-8", "replace")
        elif number == 2 and isinstance(value, int):
            frame.time = value if value < 1 << 63 else 0
        elif number == 3 and isinstance(value, bytes):
            frame.line = value
        elif number == 4 and isinstance(value, int):
            frame.partial = bool(value)
        elif number == 5 and isinstance(value, bytes):
            told = dict(_fields(value))
            frame.last = bool(told.get(1))
            name = told.get(2)
            frame.line_id = name.decode("utf-8", "replace") if isinstance(name, bytes) else ""
        elif number == 6 and isinstance(value, bytes):
            pair = dict(_fields(value))
            frame.attrs.append((_text(pair.get(1)), _text(pair.get(2))))
    return frame if frame.source or frame.time else None


def _text(value: int | bytes | None) -> str:
    return (
        value.decode("utf-8", "replace") if isinstance(value, bytes) else "" if value is None else str(value)
    )


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and value of each protobuf field; a number of -1 ends bytes that are no protobuf."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        kind = tag & 7
        value: int | bytes
        if kind == 0:
            value, at = _varint(data, at)
        elif kind in (1, 5):
            width = 8 if kind == 1 else 4
            value, at = data[at : at + width], at + width
        else:
            size, at = _varint(data, at) if kind == 2 else (0, -1)
            value = data[at : at + size] if at >= 0 else b""
            at = at + size if at >= 0 else -1
        if at < 0 or at > len(data) or not tag >> 3:
            yield -1, 0
            return
        yield tag >> 3, value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number and its end; an end of -1: there is none."""
    number = 0
    for shift in range(0, 70, 7):
        if not 0 <= at < len(data):
            break
        number |= (data[at] & 0x7F) << shift
        at += 1
        if data[at - 1] < 0x80:
            return number & (1 << 64) - 1, at
    return 0, -1
