"""Values of MessagePack, one after another.

Format: msgpack/msgpack spec.md. Extension type 0 is the time of Fluentd's and Fluent Bit's events (EventTime: seconds
and nanoseconds, 32 bits each), type -1 the format's own timestamp.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

DEPTH: Final = 32

_FIXED: Final = {
    0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q", 0xD0: ">b", 0xD1: ">h", 0xD2: ">i",
    0xD3: ">q",
}  # fmt: skip
_NUMBERS: Final = {code: struct.Struct(form) for code, form in _FIXED.items()}
_SIZES: Final = {
    0xD9: 1, 0xDA: 2, 0xDB: 4, 0xC4: 1, 0xC5: 2, 0xC6: 4, 0xDC: 2, 0xDD: 4, 0xDE: 2, 0xDF: 4, 0xC7: 1, 0xC8: 2,
    0xC9: 4,
}  # fmt: skip
_FIXED_EXTENSION: Final = {0xD4: 1, 0xD5: 2, 0xD6: 4, 0xD7: 8, 0xD8: 16}
_CONSTANTS: Final = {0xC0: None, 0xC2: False, 0xC3: True}


class BrokenError(ValueError):
    """These bytes are no MessagePack."""


class CutError(BrokenError):
    """The bytes end within a value."""


@dataclass(frozen=True, slots=True)
class Extension:
    """A value of an extension type; times are given in ns."""

    type: int
    data: bytes

    @property
    def time_ns(self) -> int | None:
        """Nanoseconds since the epoch, None where it is no time."""
        if self.type == 0 and len(self.data) == 8:
            seconds, nanos = struct.unpack(">II", self.data)
            return int(seconds) * 10**9 + int(nanos) if nanos < 10**9 else None
        if self.type == -1 and len(self.data) == 4:
            return int.from_bytes(self.data) * 10**9
        if self.type == -1 and len(self.data) == 8:
            packed = int.from_bytes(self.data)
            return (packed & (1 << 34) - 1) * 10**9 + (packed >> 34)
        return None


def values(data: bytes, at: int = 0) -> Iterator[tuple[Any, int, int]]:
    """Each value with its begin and end.

    Raises:
        BrokenError: at a value that is none; :class:`CutError` at one that is cut.
    """
    while at < len(data):
        value, end = decode(data, at)
        yield value, at, end
        at = end


def decode(data: bytes, at: int, depth: int = 0) -> tuple[Any, int]:
    """The value that begins at ``at``, and its end.

    Raises:
        BrokenError: it is none, or nested too deeply.
    """
    if depth > DEPTH:
        raise BrokenError("nested too deeply")
    if at >= len(data):
        raise CutError("ends within a value")
    code, at = data[at], at + 1
    if code < 0x80:
        return code, at
    if code >= 0xE0:
        return code - 256, at
    if code < 0x90:
        return _map(data, at, code & 0x0F, depth)
    if code < 0xA0:
        return _list(data, at, code & 0x0F, depth)
    if code < 0xC0:
        return _text(data, at, code & 0x1F)
    if code in _CONSTANTS:
        return _CONSTANTS[code], at
    number = _NUMBERS.get(code)
    if number is not None:
        raw, at = _bytes(data, at, number.size)
        return number.unpack(raw)[0], at
    if code in _FIXED_EXTENSION:
        return _extension(data, at, _FIXED_EXTENSION[code])
    width = _SIZES.get(code)
    if width is None:
        raise BrokenError(f"no type {code:#x}")
    raw, at = _bytes(data, at, width)
    return _sized(data, at, code, int.from_bytes(raw), depth)


def begun(data: bytes, at: int, levels: int) -> tuple[list[Any], int]:
    """What is whole of a list that is cut or damaged, and where that ends; nothing of what is no list.

    ``levels``: so many lists within one another may be cut, what lies deeper is whole or left out.
    """
    size, at = _list_size(data, at)
    found: list[Any] = []
    for _ in range(size):
        try:
            value, at = decode(data, at)
        except BrokenError:
            inner, at = begun(data, at, levels - 1) if levels > 1 else ([], at)
            return [*found, inner] if inner else found, at
        found.append(value)
    return found, at


def _list_size(data: bytes, at: int) -> tuple[int, int]:
    code, at = (data[at] if at < len(data) else 0), at + 1
    if 0x90 <= code < 0xA0:
        return code & 0x0F, at
    width = _SIZES[code] if code in (0xDC, 0xDD) else 0
    return int.from_bytes(data[at : at + width]), at + width


def _sized(data: bytes, at: int, code: int, size: int, depth: int) -> tuple[Any, int]:
    if code in (0xD9, 0xDA, 0xDB):
        return _text(data, at, size)
    if code in (0xC4, 0xC5, 0xC6):
        return _bytes(data, at, size)
    if code in (0xC7, 0xC8, 0xC9):
        return _extension(data, at, size)
    return _list(data, at, size, depth) if code in (0xDC, 0xDD) else _map(data, at, size, depth)


def _bytes(data: bytes, at: int, size: int) -> tuple[bytes, int]:
    if at + size > len(data):
        raise CutError("ends within a value")
    return data[at : at + size], at + size


def _text(data: bytes, at: int, size: int) -> tuple[str, int]:
    raw, at = _bytes(data, at, size)
    return raw.decode("utf-8", "replace"), at


def _extension(data: bytes, at: int, size: int) -> tuple[Extension, int]:
    kind, at = _bytes(data, at, 1)
    raw, at = _bytes(data, at, size)
    return Extension(int.from_bytes(kind, signed=True), raw), at


def _list(data: bytes, at: int, size: int, depth: int) -> tuple[list[Any], int]:
    if size > len(data) - at:
        raise CutError("ends within a value")
    found = []
    for _ in range(size):
        value, at = decode(data, at, depth + 1)
        found.append(value)
    return found, at


def _map(data: bytes, at: int, size: int, depth: int) -> tuple[dict[str, Any], int]:
    if size > len(data) - at:
        raise CutError("ends within a value")
    found = {}
    for _ in range(size):
        name, at = decode(data, at, depth + 1)
        value, at = decode(data, at, depth + 1)
        found[name if isinstance(name, str) else _name(name)] = value
    return found, at


def _name(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
