"""Fields of log rows under the names that the rest of the program knows: Azure's (Application Insights) differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from explorer.decoding.tables.values import mapping_of
from explorer.model.fields import normalise

_RENAMED: Final = {
    "operationid": "trace_id", "operationparentid": "span_id", "cloudrolename": "service.name",
    "approlename": "service.name", "cloudroleinstance": "service.instance.id",
    "approleinstance": "service.instance.id", "severitylevel": "level", "timegenerated": "timestamp",
    "logmessage": "message", "logentry": "message", "outermessage": "message", "syslogmessage": "message",
    "renderedmessage": "message", "entityname": "service.name", "cmdbid": "service.name",
    "raw": "message", "computer": "host.name",
}  # fmt: skip
_LEVELS: Final = {"0": "DEBUG", "1": "INFO", "2": "WARN", "3": "ERROR", "4": "FATAL"}
"""Application Insights' severity levels: verbose, information, warning, error, critical."""
_MAPS: Final = frozenset({"customdimensions", "properties", "labels", "logattributes", "resourceattributes"})
_EXCEPTION: Final = {
    "outertype": "exception.type",  # before the name of the table, which Log Analytics calls type
    "exceptiontype": "exception.type",
    "type": "exception.type",
}


def log_field(name: str, value: Any) -> list[tuple[str, Any]]:
    """What one field of a log row is to be read as: renamed, or unfolded where it holds a map."""
    flat = normalise(name.removesuffix(" [UTC]"))
    if flat in _MAPS:
        found = mapping_of(value) if isinstance(value, str) else []
        return found if found or value in ("", "{}", "[]") else [(name, value)]
    known = _RENAMED.get(flat)
    if known == "level":
        return [(known, _LEVELS.get(str(value), value))]
    return [(known or name, value)]


def log_fields(row: Mapping[str, Any]) -> dict[str, Any]:
    """A log row as an object; of several fields that get one name the first stands."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        for known, item in log_field(name, value):
            found.setdefault(known, item)
    flat = {normalise(name): name for name in row}
    if "operationid" in flat and "parentid" in flat:
        found.setdefault("span_id", row[flat["parentid"]])
    if "outermessage" in flat:
        for name, known in _EXCEPTION.items():
            if name in flat:
                found.setdefault(known, row[flat[name]])
    return found
