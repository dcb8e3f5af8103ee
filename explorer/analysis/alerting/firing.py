"""When the alert rules would have fired, reckoned on the series of the bundle."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.alerting.evaluate import (
    Bundle,
    series_by_name,
    value_of,
)
from explorer.analysis.alerting.pairing import EvaluationError
from explorer.analysis.alerting.rulefile import FAULTY, AlertRule, AlertRules
from explorer.analysis.alerting.tree import Node, selectors
from explorer.analysis.alerting.vectors import Labels, Vector, anywhere
from explorer.analysis.facts import facts_of
from explorer.analysis.results import Analysis, Anomaly
from explorer.analysis.weighing.support import alerted
from explorer.model.issue import Issues
from explorer.model.store import Store

Longs = NDArray[np.int64]

_EVERY_NS: Final = 15 * 10**9
_MOST_MOMENTS: Final = 4000
_MOST_EACH: Final = 20
_MOST_WORDS: Final = 140
_MOST_NAMED: Final = 5

_Fired = tuple[int, int, Labels, float]
"""Begin, end (-1: to the end of the bundle), labels and the value at the begin."""


def with_alerts(analysis: Analysis, store: Store, rules: AlertRules, issues: Issues) -> Analysis:
    """The answers with a mark where each rule would have fired; rules that have no value here become issues."""
    fired = fired_alerts(store, rules, issues)
    if not fired:
        return analysis
    both = sorted((*analysis.anomalies, *fired), key=lambda one: (one.time_ns, one.text))
    causes = alerted(facts_of(store), analysis.causes, fired)
    return replace(analysis, causes=causes, anomalies=tuple(both))


def fired_alerts(store: Store, rules: AlertRules, issues: Issues) -> tuple[Anomaly, ...]:
    """Where the rules would have fired."""
    times = store.points["time"]
    if not rules.alerts or not len(times):
        return ()
    begin, end = int(times.min()), int(times.max())
    named = series_by_name(store)
    found: list[Anomaly] = []
    without: dict[str, list[list[str]]] = {}
    for rule in rules.alerts:
        bundle = Bundle(store, _moments(begin, end, rule.every_ns), named, rules.recorded)
        if unknown := _unknown(rule.tree, bundle):
            without.setdefault(rule.file, []).append(unknown)
            continue
        try:
            found += _anomalies(rule, bundle)
        except EvaluationError as error:
            text = f"{rule.name} is not evaluated: {error}"
            issues.add("warning", FAULTY, rule.file, f"line {rule.line}: {text}", count=0)
    for file, missing in without.items():
        issues.add("info", "alert-without-series", file, _missing(missing), count=0)
    return tuple(found)


def _missing(missing: list[list[str]]) -> str:
    names = list(dict.fromkeys(name for one in missing for name in one))
    listed = ", ".join(names[:_MOST_NAMED]) + (", …" if len(names) > _MOST_NAMED else "")
    rules = "1 alert rule is" if len(missing) == 1 else f"{len(missing)} alert rules are"
    return f"{rules} not evaluated: the bundle has no series {listed}"


def _moments(begin: int, end: int, every: int) -> Longs:
    step = max(every or _EVERY_NS, -(-(end - begin) // _MOST_MOMENTS), 1)
    return np.arange(begin, end + 1, step, dtype=np.int64)


def _unknown(tree: Node, bundle: Bundle, looked: set[str] | None = None) -> list[str]:
    """Names of which the bundle has no series and the rules no expression."""
    looked = set() if looked is None else looked
    found: dict[str, None] = {}
    for one in selectors(tree):
        if one.name in bundle.named or one.name in looked:
            continue
        looked.add(one.name)
        if one.name in bundle.recorded:
            found.update(dict.fromkeys(_unknown(bundle.recorded[one.name], bundle, looked)))
        else:
            found[one.name] = None
    return list(found)


def _anomalies(rule: AlertRule, bundle: Bundle) -> list[Anomaly]:
    value = value_of(rule.tree, bundle)
    if not isinstance(value, Vector):
        raise EvaluationError("its value is a number")
    fired = _fired(value, bundle.moments, rule)
    series = _series(rule, bundle)
    found = []
    for stretch in _united(fired)[:_MOST_EACH]:
        begin, _, labels, at_first = stretch[0]
        end = -1 if any(one[1] < 0 for one in stretch) else max(one[1] for one in stretch)
        count = len({one[2] for one in stretch})
        service = next((text for name, text in labels if name == "service"), "")
        if not service and series >= 0:
            service = bundle.store.series[series].service
        found.append(
            Anomaly("alert", _words(rule, labels, count), begin, end, service, "", series, after=at_first)
        )
    return found


def _words(rule: AlertRule, labels: Labels, count: int) -> str:
    whose = ", ".join(f"{name} {text}" for name, text in labels if name in ("service", "instance", "pod"))
    more = f" and {count - 1} more" if count > 1 else ""
    of = f" for {whose}{more}" if whose else f" for {count} series" if count > 1 else ""
    expression = rule.expression
    if len(expression) > _MOST_WORDS:
        expression = expression[:_MOST_WORDS] + "…"
    held = f", {_length(rule.hold_ns)} long" if rule.hold_ns else ""
    return f"alert {rule.name} would have fired{of}: {expression}{held}"


def _length(ns: int) -> str:
    seconds = ns // 10**9
    for unit, each in (("h", 3600), ("min", 60)):
        if seconds >= each and seconds % each == 0:
            return f"{seconds // each} {unit}"
    return f"{ns / 1e9:g} s"


def _series(rule: AlertRule, bundle: Bundle) -> int:
    """The one series that a rule reads, -1 where it reads several or none."""
    numbers = {number for one in selectors(rule.tree) for number in bundle.numbers(one)}
    return numbers.pop() if len(numbers) == 1 else -1


def _fired(value: Vector, moments: Longs, rule: AlertRule) -> list[_Fired]:
    """Each stretch in which one set of labels fires: it held without a gap for long enough."""
    rows: dict[Labels, list[int]] = {}
    for row, labels in enumerate(value.labels):
        rows.setdefault(labels, []).append(row)
    found: list[_Fired] = []
    for labels, same in rows.items():
        active = anywhere(value.there[same])
        edges = np.flatnonzero(np.diff(np.concatenate(([0], active.view(np.int8), [0]))))
        for first, after in edges.reshape(-1, 2).tolist():
            due = int(moments[first]) + rule.hold_ns
            at = int(np.searchsorted(moments, due))
            if at >= after:
                continue
            at_first = next(float(value.values[row, at]) for row in same if value.there[row, at])
            ended = int(moments[after]) + rule.keep_ns if after < len(moments) else -1
            found.append((int(moments[at]), ended if ended <= int(moments[-1]) else -1, labels, at_first))
    return found


def _united(fired: list[_Fired]) -> list[list[_Fired]]:
    """Stretches that overlap, together."""
    groups: list[list[_Fired]] = []
    until = 0
    for one in sorted(fired, key=lambda one: one[0]):
        end = one[1] if one[1] >= 0 else np.iinfo(np.int64).max
        if groups and one[0] <= until:
            groups[-1].append(one)
            until = max(until, end)
        else:
            groups.append([one])
            until = end
    return groups
