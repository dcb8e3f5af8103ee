"""Documents within other JSON: what a script saved below keys of its own, for the readers that know it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Final, NamedTuple

from explorer.decoding.abridging import shortened
from explorer.decoding.contract import HEAD, Confidence
from explorer.decoding.lenient import dumps, loads
from explorer.decoding.tables.columns import kind_of
from explorer.model.builder import Records
from explorer.readers.registry import choose

_DEPTH: Final = 6
_FIRST: Final = 8
"""Elements of a list that tell what it holds."""
_MOST_BYTES: Final = 256 << 20
_MARKS: Final = (b"trace", b"Trace", b"span", b"run_", b"dag_id", b"boundaryID", b"observation")
"""One of these stands in all that is looked for, and in few other documents."""

Known = dict[tuple[str, ...], Confidence | None]


class Within(NamedTuple):
    """What lies within a document."""

    lists: list[bytes]
    """As JSON: those that a reader is sure of, and those beside them that one may know."""
    unknown: int
    """How many lists of objects beside them no reader knows."""


def unwrapped(records: Records, without: Collection[str]) -> Within | None:
    """The lists within the first record.

    None where no reader is sure of any, and where the record is itself a row of spans or logs. ``without`` are the
    readers that take any rows.
    """
    data = records.view(0)
    head = bytes(data[:HEAD])
    if head[:1] not in (b"{", b"[") or len(data) > _MOST_BYTES or not any(mark in head for mark in _MARKS):
        return None
    try:
        value = loads(records[0])
    except ValueError:
        return None
    if isinstance(value, dict) and kind_of(tuple(value)):
        return None
    known: Known = {}
    found = list(_lists(value, 0, known, without))
    if not any(confidence is Confidence.CERTAIN for _, confidence in found):
        return None
    lists = [dumps(one) for one, confidence in found if confidence is not None]
    return Within(lists, len(found) - len(lists))


def _lists(
    value: Any, depth: int, known: Known, without: Collection[str]
) -> Iterator[tuple[Any, Confidence | None]]:
    """Lists of objects, or known documents, and how sure a reader is of each; the outermost known of those within."""
    if depth > _DEPTH:
        if _holds_objects(value):
            yield [], None
        return
    if isinstance(value, dict):
        if depth and _confidence(value, known, without) is Confidence.CERTAIN:
            yield value, Confidence.CERTAIN
            return
        for item in value.values():
            if isinstance(item, dict | list):
                yield from _lists(item, depth + 1, known, without)
    elif isinstance(value, list):
        confidence = _confidence(value, known, without) if depth else None
        if confidence is Confidence.CERTAIN:
            yield value, confidence
            return
        inner = [one for one in value if isinstance(one, dict | list)]
        within = [found for one in inner for found in _lists(one, depth + 1, known, without)]
        if any(sure is not None for _, sure in within):
            yield from within
        elif value and isinstance(value[0], dict):
            yield value, confidence


def _holds_objects(value: Any) -> bool:
    """Whether a list of objects lies anywhere below."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, list) and one and isinstance(one[0], dict):
            return True
        left.extend(
            each for each in (one.values() if isinstance(one, dict) else one) if isinstance(each, dict | list)
        )
    return False


def _confidence(value: Any, known: Known, without: Collection[str]) -> Confidence | None:
    """How sure a reader is of a list, told by its first elements, or of an object that holds lists."""
    if isinstance(value, dict):
        if not any(isinstance(item, list) for item in value.values()):
            return None
        names: tuple[str, ...] = ("", *value)
        first: Any = value
    else:
        first = value[:_FIRST]
        if not first or not isinstance(first[0], dict):
            return None
        names = tuple(first[0])
    if names not in known:
        head = dumps(shortened(first))[:HEAD]
        reader = choose(head, "document", without)
        if reader is not None:
            known[names] = reader.detect(head)
        else:  # rows that no system owns: beside what is known they would be lost
            known[names] = Confidence.LIKELY if kind_of(names) else None
    return known[names]
