"""Datadog's log searches: events of API version 2, lists of version 1.

Format: DataDog/datadog-api-client-python, v2 ``LogsListResponse`` (``data[].attributes``), v1 ``LogsListResponse``
(``logs[].content``); the event stream's have the form of logs. A log's own fields lie in ``attributes`` below these;
tags are texts ``name:value``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any, Final

from explorer.decoding import lenient
from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import listed, named
from explorer.decoding.logs.entries import Entry
from explorer.decoding.logs.hits import object_entry, open_element, read_elements
from explorer.decoding.outline import outline
from explorer.model.builder import Builder, Records

NAME = "datadog-logs"
LABEL = "Datadog logs"
RECOGNISED_BY = (
    'Items of type "log" or "event" with a timestamp among their attributes, or logs with their content.'
)
FRAMINGS: Collection[str] = frozenset({"lines", "document"})

_TYPES: Final = (None, "log", "event")
_LOG: Final = re.compile(rb'"type"\s*:\s*"(?:log|event)"')
_OWN: Final = frozenset({"timestamp", "message", "status"})
_TAGS: Final = {"env": "env", "service": "service", "version": "version", "pod_name": "pod_name",
                "kube_namespace": "namespace", "container_name": "container_name", "host": "host"}  # fmt: skip
"""Tags that tell the process, by the names of fields."""
_EMPTY: Final = re.compile(rb'\s*\{\s*"data"\s*:\s*\[\s*\]\s*[,}]')


def detect(head: bytes) -> Confidence | None:
    """By the names of an event; an empty page is of nothing more likely."""
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
        return None
    paths = outline(head)
    for above in (("data",), ()):
        names = {path[-1] for path in paths if path[:-1] == (*above, "attributes")}
        if _LOG.search(head) and "timestamp" in names and names & _OWN:
            return Confidence.CERTAIN
    if {("logs", "content", "timestamp"), ("logs", "id")} <= paths or {
        ("content", "timestamp"),
        ("id",),
    } <= paths:
        return Confidence.CERTAIN
    return Confidence.POSSIBLE if _EMPTY.match(head) else None


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the logs into the builder."""
    refused = read_elements(records, builder, NAME, _entry)
    empty = [i for i in refused if _is_empty(records[i])]
    for i in empty:
        offset = records.offset + int(records.starts[i])
        builder.remark("info", "empty-page", "an empty page of a search", offset=offset)
    return [i for i in refused if i not in empty]


def open_record(raw: bytes) -> OpenRecord:
    """Open one log again."""
    return open_element(raw, _entry)


def _is_empty(raw: bytes) -> bool:
    try:
        value = lenient.loads(raw)
    except ValueError:
        return False
    return isinstance(value, dict) and [] in (value.get("data"), value.get("logs"))


def _entry(value: dict[str, Any]) -> Entry | None:
    told = named(value.get("attributes")) or named(value.get("content"))
    if not told or value.get("type") not in _TYPES or not told.keys() & _OWN:
        return None
    inner = named(told.get("attributes"))
    tags: dict[str, list[str]] = {}
    for tag in dict.fromkeys(one for one in listed(told.get("tags")) if isinstance(one, str)):
        name, _, text = tag.partition(":")
        tags.setdefault(name, []).append(text)
    plain = {
        name: item for name, item in told.items() if name not in ("attributes", "tags") and item is not None
    }
    for name, field in _TAGS.items():
        if name in tags:
            plain.setdefault(field, tags[name][0])
    own = {name: item for name, item in inner.items() if name not in plain}
    shown = {name: ", ".join(texts) for name, texts in tags.items()}
    return object_entry({**plain, **own, "tag": shown} if shown else {**plain, **own})
