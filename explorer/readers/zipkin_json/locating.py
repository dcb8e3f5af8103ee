"""Where the spans of a document lie in its bytes."""

from __future__ import annotations

from typing import Final

from explorer.decoding.extents import Extents, places_of
from explorer.readers.zipkin_json import shapes
from explorer.readers.zipkin_json.spans import located

_SILENT: Final = frozenset(b"traceId id parentId kind timestamp duration".split())


def locate(raw: bytes) -> Extents | None:
    """The places of all spans; None of a document that is spelt otherwise."""
    if shapes.decode(raw) is None:
        return None
    begin, end = places_of(raw, located(raw))
    return Extents(begin, end, tuple, _SILENT)
