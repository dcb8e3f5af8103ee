"""What the services of the incident write: spans and log records, still in no format."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tests.incident.fleet import Pod
from tests.incident.moments import MS
from tests.incident.story import Request

Value = str | int | float | bool
Attributes = Mapping[str, Value]
Kind = Literal["internal", "server", "client", "producer", "consumer"]
Level = Literal["INFO", "WARN", "ERROR"]


@dataclass(frozen=True, slots=True)
class Fault:
    """An exception: type, message, and the stack trace as Python prints it."""

    type: str
    message: str
    stack: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A span; times on the true clock. ``links`` are (trace, span) pairs. ``failed``: its status is error."""

    trace: int
    id: int
    parent: int
    pod: Pod
    name: str
    kind: Kind
    start_us: int
    end_us: int
    attributes: Attributes
    failed: bool = False
    message: str = ""
    fault: Fault | None = None
    links: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Log:
    """A log record; ``trace``, ``span`` 0 and ``request`` "" where it has none."""

    pod: Pod
    time_us: int
    level: Level
    logger: str
    text: str
    trace: int = 0
    span: int = 0
    request: str = ""
    fault: Fault | None = None
    fields: Attributes = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Access:
    """A line of a sidecar's access log; ``request`` None for a plain TCP connection."""

    pod: Pod
    time_us: int
    duration_us: int
    cluster: str
    upstream: str
    flags: str
    details: str
    code: int = 0
    method: str = ""
    path: str = ""
    request: str = ""
    bytes: int = 0
    client: str = ""


@dataclass(frozen=True, slots=True)
class Open:
    """A span that has begun: enough to be a parent and to be ended."""

    id: int
    parent: int
    pod: Pod
    name: str
    kind: Kind
    start_us: int


class Recorder:
    """Collects what one request leaves behind, and draws its random numbers."""

    def __init__(self, request: Request, seed: str) -> None:
        self.request = request
        self.rng = random.Random(f"{seed} journey {request.id}")
        self.spans: list[Span] = []
        self.logs: list[Log] = []
        self.access: list[Access] = []

    def us(self, median_ms: float, sigma: float = 0.22) -> int:
        """A time of about ``median_ms``, lognormal, in microseconds."""
        away = math.sqrt(-2 * math.log(1 - self.rng.random())) * math.cos(2 * math.pi * self.rng.random())
        return max(40, round(median_ms * MS * math.exp(sigma * away)))

    def open(self, parent: Open | None, pod: Pod, name: str, kind: Kind, start_us: int) -> Open:
        """Begin a span."""
        number = self.rng.getrandbits(64) | 1
        return Open(number, parent.id if parent else 0, pod, name, kind, start_us)

    def close(
        self, span: Open, end_us: int, attributes: Attributes, *, failed: bool = False, message: str = "",
        fault: Fault | None = None,
    ) -> int:  # fmt: skip
        """End a span; returns its end."""
        self.spans.append(
            Span(self.request.trace, span.id, span.parent, span.pod, span.name, span.kind, span.start_us, end_us,
                 attributes, failed or fault is not None, message, fault)
        )  # fmt: skip
        return end_us

    def log(
        self, span: Open, time_us: int, level: Level, logger: str, text: str, fault: Fault | None = None,
        **fields: Value,
    ) -> None:  # fmt: skip
        """A log record of a span."""
        self.logs.append(
            Log(
                span.pod,
                time_us,
                level,
                logger,
                text,
                self.request.trace,
                span.id,
                self.request.id,
                fault,
                fields,
            )
        )
