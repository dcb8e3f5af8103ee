"""Rows of spans within other JSON: below the trace they are of, beside a time of their own, as children of each other.

Many tools write traces so, each with its own wrapping. What is told above a row, its trace and its service, holds for
it too, and a row within another one is its child.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from explorer.decoding.documents import text
from explorer.decoding.outline import Outline
from explorer.decoding.tables.columns import Role, is_span, roles_of

Row = dict[str, Any]

_DEPTH: Final = 64
_CHILDREN: Final = frozenset({"children", "childspans", "child_spans", "child_runs", "subspans", "spans"})
_SHARED: Final = (Role.TRACE, Role.SERVICE)
"""What is told of all rows below."""
_BESIDE: Final = (*_SHARED, Role.START)
"""What is told of the one object that stands beside it."""
_TRACE, _PARENT = "trace_id", "parent_id"
_TRACE_IDS: Final = ("id", "ID", "_id")
"""How a trace calls its id where its spans do not name it."""


def nested_rows(value: Any) -> Iterator[Row]:
    """The rows of spans anywhere in a decoded document; and what stands beside or within them and is none."""
    return _rows(value, {}, 0)


def has_nested_rows(paths: Outline) -> bool:
    """Whether a document with these keys holds rows of spans below others, as far as its outline tells."""
    levels: dict[tuple[str, ...], set[str]] = {}
    for path in paths:
        levels.setdefault(path[:-1], set()).add(path[-1])
    for place, own in levels.items():
        told = {name for i in range(len(place)) for name in levels.get(place[:i], ())}
        if "spans" in place and told.intersection(_TRACE_IDS):
            told.add(_TRACE)
        if _is_row(tuple(sorted(own)), _fitting(tuple(sorted(own)), tuple(sorted(told)))):
            return True
    return False


@lru_cache(maxsize=1024)
def _is_row(own: tuple[str, ...], told: tuple[str, ...]) -> bool:
    """Whether an object with its own id is a span, together with what is told above it."""
    if not is_span((*own, *told)):
        return False
    traces = [name for name in told if Role.TRACE in roles_of((name,))]
    return Role.SPAN in roles_of((*own, *traces))


@lru_cache(maxsize=1024)
def _fitting(own: tuple[str, ...], told: tuple[str, ...]) -> tuple[str, ...]:
    """Which of the names told above say what an object does not say itself."""
    roles = roles_of(own).keys()
    return tuple(
        name
        for name in told
        if name not in own
        and (said := roles_of((name,)).keys())
        and said <= {*_BESIDE, Role.PARENT}
        and not said & roles
    )


def _rows(value: Any, above: Mapping[str, Any], depth: int, *, expected: bool = False) -> Iterator[Row]:
    if depth > _DEPTH:
        return
    if isinstance(value, list):
        names = tuple(above)
        beside = expected or any(_is_row(tuple(one), _fitting(tuple(one), names)) for one in _objects(value))
        for one in value:
            yield from _rows(one, above, depth + 1, expected=beside)
    elif isinstance(value, dict):
        told = _fitting(tuple(value), tuple(above))
        if not _is_row(tuple(value), told) or not _has_ids(value):
            found = False
            for row in _within(value, above, depth):
                found = True
                yield row
            if expected and not found:
                yield value
            return
        inner = [name for name, item in value.items() if name.lower() in _CHILDREN and _objects(item)]
        row = {**{name: above[name] for name in told}, **value}
        yield {name: item for name, item in row.items() if name not in inner}
        for name in inner:
            yield from _rows(value[name], _as_parent(row), depth + 1, expected=True)


def _has_ids(value: Row) -> bool:
    """Whether ids are plain values: a schema has the same names and describes them."""
    return all(isinstance(value[name], str | int | None) for name in _own_ids(tuple(value)))


@lru_cache(maxsize=1024)
def _own_ids(names: tuple[str, ...]) -> tuple[str, ...]:
    """Which of the names are those of ids."""
    roles = roles_of((*names, _TRACE))
    return tuple(
        names[roles[role]] for role in (Role.TRACE, Role.SPAN) if roles.get(role, len(names)) < len(names)
    )


def _within(value: Row, above: Mapping[str, Any], depth: int) -> Iterator[Row]:
    """Rows below an object that is none itself."""
    plain = {name: item for name, item in value.items() if item and not isinstance(item, dict | list)}
    shared, beside = ({**above, **_said(plain, roles)} for roles in (_SHARED, _BESIDE))
    own = next((plain[name] for name in _TRACE_IDS if name in plain), None)
    named = {_TRACE: own} if own and Role.TRACE not in roles_of(tuple(plain)) else {}
    for name, item in value.items():
        if isinstance(item, dict):
            yield from _rows(item, beside, depth + 1)
        elif _objects(item) or (isinstance(item, list) and any(isinstance(one, list) for one in item)):
            yield from _rows(item, {**shared, **(named if name == "spans" else {})}, depth + 1)


def _said(fields: Row, roles: Collection[Role]) -> Row:
    """The fields of these roles."""
    names, found = list(fields), roles_of(tuple(fields))
    return {names[found[role]]: fields[names[found[role]]] for role in roles if role in found}


def _as_parent(row: Row) -> Row:
    """What a span tells those within it."""
    names, roles = list(row), roles_of(tuple(row))
    return {**_said(row, _SHARED), _PARENT: text(row[names[roles[Role.SPAN]]])}


def _objects(item: Any) -> list[Row]:
    return [one for one in item if isinstance(one, dict)] if isinstance(item, list) else []
