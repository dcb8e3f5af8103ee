"""What is known of a file while its lines are read, beyond the lines at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.decoding.logs.alone import Before
from explorer.decoding.logs.central_time import CST, WHY, is_china
from explorer.decoding.logs.date_order import has_dates, order_of
from explorer.decoding.logs.line_format import LineFormat
from explorer.decoding.logs.origin import origin_of, workload_of
from explorer.decoding.logs.plans import Plans
from explorer.decoding.logs.repeated import Open
from explorer.decoding.logs.shape import Shape
from explorer.decoding.logs.times import NO_DATE, NO_YEAR, TimeFormat, TimeReference, left_out
from explorer.model.builder import Builder, Records
from explorer.model.ranks import rank_name
from explorer.model.records import Resource

DATED_BYTES: Final = 64 << 10
"""Bytes of a block in which a date is looked for."""
RESOURCE_NAMES: Final = tuple(part.name for part in fields(Resource))


@dataclass(slots=True)
class Tail:
    """The last record of a stream: lines of the next block may continue it.

    ``row`` is its ordinal, ``begin`` and ``end`` its place in the member; an open one may be continued; one without
    a trace or other id may get it from its later lines.
    """

    row: int
    begin: int
    end: int
    is_open: bool
    severity: int
    has_id: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A line of which the end has not come yet: its text so far, its wrapper's time, where it began."""

    text: bytes
    time: int
    begin: int


@dataclass(slots=True)
class FileContext:
    """A file being read: kept from one run of its records to the next.

    Attributes:
        file: index in the builder's files.
        reference: what completes times without a year.
        origin: what the file's place tells of where its lines came from.
        plans: how JSON objects that are alike are read.
        shape: of its JSON objects; ``relearned`` how often it had to grow.
        formats: of its text, as far as they were met.
        tails: the last record of each stream.
        parts: the line of each stream that is not finished yet.
        open: the trace that the last line of each stream is of, where each of its lines wears a prefix.
        before: what the last line of each stream was, where lines are timed one by one.
        section: the line under which the lines of a container stand in a dump.
        breaks_seen: wrapped lines end with their line break, so that those without are parts.
        inside: the context of what its lines wrap.
        end: of the block read last, in the member.
        alone: each line of no known format is a record of its own.
        dated: the order of day and month is known; ``central``: what CST means.
        unsure: their order is a guess that was not told yet.
        completed: times without a year or date have one from elsewhere, or it was told where from.
        last_time: of the last record that has one; ``untimed`` are ordinals of records before the first that has.
    """

    builder: Builder
    file: int
    reference: TimeReference
    origin: Resource
    shape: Shape | None = None
    relearned: int = 0
    formats: tuple[LineFormat, ...] = ()
    tails: dict[str, Tail] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)
    before: dict[str, Before] = field(default_factory=dict)
    plans: Plans = field(init=False)
    open: dict[str, Open] = field(default_factory=dict)
    section: bytes = b""
    breaks_seen: bool = False
    last_time: int = 0
    untimed: list[int] = field(default_factory=list)
    inside: FileContext | None = None
    end: int = 0
    alone: bool = False
    dated: bool = False
    central: bool = False
    unsure: bool = False
    completed: bool = False

    def __post_init__(self) -> None:
        self.plans = Plans(self.is_id_field)

    @staticmethod
    def of(builder: Builder, reader: str) -> FileContext:
        """The context of the builder's current file for one reader, made when first asked for."""
        number = len(builder.files) - 1
        known = builder.memory.get(reader)
        if isinstance(known, FileContext) and known.file == number:
            return known
        file = builder.file
        reference = TimeReference(builder.options.year, file.mtime_ns)
        context = FileContext(builder, number, reference, origin_of(file.name))
        builder.memory[reader] = context
        return context

    def begin_block(self, records: Records) -> None:
        """Go on with a block; where the one before it was read elsewhere, nothing of that is known here."""
        if self.builder.apart and records.offset != self.end:
            self.tails.clear()
            self.parts.clear()
            self.before.clear()
            self.open.clear()
            self.untimed.clear()
            self.last_time = 0
        self.end = records.offset + len(records.data)

    def refer_to(self, times: NDArray[np.int64]) -> None:
        """Complete times without a year by the wrapper's times, which have one, rather than by the file's age."""
        if len(times) and times.max() > 0:
            self.reference = replace(self.reference, latest_ns=int(times.max()))
            self.completed = True

    def learn_dates(self, data: bytes, *, used: bool) -> None:
        """Find out from a block in which order dates of three numbers are written, and what CST means; tell it.

        Args:
            used: times are so written, as far as that can be told; else it is told when one is met.
        """
        self._learn_zone(data)
        if self.dated or not has_dates(data, DATED_BYTES):
            return
        found = order_of(data, self.reference.latest_ns)
        if found is None:
            return
        self.dated = True
        self.reference = replace(self.reference, day_first=found[0])
        self.unsure = not found[1]
        if used:
            self._tell_order()

    def _learn_zone(self, data: bytes) -> None:
        if self.central or data.find(CST, 0, DATED_BYTES) < 0:
            return
        found = is_china(data[:DATED_BYTES], self.reference.latest_ns)
        if found is None:
            return
        self.central = True
        self.reference = replace(self.reference, china=found[0])
        said = f"the time zone CST is taken as {'+08:00' if found[0] else '-06:00'}: {WHY[found[1]]}"
        self.builder.remark("info", "time-zone", said, offset=0)

    def _tell_order(self) -> None:
        if self.unsure:
            order = "day/month" if self.reference.day_first else "month/day"
            said = f"dates like 03/04/2026 are taken as {order}/year: nothing in the file is sure to tell"
            self.builder.remark("info", "date-order", said, offset=0)
        self.unsure = False

    def learn_time(self, example: bytes, times: Sequence[TimeFormat]) -> None:
        """Tell, of a first time of a format, where its year or date is taken from, or that its order is not sure."""
        part = left_out(example, times)
        if part == "order":
            self._tell_order()
        if part not in ("year", "date") or self.completed:
            return
        self.completed = True
        if part == "date":
            self.builder.remark("info", "no-date", NO_DATE, offset=0)
        elif not self.reference.year:
            self.builder.remark("info", "no-year", NO_YEAR, offset=0)

    def inner(self) -> FileContext:
        """The context of what the lines of this file wrap: it has formats and a shape of its own."""
        if self.inside is None:
            self.inside = FileContext(self.builder, self.file, self.reference, self.origin, completed=True)
        return self.inside

    def is_id_field(self, name: str) -> bool:
        """Whether the user named that field as the correlation id."""
        return self.builder.options.is_id_field(name)

    def resource(self, known: Mapping[str, str]) -> tuple[int, int]:
        """Service code and resource index of what a record says of its process, completed by the file's place."""
        value = Resource(**{name: known.get(name) or getattr(self.origin, name) for name in RESOURCE_NAMES})
        if known.get("rank") and not known.get("instance"):
            value = replace(value, instance=rank_name(known["rank"]))
        if not known.get("service") and known.get("pod"):
            value = replace(value, service=workload_of(value.pod))
        elif not value.service:
            value = replace(value, service=value.container)
        return self.builder.services[value.service], self.builder.resource_value(value)
