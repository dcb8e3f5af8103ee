"""What was found unasked and agrees with a cause: anomalies of who is at fault, and alerts about it.

None of it chooses a cause. It is shown with its onset beside the first failure; a metric of the culprit makes a cause
surer only where its onset is no chance: near against the length of the bundle, and seen of hardly any other service.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from explorer.analysis.facts import Facts
from explorer.analysis.failure.surroundings import concerns
from explorer.analysis.places import document_place, span_place
from explorer.analysis.results import Anomaly, Cause, Evidence, EvidenceKind
from explorer.analysis.weighing.shifts import is_of, when_words

_BEFORE_NS: Final = 1800 * 10**9
_AFTER_NS: Final = 180 * 10**9
"""What changed later followed, or is another cause; alerts come late, for they wait before they fire."""
_MOST_CHANGES, _MOST_ALERTS = 2, 2
_SURE: Final = 0.05
"""Chance that an onset lies so near by accident, up to which a metric makes a cause surer."""
_FEWEST_OTHERS, _MOST_ALIKE = 4, 0.1
"""Other services with metrics there must be, and the share of them in which as much may have changed then."""
_UNDOUBTED: Final = (
    "the origin ",
    "its callers ",
    "backed by",
    "a difference of chance",
    "it came with a change",
)
"""How reasons begin that are no doubts."""
_RAISED: Final[dict[str, Literal["high", "medium"]]] = {"low": "medium", "medium": "high"}


@dataclass(frozen=True, slots=True)
class _Near:
    """A piece of evidence and how far it lies from the first failure, ns."""

    evidence: Evidence
    away_ns: int


def supported(facts: Facts, causes: Sequence[Cause], anomalies: Sequence[Anomaly]) -> tuple[Cause, ...]:
    """The causes with what else changed where they are, and the alerts of the bundle about them."""
    return tuple(_surer(facts, _backed(facts, cause, anomalies), cause, anomalies) for cause in causes)


def alerted(facts: Facts, causes: Sequence[Cause], fired: Sequence[Anomaly]) -> tuple[Cause, ...]:
    """The causes with the alert rules that would have fired about them."""
    return tuple(
        _with(cause, _nearest(_changes(facts, cause, fired, _BEFORE_NS), _MOST_ALERTS)) for cause in causes
    )


def _backed(facts: Facts, cause: Cause, anomalies: Sequence[Anomaly]) -> Cause:
    changes = _nearest(_changes(facts, cause, anomalies, _AFTER_NS), _MOST_CHANGES)
    return _with(cause, [*changes, *_nearest(_alerts(facts, cause), _MOST_ALERTS)])


def _with(cause: Cause, more: list[Evidence]) -> Cause:
    """The cause with more evidence, before what all of it was compared with."""
    return replace(cause, evidence=(*cause.evidence[:-1], *more, *cause.evidence[-1:])) if more else cause


def _onset(facts: Facts, cause: Cause) -> int:
    """When its first id began, ns; 0 where no id has a time."""
    starts = facts.ids.start[list(cause.ids)]
    return int(starts[starts > 0].min()) if (starts > 0).any() else 0


def _changes(facts: Facts, cause: Cause, anomalies: Iterable[Anomaly], after_ns: int) -> list[_Near]:
    """The anomalies of who is at fault that were there when the cause set in, or came so soon after."""
    onset, shown = _onset(facts, cause), {one.series for one in cause.evidence if one.series >= 0}
    # What failed all along has nothing to do with what changed since.
    after_ns = 0 if any(reason.startswith("not new") for reason in cause.reasons) else after_ns
    found = []
    for one in anomalies:
        away = one.time_ns - onset
        over = 0 <= one.end_ns < onset
        if not onset or not -_BEFORE_NS <= away <= after_ns or over or not _is_of(facts, one, cause):
            continue
        if one.kind == "metric" and one.series in shown:
            continue
        if one.kind == "errors" and one.operation != cause.operation and away > 0:
            continue  # the failures of another operation that began later are another matter
        text = f"{one.text}{when_words(one.time_ns, onset)}"
        row = _first_span(facts, one) if one.kind in ("errors", "latency") else -1
        place = span_place(facts.store, row) if row >= 0 else ("", -1)
        kind: EvidenceKind = "span" if row >= 0 else "metric"
        evidence = Evidence(kind, text, *place, one.time_ns, span=row, series=one.series)
        found.append(_Near(evidence, abs(away)))
    return found


def _first_span(facts: Facts, anomaly: Anomaly) -> int:
    """The first span that shows an anomaly of errors or latency, -1 for none."""
    store, spans = facts.store, facts.store.spans
    mine = (spans.start >= anomaly.time_ns) & (spans.service == store.services.index(anomaly.service))
    mine &= spans.name == store.operations.index(anomaly.operation)
    mine &= spans.failed if anomaly.kind == "errors" else spans.duration >= anomaly.after
    rows = np.flatnonzero(mine)
    return int(rows[np.argmin(spans.start[rows])]) if len(rows) else -1


def _is_of(facts: Facts, anomaly: Anomaly, cause: Cause) -> bool:
    """Whether an anomaly is about what is at fault: its service, pod or host."""
    if anomaly.series >= 0 and anomaly.kind == "metric":
        series = facts.store.series[anomaly.series]
        known = bool(cause.service) or cause.entity.kind == "host"
        return known and is_of(facts, series, cause.service or "", cause.entity)
    return bool(cause.service and anomaly.service) and concerns(
        facts, cause.service or "", anomaly.service, ""
    )


def _alerts(facts: Facts, cause: Cause) -> list[_Near]:
    """Alerts that the bundle itself tells of (from Alertmanager, say), about who is at fault."""
    onset, found = _onset(facts, cause), dict[str, _Near]()
    for at, mark in enumerate(facts.store.marks):
        away = mark.time_ns - onset
        if mark.kind != "alert" or not onset or abs(away) > _BEFORE_NS or not cause.service:
            continue
        if not concerns(facts, cause.service, mark.service, mark.text):
            continue
        text = f"alert {mark.text}{when_words(mark.time_ns, onset)}"
        place = document_place(facts.store, mark.doc)
        found.setdefault(mark.text, _Near(Evidence("metric", text, *place, mark.time_ns, mark=at), abs(away)))
    return list(found.values())


def _nearest(found: list[_Near], most: int) -> list[Evidence]:
    return [one.evidence for one in sorted(found, key=lambda one: one.away_ns)[:most]]


def _surer(facts: Facts, cause: Cause, found: Cause, anomalies: Sequence[Anomaly]) -> Cause:
    """The cause one level surer, where a metric of who is at fault changed with it by no chance."""
    level = _RAISED.get(cause.confidence)
    # What another explanation speaks against gets no surer than medium by a metric.
    if level == "high" and not all(reason.startswith(_UNDOUBTED) for reason in cause.reasons):
        return cause
    onset = _onset(facts, found)
    metrics = [one for one in anomalies if one.kind == "metric"]
    mine = [one for one in metrics if _is_of(facts, one, found)]
    if level is None or not mine or not onset:
        return cause
    away = min(max(abs(one.time_ns - onset), _step(facts, one)) for one in mine)
    begin, end = facts.store.bounds()
    chance = 1 - (1 - min(2 * away / max(end - begin, 1), 1.0)) ** len(mine)
    others = {one.service for one in facts.store.series} - {"", found.service}
    alike = {one.service for one in metrics if abs(one.time_ns - onset) <= away} & others
    if chance > _SURE or len(others) < _FEWEST_OTHERS or len(alike) > _MOST_ALIKE * len(others):
        return cause
    reason = (
        f"a metric of it changed with it (chance {chance:.2g}), of {len(alike)} of {len(others)} others too"
    )
    return replace(cause, confidence=level, reasons=(*cause.reasons, reason))


def _step(facts: Facts, anomaly: Anomaly) -> int:
    """Time between two values of its series, ns: no onset is known better than that."""
    series, times = facts.store.series[anomaly.series], facts.store.points["time"]
    last = series.first + series.count - 1
    return int(times[last] - times[series.first]) // max(series.count - 1, 1)
