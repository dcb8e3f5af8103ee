"""Which reader reads which records, and what happens to those that none knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, get_args

import numpy as np

from explorer.bundle.framing import Batch, Framing
from explorer.decoding.abridging import abridged
from explorer.decoding.contract import HEAD, Confidence, Reader, WholeReader
from explorer.decoding.logs.origin import is_container_log
from explorer.decoding.mending import mended
from explorer.decoding.near_miss import beside_run, near_miss
from explorer.decoding.outline import Outline, outline
from explorer.decoding.tables.mapping import READERS
from explorer.decoding.tables.rows import mapped_header
from explorer.ingest.unwrapping import unwrapped
from explorer.model.builder import Builder, Records
from explorer.readers.registry import choose, readers, sure, whole_readers

UNKNOWN_RUN: Final = 200
"""Unknown records in a row after which the rest of a batch is not tried one by one."""
_BEFORE: Final = {framing: f"reader of the {framing} before" for framing in get_args(Framing)}
_BY_KEYS: Final = "readers by the keys of the first line"
_TRIED_BEFORE: Final = UNKNOWN_RUN - 10
"""Counted as tried where a batch of the same file was given up before."""
_LOGS: Final = "json-log"
_ANY: Final = frozenset({"json-table", _LOGS})
"""Readers of rows that no system owns: whatever else is known of a document counts more."""
PLAIN: Final = "text-log"
"""Reads whatever lines a container printed."""
_HEAD_RECORDS: Final = 16
"""So many records of the length of the first tell their format as well as all of a block."""
_HEAD_LEAST: Final = 4 << 10
_KEYS_HEAD: Final = 4 << 10
"""Bytes of a first line whose keys are compared: it is asked of each block, and large documents are long."""


def records_of(batch: Batch, file: int) -> Records:
    """Cut a batch into records: its lines without blank ones, or the one document."""
    if batch.framing != "lines":
        ends = np.array([len(batch.data)])
        return Records(file, batch.data, batch.offset, np.zeros(1, np.int64), ends, batch.mended)
    starts = np.concatenate(([0], batch.newlines + 1))
    ends = np.concatenate((batch.newlines, [len(batch.data)]))
    full = ends > starts
    return Records(file, batch.data, batch.offset, starts[full], ends[full])


def dispatch(records: Records, framing: str, builder: Builder, without: Collection[str] = ()) -> None:
    """Give each record to the reader that knows it; what none knows is counted."""
    given_up = f"unknown {framing} given up"
    unknown = _TRIED_BEFORE if builder.memory.get(given_up) == records.file else 0
    while len(records):
        reader = _chosen(records, framing, builder, without)
        if not without and _unwrapped(reader, framing, records, builder):
            records = records.take(np.arange(1, len(records)))
            continue
        if reader is not None:
            if not without:
                builder.memory[_BEFORE[framing]] = records.file, reader.NAME
            rejected = read_with(reader, records, builder)
            if len(rejected):
                dispatch(records.take(rejected), framing, builder, {*without, reader.NAME})
            return
        unknown += 1
        many = len(records) if unknown > UNKNOWN_RUN else 1
        if many > 1:
            builder.memory[given_up] = records.file
        if many > 1 or not _repaired(records, framing, builder, without):
            _count_unknown(records.take(np.arange(many)), builder)
        records = records.take(np.arange(many, len(records)))


def _unwrapped(reader: Reader | None, framing: str, records: Records, builder: Builder) -> bool:
    """Read what lies within a record that no reader knows as a whole; False where there is nothing of a known kind."""
    if reader is not None and (reader.NAME not in _ANY or _is_sure(reader, records)):
        return False
    if reader is not None and reader.NAME == _LOGS and framing == "lines":
        return False
    at = records.offset + int(records.starts[0])
    try:
        within = unwrapped(records, _ANY)
    except Exception as error:  # noqa: BLE001  as in read_with: the document is read as any other then
        text = f"looking for what lies within a document failed: {type(error).__name__}"
        builder.remark("error", "reader-failed", text, offset=at)
        return False
    if within is None:
        return False
    dispatch(builder.canonical(records.take([0]), within.lists), "lines", builder)
    if within.unknown:
        text = "lists beside those that are read, which no reader knows"
        builder.skip("info", "unknown-beside", text, offset=at, count=within.unknown)
    return True


def _is_sure(reader: Reader, records: Records) -> bool:
    return reader.detect(_head(records, "document")) is Confidence.CERTAIN


def _chosen(records: Records, framing: str, builder: Builder, without: Collection[str]) -> Reader | None:
    """The reader of the first record; a fault while looking for one is told, and none is chosen.

    Lines that none knows go to the reader of the lines before: a block may begin in the middle of a stack trace.
    """
    begin = int(records.starts[0])
    if builder.held and builder.held not in without and framing in ("lines", "document"):
        return readers()[builder.held]
    try:
        if records.offset + begin == 0 and not without and builder.options.tables:
            stated = mapped_header(records.data[:HEAD], builder.options.tables, builder.file.name)
            if stated is not None and stated.mapping is not None:
                return readers()[READERS[stated.mapping.kind]]
        file, likely = builder.memory.get(_BEFORE[framing], (-1, ""))
        found = _of_head(_head(records, framing), framing, builder, without, likely)
        if int(records.ends[0]) - begin > HEAD:
            found = _of_long(records, framing, without, found)
        if found is None and framing == "lines" and not without:
            if file == records.file:
                return readers()[likely]
            return readers()[PLAIN] if is_container_log(builder.file.name) else None
        return found
    except Exception as error:  # noqa: BLE001  as in _read
        text = f"finding out the format failed: {type(error).__name__}"
        builder.remark("error", "reader-failed", text, offset=records.offset + begin)
        return None


def _of_head(
    head: bytes, framing: str, builder: Builder, without: Collection[str], likely: str
) -> Reader | None:
    """The reader of records that begin so: of lines of JSON the one that was chosen for others with the same keys.

    Of a long line not all keys are seen, and one has others than the next: the reader of those before is asked first.
    """
    if b"\n" not in head[:_KEYS_HEAD] and (certain := sure(head, framing, without, likely)) is not None:
        return certain
    keys = outline(head[:_KEYS_HEAD]) if framing == "lines" and not without else frozenset()
    if not keys:
        return choose(head, framing, without, likely)
    known: dict[Outline, Reader | None]
    file, known = builder.memory.get(_BY_KEYS, (-1, {}))
    if file != len(builder.files):
        known = {}
        builder.memory[_BY_KEYS] = len(builder.files), known
    if keys not in known:
        known[keys] = choose(head, framing, without, likely)
    return known[keys]


def _of_long(records: Records, framing: str, without: Collection[str], found: Reader | None) -> Reader | None:
    """The reader of a record longer than what readers look at, by all of it where its beginning makes none certain."""
    if found is not None and found.detect(_head(records, framing)) is Confidence.CERTAIN:
        return found
    return choose(abridged(records.view(0))[:HEAD], framing, without) or found


def _head(records: Records, framing: str) -> bytes:
    """The beginning of the first record, with as much of those after it as it takes to tell what they are."""
    begin, length = int(records.starts[0]), HEAD
    if framing == "lines":
        length = min(HEAD, max(_HEAD_LEAST, (int(records.ends[0]) - begin) * _HEAD_RECORDS))
    return records.data[begin : begin + length]


def same_as_before(records: Records, builder: Builder) -> Reader | None:
    """The reader of the lines before, in the same file, if it is sure to be chosen for these lines too.

    Only one that reads each block by itself.
    """
    file, likely = builder.memory.get(_BEFORE["lines"], (-1, ""))
    reader = readers().get(likely)
    if not getattr(reader, "INDEPENDENT", False) or file != records.file or builder.held:
        return None
    try:
        return reader if _of_head(_head(records, "lines"), "lines", builder, (), likely) is reader else None
    except Exception:  # noqa: BLE001  told where it is chosen
        return None


def read_with(reader: Reader, records: Records, builder: Builder) -> Sequence[int]:
    """Let a reader read; whatever a parser library raises becomes an issue here, and only here.

    Where one record makes it fail, those around it are read without that one.
    """
    before, counted = builder.lengths(), builder.count_apart()
    builder.begin_reader(reader.NAME)
    try:
        rejected = reader.read(records, builder)
    except Exception as error:  # noqa: BLE001  a fault of one reader must not lose the other members
        builder.back_to(before)
        builder.count_on(counted, keep=False)
        failed = builder.memory.setdefault(_FAILED, Counter())
        failed[records.file] += 1
        if len(records) > 1 and failed[records.file] <= _MOST_FAILED:
            halves = np.array_split(np.arange(len(records)), 2)
            return [int(half[i]) for half in halves for i in read_with(reader, records.take(half), builder)]
        text = f"the {reader.LABEL} reader failed: {type(error).__name__}"
        builder.skip(
            "error", "reader-failed", text, offset=records.offset + int(records.starts[0]), count=len(records)
        )
        return ()
    builder.count_on(counted, keep=True)
    builder.count_format(reader.NAME, len(records) - len(rejected))
    return rejected


@dataclass(slots=True)
class WholeDocument:
    """Reads a document by the reader of its format, where that finds by itself where its documents end."""

    builder: Builder
    file: int
    _reader: WholeReader | None = field(default=None, init=False)

    def knows(self, head: bytes) -> bool:
        """As of :class:`explorer.bundle.framing.Whole`."""
        if self.builder.held or self.builder.options.tables:
            return False
        try:
            certain = (one for one in whole_readers() if one.detect(head) is Confidence.CERTAIN)
            self._reader = next(certain, None)
        except Exception:  # noqa: BLE001  told where it is chosen
            return False
        return self._reader is not None

    def read(self, batch: Batch) -> bool:
        """As of :class:`explorer.bundle.framing.Whole`; what the reader raises is told when it reads as usual."""
        builder, records = self.builder, records_of(batch, self.file)
        reader, before = self._reader, builder.lengths()
        if reader is None:
            return False
        builder.begin_reader(reader.NAME)
        try:
            read = reader.read_whole(records, builder)
        except Exception:  # noqa: BLE001  as in _read: what is no whole document of this reader's is offered to all
            builder.back_to(before)
            return False
        if read:
            builder.memory[_BEFORE["document"]] = records.file, reader.NAME
            builder.count_format(reader.NAME, 1)
        return read


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
    if reader is None or len(read_with(reader, whole, builder)):
        return False
    if again.quotes:
        text = "texts with quotes within that are not escaped: apostrophes stand in their place"
        builder.remark("info", "broken-quotes", text, offset=whole.offset, count=again.quotes)
    for offset in again.broken:
        text = "a broken record is left out; those around it are kept"
        builder.skip("warning", "broken-record", text, offset=whole.offset + offset)
    if again.cut >= 0:
        text = "a record is cut short; what came before the cut is kept"
        builder.skip("warning", "truncated-record", text, offset=whole.offset + again.cut)
    return True


def _count_unknown(records: Records, builder: Builder) -> None:
    """Count records that no reader took, and say what the first ones of the file resemble."""
    if beside_run(builder.file.name):
        builder.skip_alike("info", "run-values", _RUN_VALUES, count=len(records))
        return
    begin = int(records.starts[0])
    in_json = records.data[begin : begin + 1] in (b"{", b"[")
    file, looked_at, known = builder.memory.get(_UNKNOWN, (-1, 0, {}))
    if file != records.file:
        looked_at, known = 0, {}
    told = known.get(in_json)
    if told is None or (in_json and looked_at < _LOOKED_AT):
        record = records[0] if in_json or looked_at else records.data[begin : begin + HEAD]
        told = known[in_json] = near_miss(record)
    builder.memory[_UNKNOWN] = records.file, looked_at + 1, known
    code, text = told
    builder.skip("warning", code, text, offset=records.offset + begin, count=len(records))


_RUN_VALUES: Final = "parameters and tags of MLflow's runs and traces are not shown"
_UNKNOWN: Final = "unknown records"
_FAILED: Final = "how often readers failed by file"
_MOST_FAILED: Final = 1000
"""Failures of readers in a file after which records are no longer parted to find those that can be read."""
_LOOKED_AT: Final = 20
"""Records of a file that are looked at for what they resemble."""
