"""One attribute of all spans of a document, without opening the spans one by one."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np

from explorer.decoding.naming import Bytes, Mask, Name, Places, stands
from explorer.model.fields import normalise
from explorer.readers.otlp_json import shapes
from explorer.readers.otlp_json.compact import compact, span_places
from explorer.readers.otlp_json.shapes import spans_of
from explorer.readers.otlp_json.values import attributes, describe, pairs

_SEPARATORS: Final = b"-_.:/ \t\r\n\f\v"
_LOWER: Final = bytes.maketrans(bytes(range(65, 91)), bytes(range(97, 123)))
_KEY, _ATTRIBUTES, _RESOURCE = b'{"key":"', b'"attributes":[', b'{"resource":'
_BEFORE = b'{"resourceSpans":['
_JSON: Final = json.JSONDecoder(strict=False)
_OPEN, _COMMA, _KEPT, _PART = ord("["), ord(","), 1 << 16, 1 << 16
_OTHER_PLACES: Final = frozenset({"tracestate"})
"""Told among the attributes of an opened span, but standing elsewhere."""


def column(raw: bytes, name: Name, at: Places) -> Sequence[str | None] | None:
    """The text of an attribute for each span in its order; of a span without it, that of its resource.

    Args:
        raw: the bytes of a document.
        name: as a query names it.
        at: where the part of the name that is looked for stands.

    Returns:
        None where the spans must be opened: the document is of an unusual shape, or spells the name in several ways.
    """
    if normalise(name.text) in _OTHER_PLACES or not name.text.isprintable():
        return None
    cut = _cut(raw, name, at)
    return _decoded(raw, name.text) if cut is None else cut


def _cut(raw: bytes, name: Name, at: Places) -> list[str | None] | None:
    """The same of a compact document, values cut out of its bytes; what cannot be cut is decoded span by span."""
    begin = span_places(raw)
    spelt = None if begin is None else name.spelt(raw, at)
    if begin is None or spelt is None:
        return None
    view = np.frombuffer(raw, np.uint8)
    spelt = spelt[stands(view, spelt - len(_KEY), _KEY)]
    owner = np.searchsorted(begin, spelt, "right") - 1
    first = np.diff(owner, prepend=-2) != 0  # of several of the name, the first counts
    spelt, owner = spelt[first], owner[first]
    found: list[str | None] = [None] * len(begin)
    doubtful = ~_is_own(raw, view, begin, owner, spelt)
    value = spelt + len(name.text.encode())
    for kind, texts in _KINDS.items():
        cut = ~doubtful & stands(view, value, kind)
        whole = [raw[place : raw.find(b'"', place)] for place in (value[cut] + len(kind)).tolist()]
        for ordinal, part in zip(owner[cut].tolist(), whole, strict=True):
            found[ordinal] = texts[part]
    unknown = np.array([ordinal < 0 or found[ordinal] is None for ordinal in owner.tolist()], bool)
    done = not unknown.any() or _complete(found, raw, name.text, spelt[unknown], owner[unknown])
    return found if done else None


class _Texts(dict[bytes, str | None]):
    """The text of the bytes of a value, None where they must be decoded."""

    def __init__(self, wanted: re.Pattern[bytes]) -> None:
        self._wanted = wanted

    def __missing__(self, part: bytes) -> str | None:
        if len(self) > _KEPT:
            self.clear()
        plain = self._wanted.fullmatch(part) is not None
        text = self[part] = part.decode("utf-8", "replace") if plain else None
        return text


_KINDS: Final = {
    b'","value":{"stringValue":"': _Texts(re.compile(rb"[^\\]*")),
    b'","value":{"intValue":"': _Texts(re.compile(rb"0|-?[1-9][0-9]*")),
}


def _is_own(raw: bytes, view: Bytes, begin: Places, owner: Places, at: Places) -> Mask:
    """Which places lie directly in the attributes of their span: behind no bracket but the one that opens them."""
    opened = np.concatenate(
        [np.flatnonzero(view[part : part + _PART] == _OPEN) + part for part in range(0, len(view), _PART)]
    )
    before = np.searchsorted(opened, begin[owner])
    opening = opened[np.minimum(before, len(opened) - 1)]
    own: Mask = (owner >= 0) & (np.searchsorted(opened, at) - before == 1)
    own &= stands(view, opening + 1 - len(_ATTRIBUTES), _ATTRIBUTES)
    # Behind the last span of an array may stand the attributes of the next resource or scope.
    following = np.append(begin[1:], len(raw))[owner]
    for number in np.flatnonzero(own & (view[following - 1] != _COMMA)).tolist():
        own[number] = raw.find(b"]", int(begin[owner[number]]), int(at[number])) < 0
    return own


def _complete(found: list[str | None], raw: bytes, name: str, at: Places, owner: Places) -> bool:
    """Decode spans that could not be cut, and resources; whether it is known where they lie."""
    extents, wanted = compact(raw), normalise(name)
    if extents is None:
        return False
    within = (owner >= 0) & (at < extents.end[owner])
    for ordinal in owner[within].tolist():
        span = raw[int(extents.begin[ordinal]) : int(extents.end[ordinal])]
        found[ordinal] = _first(_own_attributes(span), wanted)
    if within.all():
        return True
    for part in extents.shared():
        text = raw[part.begin : part.end]
        inside = np.searchsorted(at, (part.begin, part.end))
        if inside[0] < inside[1] and _RESOURCE in text[: 2 * len(_BEFORE)]:
            shared = _of_resource(text[text.index(_RESOURCE) + len(_RESOURCE) :].rstrip(b","), wanted)
            for ordinal in np.asarray(part.ordinals).tolist():
                found[ordinal] = shared if found[ordinal] is None else found[ordinal]
    return True


def _own_attributes(span: bytes) -> list[tuple[str, object]]:
    """The attributes of a span; behind it may stand what closes the arrays around it."""
    value, _ = _JSON.raw_decode(span.decode("utf-8", "surrogatepass"))
    return pairs(value.get("attributes"))


@lru_cache(maxsize=4096)
def _of_resource(resource: bytes, wanted: str) -> str | None:
    return _first(describe(resource)[1], wanted)


def _decoded(raw: bytes, name: str) -> Sequence[str | None] | None:
    """The same of any document that fits the shapes."""
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
