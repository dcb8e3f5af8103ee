"""The name of a span outside the store."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SpanKey:
    """Names a span for good: trace number, span number, and which of several spans with that id."""

    trace: int
    span: int
    nth: int = 0
