"""Small Protocol Buffers messages as the objects that their JSON would be, by tables of their fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from explorer.decoding.wire import I64, LEN, VARINT, WireError, double, fields, signed, varint

Message = Mapping[int, tuple[str, "str | Message"]]
"""Number of a field to its name and kind: ``text int bool double time``, ``packed`` numbers, or a message.

A name with ``*`` behind it is of a field that is repeated.
"""

_TIME: Final[Message] = {1: ("s", "int"), 2: ("ns", "int")}
_DEPTH: Final = 16
_WIRES: Final = {"int": VARINT, "bool": VARINT, "double": I64}


def _packed(data: bytes, at: int, end: int) -> list[int]:
    found = []
    while at < end:
        one, at = varint(data, at, end)
        found.append(one)
    return found


_SCALARS: Final[Mapping[str, Callable[[bytes, int, int], Any]]] = {
    "int": lambda _data, value, _stop: signed(value),
    "bool": lambda _data, value, _stop: bool(value),
    "double": lambda data, begin, _end: double(data, begin),
    "text": lambda data, begin, end: data[begin:end].decode("utf-8", "replace"),
    "packed": _packed,
}
"""How a value is read from its bytes, or a varint from its value."""


def decoded(data: bytes, message: Message, begin: int = 0, end: int = -1, depth: int = 0) -> dict[str, Any]:
    """A message as an object; fields that are not in the table are passed over. Times become ns since the epoch.

    Raises:
        WireError: it is no such message.
    """
    if depth > _DEPTH:
        raise WireError
    found: dict[str, Any] = {}
    for number, wire, value, stop in fields(data, begin, len(data) if end < 0 else end):
        name, kind = message.get(number, ("", ""))
        if not name:
            continue
        if wire != _WIRES.get(str(kind), LEN):
            raise WireError
        one: Any
        read = _SCALARS.get(str(kind))
        if read is not None:
            one = read(data, value, stop)
        elif kind == "time":
            told = decoded(data, _TIME, value, stop, depth + 1)
            one = told.get("s", 0) * 10**9 + told.get("ns", 0)
        else:
            assert isinstance(kind, Mapping)  # noqa: S101 - all other kinds are named above
            one = decoded(data, kind, value, stop, depth + 1)
        if name.endswith("*"):
            found.setdefault(name[:-1], []).append(one)
        else:
            found[name] = one
    return found
