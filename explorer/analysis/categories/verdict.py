"""What the categoriser says about one error."""

from __future__ import annotations

from dataclasses import dataclass

CATEGORIES: tuple[str, ...] = (
    "system",
    "infrastructure",
    "data",
    "model",
    "application",
    "client",
    "capacity",
    "security",
    "configuration",
    "unknown",
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The category of one error, and why.

    Attributes:
        category: one of :data:`CATEGORIES`.
        subcategory: kebab-case name within the category, ``""`` for unknown.
        rule: ``file:name`` of the rule that decided, so that a user can look it up; ``""`` for unknown.
        strength: 0 to 1. A specific message or class is above 0.7, a code about 0.5, a weak word below.
        symptom: usually the effect of a callee (timeout, 5xx of an upstream): look deeper before blaming.
        expected: not a failure by design (a 404 answered, a user who left, an injected fault).
        evidence: the words that matched, clipped, the deciding ones first.
        says: a short noun phrase for people, such as ``GPU out of memory``.
    """

    category: str
    subcategory: str
    rule: str
    strength: float
    symptom: bool
    expected: bool
    evidence: tuple[str, ...]
    says: str


UNKNOWN = Verdict("unknown", "", "", 0.0, False, False, (), "error of unknown kind")
