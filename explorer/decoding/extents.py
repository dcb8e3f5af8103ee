"""Where each record of a JSON document lies in its bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from msgspec import Raw
from numpy.typing import NDArray

Places = NDArray[np.int64]
_OPEN, _COMMA = b"{,"


@dataclass(frozen=True, slots=True)
class Shared:
    """A part of a document that is said of several of its records: a resource, a process.

    Attributes:
        begin, end: its bytes.
        ordinals: of the records it is said of.
    """

    begin: int
    end: int
    ordinals: Sequence[int] | Places


@dataclass(frozen=True, slots=True)
class Extents:
    """Where the records of a document lie.

    Attributes:
        begin, end: int64 (records,), of each record by its ordinal; bytes that are the record's own.
        shared: what is said of several; asked for only where it matters.
        silent: names whose values are no text of the record: ids, times, names of attributes.
    """

    begin: Places
    end: Places
    shared: Callable[[], Sequence[Shared]]
    silent: frozenset[bytes]


def places_of(data: bytes, parts: Sequence[Raw]) -> tuple[Places, Places]:
    """Begin and end in ``data`` of objects that were decoded from it as they stand, int64 (parts,) each."""
    views = [memoryview(part) for part in parts]
    size = np.fromiter((view.nbytes for view in views), np.int64, len(views))
    if not views:
        return size, size
    base, text = _address(data), np.frombuffer(data, np.uint8)
    # Most writers put but a comma between two.
    begin = np.cumsum(np.concatenate(([_address(views[0]) - base], size[:-1] + 1)))
    if (
        begin[-1] + size[-1] > len(data)
        or (text[begin] != _OPEN).any()
        or (text[begin[1:] - 1] != _COMMA).any()
    ):
        begin = np.fromiter((_address(view) - base for view in views), np.int64, len(views))
    return begin, begin + size


def _address(data: bytes | memoryview) -> int:
    return int(np.frombuffer(data, np.uint8).__array_interface__["data"][0])
