"""How surely a cause is new: the chance that its ids lie so late among those that could have met it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.facts import Facts
from explorer.analysis.significance import tail_of_counts
from explorer.analysis.weighing.grouping import Group
from explorer.analysis.weighing.onset import alike_entries
from explorer.analysis.weighing.period import Period

Mask = NDArray[np.bool_]

SURELY = 0.05
"""Chance below which a cause is new."""
_OLD, _UNKNOWN, _NEW = 0.25, 0.5, 0.6
_MANY, _EXCEPTION = 20, 0.1
"""Ids with the same work from which on a share this small is an exception among them."""
_FULL = 8.0
"""Decades of chance from which more evidence adds nothing."""


def newness(facts: Facts, group: Group, period: Period) -> float:
    """Chance that so many ids of a group begin after one of some moments if none of them matters; NaN: not known.

    Among the ids that did the same work, or, where they are too few to tell, among those of the same kind of request.
    """
    member = np.zeros(len(facts.ids.start), bool)
    member[list(group.ids())] = True
    p = _chance(facts, member, _same_work(facts, group, member), period)
    if not math.isnan(p):
        return p
    entries = facts.ids.entry[member]
    alike = alike_entries(facts, np.unique(entries[entries >= 0]))
    return _chance(facts, member, np.asarray(alike | member), period)


def too_few(facts: Facts, group: Group) -> str:
    """In words, that only a few of many ids with the same work fail so, ``""`` where it is not the exception."""
    member = np.zeros(len(facts.ids.start), bool)
    member[list(group.ids())] = True
    exposed, own = int(_same_work(facts, group, member).sum()), int(member.sum())
    if exposed < _MANY or own > _EXCEPTION * exposed:
        return ""
    return (
        f"it concerns {own:,} of {exposed:,} requests with the same work, too few to tell whether it is new"
    )


def _chance(facts: Facts, member: Mask, exposed: Mask, period: Period) -> float:
    """The least chance over the moments, corrected for their number; NaN where not even the clearest could be small."""
    exposed = exposed & period.holds(facts.ids.start)
    start, own = facts.ids.start[exposed], member[exposed]
    best, tries = math.nan, len(period.moments_ns)
    for moment in period.moments_ns:
        late = start >= moment
        drawn, marked = int(late.sum()), int(own.sum())
        if tail_of_counts(min(drawn, marked), drawn, marked, len(late)) * tries > SURELY:
            continue
        p = min(1.0, tail_of_counts(int((late & own).sum()), drawn, marked, len(late)) * tries)
        best = p if math.isnan(best) else min(best, p)
    return best


def _same_work(facts: Facts, group: Group, member: Mask) -> Mask:
    """By id row (bool): ids that did the work at which the group fails."""
    spans = facts.store.spans
    vias = np.array([one.explained.blame.via for one in group.all()])
    vias = vias[vias >= 0]
    found = member.copy()
    if len(vias):
        wanted = np.zeros(int(facts.work.max()) + 1, bool)
        wanted[facts.work[vias]] = True
        found[facts.store.correlation.of_trace[spans.trace[wanted[facts.work]]]] = True
    elif not len(spans):
        # Only logs are known: ids in which any of the services on the way said anything.
        logs, names = facts.store.logs, {step.service for one in group.all() for step in one.path}
        spoken = np.array([name in names for name in facts.store.services], bool)[logs.service]
        found[logs.id[spoken & (logs.id >= 0)]] = True
    return found


def is_old(p: float) -> bool:
    """Whether a cause is known to have come as often before."""
    return p > SURELY


def weight_of(p: float, *, some_new: bool) -> float:
    """What a cause counts for, 0 to 1, by the chance that it is not new; ``some_new``: whether any cause is."""
    if not some_new:
        return 1.0
    if math.isnan(p):
        return _UNKNOWN
    if is_old(p):
        return _OLD
    return _NEW + (1 - _NEW) * min(1.0, -math.log10(max(p, 1e-300)) / _FULL)
