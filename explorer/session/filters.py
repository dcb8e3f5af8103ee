"""Queries that the user keeps by a name. Names are unique, whatever their case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A query and what the user calls it."""

    name: str
    query: str


Filters = tuple[SavedFilter, ...]


def clean_name(name: str) -> str:
    """A name as it is kept: one line, no blanks around it, not too long."""
    return " ".join(name.split())[:LONGEST_NAME].strip()


def with_filter(filters: Filters, name: str, query: str) -> Filters:
    """With this one, in the order of the names; it replaces one of the same name."""
    kept = without(filters, name)
    return tuple(sorted((*kept, SavedFilter(clean_name(name), query)), key=lambda one: one.name.casefold()))


def without(filters: Filters, name: str) -> Filters:
    """Without the one of that name."""
    wanted = clean_name(name).casefold()
    return tuple(one for one in filters if one.name.casefold() != wanted)


def named(filters: Filters, name: str) -> SavedFilter | None:
    """The one of that name, None where there is none."""
    wanted = clean_name(name).casefold()
    return next((one for one in filters if one.name.casefold() == wanted), None)


def fitting(filters: Filters, written: str) -> Sequence[SavedFilter]:
    """Those in whose names or queries all that is written occurs, those whose names begin with it first."""
    wanted = written.strip().casefold()
    found = [one for one in filters if wanted in one.name.casefold() or wanted in one.query.casefold()]
    return sorted(found, key=lambda one: not one.name.casefold().startswith(wanted))
