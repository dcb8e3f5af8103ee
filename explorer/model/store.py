"""The frozen store: what was read, as columns, ready to be asked.

Nothing here changes after :func:`explorer.model.assemble.assemble`; derived columns are computed once,
when first asked for. A span is named outside the store by a :class:`SpanKey`, never by its row, because
rows move when more is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.model.correlate import Correlation
from explorer.model.ids import span_text, trace_text
from explorer.model.issue import Issue
from explorer.model.raw import RawBytes
from explorer.model.records import File, FileCounts, Finding, Mark, Resource, Series
from explorer.model.schema import SpanFlag, Status
from explorer.model.spankey import SpanKey

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Ids = NDArray[np.uint64]
Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Spans:
    """Span columns in pre-order; see :data:`explorer.model.schema.SPAN` and ``TREE`` for each."""

    trace: Ints
    span_id: Ids
    parent_id: Ids
    service: Ints
    name: Ints
    start: Longs
    duration: Longs
    kind: Bytes
    status: Bytes
    code: NDArray[np.int16]
    flags: NDArray[np.uint16]
    resource: Ints
    peer: Ints
    doc: Ints
    index: Ints
    parent: Ints
    depth: Ints
    size: Ints

    def __len__(self) -> int:
        return len(self.trace)

    @cached_property
    def failed(self) -> Mask:
        """Whether a span failed by its own status."""
        return np.equal(self.status, Status.ERROR)

    @cached_property
    def errors_before(self) -> Longs:
        """int64 (n + 1,): failed spans in rows [0, i); errors of a subtree are a difference of two."""
        return np.concatenate(([0], np.cumsum(self.failed, dtype=np.int64)))

    def errors_in(self, row: int) -> int:
        """Failed spans in the subtree of ``row``, itself included."""
        return int(self.errors_before[row + int(self.size[row])] - self.errors_before[row])

    @cached_property
    def end(self) -> Longs:
        """End in ns; a negative duration ends at its start."""
        return self.start + np.maximum(self.duration, 0)

    @cached_property
    def starts(self) -> tuple[Longs, Longs]:
        """When spans began, ascending: all, and those that failed."""
        return np.sort(self.start, kind="stable"), np.sort(self.start[self.failed], kind="stable")

    @cached_property
    def children(self) -> tuple[Ints, Longs]:
        """Children in parent order: (child rows, first position by parent, length n + 1)."""
        has = np.flatnonzero(self.parent >= 0)
        child = has[np.argsort(self.parent[has], kind="stable")].astype(np.int32)
        first = np.zeros(len(self) + 1, np.int64)
        np.cumsum(np.bincount(self.parent[has], minlength=len(self)), out=first[1:])
        return child, first

    def children_of(self, row: int) -> Ints:
        """Rows of the direct children, by start."""
        below = self.parent[row + 1 : row + int(self.size[row])]
        return (np.flatnonzero(below == row) + row + 1).astype(np.int32)


@dataclass(frozen=True, eq=False)
class Logs:
    """Log columns by time; see :data:`explorer.model.schema.LOG`. ``span`` is the row of the span or -1."""

    time: Longs
    severity: Bytes
    flags: Bytes
    service: Ints
    resource: Ints
    trace: Ints
    span_id: Ids
    doc: Ints
    index: Ints
    length: Ints
    span: Ints
    id: Ints

    def __len__(self) -> int:
        return len(self.time)


@dataclass(frozen=True, eq=False)
class Traces:
    """One row a trace, by first start. Spans of trace t are rows [first[t], first[t + 1])."""

    number: tuple[int, ...]
    text: tuple[str, ...]
    first: Longs
    start: Longs
    end: Longs

    def __len__(self) -> int:
        return len(self.number)

    def rows(self, trace: int) -> slice:
        """The span rows of a trace."""
        return slice(int(self.first[trace]), int(self.first[trace + 1]))


Table = Mapping[str, NDArray[Any]]
"""A small table of plain columns (failures, events, links, fields, documents, points, exemplars)."""


@dataclass(frozen=True, eq=False)
class Store:
    """Everything read from one bundle.

    String tables: ``services``, ``operations``, ``texts`` hold the text of codes; code 0 is ``""``.
    Tables sorted by row: ``failures``, ``events``, ``links`` (by ``span``), ``span_fields``, ``log_fields``
    (by ``row``); ``points`` and ``exemplars`` by series, then time.
    """

    name: str
    spans: Spans
    logs: Logs
    traces: Traces
    services: Sequence[str]
    operations: Sequence[str]
    texts: Sequence[str]
    resources: Sequence[Resource]
    failures: Table
    events: Table
    links: Table
    span_fields: Table
    log_fields: Table
    documents: Table
    points: Table
    exemplars: Table
    series: Sequence[Series]
    marks: Sequence[Mark]
    findings: Sequence[Finding]
    files: Sequence[File]
    counts: Sequence[FileCounts]
    issues: Sequence[Issue]
    readers: Sequence[str]
    raw: RawBytes
    correlation: Correlation
    seconds: float = 0.0

    def service(self, row: int) -> str:
        """Service name of a span."""
        return self.services[int(self.spans.service[row])]

    def operation(self, row: int) -> str:
        """Operation name of a span."""
        return self.operations[int(self.spans.name[row])]

    def key(self, row: int) -> SpanKey:
        """The lasting name of a span."""
        trace = int(self.spans.trace[row])
        number = self.spans.span_id[row]
        same = self.spans.span_id[self.traces.first[trace] : row] == number
        return SpanKey(self.traces.number[trace], int(number), int(same.sum()))

    def row(self, key: SpanKey) -> int:
        """The row a key names, -1 where it is not in this store."""
        trace = self.correlation.trace_by_number.get(key.trace, -1)
        if trace < 0:
            return -1
        rows = self.traces.rows(trace)
        found = np.flatnonzero(self.spans.span_id[rows] == np.uint64(key.span))
        return int(found[key.nth]) + rows.start if key.nth < len(found) else -1

    def span_id(self, row: int) -> str:
        """Span id as hex."""
        return span_text(int(self.spans.span_id[row]))

    def trace_id(self, trace: int) -> str:
        """Trace id as hex (or as written, where it is no hex)."""
        number = self.traces.number[trace]
        return self.traces.text[trace] if number >> 127 else trace_text(number)

    def failure_rows(self, row: int) -> range:
        """Positions in ``failures`` of the evidence of one span, strongest first."""
        return range(self._failures_before[row], self._failures_before[row + 1])

    @cached_property
    def _failures_before(self) -> Ints:
        """int32 (n + 1,): how much evidence the spans before each have, which is where its own begins."""
        counts = np.bincount(self.failures["span"] + 1, minlength=len(self.spans) + 1)
        return np.cumsum(counts).astype(np.int32)

    def bounds(self) -> tuple[int, int]:
        """First and last time of spans and logs, ns; (0, 0) for an empty store.

        The outer thousandth of the spans is left out where it lies more than a day off (epoch zero, year 2262).
        """
        return self._bounds

    @cached_property
    def _bounds(self) -> tuple[int, int]:
        times = [self.spans.start, self.spans.end, self.logs.time]
        whole = np.concatenate([t[t > 0] for t in times])
        if not len(whole):
            points = np.asarray(self.points["time"])
            whole = points[points > 0]
        if not len(whole):
            return 0, 0
        low, high = (int(one) for one in np.quantile(whole, [0.001, 0.999]))
        day = 86_400 * 10**9
        near = whole[(whole >= low - day) & (whole <= high + day)]
        return int(near.min()), int(near.max())

    def remarks(self, row: int) -> list[str]:
        """What was repaired about a span, in words."""
        flags = SpanFlag(int(self.spans.flags[row]))
        return [text for flag, text in _REMARKS.items() if flags & flag]


_REMARKS = {
    SpanFlag.ORPHAN: "its parent is not in the bundle",
    SpanFlag.CYCLE: "its parent link closed a cycle and was cut",
    SpanFlag.DUPLICATE_ID: "another span of the trace has the same id",
    SpanFlag.NEGATIVE: "ends before it starts",
    SpanFlag.UNFINISHED: "has no end",
    SpanFlag.NO_TIME: "has no start time",
    SpanFlag.INFERRED_ERROR: "failed by its status code, not by an explicit status",
}
