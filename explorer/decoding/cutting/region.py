"""What is cut from: documents that lie one behind the other, and what a format says of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]
Mask = NDArray[np.bool_]
Marks = NDArray[np.int8]
Codes = NDArray[np.int32]


class Mark(IntEnum):
    """What a bracket opens."""

    UNKNOWN = 0  # or it stands in a text
    OWN = 1  # the attributes of a span
    SHARED = 2  # the attributes of a resource
    GROUP = 3  # the spans of a resource
    OTHER = 4  # what belongs to a span, but not its attributes
    LIKE_OWN = 5  # attributes of whatever, but of no resource
    DOUBTFUL = 6  # attributes of whatever


@dataclass(frozen=True, slots=True)
class Region:
    """Documents of one reader.

    Attributes:
        begin, end: of each in ``data``, int64 (documents,) ascending.
        count: spans of each.
    """

    data: bytes
    begin: Places
    end: Places
    count: Places

    @property
    def view(self) -> Bytes:
        """Its bytes as numbers."""
        return np.frombuffer(self.data, np.uint8)

    def within(self, at: Places) -> tuple[Places, Places]:
        """Those places that lie in documents, and which."""
        doc = np.searchsorted(self.begin, at, "right") - 1
        inside = (doc >= 0) & (at < self.end[doc])
        return at[inside], doc[inside]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the spans of a region and their attributes lie.

    Attributes:
        openers, marks: every bracket that opens, and what; parallel.
        begin: where each span begins, int64 (spans of the documents that are known,).
        own: which of the openers opens its attributes, -1 for none.
        first: spans before each document's first, int64 (documents + 1,).
        strict: bool (documents,), attributes of their spans lie nowhere else.
        known: bool (documents,), whose spans are told here.
        closers: brackets that may end a span's attributes, where others of the format's names may follow them.
    """

    openers: Places
    marks: Marks
    begin: Places
    own: Places
    first: Places
    strict: Mask
    known: Mask
    closers: Places | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """How a format writes attributes where it is written without blanks.

    Attributes:
        before: what may stand before a name, its quote with it.
        maybe_name: at which of other places, behind a quote, a name may stand all the same.
        kinds: what stands between a name and the signs of its value, and how they become text. They end before the
            next quote where a quote is the last sign before them, else before a comma or brace. A ``ValueError`` says
            that the value is not of the kind.
        layout: finds the spans of a region.
        attributes: name and value of each attribute, from what is decoded where a span begins, or a resource's
            attributes do.
        elsewhere: whether a name is told among the attributes of an opened span without standing there.
    """

    before: tuple[bytes, ...]
    maybe_name: Callable[[Bytes, Places], Mask]
    kinds: Mapping[bytes, Callable[[bytes], str]]
    layout: Callable[[Region], Layout]
    attributes: Callable[[Any], list[tuple[str, Any]]]
    elsewhere: Callable[[str], bool]
