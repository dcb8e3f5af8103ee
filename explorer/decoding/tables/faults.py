"""What a row says went wrong: columns of an exception, or an object of what it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from explorer.decoding.lenient import text_of
from explorer.decoding.logs.stacks import exception_of
from explorer.decoding.tables.values import decoded
from explorer.decoding.traces.plain import Fault
from explorer.model.fields import Role, normalise, role

_OBJECTS: Final = frozenset({"error", "errorinfo", "exception"})
_PARTS: Final = (
    ({Role.EXCEPTION_TYPE, Role.ERROR_TYPE}, "type"),
    ({Role.EXCEPTION_MESSAGE, Role.MESSAGE}, "message"),
    ({Role.STACK}, "stack"),
)

Columns = tuple[tuple[int, Role | None], ...]
"""Columns that tell of a fault, with their roles."""


def fault_columns(names: Sequence[str]) -> Columns:
    """Those of a table."""
    found = ((i, name, role(name)) for i, name in enumerate(names))
    telling = {Role.EXCEPTION_TYPE, Role.EXCEPTION_MESSAGE, Role.STACK}
    return tuple((i, told) for i, name, told in found if told in telling or normalise(name) in _OBJECTS)


def fault_of(columns: Columns, values: Sequence[Any]) -> Fault | None:
    """What went wrong in a row, None for nothing."""
    said: dict[str, str] = {}
    for i, told in columns:
        value = values[i]
        held = decoded(value) if isinstance(value, str) else value
        if isinstance(held, Mapping):
            said |= {part: text for part, text in _within(held).items() if text}
        elif isinstance(value, str) and value.strip() and told is not Role.ERROR_FLAG:
            said |= _written(value.strip(), told)
    return Fault(said.get("type", ""), said.get("message", ""), said.get("stack", "")) if said else None


def _within(held: Mapping[str, Any]) -> dict[str, str]:
    """The parts of a fault in an object of them."""
    return {
        part: text_of(item)
        for name, item in held.items()
        for roles, part in _PARTS
        if role(name) in roles or normalise(name) == part
    }


def _written(text: str, told: Role | None) -> dict[str, str]:
    """The parts of a fault in one column of text."""
    if told is not Role.STACK:
        return {"type" if told is Role.EXCEPTION_TYPE else "message": text}
    kind, message = exception_of(text)
    return {"type": kind, "message": message, "stack": text} if kind or message else {"message": text}
