"""Marks and findings as OTLP log records of a reserved scope: how a conversion carries what OTLP has no signal for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final, TypeVar, get_args

from explorer.model.records import Attributes, Finding, Mark, MarkKind

MARKS: Final = "trace-explorer.marks"
FINDINGS: Final = "trace-explorer.findings"
SERIES_KIND: Final = "trace-explorer.kind"
"""Metadata of a metric whose kind OTLP's forms do not tell: each series is carried as a metric of its own."""
SCOPES: Final = (MARKS, FINDINGS)
_PLACE: Final = frozenset({"doc", "index"})
_STATUSES: Final = ("pass", "warn", "fail", "error")

T = TypeVar("T", Mark, Finding)


def carried(one: Mark | Finding) -> Attributes:
    """All that a mark or finding says but its place, as attributes; None is left out."""
    pairs = ((field.name, getattr(one, field.name)) for field in fields(one) if field.name not in _PLACE)
    return tuple((name, value) for name, value in pairs if value is not None)


def mark_of(attributes: Mapping[str, Any], doc: int, index: int) -> Mark | None:
    """The mark that was carried; None where the attributes are not those of one."""
    return _made(Mark, attributes, doc, index) if attributes.get("kind") in get_args(MarkKind) else None


def finding_of(attributes: Mapping[str, Any], doc: int, index: int) -> Finding | None:
    """The finding that was carried; None where the attributes are not those of one."""
    return _made(Finding, attributes, doc, index) if attributes.get("status") in _STATUSES else None


def _made(kind: type[T], attributes: Mapping[str, Any], doc: int, index: int) -> T | None:
    known = {field.name for field in fields(kind)} - _PLACE
    told = {name: value for name, value in attributes.items() if name in known}
    try:
        made = kind(**told, doc=doc, index=index)
    except TypeError:
        return None
    return (
        made if all(isinstance(getattr(made, name), int) for name in _WHOLE if hasattr(made, name)) else None
    )


_WHOLE: Final = ("time_ns", "end_ns", "severity")
