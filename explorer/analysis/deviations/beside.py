"""Causes from errors and causes from deviations, in one order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.deviations.deviation import Deviation
from explorer.analysis.deviations.found_causes import cause_of, verdicts_of
from explorer.analysis.deviations.gate import deviations
from explorer.analysis.facts import Facts
from explorer.analysis.results import Cause, Evidence, Verdict

_CHRONIC = 0.3
_NO_NEWER = 2.0
_SAME = 0.2
_STRENGTH = 0.8


def with_deviations(
    facts: Facts, causes: Sequence[Cause], verdicts: Mapping[int, Verdict], incident_ns: int | None
) -> tuple[tuple[Cause, ...], dict[int, Verdict]]:
    """The causes with those that no error tells of, best first, and the verdicts of their ids.

    What an error explains is not explained again; a cause that was there before what is new set in comes after it.
    """
    looked = _looked(facts, causes, incident_ns)
    found = deviations(facts, looked, incident_ns) if looked.any() else []
    if not found:
        return tuple(causes), dict(verdicts)
    kept = [_dated(facts, cause, found[0].time_ns) for cause in causes]
    new: list[tuple[Cause, Deviation | None]] = []
    fresh = sum(len(cause.ids) for cause, old in zip(kept, causes, strict=True) if cause is old)
    for one in found:
        at = _told_already(facts, one, kept)
        if at >= 0:
            kept[at] = _backed(kept[at], one, causes[at].score)
        else:
            score = round(0.75 * len(one.traces) / (len(one.traces) + fresh) + 0.25 * _STRENGTH, 4)
            new.append((cause_of(facts, one, 0, score), one))
    return _ordered(facts, [*((cause, None) for cause in kept), *new], verdicts)


def _ordered(
    facts: Facts, both: list[tuple[Cause, Deviation | None]], verdicts: Mapping[int, Verdict]
) -> tuple[tuple[Cause, ...], dict[int, Verdict]]:
    order = sorted(range(len(both)), key=lambda at: -both[at][0].score)
    place = {old: new for new, old in enumerate(order)}
    told = {row: replace(one, cause=place.get(one.cause, -1)) for row, one in verdicts.items()}
    out: list[Cause] = []
    for at, old in enumerate(order):
        cause, one = both[old]
        out.append(replace(cause, rank=at + 1))
        if one is not None:
            for row, verdict in verdicts_of(facts, one, cause, at).items():
                if row not in told:
                    told[row] = verdict
    return tuple(out), dict(sorted(told.items()))


def _looked(facts: Facts, causes: Sequence[Cause], incident_ns: int | None) -> NDArray[np.bool_]:
    """Bool (traces,): those that no new cause explains; what a failed span says needs no other explanation."""
    store = facts.store
    explained = np.zeros(len(store.correlation.rows), bool)
    for cause in causes:
        if not _was_there(facts, cause, incident_ns or _middle(facts)):
            explained[list(cause.ids)] = True
    failed = np.bincount(store.spans.trace[facts.hard], minlength=len(store.traces)) > 0
    return np.asarray(~explained[store.correlation.of_trace] & ~failed)


def _middle(facts: Facts) -> int:
    start = facts.store.traces.start
    return int(np.median(start)) if len(start) else 0


def _was_there(facts: Facts, cause: Cause, time_ns: int) -> bool:
    """Whether the ids of a cause came before a moment at much the same rate as after it."""
    start = facts.ids.start
    known = start > 0
    early = max(int((known & (start < time_ns)).sum()), 1)
    late = max(int((known & (start >= time_ns)).sum()), 1)
    own = start[list(cause.ids)]
    before, after = int((own < time_ns).sum()), int((own >= time_ns).sum())
    return before > 0 and after / late < _NO_NEWER * before / early


def _dated(facts: Facts, cause: Cause, time_ns: int) -> Cause:
    if not _was_there(facts, cause, time_ns):
        return cause
    reason = "not new: it came as often before the rest changed"
    return replace(cause, score=round(cause.score * _CHRONIC, 4), reasons=(*cause.reasons, reason))


def _told_already(facts: Facts, one: Deviation, causes: Sequence[Cause]) -> int:
    """The cause from errors that a deviation only confirms: of its service, with ids in common; -1 for none."""
    if one.kind != "lines":
        return -1
    ids = set(facts.store.correlation.of_trace[one.traces].tolist())
    name = facts.store.services[one.service]
    shared = [
        (len(ids.intersection(cause.ids)), -at) for at, cause in enumerate(causes) if cause.service == name
    ]
    most, at = max(shared, default=(0, 0))
    return -at if most and most >= _SAME * len(ids) else -1


def _backed(cause: Cause, one: Deviation, score: float) -> Cause:
    """A cause from errors with a deviation as one more reason."""
    more = (
        Evidence("log", one.text, log=one.log) if one.log >= 0 else Evidence("span", one.text, span=one.row)
    )
    reasons = tuple(reason for reason in cause.reasons if not reason.startswith("not new: it came as often"))
    score = max(score, round(0.75 + 0.25 * _STRENGTH, 4))
    reasons = (*reasons, "it came with a change in what the service does")
    return replace(cause, score=score, evidence=(*cause.evidence, more), reasons=reasons)
