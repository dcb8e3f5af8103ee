"""OTLP in Protocol Buffers written by hand, as small as tests need it."""

from __future__ import annotations

import struct

TRACE = bytes.fromhex("4bf92f3577b34da6a3ce929d0e0e4736")


def varint(value: int) -> bytes:
    """A varint; negative numbers as 64 bits."""
    value &= (1 << 64) - 1
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))


def part(number: int, data: bytes | str) -> bytes:
    """A field of bytes, text or a message."""
    data = data.encode() if isinstance(data, str) else data
    return varint(number << 3 | 2) + varint(len(data)) + data


def whole(number: int, value: int) -> bytes:
    """A varint field."""
    return varint(number << 3) + varint(value)


def fixed(number: int, value: int) -> bytes:
    """A field of eight bytes."""
    return varint(number << 3 | 1) + struct.pack("<Q", value)


def double(number: int, value: float) -> bytes:
    """A field that is a double."""
    return varint(number << 3 | 1) + struct.pack("<d", value)


def pair(key: str, value: bytes) -> bytes:
    """A ``KeyValue`` whose ``AnyValue`` is given."""
    return part(1, key) + part(2, value)


def span(number: int, parent: int = 0, *more: bytes) -> bytes:
    """A span that begins ``number`` ns after a known moment and takes 10 ns."""
    start = 1_772_366_400_000_000_000 + number
    above = part(4, parent.to_bytes(8, "big")) if parent else b""
    return b"".join((part(1, TRACE), part(2, number.to_bytes(8, "big")), above, part(5, f"step {number}"),
                     whole(6, 2), fixed(7, start), fixed(8, start + 10), *more))  # fmt: skip


def request(service: str, *records: bytes) -> bytes:
    """An export request with one resource and one scope."""
    resource = part(1, part(1, pair("service.name", part(1, service))))
    scope = part(2, part(1, part(1, "lib")) + b"".join(part(2, record) for record in records))
    return part(1, resource + scope)


def framed(*messages: bytes) -> bytes:
    """Messages behind their lengths, as the collector's file exporter writes them."""
    return b"".join(len(message).to_bytes(4, "big") + message for message in messages)
