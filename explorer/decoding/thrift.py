"""Thrift's binary and compact protocols, as JSON data by tables of fields.

Source: apache/thrift doc/specs/thrift-binary-protocol.md and thrift-compact-protocol.md.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Mapping
from typing import Any, Final

Struct = Mapping[int, tuple[str, str]]
"""Fields of a struct by number: name, and the struct it holds, ``bytes`` for what is no text, nothing else."""

_DEPTH: Final = 20
# Types as the binary protocol numbers them.
_BOOL, _BYTE, _DOUBLE, _I16, _I32, _I64 = 2, 3, 4, 6, 8, 10
_STRING, _STRUCT, _MAP, _SET, _LIST, _UUID = 11, 12, 13, 14, 15, 16
_COMPACT: Final = {
    1: _BOOL, 2: _BOOL, 3: _BYTE, 4: _I16, 5: _I32, 6: _I64, 7: _DOUBLE, 8: _STRING, 9: _LIST, 10: _SET, 11: _MAP,
    12: _STRUCT, 13: _UUID,
}  # fmt: skip
_NUMBERS: Final = {_BYTE: ">b", _DOUBLE: ">d", _I16: ">h", _I32: ">i", _I64: ">q", _BOOL: ">?"}


class ThriftError(ValueError):
    """The bytes are damaged, cut short, nested too deeply, or of a type that does not tell its length."""


class Binary:
    """Reads values of the binary protocol one after another."""

    def __init__(self, data: bytes, structs: Mapping[str, Struct]) -> None:
        self.data, self.at, self._structs, self._depth = data, 0, structs, 0

    def skip_call(self) -> None:
        """Go behind the name of a call, to the first of its arguments."""
        self.take(4)
        self.take(self._number(_I32))
        self.take(4)
        self._field(0)

    def struct(self, name: str, into: dict[str, Any]) -> dict[str, Any]:
        """Fill in a struct's fields, also before damage; those that are not in its table are passed over."""
        known, number = self._structs.get(name, {}), 0
        while (field := self._field(number)) is not None:
            number, kind = field
            called, within = known.get(number, ("", ""))
            if kind in (_LIST, _SET):
                into[called] = []
                self.items(within, into[called])
            else:
                into[called] = self._value(kind, within)
        into.pop("", None)
        return into

    def items(self, within: str, into: list[Any]) -> list[Any]:
        """Append the items of a list, also those before damage."""
        kind, count = self._list()
        for _ in range(count):
            into.append(self._value(kind, within))  # noqa: PERF401 - what was read stays after damage
        return into

    def _value(self, kind: int, within: str) -> Any:
        if kind == _STRING:
            text = self.take(self._length())
            return base64.b64encode(text).decode() if within == "bytes" else text.decode("utf-8", "replace")
        if kind == _UUID:
            return self.take(16).hex()
        if kind not in (_STRUCT, _LIST, _SET, _MAP):
            return self._number(kind)
        if self._depth >= _DEPTH:
            raise ThriftError
        self._depth += 1
        value: dict[str, Any] | list[Any]
        if kind == _STRUCT:
            value = self.struct(within, {})
        else:
            value = self._pairs() if kind == _MAP else self.items(within, [])
        self._depth -= 1
        return value

    def _pairs(self) -> list[Any]:
        key, kind, count = self._map()
        return [(self._value(key, ""), self._value(kind, "")) for _ in range(count)]

    def take(self, count: int) -> bytes:
        """So many bytes."""
        if not 0 <= count <= len(self.data) - self.at:
            raise ThriftError
        self.at += count
        return self.data[self.at - count : self.at]

    def _field(self, _before: int) -> tuple[int, int] | None:
        kind = self.take(1)[0]
        return (self._number(_I16), kind) if kind else None

    def _list(self) -> tuple[int, int]:
        return self.take(1)[0], self._number(_I32)

    def _map(self) -> tuple[int, int, int]:
        return self.take(1)[0], self.take(1)[0], self._number(_I32)

    def _length(self) -> int:
        return int(self._number(_I32))

    def _number(self, kind: int) -> Any:
        form = _NUMBERS.get(kind)
        if form is None:
            raise ThriftError
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]


class Compact(Binary):
    """Reads values of the compact protocol."""

    def __init__(self, data: bytes, structs: Mapping[str, Struct]) -> None:
        super().__init__(data, structs)
        self._said: bool | None = None  # truth stands with the field

    def skip_call(self) -> None:
        """As in the binary protocol."""
        self.take(2)
        self._varint()
        self.take(self._varint())
        self._field(0)

    def _field(self, before: int) -> tuple[int, int] | None:
        head = self.take(1)[0]
        if not head:
            return None
        kind, step = head & 15, head >> 4
        number = before + step if step else self._zigzag()
        self._said = kind == 1 if kind in (1, 2) else None
        return number, _COMPACT.get(kind, 0)

    def _list(self) -> tuple[int, int]:
        head = self.take(1)[0]
        count = head >> 4 if head >> 4 < 15 else self._varint()
        return _COMPACT.get(head & 15, 0), count

    def _map(self) -> tuple[int, int, int]:
        count = self._varint()
        kinds = self.take(1)[0] if count else 0
        return _COMPACT.get(kinds >> 4, 0), _COMPACT.get(kinds & 15, 0), count

    def _length(self) -> int:
        return self._varint()

    def _number(self, kind: int) -> Any:
        if kind == _BOOL:
            said, self._said = self._said, None
            return self.take(1) == b"\1" if said is None else said
        if kind == _DOUBLE:
            return struct.unpack("<d", self.take(8))[0]
        return self._zigzag() if kind in (_I16, _I32, _I64) else super()._number(kind)

    def _varint(self) -> int:
        found = shift = 0
        while True:
            byte = self.take(1)[0]
            found |= (byte & 127) << shift
            if byte < 128:
                return found
            shift += 7
            if shift > 63:
                raise ThriftError

    def _zigzag(self) -> int:
        number = self._varint()
        return number >> 1 ^ -(number & 1)
