"""One attribute of all spans of a document in any spelling, without opening the spans one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Raw, Struct

from explorer.decoding.naming import Name, same, value_of
from explorer.readers.jaeger_json import shapes
from explorer.readers.jaeger_json.cutting import WARNING
from explorer.readers.jaeger_json.opening import located, process_attributes
from explorer.readers.jaeger_json.tags import tags_of

_NONE = Raw(b"[]")


class _Tagged(Struct, gc=False):
    tags: Raw = _NONE
    process: Raw = _NONE
    processID: str | int | None = None  # noqa: N815 - as the files have it


_DECODER = msgspec.json.Decoder(_Tagged)


def column(raw: bytes, name: Name) -> Sequence[str | None] | None:
    """The text of an attribute for each span in its order; of a span without it, that of its process.

    Returns:
        None where the spans must be opened: the document does not fit the shapes, or tells it elsewhere.
    """
    if shapes.decode(raw) is None or same(name.text, WARNING):
        return None
    holds, known = name.holder(raw), _Processes(name)
    found: list[str | None] = []
    for span, processes in located(raw):
        said = _DECODER.decode(span)
        tags = bytes(said.tags)
        text = value_of(tags_of(tags), name.text) if holds(tags) else None
        found.append(known.text(said, processes) if text is None else text)
    return found


class _Processes:
    """The attribute of processes by trace and id."""

    def __init__(self, name: Name) -> None:
        self._name = name
        self._known: dict[tuple[int, object], str | None] = {}

    def text(self, span: _Tagged, processes: Mapping[str, Raw]) -> str | None:
        """That of a span's process, which is in the span where the trace does not name it."""
        key = id(processes), span.processID
        if key not in self._known:
            named = processes.get("" if span.processID is None else str(span.processID))
            text = value_of(process_attributes(span.process if named is None else named), self._name.text)
            if named is None:
                return text
            self._known[key] = text
        return self._known[key]
