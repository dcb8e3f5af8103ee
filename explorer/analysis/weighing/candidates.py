"""Other spans that might be the origin, best first."""

from __future__ import annotations

from explorer.analysis.failure.descent import descend
from explorer.analysis.failure.verdicts import Account
from explorer.analysis.results import Candidate
from explorer.analysis.weighing.grouping import Group

MOST = 10


def candidates_of(account: Account, group: Group) -> tuple[Candidate, ...]:
    """The origin, then what else failed beside it, then the services the failure passed through."""
    verdict = group.fault.verdict
    store = account.explained.scene.facts.store
    score = max(0.3, verdict.strength)
    found = [
        Candidate(
            step.row, step.service, step.operation, verdict.category if not at else "unknown",
            verdict.subcategory if not at else "", round(score * (1.0 if not at else 0.5 / (at + 1)), 3),
        )
        for at, step in enumerate(account.path)
    ]  # fmt: skip
    scene = account.explained.scene
    beside = dict.fromkeys(descend(scene, row).chosen[-1] for row in account.explained.others[:MOST])
    found += [
        Candidate(row, store.service(row), store.operation(row), "unknown", "", round(score * 0.35, 3))
        for row in beside
    ]
    first, *rest = found
    rest.sort(key=lambda candidate: -candidate.score)
    return (first, *rest)[:MOST]
