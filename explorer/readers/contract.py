"""What a reader module offers, and how one is chosen by content alone.

A reader is a module (or package) of this package with

* ``NAME``: as printed in ``summary`` (``otlp-json``); ``LABEL``: for people; ``RECOGNISED_BY``: one sentence;
* ``FRAMINGS``: which of ``lines``, ``document``, ``binary`` it takes;
* ``detect(head)``: whether a record that begins like this is its own. ``head`` holds at most :data:`HEAD` bytes
  from the start of a record and may be cut anywhere;
* ``read(records, builder)``: writes what it knows into the builder and returns the indices of records that are
  not its own after all (wrong shape, do not parse). A record of its own in which something is missing or broken
  is kept as far as possible, with an issue;
* ``open_record(raw)``: decodes one document or record again, for :mod:`explorer.readers.details`.

There are no priorities: for any record exactly one reader must be the most confident, which tests demand of
every fixture.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Collection, Sequence
from enum import IntEnum
from functools import cache
from typing import Final, Protocol

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


@cache
def readers() -> dict[str, Reader]:
    """All readers by name, sorted by name; modules of this package without a ``NAME`` are shared by several."""
    package = importlib.import_module("explorer.readers")
    found = {}
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"explorer.readers.{info.name}")
        if hasattr(module, "NAME") and hasattr(module, "detect"):
            found[module.NAME] = module
    return dict(sorted(found.items()))


def choose(head: bytes, framing: str, without: Collection[str] = ()) -> Reader | None:
    """The most confident reader of a record that begins with ``head``; None where none knows it.

    Two equally confident readers are a defect of theirs; the first by name is taken then.
    """
    best: tuple[int, Reader] | None = None
    for name, reader in readers().items():
        if framing in reader.FRAMINGS and name not in without:
            confidence = reader.detect(head)
            if confidence is not None and (best is None or confidence > best[0]):
                best = int(confidence), reader
    return best[1] if best else None
