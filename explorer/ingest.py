"""The whole read path: paths to members to records to readers to store."""

from __future__ import annotations

import contextlib
import gc
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

import numpy as np

from explorer.bundle.framing import Batch, Framing, frames
from explorer.bundle.limits import Limits
from explorer.bundle.member import Member
from explorer.bundle.walk import walk
from explorer.decoding.contract import HEAD, Reader
from explorer.decoding.logs.line_format import format_faults
from explorer.decoding.mending import mended
from explorer.decoding.tables.mapping import READERS
from explorer.decoding.tables.rows import mapped_header
from explorer.errors import Cancelled, InputError
from explorer.model.assemble import assemble
from explorer.model.builder import Builder, ReadOptions, Records
from explorer.model.issue import Issues
from explorer.model.records import File, FileCounts
from explorer.model.store import Store
from explorer.readers.registry import choose, readers

BEFORE = {framing: f"reader of the {framing} before" for framing in get_args(Framing)}
HEAD_RECORDS = 16
"""So many records of the length of the first, or 4 KiB of them, tell their format as well as all of a block."""
UNKNOWN_RUN = 200
"""Unknown records in a row after which the rest of a batch is not tried one by one."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far reading has come. ``bytes`` are unpacked bytes of all files so far."""

    file: str
    files: int
    bytes: int
    spans: int
    logs: int
    ids: int


def ingest(
    paths: Sequence[Path],
    *,
    options: ReadOptions | None = None,
    limits: Limits | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Store:
    """Read files, folders and archives as one bundle.

    Raises:
        InputError: a path does not exist, or nothing at all could be read.
        Cancelled: ``cancelled()`` said so.
    """
    begun = time.perf_counter()
    for path in paths:
        if not path.exists():
            raise InputError(f"{path} does not exist.")
    with _steady_memory():
        store = _ingest(paths, options, limits, progress, cancelled)
    return replace(store, seconds=time.perf_counter() - begun)


@contextlib.contextmanager
def _steady_memory() -> Iterator[None]:
    """What is allocated in large numbers, or in large pieces again and again, is not looked over or given back.

    Nothing read goes in circles, so collecting them is only cost. And freeing a piece of 32 MB, which is never
    touched, has glibc keep memory up to twice that size, so that each block does not begin with new pages.
    """
    collecting = gc.isenabled()
    gc.disable()
    np.empty((32 << 20) - (8 << 10), np.uint8)
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _ingest(
    paths: Sequence[Path],
    options: ReadOptions | None,
    limits: Limits | None,
    progress: Callable[[Progress], None],
    cancelled: Callable[[], bool],
) -> Store:
    issues = Issues()
    limits = limits or Limits()
    builder = Builder(issues, options, paths)
    builder.dispatch = lambda records: _dispatch(records, "lines", builder)
    for fault in format_faults():
        issues.add(fault.severity, fault.code, fault.file, fault.text, offset=fault.offset, count=0)
    counts = [
        _read_member(member, builder, limits, progress, cancelled) for member in walk(paths, limits, issues)
    ]
    return _relative(assemble(builder, bundle_name(paths), counts))


def bundle_name(paths: Sequence[Path]) -> str:
    """Display name of what was opened together."""
    names = [path.resolve().name or str(path) for path in paths]
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


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
    limits: Limits,
    progress: Callable[[Progress], None],
    cancelled: Callable[[], bool],
) -> FileCounts:
    file = builder.begin_file(_file(member))
    for batch in frames(member, limits, builder.issues):
        if cancelled():
            raise Cancelled("Opening was cancelled.")
        builder.read_bytes(member.size or 0 if batch.framing == "seekable" else len(batch.data))
        if builder.files[file].path is None and batch.framing != "seekable":
            builder.raw.keep(file, batch.offset, batch.data)
        _dispatch(_records(batch, file), batch.framing, builder)
        progress(
            Progress(
                member.name,
                file,
                builder.bytes,
                len(builder.spans),
                len(builder.logs),
                len(builder.traces.numbers),
            )
        )
    _finish(builder)
    return builder.end_file()


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
    if member.path is None:
        return File(member.name, None, -1 if member.size is None else member.size, member.mtime_ns)
    stat = member.path.stat()
    return File(member.name, str(member.path), stat.st_size, stat.st_mtime_ns, stat.st_ino)


