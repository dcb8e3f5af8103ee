"""The log objects within one JSON document: an array of them, an Elasticsearch response, or the one object itself."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import numpy as np

from explorer.decoding.logs.lines import Lines
from explorer.model.builder import Records

_any: Final = msgspec.json.Decoder(msgspec.Raw)
_array: Final = msgspec.json.Decoder(list[msgspec.Raw])
_object: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
ANSWERS: Final = ("responses", "response", "rawResponse", "body")
"""Where Elasticsearch and Kibana put answers: ``_msearch``, ``_async_search``, what Kibana shows of a request."""
LISTS: Final = ("writeLogEntriesRequests", "hits", "logs", "events", "records", "Records", "data", "entries", "results",
                "items", "messages", "value", "dmesg")  # fmt: skip
"""Where documents keep lists of log records: of stores, CloudTrail (``Records``), Azure (``records``, ``value``)."""
FAILED: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def element_lines(records: Records) -> Lines | None:
    """The objects of a document as lines over its bytes; None where the records are lines themselves.

    Line breaks within an object become blanks, so that offsets stay and each object is one line.
    """
    if len(records) != 1:
        return None
    raw = records[0]
    begin = raw.lstrip()[:1]
    if begin not in (b"{", b"["):
        return None
    found = _elements(raw)
    if found is None:
        return None
    start = int(records.starts[0])
    places = _places(raw, found)
    data = records.data.replace(b"\n", b" ").replace(b"\r", b" ")
    return Lines(data, places[:, 0] + start, places[:, 1] + start)


def _elements(raw: bytes) -> list[msgspec.Raw] | None:
    """The elements of the first list of objects, at most two levels down; the document itself where there is none."""
    try:
        if raw.lstrip()[:1] == b"[":
            return [element for element in _array.decode(raw) if _is_object(element)]
        top = _object.decode(raw)
        answers = _answers(top)
        if answers:
            return answers
        for key in LISTS:
            inner = top.get(key)
            if inner is None:
                continue
            if _is_object(inner):
                inner = _object.decode(inner).get(key, inner)
            if bytes(memoryview(inner)[:1]) == b"[":
                elements = [element for element in _array.decode(inner) if _is_object(element)]
                if key == "writeLogEntriesRequests":
                    elements = [one for request in elements for one in _entries_of(request)]
                if elements:
                    return elements
        return [_any.decode(raw)]
    except FAILED:
        return None


def _entries_of(request: msgspec.Raw) -> list[msgspec.Raw]:
    inner = _object.decode(request).get("entries")
    return [] if inner is None else [element for element in _array.decode(inner) if _is_object(element)]


def _answers(top: dict[str, msgspec.Raw]) -> list[msgspec.Raw]:
    """The hits of answers within an answer: of several searches, of one that ran in the background."""
    found: list[msgspec.Raw] = []
    for name in ANSWERS:
        inner = top.get(name)
        if inner is None or b'"hits"' not in bytes(memoryview(inner)[:4096]):
            continue
        for part in [inner] if _is_object(inner) else _array.decode(inner):
            hits = _object.decode(part).get("hits") if _is_object(part) else None
            inside = _object.decode(hits).get("hits") if hits is not None and _is_object(hits) else None
            if inside is not None and not _is_object(inside):
                found += [element for element in _array.decode(inside) if _is_object(element)]
    return found


def _is_object(element: msgspec.Raw) -> bool:
    return bytes(memoryview(element)[:1]) == b"{"


def _places(raw: bytes, found: list[msgspec.Raw]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Begin and end of each element in ``raw``: elements come in order, so each is looked for behind the last."""
    base = np.frombuffer(raw, np.uint8).__array_interface__["data"][0]
    places = np.empty((len(found), 2), np.int64)
    for i, element in enumerate(found):
        view = np.frombuffer(element, np.uint8)
        begin = view.__array_interface__["data"][0] - base
        places[i] = begin, begin + len(view)
    return places
