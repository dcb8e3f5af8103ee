"""What happened, for those who must find it out: the causes with their ids, and how every request ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.incident.bundle import Incident, incident
from tests.incident.story import Fate, Request, Route


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause.

    Attributes:
        subcategories: words for it that are right.
        service, operations: where it began; any of the operations is right.
        path: services from the origin to the user, equal neighbours once.
        failing, degraded: ids of the requests that it made fail, or that got less than they should have.
    """

    name: str
    category: str
    subcategories: frozenset[str]
    service: str
    operations: frozenset[str]
    path: tuple[str, ...]
    failing: frozenset[str]
    degraded: frozenset[str]


def causes() -> tuple[Cause, ...]:
    """The four causes, by number of ids."""
    execute = frozenset({"ModelInfer ranker", "execute gpu 0"})
    up = ("ranking-api", "edge-gateway")
    return (
        _cause("missing", "data", "missing-values", "feature-store", frozenset({"GetOnlineFeatures"}),
               ("feature-store", "model-server", "post-processor", *up)),
        _cause("refused", "infrastructure", "connection-refused connect connection", "online-store",
               frozenset({"HMGET user:*", ""}), ("online-store", "feature-store", *up)),
        _cause("memory", "system", "gpu-memory gpu", "model-server", execute, ("model-server", *up)),
        _cause("shape", "model", "version version-mismatch shape", "model-server", execute, ("model-server", *up)),
    )  # fmt: skip


def status(request: Request) -> str:
    """How a request ended: ``failing``, ``degraded`` or ``ok``; of a user who left only that it did not fail."""
    return _STATUS.get((request.fate, request.route), _STATUS.get((request.fate, None), "ok"))


def known() -> dict[str, str]:
    """Status by request id, without the users who left."""
    return {request.id: status(request) for request in incident().requests if request.fate != "left"}


_STATUS: dict[tuple[Fate, Route | None], str] = {
    ("missing", None): "failing",
    ("refused", "score"): "failing",
    ("refused", "recommend"): "degraded",
    ("memory", None): "failing",
    ("shape", None): "failing",
    ("reset", None): "degraded",
    ("slow", None): "degraded",
}


def _cause(
    fate: Fate,
    category: str,
    subcategories: str,
    service: str,
    operations: frozenset[str],
    path: tuple[str, ...],
) -> Cause:
    ids = {which: frozenset(_ids(incident(), fate, which)) for which in ("failing", "degraded")}
    return Cause(
        fate, category, frozenset(subcategories.split()), service, operations, path, ids["failing"], ids["degraded"]
    )  # fmt: skip


def _ids(told: Incident, fate: Fate, ended: str) -> Iterator[str]:
    return (request.id for request in told.requests if request.fate == fate and status(request) == ended)
