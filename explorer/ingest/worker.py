"""Reads blocks of lines for another process or beside the others of this one, with a builder of its own."""

from __future__ import annotations

import contextlib
import gc
import importlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from explorer.bundle.block import newlines_of
from explorer.bundle.framing import Batch
from explorer.decoding.contract import Reader
from explorer.ingest.routing import read_with, records_of
from explorer.model.builder import Builder, Records
from explorer.model.issue import Issues
from explorer.model.options import ReadOptions
from explorer.model.parts import Part, Taking
from explorer.model.raw import open_at_once
from explorer.model.records import File


@dataclass(frozen=True, slots=True)
class Unit:
    """Lines of one file for one reader.

    Attributes:
        reader: name of its module.
        offset, length: where the lines stand in the file.
        data: the lines, where the file cannot be read again; else empty.
        lane: which memory of the reader goes on with them.
    """

    file: File
    reader: str
    offset: int
    length: int
    data: bytes
    lane: int


@dataclass(frozen=True, slots=True)
class Result:
    """What a unit gave, and the indices of records that are not its reader's; None: it could not be read."""

    part: Part | None
    rejected: Sequence[int] = ()


def work(pipe: Connection, options: ReadOptions) -> None:
    """Read units until the pipe is closed: the whole life of the process."""
    gc.disable()  # columns grow, and nothing here goes in circles
    np.empty((32 << 20) - (8 << 10), np.uint8)  # see explorer.ingest
    worker = Worker(options)
    with contextlib.suppress(EOFError, OSError):  # the other side needs no more, or is gone
        while True:
            pipe.send(_read(worker, pipe.recv()))


def _read(worker: Worker, unit: Unit) -> Result:
    data = unit.data or _stretch(unit)
    if len(data) != unit.length:
        return Result(None)
    records = records_of(Batch(data, unit.offset, "lines", newlines=newlines_of(data)), -1)
    return worker.read(importlib.import_module(unit.reader), records, unit.file, unit.lane)


class Worker:
    """Reads blocks that are joined to those of others in their order."""

    def __init__(self, options: ReadOptions) -> None:
        self._builder = Builder(Issues(), options)
        self._builder.apart = True
        self._taking = Taking(self._builder)
        self._memories: dict[int, dict[str, Any]] = {}
        self._file: File | None = None
        self._number = -1

    def read(self, reader: Reader, records: Records, file: File, lane: int) -> Result:
        """Read lines of a file."""
        if file != self._file:
            self._file, self._number = file, self._builder.begin_file(file)
        self._builder.memory = self._memories.setdefault(lane, {})
        rejected = read_with(reader, replace(records, file=self._number), self._builder)
        return Result(self._taking.take(), rejected)


def _stretch(unit: Unit) -> bytes:
    try:
        with open(unit.file.path or "", "rb", opener=open_at_once) as stream:
            stream.seek(unit.offset)
            return stream.read(unit.length)
    except OSError:
        return b""
