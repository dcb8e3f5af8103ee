"""A situation with its known truth: what was drawn, and what the analysis has to say about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """One situation.

    Attributes:
        number: of the situation in the list of acceptance; ``name`` in words.
        drawing: the failing trace (or traces); ``healthy``: what the same request looks like when it goes well.
        origin: service and operation of the origin; None where nothing is to be blamed.
        span: whether the origin left a span.
        path: services from the origin to where the user saw it; ``roles`` and ``relations`` of the same, if given.
        categories: those that are right, () for any.
        outcome: of the id drawn first; ``causes``: how many there must be.
        alone: also decidable without healthy traffic beside it; ``crowd``: also when it happens many times.
    """

    number: int
    name: str
    drawing: str
    healthy: str = ""
    origin: tuple[str, str] | None = None
    span: bool = True
    path: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    outcome: str = "failing"
    roles: tuple[str, ...] = ()
    relations: tuple[str | None, ...] = ()
    confidence: tuple[str, ...] = ("high", "medium", "low")
    causes: int = 1
    hypothesis: str = ""
    alone: bool = True
    crowd: bool = True
