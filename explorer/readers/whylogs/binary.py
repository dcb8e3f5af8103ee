"""Binary profiles of whylogs 1 (``WHY1``): the counts and plain numbers of each column.

Source: whylabs/whylogs proto/src/whylogs_messages.proto and core/view/dataset_profile_view.py: behind the mark a header
of segments, a header of the profile, and a chunk a column, each header behind its length. Sketches (quantiles,
cardinality, frequent items) need the library that wrote them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from explorer.decoding.documents import listed, named, text
from explorer.decoding.messages import Message, decoded
from explorer.decoding.wire import WireError, varint

MARK: Final = b"WHY1"

_MS: Final = 10**6
_PAIR: Final[Message] = {1: ("key", "text"), 2: ("value", "text")}
_SEGMENTS: Final[Message] = {1: ("segmented", "bool"), 4: ("segments*", {2: ("partition", "text")})}
_HEADER: Final[Message] = {
    1: ("properties", {4: ("created", "int"), 5: ("time", "int"), 6: ("tags*", _PAIR), 7: ("metadata*", _PAIR)}),
    2: ("columns*", {1: ("key", "text"), 2: ("value", {1: ("offsets", "packed")})}),
    5: ("paths*", {1: ("key", "int"), 2: ("value", "text")}),
}  # fmt: skip
_CHUNK_HEADER: Final[Message] = {1: ("type", "int"), 3: ("length", "int")}
_COMPONENT: Final[Message] = {2: ("n", "int"), 3: ("d", "double")}
_CHUNK: Final[Message] = {1: ("components*", {1: ("key", "int"), 2: ("value", _COMPONENT)})}


@dataclass(slots=True)
class Profile:
    """What a profile tells.

    Attributes:
        time_ns: of the data, else when it was written; 0 for none.
        tags: and metadata, by name.
        columns: numbers by the path of their metric, by column.
        lost: columns whose chunk is cut or broken.
        segments: how many the file says it has; the first is read.
    """

    time_ns: int = 0
    tags: dict[str, str] = field(default_factory=dict)
    columns: dict[str, dict[str, Any]] = field(default_factory=dict)
    lost: int = 0
    segments: int = 0


def profile_of(data: bytes) -> Profile | None:
    """The profile in the bytes of a file; None where its headers are broken."""
    try:
        segments, at = _delimited(data, len(MARK), _SEGMENTS)
        header, at = _delimited(data, at, _HEADER)
    except WireError:
        return None
    properties = named(header.get("properties"))
    told = [*listed(properties.get("tags")), *listed(properties.get("metadata"))]
    profile = Profile(
        (properties.get("time") or properties.get("created") or 0) * _MS,
        {text(one.get("key")): text(one.get("value")) for one in told},
        segments=len(listed(segments.get("segments"))),
    )
    paths = {one.get("key", 0): text(one.get("value")) for one in listed(header.get("paths"))}
    for column in listed(header.get("columns")):
        numbers: dict[str, Any] = {}
        try:
            for offset in listed(named(column.get("value")).get("offsets")):
                numbers |= _chunk(data, at + offset, paths)
        except WireError:
            profile.lost += 1
            continue
        profile.columns[text(column.get("key"))] = numbers
    return profile


def _chunk(data: bytes, at: int, paths: dict[int, str]) -> dict[str, Any]:
    """The plain numbers of a chunk."""
    header, at = _delimited(data, at, _CHUNK_HEADER)
    end = at + header.get("length", 0)
    if end > len(data):
        raise WireError
    found = {}
    for one in listed(decoded(data, _CHUNK, at, end).get("components")):
        value = named(one.get("value"))
        path = paths.get(one.get("key", 0), "")
        if path and ("n" in value or "d" in value):
            found[path] = value.get("n", value.get("d"))
    return found


def _delimited(data: bytes, at: int, message: Message) -> tuple[dict[str, Any], int]:
    """A message behind its length, and where it ends."""
    size, begin = varint(data, at, len(data))
    if begin + size > len(data):
        raise WireError
    return decoded(data, message, begin, begin + size) if size else {}, begin + size