def _records(batch: Batch, file: int) -> Records:
    """Cut a batch into records: its lines without blank ones, or the one document."""
    if batch.framing != "lines":
        ends = np.array([len(batch.data)])
        return Records(file, batch.data, batch.offset, np.zeros(1, np.int64), ends, batch.mended)
    starts = np.concatenate(([0], batch.newlines + 1))
    ends = np.concatenate((batch.newlines, [len(batch.data)]))
    full = ends > starts
    return Records(file, batch.data, batch.offset, starts[full], ends[full])


def _dispatch(records: Records, framing: str, builder: Builder, without: Collection[str] = ()) -> None:
    """Give each record to the reader that knows it; what none knows is counted."""
    unknown = 0
    while len(records):
        reader = _chosen(records, framing, builder, without)
        if reader is not None:
            rejected = _read(reader, records, builder)
            if len(rejected):
                _dispatch(records.take(rejected), framing, builder, {*without, reader.NAME})
            return
        unknown += 1
        many = len(records) if unknown > UNKNOWN_RUN else 1
        if many > 1 or not _repaired(records, framing, builder, without):
            _count_unknown(records.take(np.arange(many)), builder)
        records = records.take(np.arange(many, len(records)))


def _chosen(records: Records, framing: str, builder: Builder, without: Collection[str]) -> Reader | None:
    """The reader of the first record; a fault while looking for one is told, and none is chosen.

    Lines that none knows go to the reader of the lines before: a block may begin in the middle of a stack trace.
    """
    begin = int(records.starts[0])
    if builder.held and builder.held not in without and framing in ("lines", "document"):
        return readers()[builder.held]
    try:
        length = HEAD
        if framing == "lines":
            length = min(HEAD, max(4 << 10, (int(records.ends[0]) - begin) * HEAD_RECORDS))
        if records.offset + begin == 0 and not without and builder.options.tables:
            stated = mapped_header(records.data[:HEAD], builder.options.tables, builder.file.name)
            if stated is not None and stated.mapping is not None:
                return readers()[READERS[stated.mapping.kind]]
        file, likely = builder.memory.get(BEFORE[framing], (-1, ""))
        found = choose(records.data[begin : begin + length], framing, without, likely)
        if found is None and framing == "lines" and not without and file == records.file:
            found = readers()[likely]
        if found is not None and not without:
            builder.memory[BEFORE[framing]] = records.file, found.NAME
        return found
    except Exception as error:  # noqa: BLE001  as in _read
        text = f"finding out the format failed: {type(error).__name__}"
        builder.remark("error", "reader-failed", text, offset=records.offset + begin)
        return None


def _read(reader: Reader, records: Records, builder: Builder) -> Sequence[int]:
    """Let a reader read; whatever a parser library raises becomes an issue here, and only here."""
    before = builder.lengths()
    builder.begin_reader(reader.NAME)
    try:
        rejected = reader.read(records, builder)
    except Exception as error:  # noqa: BLE001  a fault of one reader must not lose the other members
        builder.back_to(before)
        text = f"the {reader.LABEL} reader failed: {type(error).__name__}"
        builder.skip(
            "error", "reader-failed", text, offset=records.offset + int(records.starts[0]), count=len(records)
        )
        return ()
    builder.count_format(reader.NAME, len(records) - len(rejected))
    return rejected


def _repaired(records: Records, framing: str, builder: Builder, without: Collection[str]) -> bool:
    """Try the first record again, its broken parts left out; False where that does not help."""
    data = records[0]
    if not without or data[:1] not in (b"{", b"["):
        return False
    again = mended(data)
    if again is None:
        return False
    begin = np.zeros(1, np.int64)
    whole = replace(records, data=again.data, offset=records.offset + int(records.starts[0]), starts=begin,
                    ends=begin + len(again.data), mended=True)  # fmt: skip
    reader = _chosen(whole, framing, builder, ())
    if reader is None or len(_read(reader, whole, builder)):
        return False
    for offset in again.broken:
        text = "a broken record is left out; those around it are kept"
        builder.skip("warning", "broken-record", text, offset=whole.offset + offset)
    if again.cut >= 0:
        text = "a record is cut short; what came before the cut is kept"
        builder.skip("warning", "truncated-record", text, offset=whole.offset + again.cut)
    return True


def _count_unknown(records: Records, builder: Builder) -> None:
    begins = records.data[records.starts[0] : records.starts[0] + 1]
    code, text = ("broken-json", "JSON that does not parse, or is of no known kind") if begins in (b"{", b"[") else (
        "unknown-content", "content of no known format")  # fmt: skip
    builder.skip("warning", code, text, offset=records.offset + int(records.starts[0]), count=len(records))
