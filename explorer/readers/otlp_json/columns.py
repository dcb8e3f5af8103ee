"""One attribute of all spans of a document, without opening the spans one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from explorer.model.fields import normalise
from explorer.readers.otlp_json import shapes
from explorer.readers.otlp_json.shapes import spans_of
from explorer.readers.otlp_json.values import attributes, describe

_SEPARATORS: Final = b"-_.:/ \t\r\n\f\v"
_LOWER: Final = bytes.maketrans(bytes(range(65, 91)), bytes(range(97, 123)))
_OTHER_PLACES: Final = frozenset({"tracestate"})
"""Told among the attributes of an opened span, but standing elsewhere."""


def column(raw: bytes, name: str) -> Sequence[str | None] | None:
    """The text of an attribute for each span in its order; of a span without it, that of its resource.

    Args:
        raw: the bytes of a document.
        name: as a query names it.

    Returns:
        None where the spans must be opened: the document is of an unusual shape, or spells the name in several ways.
    """
    wanted = normalise(name)
    key = b'"%b"' % name.encode("utf-8", "replace")
    if wanted in _OTHER_PLACES or not name.isprintable() or b"\\" in key or name.count('"'):
        return None
    spelt = raw.translate(_LOWER, _SEPARATORS).count(b'"%b"' % wanted.encode())
    document = shapes.decode(raw) if spelt == raw.count(key) else None
    if document is None:
        return None
    found: list[str | None] = []
    finder = _Finder(wanted, key)
    for group in document.spans:
        spans = spans_of(group)
        texts = [finder.text(bytes(span.attributes)) for span in spans]
        resource = bytes(group.resource)
        if key in resource:
            shared = _first(describe(resource)[1], wanted)
            texts = [shared if text is None else text for text in texts]
        found += texts
    return found


class _Finder:
    """Finds one attribute in attribute lists, by the bytes that a writer puts around its value where it can."""

    def __init__(self, wanted: str, key: bytes) -> None:
        self._wanted, self._key = wanted, key
        self._needles = tuple(
            b'"key":%b,"value":{"%b":"' % (key, kind) for kind in (b"stringValue", b"intValue")
        )
        self._known: dict[bytes, str] = {}

    def text(self, raw: bytes) -> str | None:
        """The value as text, None where there is none."""
        for needle in self._needles:
            begin = raw.find(needle)
            if begin >= 0:
                begin += len(needle)
                value = raw[begin : raw.find(b'"', begin)]
                known = self._known.get(value)
                if known is None and b"\\" not in value:
                    known = self._known[value] = value.decode("utf-8", "replace")
                if known is not None and b"list" not in raw and b"List" not in raw:
                    return known
                break
        return _first(attributes(raw), self._wanted) if self._key in raw else None


def _first(pairs: Sequence[tuple[str, object]], wanted: str) -> str | None:
    return next(
        (str(value) for name, value in pairs if normalise(name) == wanted and value is not None), None
    )
