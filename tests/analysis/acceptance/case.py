"""A situation with its known truth: what was drawn, and what the analysis has to say about it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """One situation.

    Attributes:
        number: of the situation in the list of acceptance; ``name`` in words.
        drawing: the failing trace (or traces); ``healthy``: what the same request looks like when it goes well.
        origin: service and operation of the origin; None where nothing is to be blamed.
        span: whether the origin left a span.
        path: services from the origin to where the user saw it.
        categories: those that are right.
        outcome: of the id drawn first.
        roles: of the steps of the path, "" for any.
        needs: categories are checked only where these rule files are there.
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
    few_only: bool = False
    extra: dict[str, str] = field(default_factory=dict)
