"""Tags, log fields and processes to plain data."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import Struct

from explorer.decoding.lenient import loads, text_of
from explorer.decoding.traces.harvest import Meanings
from explorer.decoding.traces.opentracing import typed


class _Tag(Struct, gc=False):
    key: str = ""
    value: Any = None


_DECODER: Final = msgspec.json.Decoder(list[_Tag])


def pairs(tags: Any) -> list[tuple[str, Any]]:
    """Name and plain value of each tag, by its type where it has one; also of tags given as one object.

    Booleans and numbers may be written as text (anonymizer; integers beyond 2 ** 53).
    """
    if isinstance(tags, dict):
        return [(str(name), value) for name, value in tags.items()]
    if not isinstance(tags, list):
        return []
    return [
        (text_of(tag.get("key")), typed(tag.get("value"), tag.get("type")))
        for tag in tags
        if isinstance(tag, dict)
    ]


def tags_of(raw: bytes) -> list[tuple[str, Any]]:
    """Decode the bytes of a list of tags or log fields; of a broken one, nothing."""
    try:
        return pairs(loads(raw)) if raw else []
    except ValueError:
        return []


def telling_tags(raw: bytes, meanings: Meanings) -> list[tuple[str, Any]]:
    """Decode those tags of a list that have a meaning."""
    try:
        return [(tag.key, tag.value) for tag in _DECODER.decode(raw) if meanings[tag.key] is not None]
    except (msgspec.MsgspecError, ValueError):
        return [(name, value) for name, value in tags_of(raw) if meanings[name] is not None]


def describe(raw: bytes) -> tuple[str, list[tuple[str, Any]]]:
    """Service and tags of a ``Process``."""
    try:
        process = loads(raw) if raw else None
    except ValueError:
        process = None
    if not isinstance(process, dict):
        return "", []
    return text_of(process.get("serviceName")), pairs(process.get("tags"))
