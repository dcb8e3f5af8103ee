"""Records of Fluentd and Fluent Bit, whichever way they were written: a tag, a time and a map."""

from __future__ import annotations

from typing import Any, Final

from explorer.decoding import lenient
from explorer.decoding.logs.entries import Entry
from explorer.decoding.logs.objects import FAULT_ROLES, RESOURCE_ROLES, Pairs, flatten, role_of
from explorer.decoding.logs.origin import origin_of
from explorer.decoding.logs.times import parse_time
from explorer.model.fields import Role

TEXTS: Final = ("log", "message", "msg", "MESSAGE")
_OWN: Final = frozenset({Role.SEVERITY, Role.HTTP_STATUS, Role.MESSAGE, *FAULT_ROLES})
"""Roles of fields that make a map a log object, rather than a line with what is known of its origin."""
_CONTAINERS: Final = "var.log.containers."


def fluent_entry(record: dict[str, Any], time: int = 0, tag: str = "") -> Entry:
    """The entry of one record: its line, or the map itself where that is a log object."""
    name = next((name for name in TEXTS if isinstance(record.get(name), str)), "")
    pairs = flatten({key: item for key, item in record.items() if key != name})
    source = _source(tag, pairs)
    if not name or any(role_of(key) in _OWN for key, _ in pairs):
        text = lenient.dumps(record).decode("utf-8", "replace")
        return Entry(text, time, repr((tag, source)), source, is_object=True)
    own = next(
        (found[0] for key, item in pairs if role_of(key) is Role.TIME and (found := parse_time(item))), 0
    )
    told = [
        (key, item.lstrip("/") if isinstance(item, str) and role_of(key) is Role.CONTAINER else item)
        for key, item in pairs
        if role_of(key) is not Role.TIME
    ]
    process = [item for key, item in told if key == "stream" or role_of(key) in RESOURCE_ROLES]
    return Entry(record[name], own or time, repr((tag, process)), [*source, *told])


def _source(tag: str, pairs: Pairs) -> Pairs:
    """What the tag tells: a container's file, or the service where the record names none."""
    if not tag:
        return []
    told: Pairs = [("tag", tag)]
    if {role_of(name) for name, _ in pairs} & {Role.SERVICE, Role.POD, Role.CONTAINER}:
        return told
    if _CONTAINERS in tag:
        origin = origin_of("/var/log/containers/" + tag.partition(_CONTAINERS)[2])
        parts = (("service", origin.service), ("namespace", origin.namespace), ("pod", origin.pod),
                 ("container", origin.container))  # fmt: skip
        return [*told, *((name, text) for name, text in parts if text)]
    return [*told, ("service", tag)]
