"""Messages of ML Metadata (lineage graphs, answers of its service) as rows of executions.

Source: google/ml-metadata ml_metadata/proto/metadata_store.proto (LineageGraph, Execution, Event, Context, Association)
and metadata_store_service.proto. Names are as in JSON or as in the messages themselves.
"""

from __future__ import annotations

from typing import Any, Final

from explorer.decoding.documents import listed, named, text, whole
from explorer.decoding.messages import Message, decoded
from explorer.decoding.traces.executions import STATES, link
from explorer.decoding.wire import WireError

_EVENTS: Final = (
    "UNKNOWN", "DECLARED_OUTPUT", "DECLARED_INPUT", "INPUT", "OUTPUT", "INTERNAL_INPUT", "INTERNAL_OUTPUT",
    "PENDING_OUTPUT",
)  # fmt: skip
_VALUE: Final[Message] = {1: ("intValue", "int"), 2: ("doubleValue", "double"), 3: ("stringValue", "text"),
                          6: ("boolValue", "bool")}  # fmt: skip
_PROPERTY: Final[Message] = {1: ("key", "text"), 2: ("value", _VALUE)}
_TYPE: Final[Message] = {1: ("id", "int"), 2: ("name", "text")}
_EXECUTION: Final[Message] = {
    1: ("id", "int"), 2: ("typeId", "int"), 3: ("lastKnownState", "int"), 4: ("properties*", _PROPERTY),
    5: ("customProperties*", _PROPERTY), 6: ("name", "text"), 7: ("type", "text"), 8: ("createTimeSinceEpoch", "int"),
    9: ("lastUpdateTimeSinceEpoch", "int"),
}  # fmt: skip
_TELLING: Final = frozenset({"lastknownstate", "createtimesinceepoch", "lastupdatetimesinceepoch"})
_GRAPH: Final[Message] = {
    2: ("executionTypes*", _TYPE), 3: ("contextTypes*", _TYPE), 5: ("executions*", _EXECUTION),
    6: ("contexts*", {1: ("id", "int"), 2: ("typeId", "int"), 3: ("name", "text"), 6: ("type", "text")}),
    7: ("events*", {1: ("artifactId", "int"), 2: ("executionId", "int"), 4: ("type", "int"),
                    5: ("millisecondsSinceEpoch", "int")}),
    9: ("associations*", {1: ("executionId", "int"), 2: ("contextId", "int")}),
}  # fmt: skip


def graph_of(data: bytes) -> dict[str, Any] | None:
    """A LineageGraph in binary as the object that its JSON would be; None where the bytes are of another kind."""
    try:
        found = decoded(data, _GRAPH)
    except WireError:
        return None
    executions = found.get("executions", [])
    known = bool(executions) and all(one.get("id") and one.get("createTimeSinceEpoch") for one in executions)
    return found if known else None


def is_execution(value: Any) -> bool:
    """Whether an object is an execution: a state or times by the names of the message."""
    keys = {_flat(name) for name in named(value)}
    return "id" in keys and bool(keys & {"typeid", "type"}) and bool(keys & _TELLING)


def rows_of(value: Any) -> list[dict[str, Any]]:
    """The executions of a decoded document as rows of :mod:`explorer.decoding.traces.executions`."""
    graph = {"executions": value} if isinstance(value, list) else named(value)
    if is_execution(graph):
        graph = {"executions": [graph]}
    parts = {_flat(name): listed(part) for name, part in graph.items()}
    types = {
        text(one.get("id")): text(one.get("name")) for one in map(_short, parts.get("executiontypes", []))
    }
    found = {}
    for one in map(_short, filter(is_execution, parts.get("executions", []))):
        found[text(one["id"])] = _row(one, types)
    _place(found, parts)
    events = map(_short, parts.get("events", []))
    link(found, ((text(one.get("executionid")), text(one.get("artifactid")), _number(one.get("type"), _EVENTS),
                  _number(one.get("millisecondssinceepoch"))) for one in events))  # fmt: skip
    return list(found.values())


def _place(found: dict[str, dict[str, Any]], parts: dict[str, list[Any]]) -> None:
    """Give each execution the contexts that it is associated with."""
    types = {text(one.get("id")): text(one.get("name")) for one in map(_short, parts.get("contexttypes", []))}
    contexts = {
        text(one.get("id")): [
            text(one.get("type")) or types.get(text(one.get("typeid")), ""),
            text(one.get("name")),
        ]
        for one in map(_short, parts.get("contexts", []))
    }
    for one in map(_short, parts.get("associations", [])):
        owner, context = found.get(text(one.get("executionid"))), contexts.get(text(one.get("contextid")))
        if owner is not None and context is not None:
            owner["contexts"].append(context)
    if "associations" not in parts:  # an answer about one context
        for owner in found.values():
            owner["contexts"] += contexts.values()


def _row(one: dict[str, Any], types: dict[str, str]) -> dict[str, Any]:
    return {
        "id": _number(one["id"]), "name": one.get("name"), "state": _number(one.get("lastknownstate"), STATES),
        "created": _number(one.get("createtimesinceepoch")), "updated": _number(one.get("lastupdatetimesinceepoch")),
        "type": text(one.get("type")) or types.get(text(one.get("typeid")), ""),
        "properties": _properties(one.get("properties")) | _properties(one.get("customproperties")),
        "contexts": [], "from": [],
    }  # fmt: skip


def _properties(value: Any) -> dict[str, Any]:
    """Plain values by name; in binary a map is a list of keys and values."""
    pairs = (
        value.items()
        if isinstance(value, dict)
        else [(one.get("key"), one.get("value")) for one in listed(value)]
    )
    return {text(name): _plain(named(one)) for name, one in pairs}


def _plain(value: dict[str, Any]) -> Any:
    """What a Value holds; JSON writes its integers as text."""
    kind, plain = next(iter(value.items()), ("", None))
    return _number(plain) if _flat(kind) == "intvalue" else plain


def _number(value: Any, names: tuple[str, ...] = ()) -> int:
    """A number, also as text; or the place of a name among those of an enumeration."""
    if isinstance(value, str) and value in names:
        return names.index(value)
    return whole(value)


def _short(value: Any) -> dict[str, Any]:
    return {_flat(name): item for name, item in named(value).items()}


def _flat(name: str) -> str:
    """One spelling for ``lastKnownState`` and ``last_known_state``."""
    return name.replace("_", "").lower()
