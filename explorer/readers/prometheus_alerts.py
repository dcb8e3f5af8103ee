"""Alerts as Prometheus and Alertmanager tell them: ``/api/v1/alerts``, ``/api/v1/rules``, Alertmanager's API v1 and v2,
its groups of alerts and its webhook (also Grafana's, which adds fields to it).

Formats: prometheus/docs/querying/api.md, alertmanager/docs/configuration.md (webhook_config) and
alertmanager/api/v2/openapi.yaml. The same alert in several exports is one mark, with the latest end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from explorer.decoding.contract import Confidence, OpenRecord
from explorer.decoding.documents import Document, listed, moment, named, open_items, read_documents, text
from explorer.decoding.metrics.alerting import alert_severity, alert_text
from explorer.decoding.metrics.labels import service_of
from explorer.decoding.outline import outline
from explorer.model.builder import Builder, Records
from explorer.model.records import Mark

NAME: Final = "prometheus-alerts"
LABEL: Final = "Prometheus and Alertmanager alerts"
RECOGNISED_BY: Final = "JSON alerts: labels with activeAt or startsAt, or rule groups with alerts."
FRAMINGS: Final = frozenset({"document", "lines"})

_TIMES: Final = frozenset({"activeAt", "startsAt"})
_WRAPPERS: Final = frozenset({(), ("data",), ("alerts",), ("data", "alerts")})
_RULE: Final = frozenset({"query", "expr", "health", "alerts", "type", "lastEvaluation", "evaluationTime"})
_CALM: Final = ("normal", "inactive", "ok")
"""States of Grafana's rules, which list what does not fire as well; also ``Normal (NoData)``."""
_FIRING: Final = frozenset({"firing", "active", "suppressed", "unprocessed", ""})

Alert = dict[str, Any]


def detect(head: bytes) -> Confidence | None:
    """Whether there are labels beside a begin, where alerts stand, or rules in groups."""
    if b'"labels"' not in head and b'"groups"' not in head and b'"alerts"' not in head:
        return None
    paths = outline(head)
    for path in paths:
        if path[-1] in _TIMES and path[:-1] in _WRAPPERS and (*path[:-1], "labels") in paths:
            return Confidence.CERTAIN
        if path[-3:] == ("groups", "rules", "name") and path[:-3] in _WRAPPERS:
            return Confidence.CERTAIN if _is_rule(paths, path) else None
    if {("status",), ("data", "alerts")} <= paths:
        return Confidence.LIKELY  # no alerts at all
    return Confidence.LIKELY if {("groupKey",), ("alerts",)} <= paths else None


def _is_rule(paths: frozenset[tuple[str, ...]], path: tuple[str, ...]) -> bool:
    return any((*path[:-1], name) in paths for name in _RULE)


def read(records: Records, builder: Builder) -> Sequence[int]:
    """Write the alerts into the builder as marks."""
    return read_documents(records, builder, _read)


def open_record(raw: bytes) -> OpenRecord:
    """Open a document again, alert by alert."""
    return open_items(raw, lambda value: list(_alerts(value) or ()), lambda alert: _text(named(alert)))


def _read(document: Document) -> bool:
    found = _alerts(document.value)
    if found is None:
        return False
    untimed = repeated = calm = 0
    for i, alert in enumerate(found):
        if _state(named(alert)).partition(" ")[0] in _CALM:
            calm += 1
            continue
        mark = _mark(named(alert), document.doc, i)
        if mark is None:
            untimed += 1
        elif not _add(document.builder, mark, alert):
            repeated += 1
    document.skip("warning", "broken-alert", "alerts without labels or a begin are left out", untimed)
    document.skip(
        "info", "repeated-alert", "alerts that another export told already are shown once", repeated
    )
    document.skip("info", "no-alert", "alerts in whose state all is well are not shown", calm)
    for rule in _rules(document.value):
        if rule.get("lastError"):
            said = f"the rule {text(rule.get('name'))[:100]} fails: {text(rule['lastError'])[:200]}"
            document.remark("warning", "failing-rule", said)
    return True


def _alerts(value: Any) -> list[Any] | None:
    """The alerts of a document; None where it is none of alerts."""
    if isinstance(value, list):
        return [alert for one in value for alert in ([one] if _is_alert(named(one)) else _alerts(one) or ())]
    if not isinstance(value, dict):
        return None
    data = value.get("data", value)
    if isinstance(data, list):
        return data
    inner = named(data)
    if "labels" in inner and _TIMES & inner.keys():
        return [inner]
    if isinstance(inner.get("alerts"), list):
        return list(inner["alerts"])
    if isinstance(inner.get("groups"), list):
        return [alert for rule in _rules(value) for alert in _rule_alerts(rule)]
    return None


def _is_alert(one: Alert) -> bool:
    """Whether it is no group of alerts, which share some of their labels."""
    return "labels" in one and not isinstance(one.get("alerts"), list)


def _rules(value: Any) -> Iterator[Alert]:
    for group in listed(named(named(value).get("data", value)).get("groups")):
        yield from map(named, listed(named(group).get("rules")))


def _rule_alerts(rule: Alert) -> Iterator[Any]:
    """The alerts of a rule; they carry its annotations where they have none of their own."""
    for alert in listed(rule.get("alerts")):
        one = named(alert)
        yield {**one, "annotations": one.get("annotations") or rule.get("annotations")} if one else alert


def _mark(alert: Alert, doc: int, index: int) -> Mark | None:
    labels = _texts(alert.get("labels"))
    begin = moment(alert.get("startsAt")) or moment(alert.get("activeAt"))
    if not begin or not labels:
        return None
    end, severity = _end(alert, begin), alert_severity(labels)
    return Mark("alert", begin, end, service_of(labels), _text(alert), severity, doc, index)


def _end(alert: Alert, begin: int) -> int:
    """When it was resolved; of one that still fires, when that was last known; -1 where nothing is told.

    The ``endsAt`` of an alert that fires lies in the future: it is when it would end if nothing more came.
    """
    still = _state(alert) in _FIRING and "updatedAt" in alert
    firing = _state(alert) == "firing"
    end = moment(alert.get("updatedAt")) if still else 0 if firing else moment(alert.get("endsAt"))
    return end if end > begin else -1


def _state(alert: Alert) -> str:
    status = alert.get("status")
    state = status.get("state") if isinstance(status, dict) else status
    return text(state or alert.get("state")).lower()


def _text(alert: Alert) -> str:
    return alert_text(_texts(alert.get("labels")), _texts(alert.get("annotations")), _state(alert))


def _texts(value: object) -> dict[str, str]:
    return {name: text(item) for name, item in named(value).items()}


def _add(builder: Builder, mark: Mark, alert: Alert) -> bool:
    """Add a mark; False where the same alert is there already, which then gets the later end."""
    known: dict[tuple[object, ...], int] = builder.memory.setdefault(NAME, {})
    key = (mark.time_ns, *sorted(_texts(alert.get("labels")).items()))
    at = known.get(key, -1)
    if 0 <= at < len(builder.marks) and builder.marks[at].service == mark.service and (
        builder.marks[at].time_ns == mark.time_ns
    ):  # fmt: skip
        builder.marks[at] = replace(builder.marks[at], end_ns=max(builder.marks[at].end_ns, mark.end_ns))
        return False
    known[key] = len(builder.marks)
    builder.marks.append(mark)
    return True
