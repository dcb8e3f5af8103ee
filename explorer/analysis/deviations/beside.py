"""Causes from errors and causes from deviations, in one order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.categories.rules import Rules
from explorer.analysis.deviations.deviation import Deviation
from explorer.analysis.deviations.found_causes import cause_of, verdicts_of
from explorer.analysis.deviations.gate import deviations
from explorer.analysis.deviations.leads_to import leads_to, moved, with_effect
from explorer.analysis.facts import Facts
from explorer.analysis.results import Cause, Evidence, Verdict
from explorer.analysis.weighing.newness import SURELY, is_old, weight_of
from explorer.analysis.weighing.period import Period

_SAME = 0.2
_SHARE = 0.75
_STRENGTH = 0.8
_CARRIED = frozenset({"bad-data-carried", "swallowed-error", "model-fault"})
"""Hypotheses whose own lines tell of them, also in requests that nothing befell."""
_NOT_NEW = "not new: it came as often before the rest changed"


@dataclass(frozen=True, eq=False)
class _Told:
    """A cause, the chance that it is not new, and the deviation it is (None: it comes from errors)."""

    cause: Cause
    p: float
    one: Deviation | None = None


def with_deviations(
    facts: Facts,
    rules: Rules,
    causes: Sequence[Cause],
    fresh: Sequence[float],
    verdicts: Mapping[int, Verdict],
    period: Period,
) -> tuple[tuple[Cause, ...], dict[int, Verdict]]:
    """The causes with those that no error tells of, best first, and the verdicts of their ids.

    What an error explains is not explained again; a cause that was there before what is new set in comes after it,
    and one that follows from slow work belongs to that.

    Args:
        fresh: by cause, the chance that it is not new (:func:`explorer.analysis.weighing.newness.newness`).
    """
    looked = _looked(facts, causes, fresh) & period.holds(facts.store.traces.start)
    if not all(map(is_old, fresh)):
        # Where errors tell what is new, a while of slowness is mostly a part of that.
        period = replace(period, stretches_ns=())
    found = deviations(facts, looked, period) if looked.any() else []
    told = [_Told(cause, p) for cause, p in zip(causes, fresh, strict=True)]
    others = len({row for one in told if not is_old(one.p) for row in one.cause.ids})
    for one in found:
        at = _told_already(facts, one, [each.cause for each in told[: len(causes)]])
        if at >= 0:
            told[at] = _Told(_backed(told[at].cause, one), float(np.fmin(told[at].p, one.p)))
        else:
            share = len(one.traces) / (len(one.traces) + others)
            score = _SHARE * share + (1 - _SHARE) * _STRENGTH
            told.append(_Told(cause_of(facts, rules, one, 0, score), one.p, one))
    homes = _homes(facts, told)
    for effect, home in homes.items():
        told[home] = replace(told[home], cause=with_effect(told[home].cause, told[effect].cause))
    some_new = any(one.p <= SURELY for one in told)
    weighed = [replace(one, cause=_weighed(one.cause, one.p, some_new=some_new)) for one in told]
    return _ordered(facts, weighed, homes, verdicts)


def _homes(facts: Facts, told: Sequence[_Told]) -> dict[int, int]:
    """For each cause that follows from slow work: the place of that."""
    slow = [(at, each.one) for at, each in enumerate(told) if each.one is not None]
    homes: dict[int, int] = {}
    for at, each in enumerate(told):
        home = next((to for to, one in slow if each.one is None and leads_to(facts, one, each.cause)), -1)
        if home >= 0:
            homes[at] = home
    return homes


def _weighed(cause: Cause, p: float, *, some_new: bool) -> Cause:
    """The cause with its score by how surely it is new."""
    reasons, level = cause.reasons, cause.confidence
    if is_old(p) and some_new:
        reasons = (*(one for one in reasons if not one.startswith("not new")), _NOT_NEW)
        level = "medium" if level == "high" else level
    score = round(cause.score * weight_of(p, some_new=some_new), 4)
    return replace(cause, score=score, reasons=reasons, confidence=level)


def _ordered(
    facts: Facts, told: Sequence[_Told], homes: Mapping[int, int], verdicts: Mapping[int, Verdict]
) -> tuple[tuple[Cause, ...], dict[int, Verdict]]:
    order = sorted((at for at in range(len(told)) if at not in homes), key=lambda at: -told[at].cause.score)
    place = {old: new for new, old in enumerate(order)}
    found: dict[int, Verdict] = {}
    for row, verdict in verdicts.items():
        home = homes.get(verdict.cause, -1)
        slow = told[home].one if home >= 0 else None
        mine = moved(verdict, told[home].cause, slow) if slow is not None else verdict
        found[row] = replace(mine, cause=place.get(home if home >= 0 else verdict.cause, -1))
    out: list[Cause] = []
    for at, old in enumerate(order):
        cause, one = told[old].cause, told[old].one
        out.append(replace(cause, rank=at + 1))
        if one is not None:
            for row, verdict in verdicts_of(facts, one, cause, at).items():
                found.setdefault(row, verdict)
    return tuple(out), dict(sorted(found.items()))


def _looked(facts: Facts, causes: Sequence[Cause], fresh: Sequence[float]) -> NDArray[np.bool_]:
    """Bool (traces,): those that no new cause explains; what a failed span says needs no other explanation."""
    store = facts.store
    explained = np.zeros(len(store.correlation.rows), bool)
    for cause, p in zip(causes, fresh, strict=True):
        if not is_old(p):
            explained[list(cause.ids)] = True
    failed = np.bincount(store.spans.trace[facts.hard], minlength=len(store.traces)) > 0
    return np.asarray(~explained[store.correlation.of_trace] & ~failed)


def _told_already(facts: Facts, one: Deviation, causes: Sequence[Cause]) -> int:
    """The cause from errors that a change of lines only confirms: of its service, with ids in common; -1 for none."""
    if one.kind != "lines":
        return -1
    ids = set(facts.store.correlation.of_trace[one.traces].tolist())
    name = facts.store.services[one.service]
    carrier = [
        at for at, cause in enumerate(causes) if cause.service == name and cause.hypothesis in _CARRIED
    ]
    if carrier:
        return carrier[0]
    shared = [
        (len(ids.intersection(cause.ids)), -at) for at, cause in enumerate(causes) if cause.service == name
    ]
    most, at = max(shared, default=(0, 0))
    return -at if most and most >= _SAME * len(ids) else -1


def _backed(cause: Cause, one: Deviation) -> Cause:
    """A cause from errors with a deviation as one more reason."""
    more = (
        Evidence("log", one.text, log=one.log) if one.log >= 0 else Evidence("span", one.text, span=one.row)
    )
    reasons = (*cause.reasons, "it came with a change in what the service does")
    return replace(cause, evidence=(*cause.evidence, more), reasons=reasons)
