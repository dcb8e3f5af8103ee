"""What a root cause report says, before it becomes a picture, HTML or Markdown. All text in it is redacted already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from explorer.analysis.results import Verdict

_NOUNS: Final = {"rejected": "rejection", "cancelled": "cancellation", "link": "message"}


@dataclass(frozen=True, slots=True)
class Line:
    """A labelled line with its source (file and place), "" where it has none."""

    label: str
    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class PathLine:
    """One element of the failure path, in words."""

    service: str
    operation: str
    role: str
    relation: str
    text: str
    time: str

    @property
    def way(self) -> str:
        """How it came from the step before, behind its role: ``by retry``; "" for the first."""
        return f"by {_NOUNS.get(self.relation, self.relation)}" if self.relation else ""


@dataclass(frozen=True, slots=True)
class LogLine:
    """A log line on the path."""

    time: str
    level: str
    service: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """A report about one correlation id.

    Attributes:
        verdict: why it failed; None for a healthy id.
        subtitle: bundle, entry operation, time, duration, counts.
        supposed: that another candidate than the first is drawn, in words; "" where it is what was found.
        shared: how many of the failing ids share the cause, in words.
        detected: where it was noticed, in words; "" where it began.
        factors: what let it grow or stay unseen, a sentence each.
        notes: what people wrote about it, each with what it is on.
        redaction: what was removed, in words; ``provenance``: the input and what was not read of it.
    """

    title: str
    subtitle: str
    outcome: str
    category: str
    subcategory: str
    supposed: str
    confidence: str
    shared: str
    sentence: str
    detected: str
    path: tuple[PathLine, ...]
    evidence: tuple[Line, ...]
    ruled_out: tuple[Line, ...]
    reproduce: tuple[Line, ...]
    timeline: tuple[LogLine, ...]
    logs: tuple[LogLine, ...]
    notes: tuple[Line, ...]
    impact: tuple[str, ...]
    factors: tuple[str, ...]
    redaction: str
    provenance: str
    clocks: str
    verdict: Verdict | None

    @property
    def against(self) -> str:
        """Heading of ``ruled_out``."""
        return "Speaks against it" if self.supposed else "Ruled out"
