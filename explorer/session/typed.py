"""What JSON holds as frozen dataclasses, each value of the very type that is declared.

For files of settings alone; what reads bundles decodes with msgspec, whose import would cost the start of the window
an eighth of its time.
"""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints


class WrongTypeError(ValueError):
    """A value is not of the type that is declared; the text says what was expected."""


def typed(value: object, kind: Any) -> Any:
    """The value as that type: a dataclass, ``tuple``, ``Literal``, union, ``str``, ``int``, ``float`` or ``bool``.

    Fields of a dataclass that it does not have are passed over; those that are left out have their defaults.

    Raises:
        WrongTypeError: it is of another type.
    """
    if is_dataclass(kind):
        return _record(value, kind)
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _one_of(value, inner)
    if origin is Literal:
        if value not in inner:
            raise WrongTypeError(f"one of {', '.join(map(str, inner))} is expected")
        return value
    if origin is tuple:
        return _row(value, inner)
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise WrongTypeError(f"{kind.__name__} is expected, it is {type(value).__name__}")
    return value


@cache
def _types(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _record(value: object, kind: Any) -> Any:
    if not isinstance(value, dict):
        raise WrongTypeError(f"an object is expected, it is {type(value).__name__}")
    given: dict[str, Any] = {}
    for field in fields(kind):
        if field.name in value:
            given[field.name] = typed(value[field.name], _types(kind)[field.name])
        elif field.default is MISSING and field.default_factory is MISSING:
            raise WrongTypeError(f"it has no {field.name}")
    return kind(**given)


def _one_of(value: object, kinds: tuple[Any, ...]) -> Any:
    wrong: list[WrongTypeError] = []
    for kind in kinds:
        try:
            return typed(value, kind)
        except WrongTypeError as error:
            wrong.append(error)
    raise wrong[0]  # the others are mostly that it is not None


def _row(value: object, kinds: tuple[Any, ...]) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise WrongTypeError(f"a list is expected, it is {type(value).__name__}")
    if kinds[-1] is Ellipsis:
        return tuple(typed(one, kinds[0]) for one in value)
    if len(value) != len(kinds):
        raise WrongTypeError(f"{len(kinds)} values are expected, there are {len(value)}")
    return tuple(typed(one, kind) for one, kind in zip(value, kinds, strict=True))
