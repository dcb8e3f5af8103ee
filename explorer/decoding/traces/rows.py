"""Spans on their way into the builder: plain lists that grow document by document and are turned to columns at once.

Texts and traces are interned when a document is read, in the order of its spans, so that the same input gives the
same store however it was cut into runs.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from explorer.decoding.lenient import LATEST_NS
from explorer.model.builder import Builder
from explorer.model.columns import Columns
from explorer.model.ids import span_numbers_marked
from explorer.model.schema import MESSAGE_LIMIT, FailureKind, SpanFlag

Fields = tuple[tuple[str, str], ...]
"""Correlation fields: name and value."""

FULL: Final = 8192
"""Rows after which a reader should :meth:`~SpanRows.flush`."""

UNKNOWN: Final = -(1 << 52)
"""A duration that is not known (fits 64 bits also as nanoseconds)."""

_OLDEST_NS: Final = 10**17
"""1973: what ends before counts from its own beginning."""


class SpanRows:
    """Pending rows of the span table.

    Args:
        builder: where the rows go.
        unit_ns: nanoseconds in one unit of ``start`` and ``end``.
        durations: ``end`` holds durations, else end times.

    Attributes:
        trace, service, name, kind, status, code, flags, resource, peer, doc, index: as in
            :data:`explorer.model.schema.SPAN`; ``code``, ``flags`` and ``peer`` must be as long as the others.
        span_id, parent_id: texts, empty for none.
        start, end: integers; a time of 0 or less and a duration of :data:`UNKNOWN` are not known.
    """

    __slots__ = (
        "base", "builder", "code", "doc", "durations", "end", "events", "failures", "fields", "flags", "index",
        "kind", "links", "name", "parent_id", "peer", "resource", "service", "span_id", "start", "status", "trace",
        "unit_ns",
    )  # fmt: skip

    def __init__(self, builder: Builder, *, unit_ns: int = 1, durations: bool = False) -> None:
        self.builder, self.unit_ns, self.durations = builder, unit_ns, durations
        self._clear()

    def _clear(self) -> None:
        self.base = len(self.builder.spans)
        self.trace: list[int] = []
        self.span_id: list[str] = []
        self.parent_id: list[str] = []
        self.service = array("i")
        self.name: list[int] = []
        self.start: list[int] = []
        self.end: list[int] = []
        self.kind: list[int] = []
        self.status: list[int] = []
        self.code = array("h")
        self.flags = array("H")
        self.resource = array("i")
        self.peer = array("i")
        self.doc = array("i")
        self.index = array("i")
        self.fields: list[tuple[int, int, int]] = []
        self.events: list[tuple[int, int, int]] = []
        self.failures: list[tuple[int, int, int, int]] = []
        self.links: list[tuple[int, int, int]] = []

    def __len__(self) -> int:
        return len(self.service)

    def zeros(self, count: int) -> None:
        """Lengthen the columns that few spans fill."""
        for column in (self.code, self.flags, self.peer):
            column.frombytes(bytes(column.itemsize * count))

    def field(self, at: int, name: str, value: str) -> None:
        """A correlation field of the pending row ``at``."""
        if value and len(value) <= 256:
            texts = self.builder.texts
            self.fields.append((self.base + at, texts[name[:200]], texts[value]))

    def event(self, at: int, time_ns: int, name: str) -> None:
        """An event of the pending row ``at``."""
        self.events.append((self.base + at, time_ns, self.builder.texts[name[:200]]))

    def failure(self, at: int, kind: FailureKind, type_: str, message: str = "") -> None:
        """Evidence that the pending row ``at`` failed."""
        texts = self.builder.texts
        self.failures.append((self.base + at, int(kind), texts[type_[:200]], texts[message[:MESSAGE_LIMIT]]))

    def link(self, at: int, trace: str, span_number: int) -> None:
        """A link from the pending row ``at``."""
        code = self.builder.traces[trace]
        if code >= 0:
            self.links.append((self.base + at, code, span_number))

    def share(self, stretches: Iterable[tuple[int, int, Fields]]) -> None:
        """Give the correlation fields of a process to its first span of each trace in ``[begin, end)``."""
        told: set[tuple[int, int, int]] = set()
        for begin, end, fields in stretches:
            for at in range(begin, end):
                key = (self.trace[at], self.resource[at], self.doc[at])
                if key not in told:
                    told.add(key)
                    for name, value in fields:
                        self.field(at, name, value)

    def flush(self) -> None:
        """Write the pending rows into the builder."""
        count = len(self)
        if not count:
            return
        start, duration, flags = self._times()
        numbers, hashed = span_numbers_marked(self.span_id)
        flags[hashed] |= np.uint16(SpanFlag.ID_HASHED)
        self.builder.spans.extend(
            count, trace=packed("i", self.trace), span_id=numbers, parent_id=span_numbers_marked(self.parent_id)[0],
            service=self.service, name=packed("i", self.name), start=start, duration=duration,
            kind=packed("B", self.kind), status=packed("B", self.status), code=self.code, flags=flags,
            resource=self.resource, peer=self.peer, doc=self.doc, index=self.index,
        )  # fmt: skip
        _extend(self.builder.span_fields, self.fields)
        _extend(self.builder.events, self.events)
        _extend(self.builder.failures, self.failures)
        _extend(self.builder.links, self.links)
        self._clear()

    def _times(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint16]]:
        """Start, duration (ns) and flags of the pending rows."""
        flags = np.array(self.flags, np.uint16)
        start, end = _whole(self.start, self.unit_ns), _whole(self.end, self.unit_ns)
        unstarted = start <= 0
        counted = (start == 0) & (end > 0) & (end < _OLDEST_NS)  # by a clock that began with the span
        start[unstarted] = 0
        if self.durations:
            unfinished = end == UNKNOWN * self.unit_ns
            duration = end
        else:
            unfinished = end <= 0
            duration = end - start
        duration[unfinished | (unstarted & ~counted & (not self.durations))] = 0
        flags[unstarted] |= np.uint16(SpanFlag.NO_TIME)
        flags[unfinished] |= np.uint16(SpanFlag.UNFINISHED)
        flags[duration < 0] |= np.uint16(SpanFlag.NEGATIVE)
        return start, duration, flags


def _extend(columns: Columns, rows: Sequence[tuple[int, ...]]) -> None:
    """Append tuples in the order of the columns."""
    if rows:
        names = [column.name for column in columns.schema]
        columns.extend(len(rows), **dict(zip(names, zip(*rows, strict=True), strict=True)))


def packed(code: str, values: list[int]) -> NDArray[Any]:
    """Numbers as a read-only column, in two thirds of the time that numpy takes for it.

    Raises:
        struct.error: one does not fit.
    """
    return np.frombuffer(struct.pack(f"{len(values)}{code}", *values), code)


def _whole(values: list[int], unit_ns: int) -> NDArray[np.int64]:
    """Integers in ns; what does not fit is 0."""
    most = LATEST_NS // unit_ns
    try:
        array = packed("q", values).copy()
    except struct.error:
        array = np.array([value if -most <= value <= most else 0 for value in values], np.int64)
    if unit_ns == 1:
        return array
    array[(array > most) | (array < -most)] = 0
    return array * unit_ns
