"""What readers write into: growing columns, string tables and the few records that are values.

A reader calls, for each run of records (:class:`Records`) it is given:

* ``builder.document(records, i)`` once for a record that holds many spans (an OTLP line, a Jaeger file):
  its spans' ``index`` is then their ordinal in it; or ``builder.block(records)`` once for line records:
  ``index`` is then the byte offset in the block and ``length`` the bytes of the record;
* ``builder.spans.extend(...)`` / ``builder.logs.extend(...)`` with whole columns;
* the small methods below for what is rare: failures, events, links, correlation fields, series, marks, findings.

Ordinals (the row of a span or log while reading) become rows when :func:`explorer.model.assemble.assemble` sorts.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.model import schema
from explorer.model.columns import Columns, Interner
from explorer.model.ids import TraceInterner
from explorer.model.issue import Issue, Issues, Severity
from explorer.model.options import ReadOptions
from explorer.model.raw import DECODED, BlockWriter
from explorer.model.records import File, FileCounts, Finding, Mark, Resource, Series
from explorer.model.schema import FailureKind


@dataclass(frozen=True, slots=True)
class Records:
    """A run of consecutive records of one member: record i is ``data[starts[i]:ends[i]]``.

    Attributes:
        file: index of the member in the builder's files.
        data: bytes of whole records.
        offset: of ``data[0]`` in the member's unpacked bytes.
        starts, ends: int64 arrays of shape (n,); blank records are already left out.
        mended: the bytes were mended and may differ from those of the member.
    """

    file: int
    data: bytes
    offset: int
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    mended: bool = False

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, i: int) -> bytes:
        return self.data[self.starts[i] : self.ends[i]]

    def view(self, i: int) -> memoryview:
        """Record ``i`` without a copy of its bytes."""
        return memoryview(self.data)[self.starts[i] : self.ends[i]]

    def take(self, which: Sequence[int] | NDArray[np.int64]) -> Records:
        """The records named, over the same bytes."""
        return replace(self, starts=self.starts[which], ends=self.ends[which])


@dataclass(slots=True)
class _Counted:
    """How much one file has given so far."""

    file: File
    formats: dict[str, int] = field(default_factory=dict)
    skipped: int = 0
    bytes: int = 0
    before: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)


class Builder:
    """Collects everything read of one bundle. Not thread safe; one reader writes at a time."""

    def __init__(
        self, issues: Issues, options: ReadOptions | None = None, paths: Sequence[Path] = ()
    ) -> None:
        self.issues = issues
        self.options = options or ReadOptions()
        self.paths = tuple(paths)  # what is read together, as the user named it
        self.dispatch: Callable[[Records], None] = lambda _: None  # to the reader that knows them
        self.services, self.operations, self.texts = Interner(), Interner(), Interner()
        self.traces = TraceInterner()
        self.spans, self.logs = Columns(schema.SPAN), Columns(schema.LOG)
        self.failures, self.events, self.links = (
            Columns(schema.FAILURE), Columns(schema.EVENT), Columns(schema.LINK),
        )  # fmt: skip
        self.span_fields, self.log_fields = Columns(schema.SPAN_FIELD), Columns(schema.LOG_FIELD)
        self.documents, self.points, self.exemplars = (
            Columns(schema.DOCUMENT), Columns(schema.POINT), Columns(schema.EXEMPLAR),
        )  # fmt: skip
        self.series: list[Series] = []
        self.marks: list[Mark] = []
        self.findings: list[Finding] = []
        self.resources: list[Resource] = [Resource()]
        self.readers: list[str] = []
        self.raw = BlockWriter()
        self.bytes = 0  # unpacked, of all files so far
        self.memory: dict[
            str, Any
        ] = {}  # what a reader keeps from one run of records to the next, by its name
        self._series: dict[tuple[str, tuple[tuple[str, str], ...], str], int] = {}
        self._resources: dict[Hashable, int] = {}
        self._by_value: dict[Resource, int] = {Resource(): 0}
        self.files: list[File] = []  # all members so far
        self._files: list[_Counted] = []
        self._reader = 0
        self.apart = False  # blocks of a file may be read by others: a reader does not see all of them
        self.held = ""  # name of the reader that all of the current file goes to
        self._endings: list[Callable[[], None]] = []

    # -- files and documents -------------------------------------------------------------------------

    def begin_file(self, file: File) -> int:
        """Announce a member; what follows is counted to it. Returns its index."""
        self.files.append(file)
        self._files.append(_Counted(file, before=self._totals()))
        self.held = ""
        self._endings = []
        return len(self._files) - 1

    def begin_reader(self, name: str) -> None:
        """State which reader fills the columns from now on."""
        self._reader = self.reader_code(name)

    def reader_code(self, name: str) -> int:
        """Index of a reader in the builder's readers."""
        if name not in self.readers:
            self.readers.append(name)
        return self.readers.index(name)

    def count_format(self, name: str, records: int) -> None:
        """Count records of the current file that a reader took; most records name the file's format."""
        formats = self._files[-1].formats
        formats[name] = formats.get(name, 0) + records

    def add_counts(self, formats: Mapping[str, int], skipped: int, issues: Iterable[Issue]) -> None:
        """Count to the current file what was read of it elsewhere."""
        for name, records in formats.items():
            self.count_format(name, records)
        self._files[-1].skipped += skipped
        for one in issues:
            self.issues.add(one.severity, one.code, one.file, one.text, offset=one.offset, count=one.count)

    def take_counts(self) -> tuple[Mapping[str, int], int, tuple[Issue, ...]]:
        """Records taken of the current file, records skipped, and all issues; they are counted anew from here on."""
        current = self._files[-1]
        counts = current.formats, current.skipped, self.issues.rows()
        current.formats, current.skipped, self.issues = {}, 0, Issues()
        return counts

    def count_apart(self) -> tuple[Issues, int]:
        """Count issues apart from here on; returns what :meth:`count_on` needs."""
        before = self.issues, self._files[-1].skipped
        self.issues = Issues()
        return before

    def count_on(self, before: tuple[Issues, int], *, keep: bool) -> None:
        """Go on where :meth:`count_apart` began, with what was counted since or without it."""
        since, (self.issues, skipped) = self.issues, before
        if keep:
            self.add_counts({}, 0, since.rows())
        else:
            self._files[-1].skipped = skipped

    def lengths(self) -> tuple[int, ...]:
        """A mark to go :meth:`back_to`."""
        return (*(len(table) for table in self._tables()), len(self.marks), len(self.findings))

    def back_to(self, lengths: tuple[int, ...]) -> None:
        """Drop all rows added since :meth:`lengths` (a reader failed half way)."""
        for table, rows in zip(self._tables(), lengths, strict=False):
            table.truncate(rows)
        del self.marks[lengths[-2] :], self.findings[lengths[-1] :]

    def _tables(self) -> tuple[Columns, ...]:
        return (
            self.spans, self.logs, self.failures, self.events, self.links, self.span_fields,
            self.log_fields, self.documents, self.points, self.exemplars,
        )  # fmt: skip

    def document(self, records: Records, i: int) -> int:
        """Register record ``i`` as a document of its own. Returns its code for the ``doc`` columns."""
        begin, end = int(records.starts[i]), int(records.ends[i])
        return self.documents.append(
            file=records.file, offset=records.offset + begin, length=end - begin, reader=self._reader,
            mended=records.mended,
        )  # fmt: skip

    def each_a_document(self, records: Records, which: Sequence[int]) -> int:
        """Register the records named, each as a document. Returns the first one's code; the others follow it."""
        taken = records.take(which)
        return self.documents.extend(
            len(taken), file=records.file, offset=records.offset + taken.starts, length=taken.ends - taken.starts,
            reader=self._reader, mended=records.mended,
        )  # fmt: skip

    def block(self, records: Records) -> int:
        """Register the whole run as one document, for records addressed by byte offset and length."""
        return self.documents.append(
            file=records.file, offset=records.offset, length=len(records.data), reader=self._reader,
            mended=records.mended,
        )  # fmt: skip

    def canonical(self, records: Records, lines: Sequence[bytes]) -> Records:
        """Keep what was decoded of records whose bytes cannot be read in part (msgpack, CSV, database pages).

        Args:
            lines: canonical JSON of each, without line breaks.

        Returns:
            The lines as records, to be registered in the place of those given.
        """
        ends = np.cumsum(np.fromiter((len(line) + 1 for line in lines), np.int64, len(lines))) - 1
        starts = np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1)) if len(lines) else ends
        data = b"\n".join(lines) + b"\n"
        return Records(records.file, data, self.raw.canonical(records.file, data), starts, ends)

    def hold(self) -> None:
        """Claim all that follows in the current file for the reader at work: rows say nothing without their header."""
        self.held = self.readers[self._reader]

    def hand_on(self, records: Records) -> None:
        """Have lines read that the reader at work made of its file, by whoever knows them."""
        reader = self._reader
        self.dispatch(records)
        self._reader = reader

    def at_end(self, finish: Callable[[], None]) -> None:
        """Have something called when the current file ends: a record may wait for the rest of it."""
        self._endings.append(finish)

    def endings(self) -> list[Callable[[], None]]:
        """What is to be called at the end of the current file; asked for once."""
        found, self._endings = self._endings, []
        return found

    def skip(self, severity: Severity, code: str, text: str, *, offset: int, count: int = 1) -> None:
        """Count records of the current file that are not kept."""
        current = self._files[-1]
        current.skipped += count
        self.issues.add(severity, code, current.file.name, text, offset=_place(offset), count=count)

    def skip_alike(self, severity: Severity, code: str, text: str, *, count: int) -> None:
        """Count records of the current file that are not kept, as one issue of the bundle for all such files."""
        self._files[-1].skipped += count
        self.issues.add(severity, code, "", text, count=count)

    def remark(self, severity: Severity, code: str, text: str, *, offset: int = -1, count: int = 0) -> None:
        """Note something about the current file that lost no record; ``info`` may tell how many it is about."""
        self.issues.add(severity, code, self._files[-1].file.name, text, offset=_place(offset), count=count)

    def read_bytes(self, count: int) -> None:
        """Count unpacked bytes of the current file."""
        self._files[-1].bytes += count
        self.bytes += count

    def end_file(self) -> FileCounts:
        """Close the current member and tell what it gave."""
        self.raw.close(len(self._files) - 1)
        return self.counts()

    def counts(self) -> FileCounts:
        """What the current member gave so far."""
        current = self._files[-1]
        spans, logs, points, findings, marks = (
            now - then for now, then in zip(self._totals(), current.before, strict=True)
        )
        taken = {name: records for name, records in current.formats.items() if records}
        best = max(taken, key=taken.__getitem__, default="unknown")
        return FileCounts(
            current.file.name, best, current.bytes, spans, logs, points, findings, marks, current.skipped
        )

    @property
    def file(self) -> File:
        """The member being read."""
        return self._files[-1].file

    def _totals(self) -> tuple[int, int, int, int, int]:
        return len(self.spans), len(self.logs), len(self.points), len(self.findings), len(self.marks)

    # -- what spans and logs refer to ------------------------------------------------------------------

    def resource(self, key: Hashable, make: Callable[[], Resource]) -> int:
        """Index of a resource; ``make`` is called once for each key (raw bytes, process id and document)."""
        known = self._resources.get(key)
        if known is None:
            known = self._resources[key] = self.resource_value(make())
        return known

    def resource_value(self, resource: Resource) -> int:
        """Index of a resource given by value."""
        known = self._by_value.get(resource)
        if known is None:
            known = self._by_value[resource] = len(self.resources)
            self.resources.append(resource)
        return known

    def failure(self, span: int, kind: FailureKind, type_: str, message: str) -> None:
        """Evidence that the span with that ordinal failed. Does not set its status."""
        if type_.startswith("<class '"):  # a class of Python's as it prints itself
            type_ = type_.removeprefix("<class '").removesuffix("'>")
        text = message[: schema.MESSAGE_LIMIT]
        self.failures.append(
            span=span, kind=int(kind), type=self.texts[type_[:200]], message=self.texts[text]
        )

    def event(self, span: int, time_ns: int, name: str) -> None:
        """An event on a span, for the ticks on its bar."""
        self.events.append(span=span, time=time_ns, name=self.texts[name[:200]])

    def link(self, span: int, trace: str, span_number: int) -> None:
        """A link from a span to another, perhaps of another trace."""
        code = self.traces[trace]
        if code >= 0:
            self.links.append(span=span, trace=code, span_id=span_number)

    def log_field(self, log: int, name: str, value: str) -> None:
        """A correlation field found in a log record."""
        if value and len(value) <= 256:
            self.log_fields.append(row=log, field=self.texts[name[:200]], value=self.texts[value])

    # -- metrics, marks, findings ----------------------------------------------------------------------

    def series_code(self, series: Series) -> int:
        """Code of a metric series for ``points`` and ``exemplars``; the same name, labels and service are one."""
        key = (series.name, series.labels, series.service)
        code = self._series.get(key)
        if code is None:
            code = self._series[key] = len(self.series)
            self.series.append(series)
        return code


def _place(offset: int) -> int:
    """An offset as it is told; -1 where it counts what was decoded, which nobody finds in the file."""
    return offset if offset < DECODED else -1
