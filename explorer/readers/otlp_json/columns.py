"""One attribute of all spans of a document in any spelling, without opening the spans one by one."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.decoding.naming import Name, value_of
from explorer.readers.otlp_json import shapes
from explorer.readers.otlp_json.cutting import is_elsewhere
from explorer.readers.otlp_json.shapes import spans_of
from explorer.readers.otlp_json.values import attributes, describe


def column(raw: bytes, name: Name) -> Sequence[str | None] | None:
    """The text of an attribute for each span in its order; of a span without it, that of its resource.

    Returns:
        None where the spans must be opened: the document does not fit the shapes, or tells it elsewhere.
    """
    document = shapes.decode(raw)
    if document is None or (is_elsewhere(name.text) and len(name.part.places(raw))):
        return None
    holds = name.holder(raw)
    found: list[str | None] = []
    for group in document.spans:
        lists = [bytes(span.attributes) for span in spans_of(group)]
        texts = [value_of(attributes(one), name.text) if holds(one) else None for one in lists]
        resource = bytes(group.resource)
        shared = value_of(describe(resource)[1], name.text) if holds(resource) else None
        found += texts if shared is None else [shared if text is None else text for text in texts]
    return found
