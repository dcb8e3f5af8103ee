"""Google Cloud Logging: entries of ``gcloud logging read``, of exports to storage, and of the API.

Format: Cloud Logging API v2, LogEntry: ``textPayload``, ``jsonPayload`` or ``protoPayload``, ``trace`` as a path that
ends in the id, the monitored resource's labels. An entry that comes twice has the same time and ``insertId``.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import moment, named, text
from explorer.decoding.logs.entries import Entry
from explorer.decoding.logs.hits import object_entry, open_element, read_elements
from explorer.decoding.logs.objects import flatten, message_of
from explorer.decoding.outline import outline
from explorer.model.builder import Builder, Records

NAME = "google-logs"
LABEL = "Google Cloud Logging"
RECOGNISED_BY = "Entries with a log name, a resource and a payload or request."
FRAMINGS: Collection[str] = frozenset({"lines", "document"})

_HEX: Final = 16
_REQUESTS: Final = "writeLogEntriesRequests"
_PAYLOADS: Final = frozenset({"textPayload", "jsonPayload", "protoPayload", "httpRequest"})
_RESOURCE: Final = {
    "service_name": "service", "container_name": "container", "pod_name": "pod", "namespace_name": "namespace",
    "revision_name": "version", "function_name": "service", "module_id": "service", "version_id": "version",
    "node_name": "host", "instance_id": "instance.id", "job_name": "service",
}  # fmt: skip
"""Labels of monitored resources, by the names of fields."""


def detect(head: bytes) -> Confidence | None:
    """By the names of an entry."""
    if b'"logName"' not in head and b'"insertId"' not in head:
        return None
    paths = outline(head)
    for above in ((), ("entries",), (_REQUESTS, "entries")):
        names = {path[-1] for path in paths if path[:-1] == above}
        if names & {"logName", "insertId"} and names & _PAYLOADS and names & {"resource", "logName"}:
            return Confidence.CERTAIN
    return None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the entries into the builder."""
    return read_elements(records, builder, NAME, _entry, _same)


def open_record(raw: bytes) -> OpenRecord:
    """Open one entry again."""
    return open_element(raw, _entry)


def _same(value: dict[str, Any]) -> Hashable:
    """An entry that comes twice has the same time and ``insertId``, in one log."""
    told = tuple(text(value.get(name)) for name in ("logName", "timestamp", "insertId"))
    return told if told[2] else None


def _hex(span: str) -> str:
    """A span id in hex; old agents write it as a decimal number."""
    return f"{int(span):016x}" if span.isdecimal() and len(span) != _HEX and int(span) < 1 << 64 else span


def _entry(value: dict[str, Any]) -> Entry | None:
    if not value.keys() & _PAYLOADS or not value.keys() & {
        "logName",
        "insertId",
        "timestamp",
        "receiveTimestamp",
    }:
        return None
    plain: dict[str, Any] = {}
    for name, item in named(named(value.get("resource")).get("labels")).items():
        plain.setdefault(_RESOURCE.get(name, f"resource.{name}"), item)
    payload = named(value.get("jsonPayload")) or named(value.get("protoPayload"))
    plain.update(
        {name: item for name, item in payload.items() if name not in ("timestamp", "time", "severity")}
    )
    request = named(value.get("httpRequest"))
    own = {name: item for name, item in value.items() if name not in (*_PAYLOADS, "resource", "labels")}
    plain.update(own)
    plain["timestamp"] = value.get("timestamp") or value.get("receiveTimestamp")
    if isinstance(value.get("textPayload"), str):
        plain["message"] = value["textPayload"]
    if request:
        plain["httpRequest"] = request
        plain.setdefault("http_status", request.get("status"))
        line = " ".join(text(request.get(name)) for name in ("requestMethod", "requestUrl", "status"))
        plain.setdefault("message", line.strip())
    if payload and not message_of(flatten(plain)):
        plain["message"] = ", ".join(f"{name}: {text(item)}" for name, item in flatten(payload))
    if value.get("labels"):
        plain["labels"] = value["labels"]
    if not str(value.get("trace", "")).rpartition("/")[2]:
        plain.pop("trace", None)
    if isinstance(plain.get("spanId"), str | int):
        plain["spanId"] = _hex(str(plain["spanId"]))
    if plain.get("severity") == "DEFAULT":
        plain.pop("severity")
    return object_entry(plain, moment(plain["timestamp"]))
