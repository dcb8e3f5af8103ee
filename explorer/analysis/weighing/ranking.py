"""Which groups are causes, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.facts import Facts
from explorer.analysis.results import Outcome
from explorer.analysis.traits import Trait
from explorer.analysis.weighing.grouping import Group, is_inferred
from explorer.analysis.weighing.newness import SURELY, newness
from explorer.analysis.weighing.onset import alike_entries, onset_of
from explorer.analysis.weighing.period import WHOLE, Period

_LEAST_SHARE = 0.05
_LEAST_SAVED = 0.2
_FEWEST = 10
_SPARED = 0.5
"""What an id counts for that ended well although something new went wrong in it, beside one that failed."""
USUAL_SHARE = 0.33
"""Of successful requests, about 29 % hold contained errors in a large system (The Tale of Errors in Microservices)."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A group that is a cause.

    Attributes:
        score: 0 to 1, without regard to whether it is new; ``p``: the chance that it is not, NaN where not known.
        beside: it failed beside another cause, which explains the same ids.
    """

    group: Group
    score: float
    p: float
    beside: bool = False


def ranked(
    facts: Facts, groups: Sequence[Group], beside: Sequence[Group] = (), period: Period = WHOLE
) -> list[Ranked]:
    """The causes, what explains most failing ids most surely first.

    Args:
        period: what is compared.
        beside: groups of second causes; those that are a first cause elsewhere are left out.
    """
    told = [(group, newness(facts, group, period)) for group in groups]
    told = [(group, p) for group, p in told if fails(group) or matters(facts, group, p)]
    kept, chances = [group for group, _ in told], [p for _, p in told]
    harm = _harm(facts, kept, chances)
    found = [
        Ranked(group, round(score_of(group, harm), 4), p) for group, p in zip(kept, chances, strict=True)
    ]
    known = {(group.service, group.fault.verdict.category) for group in kept}
    found.extend(
        Ranked(group, round(0.3 * score_of(group, harm), 4), newness(facts, group, period), beside=True)
        for group in beside
        if (group.service, group.fault.verdict.category) not in known
    )
    return sorted(found, key=lambda one: -one.score)


def _harm(facts: Facts, groups: Sequence[Group], chances: Sequence[float]) -> NDArray[np.float64]:
    """float64 (ids,): what each id counts for: 1 where it failed, less where it went well but something new is wrong.

    What is contained all along is a matter of course; contained since a moment, it is an incident that users were
    spared, and outweighs the one request that failed for some other reason.
    """
    harm = np.zeros(len(facts.ids.outcome))
    for group, p in zip(groups, chances, strict=True):
        if p <= SURELY:
            harm[list(group.ids())] = _SPARED
    harm[facts.ids.outcome == Outcome.FAILING] = 1.0
    return harm


def fails(group: Group) -> bool:
    """Whether any of its ids is a failing one."""
    return any(account.explained.outcome == Outcome.FAILING for account in group.all())


def score_of(group: Group, harm: NDArray[np.float64]) -> float:
    """0 to 1: the share of the harm that it explains, and how firmly its category stands.

    Args:
        harm: float64 (ids,), what each id of the bundle counts for.
    """
    explained = float(harm[list(group.ids())].sum())
    strength = max(0.2, group.fault.verdict.strength) * (0.7 if is_inferred(group) else 1.0)
    if not explained:
        return 0.15 * strength
    return 0.75 * explained / float(harm.sum()) + 0.25 * strength


def matters(facts: Facts, group: Group, p: float) -> bool:
    """Whether contained failures are worth a cause: not rare, not the usual noise, not merely saved by a retry.

    Args:
        p: the chance that they are not new.
    """
    blame = group.first.explained.blame
    if facts.has(blame.via, Trait.MISUSE | Trait.ABSENT) and group.fault.hypothesis in (
        "bad-request",
        "code-fault",
    ):
        return False  # refused and gone on without: a matter of course
    rows = np.array(sorted(group.ids()))
    entries = facts.ids.entry[rows]
    alike = int(alike_entries(facts, np.unique(entries[entries >= 0])).sum())
    share = len(rows) / max(alike, 1)
    if all(account.explained.saved for account in group.all()):
        return share >= _LEAST_SAVED and len(rows) >= _FEWEST // 2
    usual = alike >= _FEWEST and share < USUAL_SHARE and onset_of(facts, group.ids()).steady
    return share >= _LEAST_SHARE and (p <= SURELY or not usual)
