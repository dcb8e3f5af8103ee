"""What a reader module offers.

A reader is a module (or package) of :mod:`explorer.readers` with

* ``NAME``: as printed in ``summary`` (``otlp-json``); ``LABEL``: for people; ``RECOGNISED_BY``: one sentence;
* ``FRAMINGS``: which of ``lines``, ``document``, ``binary`` it takes;
* ``detect(head)``: whether a record that begins like this is its own. ``head`` holds at most :data:`HEAD` bytes
  from the start of a record and may be cut anywhere;
* ``read(records, builder)``: writes what it knows into the builder and returns the indices of records that are
  not its own after all (wrong shape, do not parse). A record of its own in which something is missing or broken
  is kept as far as possible, with an issue;
* ``read_whole(records, builder)``: reads one long document of which nobody has looked where it ends; False, and
  nothing is kept, where it is not exactly one in the usual shape, which ``read`` is then for (optional);
* ``INDEPENDENT``: that what it reads of a block of lines does not depend on the blocks before, but for what it has
  learned about where things stand (optional; such blocks are read by several processes);
* ``FORM``: how it writes attributes where it writes no blanks, so that one of them is cut out of the bytes of many
  spans (optional); ``column(raw, name)``: the text of one attribute for each span of a document where that is not
  possible, None where its spans must be opened for it (with ``FORM``);
* ``extents(raw)``: where each span and log record of a document lies in its bytes, None where that cannot be told
  (optional; without it, words are looked for by opening all records of a document that holds them);
* ``hides(raw)``: whether the texts of a document stand in its bytes in no spelling (packed, base64), so that it must
  be opened to be searched (optional);
* ``open_record(raw)``: decodes one document or record again, for :mod:`explorer.readers.details`;
* ``open_text(raw, formats)``: the same, told which line formats text near it was read by, which are then the only ones
  tried: with a blank between two of their names (optional).

There are no priorities: for any record exactly one reader must be the most confident, which tests demand of
every fixture.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from enum import IntEnum
from typing import Final, Protocol, runtime_checkable

from explorer.model.builder import Builder, Records
from explorer.model.records import Detail

HEAD: Final = 64 << 10

OpenRecord = Callable[[int], Detail]
"""Decodes the span or log with that ordinal in its document; ordinal -1 is the record itself."""


class Confidence(IntEnum):
    """How sure a reader is that a record is its own."""

    POSSIBLE = 1  # nothing speaks against it (a line of text)
    LIKELY = 2  # the general shape fits (a JSON object with a time and a message)
    CERTAIN = 3  # the format's own marks are there


class Reader(Protocol):
    """The module-level names of a reader."""

    __name__: str
    NAME: str
    LABEL: str
    RECOGNISED_BY: str
    FRAMINGS: Collection[str]

    def detect(self, head: bytes) -> Confidence | None:
        """Whether a record that begins with ``head`` is of this format."""
        ...

    def read(self, records: Records, builder: Builder) -> Sequence[int]:
        """Write the records into the builder; returns the indices of those that are not of this format."""
        ...

    def open_record(self, raw: bytes) -> OpenRecord:
        """Open one document or record again."""
        ...


@runtime_checkable
class WholeReader(Reader, Protocol):
    """One that finds by itself where a long document ends."""

    def read_whole(self, records: Records, builder: Builder) -> bool:
        """Read the one record; False, and nothing is kept, where it is not exactly one document of the usual shape."""
        ...
