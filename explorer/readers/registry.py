"""All readers, and which of them a record is for: by its content alone."""

from __future__ import annotations

import importlib.util
import pkgutil
from collections.abc import Collection
from functools import cache
from typing import cast

from explorer.decoding.contract import Confidence, Reader, WholeReader


@cache
def readers() -> dict[str, Reader]:
    """All readers by name, sorted by name; the modules of this package that have a ``NAME``."""
    package = importlib.import_module("explorer.readers")
    found = {}
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"explorer.readers.{info.name}")
        if hasattr(module, "NAME") and hasattr(module, "detect"):
            found[module.NAME] = module
    return dict(sorted(found.items()))


@cache
def whole_readers() -> tuple[WholeReader, ...]:
    """Those that find by themselves where a long document ends."""
    return tuple(one for one in readers().values() if isinstance(one, WholeReader))


@cache
def reader(name: str) -> Reader:
    """The reader of that name. The others are imported only where its module is called otherwise.

    Raises:
        KeyError: there is none.
    """
    path = f"explorer.readers.{name.replace('-', '_')}"
    if importlib.util.find_spec(path) is not None:
        module = importlib.import_module(path)
        if getattr(module, "NAME", "") == name:
            return cast(Reader, module)
    return readers()[name]


def choose(head: bytes, framing: str, without: Collection[str] = (), likely: str = "") -> Reader | None:
    """The most confident reader of a record that begins with ``head``; None where none knows it.

    Two equally confident readers are a defect of theirs; the first by name is taken then. So nobody else need be
    asked where one is certain, and ``likely``, the reader of the records before, is asked first.
    """
    asked = {
        name: reader
        for name, reader in readers().items()
        if framing in reader.FRAMINGS and name not in without
    }
    found: dict[str, Confidence] = {}
    for name in sorted(asked, key=lambda name: name != likely):
        confidence = asked[name].detect(head)
        if confidence is Confidence.CERTAIN:
            return asked[name]
        if confidence is not None:
            found[name] = confidence
    return asked[min(found, key=lambda name: (-found[name], name))] if found else None


def sure(head: bytes, framing: str, without: Collection[str], likely: str) -> Reader | None:
    """The reader ``likely``, if it is certain of a record that begins with ``head``."""
    first = readers().get(likely)
    if first is None or framing not in first.FRAMINGS or likely in without:
        return None
    return first if first.detect(head) is Confidence.CERTAIN else None
