"""Frozen values for things of which there are few: files, resources, marks, findings, and one record's detail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Attributes = tuple[tuple[str, object], ...]
"""Name and value in the order of the record; values are plain JSON data."""


@dataclass(frozen=True, slots=True)
class File:
    """A member of the bundle.

    ``path`` is the user's own plain file where its bytes can be read again by offset, else None (its
    bytes are then kept as blocks). ``size`` is -1 while unknown. Times in ns since the epoch.
    """

    name: str
    path: str | None
    size: int
    mtime_ns: int
    inode: int = 0


@dataclass(frozen=True, slots=True)
class FileCounts:
    """What one file gave, as ``summary`` prints it. ``format`` is a reader's name or ``unknown``."""

    name: str
    format: str
    bytes: int
    spans: int
    logs: int
    points: int
    findings: int
    marks: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Resource:
    """The process a span or log came from, as far as it was said."""

    service: str = ""
    namespace: str = ""
    instance: str = ""
    host: str = ""
    pod: str = ""
    container: str = ""
    version: str = ""
    image: str = ""


MarkKind = Literal["deploy", "alert", "restart", "annotation", "breaker", "event"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A point or stretch on the time axis that is no span and no log: a deploy, an alert, a restart.

    ``end_ns`` is -1 for a point in time. ``doc`` and ``offset`` tell where it was read.
    """

    kind: MarkKind
    time_ns: int
    end_ns: int
    service: str
    text: str
    severity: int = 0
    doc: int = -1
    index: int = -1


@dataclass(frozen=True, slots=True)
class Finding:
    """A data- or model-quality result (drift, missing values, failed expectation)."""

    tool: str
    subject: str
    status: Literal["pass", "warn", "fail", "error"]
    text: str
    value: float | None = None
    threshold: float | None = None
    time_ns: int = 0
    service: str = ""
    run: str = ""
    doc: int = -1
    index: int = -1


@dataclass(frozen=True, slots=True)
class Series:
    """A metric series; its points are the slice of the point columns at ``[first, first + count)``."""

    name: str
    labels: tuple[tuple[str, str], ...]
    unit: str
    kind: Literal["gauge", "counter", "histogram", "summary", "unknown"]
    service: str
    first: int = 0
    count: int = 0


@dataclass(frozen=True, slots=True)
class SpanEvent:
    """An event of one span, decoded on demand."""

    time_ns: int
    name: str
    attributes: Attributes


class Detail(NamedTuple):
    """One record decoded again from its raw bytes: what the columns do not hold.

    For a span: attributes, resource, events, ``message`` (of its status). For a log: ``message`` (whole), attributes.
    """

    attributes: Attributes = ()
    resource: Attributes = ()
    events: tuple[SpanEvent, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    message: str = ""
    scope: str = ""
    exception_type: str = ""
    exception_message: str = ""
    stack: str = ""
    raw: str = ""
