"""One attribute of all spans of a document in any spelling, without opening the spans one by one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import msgspec
from msgspec import Struct

from explorer.decoding.naming import Name, value_of
from explorer.readers.zipkin_json import shapes
from explorer.readers.zipkin_json.shapes import NO_RAW
from explorer.readers.zipkin_json.spans import located, remote_items, tags_of


class _Tagged(Struct, gc=False, rename="camel"):
    tags: msgspec.Raw = NO_RAW
    local_endpoint: msgspec.Raw = NO_RAW
    remote_endpoint: msgspec.Raw = NO_RAW


_DECODER = msgspec.json.Decoder(_Tagged)


def column(raw: bytes, name: Name) -> Sequence[str | None] | None:
    """The text of an attribute for each span in its order; of a span without it, that of its own endpoint.

    Returns:
        None where the spans must be opened: the document does not fit the shapes.
    """
    if shapes.decode(raw) is None:
        return None
    holds = name.holder(raw)
    found: list[str | None] = []
    for one in located(raw):
        span = _DECODER.decode(one)
        tags = bytes(span.tags)
        text = value_of(tags_of(tags), name.text) if holds(tags) else None
        if text is None:
            text = _of_ends(bytes(span.remote_endpoint), bytes(span.local_endpoint), name.text)
        found.append(text)
    return found


@lru_cache(maxsize=4096)
def _of_ends(remote: bytes, local: bytes, name: str) -> str | None:
    text = value_of(remote_items(dict(tags_of(remote))), name)
    return value_of(tags_of(local), name) if text is None else text
