"""Messages of Protocol Buffers as JSON data, by tables of their fields."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from explorer.decoding.wire import (
    I32,
    I64,
    LEN,
    WireError,
    double,
    fields,
    fixed,
    signed,
    varint,
    zigzag,
)

_DEPTH: Final = 40
_PACKED: Final = {"fixed": 8, "sfixed": 8, "double": 8}

Spelling = Literal["text", "hex", "base64", "uint", "int", "zigzag", "bool", "fixed", "sfixed", "double"]


@dataclass(frozen=True, slots=True)
class FieldOf:
    """A field of a message: a scalar by its spelling, or another message; ``many`` where it is repeated."""

    name: str
    spelling: Spelling | None = None
    message: str = ""
    many: bool = False


Message = Mapping[int, FieldOf]


def message_of(**of: str) -> Message:
    """Fields written as ``name="number spelling"``, a message in capitals, ``*`` behind what is repeated."""
    found = {}
    for name, text in of.items():
        number, kind = text.split()
        many, kind = kind.endswith("*"), kind.rstrip("*")
        field = FieldOf(name, message=kind, many=many) if kind[0].isupper() else FieldOf(name, kind, "", many)  # type: ignore[arg-type]
        found[int(number)] = field
    return found


def message(
    data: bytes, begin: int, end: int, name: str, messages: Mapping[str, Message], depth: int = 0
) -> dict[str, Any]:
    """A message as JSON data.

    Args:
        data: any bytes.
        begin, end: where the message lies.
        name: which of the ``messages`` it is; fields that are not among its own are passed over.
        messages: each by its name.
        depth: how many messages it lies in.

    Raises:
        WireError: it is damaged, or nested too deeply.
    """
    if depth > _DEPTH:
        raise WireError
    known = messages[name]
    found: dict[str, Any] = {}
    for number, kind, at, stop in fields(data, begin, end):
        field = known.get(number)
        if field is None:
            continue
        if field.message:
            if kind != LEN:
                raise WireError
            value: Any = message(data, at, stop, field.message, messages, depth + 1)
        elif field.many and kind == LEN:
            found.setdefault(field.name, []).extend(_packed(data, at, stop, field))
            continue
        else:
            value = _scalar(data, kind, at, stop, field)
        if field.many:
            found.setdefault(field.name, []).append(value)
        else:
            found[field.name] = value
    return found


def _scalar(data: bytes, kind: int, at: int, stop: int, field: FieldOf) -> Any:
    match field.spelling, kind:
        case "text", 2:
            return data[at:stop].decode("utf-8", "replace")
        case "hex", 2:
            return data[at:stop].hex()
        case "base64", 2:
            return base64.b64encode(data[at:stop]).decode("ascii")
        case (("uint" | "int" | "zigzag" | "bool"), 0):
            return _number(at, field)
        case "fixed", (1 | 5):
            return fixed(data, at, stop)
        case "sfixed", 1:
            return signed(fixed(data, at, stop))
        case "double", 1:
            return _json_double(double(data, at))
    raise WireError


def _number(value: int, field: FieldOf) -> int | bool:
    match field.spelling:
        case "bool":
            return bool(value)
        case "int":
            return signed(value)
        case "zigzag":
            return zigzag(value)
    return value


def _packed(data: bytes, begin: int, end: int, field: FieldOf) -> list[Any]:
    size = _PACKED.get(field.spelling or "")
    if size is None:
        found = []
        while begin < end:
            value, begin = varint(data, begin, end)
            found.append(_number(value, field))
        return found
    if (end - begin) % size:
        raise WireError
    kind = I64 if size == 8 else I32
    return [_scalar(data, kind, at, at + size, field) for at in range(begin, end, size)]


def _json_double(value: float) -> float | str:
    """As protobuf's JSON writes it: what is no number of JSON is text."""
    if value != value:  # noqa: PLR0124 - NaN
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return value
