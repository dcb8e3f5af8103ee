"""``AnyValue`` and attribute lists to plain data."""

from __future__ import annotations

import math
from typing import Any, Final

import msgspec
from msgspec import Raw, Struct

from explorer.decoding.documents import number
from explorer.decoding.lenient import loads
from explorer.decoding.traces.harvest import Meanings

_DEPTH: Final = 32


class _Key(Struct, gc=False):
    key: str = ""


class _Attribute(Struct, gc=False):
    key: str = ""
    value: Raw = Raw(b"{}")


_KEYS: Final = msgspec.json.Decoder(list[_Key])
_DECODER: Final = msgspec.json.Decoder(list[_Attribute])


def plain(value: Any, depth: int = 0) -> Any:
    """The value that an ``AnyValue`` object stands for; names in camel or snake case.

    An empty object is null. Integers come back as integers (JSON has them as strings), bytes as their base64
    text, anything that is no ``AnyValue`` as it is. Nesting below 32 levels is left out.
    """
    if not isinstance(value, dict) or len(value) != 1:
        return None if value == {} else value
    ((name, inner),) = value.items()
    match name:
        case "stringValue" | "string_value" | "boolValue" | "bool_value" | "bytesValue" | "bytes_value":
            return inner
        case "intValue" | "int_value":
            return _integer(inner)
        case "doubleValue" | "double_value":
            return _double(inner)
        case "arrayValue" | "array_value" if isinstance(inner, dict):
            values = inner.get("values")
            return (
                [plain(one, depth + 1) for one in values]
                if isinstance(values, list) and depth < _DEPTH
                else []
            )
        case "kvlistValue" | "kvlist_value" if isinstance(inner, dict):
            return dict(pairs(inner.get("values"), depth + 1)) if depth < _DEPTH else {}
    return value


def pairs(attributes: Any, depth: int = 0) -> list[tuple[str, Any]]:
    """Name and plain value of each attribute; also of attributes given as one object."""
    if isinstance(attributes, dict):
        return [(str(name), plain(value, depth)) for name, value in attributes.items()]
    if not isinstance(attributes, list):
        return []
    return [
        (str(one.get("key", "")), plain(one.get("value"), depth))
        for one in attributes
        if isinstance(one, dict)
    ]


def attributes(raw: bytes) -> list[tuple[str, Any]]:
    """Decode the bytes of an attribute list; of a broken one, nothing."""
    try:
        return pairs(loads(raw)) if raw else []
    except ValueError:
        return []


def telling_attributes(raw: bytes, meanings: Meanings) -> list[tuple[str, Any]]:
    """Decode those attributes of a list that have a meaning."""
    try:
        if all([meanings[one.key] is None for one in _KEYS.decode(raw)]):  # noqa: C419 - a generator costs more
            return []
        return [
            (one.key, plain(loads(bytes(one.value))))
            for one in _DECODER.decode(raw)
            if meanings[one.key] is not None
        ]
    except (msgspec.MsgspecError, ValueError):
        return [(name, value) for name, value in attributes(raw) if meanings[name] is not None]


def describe(raw: bytes) -> tuple[str, list[tuple[str, Any]]]:
    """The attributes of a ``Resource`` object; the service is one of them."""
    try:
        value = loads(raw) if raw else None
    except ValueError:
        return "", []
    return "", pairs(value.get("attributes")) if isinstance(value, dict) else []


def _integer(value: Any) -> Any:
    try:
        return int(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _double(value: Any) -> Any:
    found = number(value)
    return value if found is None or not math.isfinite(found) else found
