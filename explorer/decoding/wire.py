"""Protocol Buffers' wire format: numbered fields. Source: protobuf.dev/programming-guides/encoding."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

VARINT: Final = 0
I64: Final = 1
LEN: Final = 2
I32: Final = 5

_LONGEST_VARINT: Final = 10

Field = tuple[int, int, int, int]
"""Number, wire type, and begin and end of the value in the data; of a varint, the value itself and its end."""


class WireError(ValueError):
    """Bytes that are no message, or one that is cut short."""


def varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    """The unsigned number at ``at`` and where it ends.

    Raises:
        WireError: it does not end before ``end``.
    """
    value = shift = 0
    for here in range(at, min(end, at + _LONGEST_VARINT)):
        byte = data[here]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, here + 1
        shift += 7
    raise WireError


def fields(data: bytes, begin: int, end: int, *, clip: bool = False) -> Iterator[Field]:
    """The fields of the message at ``data[begin:end]``.

    Args:
        data: any bytes.
        begin, end: where the message lies.
        clip: a last field that is longer than the message is given as far as it goes.

    Raises:
        WireError: at the first field that is none.
    """
    at = begin
    while at < end:
        key, at = varint(data, at, end)
        number, kind = key >> 3, key & 7
        if not number:
            raise WireError
        if kind == VARINT:
            value, at = varint(data, at, end)
            yield number, kind, value, at
            continue
        if kind == LEN:
            size, at = varint(data, at, end)
        elif kind in (I64, I32):
            size = 8 if kind == I64 else 4
        else:
            raise WireError
        stop = at + size
        if stop > end:
            if not (clip and kind == LEN):
                raise WireError
            stop = end
        yield number, kind, at, stop
        at = stop


def signed(value: int) -> int:
    """A varint as a signed number of 64 bits."""
    value &= (1 << 64) - 1
    return value - (1 << 64) if value >> 63 else value


def zigzag(value: int) -> int:
    """A varint of type ``sint32`` or ``sint64``."""
    return (value >> 1) ^ -(value & 1)


def fixed(data: bytes, begin: int, end: int) -> int:
    """An unsigned number of 4 or 8 bytes."""
    return int.from_bytes(data[begin:end], "little")


def double(data: bytes, begin: int) -> float:
    """A double of 8 bytes."""
    return float(struct.unpack_from("<d", data, begin)[0])
