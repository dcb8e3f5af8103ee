"""Spans and log records as plain values, for formats whose files are small."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from explorer.decoding.picking import Picked, pick
from explorer.model.issue import Severity
from explorer.model.records import Finding, SpanEvent

Pairs = list[tuple[str, Any]]
"""Attributes: name and plain value."""


class Fault(NamedTuple):
    """An exception, or what took its place."""

    type: str
    message: str
    stack: str = ""


@dataclass(slots=True, eq=False)
class Origin:
    """Who wrote a record.

    Attributes:
        service: its name where it is told apart from the attributes.
        attributes: of the process.
    """

    service: str = ""
    attributes: Pairs = field(default_factory=list)


NOWHERE: Final = Origin()


@dataclass(slots=True)
class PlainSpan:
    """A span; times in ns.

    Attributes:
        trace, span_id, parent_id: in any spelling that :mod:`explorer.model.ids` knows; empty for none.
        start: 0 where it is not known.
        duration: None where it is not known.
        kind, status: as in :mod:`explorer.model.schema`; a status of 0 is worked out from the attributes.
        message: of the status.
        faults: exceptions, the one that ended the span last.
        peer: the remote side where it stands apart from the attributes.
        links: trace and span id.
        source: the JSON it was read from.
        told: what its attributes tell, where that is known.
    """

    trace: str
    span_id: str
    parent_id: str = ""
    name: str = ""
    origin: Origin = NOWHERE
    start: int = 0
    duration: int | None = None
    kind: int = 0
    status: int = 0
    flags: int = 0
    message: str = ""
    peer: str = ""
    scope: str = ""
    attributes: Pairs = field(default_factory=list)
    events: list[SpanEvent] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    source: Any = None
    told: Picked | None = None

    def picked(self) -> Picked:
        """What its attributes tell."""
        return pick(self.attributes) if self.told is None else self.told

    def again(self, trace: str, span_id: str, parent_id: str, start: int, duration: int | None) -> PlainSpan:
        """A span like this one but for its ids and times; the two share all else."""
        return PlainSpan(
            trace, span_id, parent_id, self.name, self.origin, start, duration, self.kind, self.status, self.flags,
            self.message, self.peer, self.scope, self.attributes, self.events, self.links, self.faults, self.source,
            self.told,
        )  # fmt: skip


@dataclass(slots=True)
class PlainLog:
    """A log record, or an error that is reported by itself; ``time`` in ns, 0 where it is not known."""

    time: int
    message: str
    severity: int = 0
    trace: str = ""
    span_id: str = ""
    origin: Origin = NOWHERE
    attributes: Pairs = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    source: Any = None


class PlainPoint(NamedTuple):
    """One value of a metric series at a time in ns; ``kind`` as of :class:`~explorer.model.records.Series`."""

    name: str
    time: int
    value: float
    kind: Literal["gauge", "counter", "histogram", "summary", "unknown"] = "unknown"
    unit: str = ""
    origin: Origin = NOWHERE
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Parsed:
    """What a document holds.

    Attributes:
        spans, logs: their ordinals count spans first.
        points: of metric series.
        findings: results about the quality of what was done; their place is set when they are taken.
        dropped: records that are broken, so not kept.
        skipped: severity, code, text and count of records that are not kept for other reasons.
        remarks: severity, code and text.
    """

    spans: list[PlainSpan] = field(default_factory=list)
    logs: list[PlainLog] = field(default_factory=list)
    points: list[PlainPoint] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    dropped: int = 0
    skipped: list[tuple[Severity, str, str, int]] = field(default_factory=list)
    remarks: list[tuple[Severity, str, str]] = field(default_factory=list)

    def add(self, other: Parsed) -> None:
        """Append all that another holds."""
        self.spans += other.spans
        self.logs += other.logs
        self.points += other.points
        self.findings += other.findings
        self.dropped += other.dropped
        self.skipped += other.skipped
        self.remarks += other.remarks
