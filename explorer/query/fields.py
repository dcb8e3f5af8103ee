"""The fields that a query can name, besides attributes."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from explorer.errors import QueryError

Kind = Literal["id", "name", "text", "duration", "time", "level", "status"]

ATTRIBUTE = "attr."

# Words for the severity of a log line, least first; synonyms share a number.
LEVELS: Mapping[str, int] = MappingProxyType(
    {
        "trace": 0, "debug": 1, "info": 2, "information": 2, "notice": 3, "warn": 4, "warning": 4,
        "error": 5, "err": 5, "critical": 6, "crit": 6, "fatal": 6, "alert": 7, "emergency": 8,
    }
)  # fmt: skip

SPAN_STATUS = ("error", "ok", "unset")
ID_STATUS = ("failing", "degraded")


@dataclass(frozen=True, slots=True)
class Field:
    """A field.

    Attributes:
        name: as it is written.
        kind: ``id`` is matched by its beginning, ``name`` whole, ``text`` anywhere, ``duration`` and
            ``time`` in ns; ``level`` has an order; ``status`` has the words above.
        holds: what it is, for people.
    """

    name: str
    kind: Kind
    holds: str


FIELDS: Mapping[str, Field] = MappingProxyType(
    {
        field.name: field
        for field in (
            Field("id", "id", "correlation id"),
            Field("trace", "id", "trace id"),
            Field("span", "id", "span id"),
            Field("service", "name", "service"),
            Field("operation", "text", "operation, the span's name"),
            Field("kind", "name", "client, server, producer, consumer, internal"),
            Field("status", "status", "error, ok, unset; of the whole id: failing, degraded"),
            Field("category", "name", "category of the cause"),
            Field("cause", "text", "title of the cause"),
            Field("duration", "duration", "from start to end"),
            Field("self", "duration", "duration without that of the calls made"),
            Field("start", "time", "when it began"),
            Field("error", "text", "type and message of the error"),
            Field("log", "text", "message of a log line"),
            Field("level", "level", "severity of a log line"),
        )
    }
)


def attribute_name(written: str, *, quoted: bool) -> str | None:
    """The attribute that a name stands for; None if it is that of a field.

    Args:
        written: the name, ``attr.NAME`` or any name with a dot in it.
        quoted: it was in quotes: always an attribute's.
    """
    if written.startswith(ATTRIBUTE) and written != ATTRIBUTE:
        return written.removeprefix(ATTRIBUTE)
    if quoted or (written not in FIELDS and any(mark in written.strip(".") for mark in "./@")):
        return written
    return None


def known_field(written: str, column: int) -> Field:
    """The field of that name, in any case.

    Raises:
        QueryError: there is none; the message names the nearest.
    """
    field = FIELDS.get(written.lower())
    if field is not None:
        return field
    near = difflib.get_close_matches(written.lower(), FIELDS, 1)
    hint = f" Did you mean “{near[0]}”?" if near else ""
    raise QueryError(
        f"There is no field “{written}”.{hint} An attribute is written attr.{written}, text in quotes.",
        column,
    )
