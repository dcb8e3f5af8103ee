"""The whole read path: paths to members to records to readers to store."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from explorer.bundle.framing import frames
from explorer.bundle.given import demand_bundles
from explorer.bundle.label import label
from explorer.bundle.limits import Limits
from explorer.bundle.member import Member
from explorer.bundle.walk import walk
from explorer.decoding.logs.line_format import format_faults
from explorer.errors import Cancelled
from explorer.ingest.lanes import Lanes
from explorer.ingest.routing import WholeDocument, dispatch, records_of
from explorer.model.assemble import assemble
from explorer.model.builder import Builder
from explorer.model.garbage import uncollected
from explorer.model.issue import Issues
from explorer.model.options import ReadOptions
from explorer.model.progress import Progress, bundle_name
from explorer.model.records import File, FileCounts
from explorer.model.store import Store

EARLY_BYTES: Final = 16 << 20
"""Unpacked bytes after which the first part of a large bundle is told."""


def ingest(
    paths: Sequence[Path],
    *,
    options: ReadOptions | None = None,
    limits: Limits | None = None,
    processes: int = 0,
    progress: Callable[[Progress], None] = lambda _: None,
    early: Callable[[Store], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Store:
    """Read files, folders and archives as one bundle.

    Args:
        processes: how many more processes may share the work where there is much of it; the store is the same.
        early: given once the store of the first part, where at least :data:`EARLY_BYTES` are read.

    Raises:
        InputError: a path does not exist, or is nothing that can be read.
        Cancelled: ``cancelled()`` said so.
    """
    begun = time.perf_counter()
    demand_bundles(paths)
    with _steady_memory():
        store = _ingest(paths, options, limits, processes, progress, early, cancelled)
    return replace(store, seconds=time.perf_counter() - begun)


@contextlib.contextmanager
def _steady_memory() -> Iterator[None]:
    """What is allocated in large numbers, or in large pieces again and again, is not looked over or given back.

    Nothing read goes in circles, so collecting them is only cost. And freeing a piece of 32 MB, which is never
    touched, has glibc keep memory up to twice that size, so that each block does not begin with new pages.
    """
    with uncollected():
        np.empty((32 << 20) - (8 << 10), np.uint8)
        yield


def _ingest(
    paths: Sequence[Path],
    options: ReadOptions | None,
    limits: Limits | None,
    processes: int,
    progress: Callable[[Progress], None],
    early: Callable[[Store], None] | None,
    cancelled: Callable[[], bool],
) -> Store:
    issues = Issues()
    limits = limits or Limits()
    builder = Builder(issues, options, paths)
    builder.dispatch = lambda records: dispatch(records, "lines", builder)
    for fault in format_faults():
        issues.add(fault.severity, fault.code, fault.file, fault.text, offset=fault.offset, count=0)
    counts: list[FileCounts] = []
    name = label(bundle_name(paths))
    first = _FirstPart(builder, name, counts, early)
    with Lanes(builder, processes, cancelled) as lanes:
        for member in walk(paths, limits, issues):
            _read_member(member, builder, lanes, first, limits, progress, cancelled)
            counts.append(builder.end_file())
    return _relative(assemble(builder, name, counts))


class _FirstPart:
    """Tells the store of what is read so far, once, when there is something to see and much more to come."""

    def __init__(
        self, builder: Builder, name: str, counts: Sequence[FileCounts], early: Callable[[Store], None] | None
    ) -> None:
        self._builder, self._name, self._counts, self._early = builder, name, counts, early

    def tell_when_due(self) -> None:
        """Called between two blocks of a file."""
        builder, early = self._builder, self._early
        if early is None or builder.bytes < EARLY_BYTES or not (len(builder.spans) or len(builder.logs)):
            return
        self._early = None
        issues, builder.issues = builder.issues, builder.issues.copy()  # those of the assembly come again
        store = _relative(assemble(builder, self._name, (*self._counts, builder.counts())))
        builder.issues = issues
        early(replace(store, name=f"{self._name}, first part"))


def _relative(store: Store) -> Store:
    """File names without that of the one archive that all of them lie in."""
    prefix = f"{store.name}/"
    if not all(file.name.startswith(prefix) for file in store.files):
        return store

    def short(name: str) -> str:
        return name.removeprefix(prefix)

    return replace(
        store,
        files=tuple(replace(file, name=short(file.name)) for file in store.files),
        counts=tuple(replace(count, name=short(count.name)) for count in store.counts),
        issues=tuple(replace(issue, file=short(issue.file)) for issue in store.issues),
    )


def _read_member(
    member: Member,
    builder: Builder,
    lanes: Lanes,
    first: _FirstPart,
    limits: Limits,
    progress: Callable[[Progress], None],
    cancelled: Callable[[], bool],
) -> None:
    file = builder.begin_file(_file(member))

    def tell() -> None:
        counts = len(builder.spans), len(builder.logs), len(builder.traces.numbers)
        progress(Progress(member.name, file, builder.bytes, *counts))

    tell()  # a single large document takes a while
    for batch in frames(member, limits, builder.issues, whole=WholeDocument(builder, file)):
        if cancelled():
            raise Cancelled("Opening was cancelled.")
        builder.read_bytes(member.size or 0 if batch.framing == "seekable" else len(batch.data))
        if builder.files[file].path is None and batch.framing != "seekable":
            builder.raw.keep(file, batch.offset, batch.data)
        tell()
        records = records_of(batch, file)
        if not (batch.done or lanes.take(records, batch.framing)):
            dispatch(records, batch.framing, builder)
        tell()
        first.tell_when_due()
    lanes.drain()
    _finish(builder)


def _finish(builder: Builder) -> None:
    """Let readers write what waited for the rest of the file."""
    for finish in builder.endings():
        before = builder.lengths()
        try:
            finish()
        except Exception as error:  # noqa: BLE001  as in _read
            builder.back_to(before)
            builder.skip(
                "error", "reader-failed", f"the end of the file failed: {type(error).__name__}", offset=-1
            )


def _file(member: Member) -> File:
    path = None if member.path is None else str(member.path)
    return File(member.name, path, -1 if member.size is None else member.size, member.mtime_ns, member.inode)
