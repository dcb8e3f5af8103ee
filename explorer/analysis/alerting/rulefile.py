"""Alert rules from Prometheus rule files: ``groups:`` of ``rules:`` with ``alert``, ``expr`` and ``for``.

Source: prometheus/docs/configuration/alerting_rules.md and recording_rules.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from explorer.analysis.alerting.expression import length_ns, parse
from explorer.analysis.alerting.tree import ExpressionError, Node
from explorer.decoding.block_yaml import documents
from explorer.decoding.stated import stated_texts
from explorer.model.issue import Issues
from explorer.model.raw import ChangedError
from explorer.model.store import Store
from explorer.readers.prometheus_rules import rule_files

FAULTY: Final = "faulty-alert-rule"
SUFFIXES: Final = frozenset({".yml", ".yaml", ".rules"})
_MOST_RULES: Final = 2000


@dataclass(frozen=True, slots=True)
class AlertRule:
    """One alerting rule.

    Attributes:
        expression: as written.
        hold_ns: how long it must hold before it fires (``for``).
        keep_ns: how long it fires after it held (``keep_firing_for``).
        every_ns: time between evaluations, 0 where the group does not say.
        file, line: where it stands.
    """

    name: str
    expression: str
    tree: Node
    hold_ns: int
    keep_ns: int
    every_ns: int
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class AlertRules:
    """Alerting rules, and the expressions of recording rules by name."""

    alerts: tuple[AlertRule, ...] = ()
    recorded: Mapping[str, Node] = field(default_factory=dict)

    def __or__(self, other: AlertRules) -> AlertRules:
        """The rules of both; of recording rules of one name the other's."""
        return AlertRules(self.alerts + other.alerts, {**self.recorded, **other.recorded})


def read_alerts(folder: Path | None, issues: Issues) -> AlertRules:
    """The rules of a folder's files; what is not understood is an issue with file and line, and the others stand."""
    files = stated_texts(folder, SUFFIXES, issues, FAULTY)
    return alerts_of([(file.name, text) for file, text in files], issues)


def bundled_alerts(store: Store, issues: Issues) -> AlertRules:
    """The rules of the bundle's own rule files."""
    try:
        return alerts_of(rule_files(store), issues)
    except ChangedError as error:
        issues.add("warning", FAULTY, "", str(error), count=0)
        return AlertRules()


def alerts_of(files: Sequence[tuple[str, str]], issues: Issues) -> AlertRules:
    """The rules of files, each by name and text."""
    alerts: list[AlertRule] = []
    recorded: dict[str, Node] = {}
    for file, text in files:
        for line, every, rule in _rules(text, file, issues):
            try:
                one = _rule(rule, every, file, line)
            except ExpressionError as error:
                _report(issues, file, line, f"{_called(rule)} is not evaluated: {error}")
                continue
            if isinstance(one, AlertRule):
                alerts.append(one)
            else:
                recorded[one[0]] = one[1]
    if len(alerts) > _MOST_RULES:
        _report(issues, files[0][0], 1, f"only the first {_MOST_RULES} alert rules are evaluated")
    return AlertRules(tuple(alerts[:_MOST_RULES]), recorded)


def _rules(text: str, file: str, issues: Issues) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Line, time between evaluations, and each rule."""
    try:
        found = documents(text)
    except (ValueError, RecursionError) as error:
        at = re.match(r"line (\d+) (.*)", str(error))
        _report(issues, file, int(at[1]) if at else 1, f"this is no YAML: {at[2] if at else error}")
        return
    tops = [_held(one) for one in found]
    groups = [
        group for one in tops for group in _listed(one.get("groups") or _held(one.get("spec")).get("groups"))
    ]
    if found and not groups:
        _report(issues, file, 1, "there are no groups of rules")
    lines = _Lines(text)
    for group in groups:
        every = 0
        if stated := _held(group).get("interval"):
            try:
                every = length_ns(str(stated))
            except ExpressionError as error:
                _report(issues, file, 1, f"interval of {_held(group).get('name')}: {error}")
        for rule in _listed(_held(group).get("rules")):
            yield lines.of(_held(rule)), every, _held(rule)


class _Lines:
    """Where rules stand in a text, asked for in their order."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def of(self, rule: dict[str, Any]) -> int:
        """The line of a rule, 1 where that is not found."""
        name = re.escape(str(rule.get("alert") or rule.get("record") or ""))
        pattern = rf"""(?m)^[\s-]*["']?(?:alert|record)["']?\s*:\s*["']?{name}["']?\s*(?:\#.*)?$"""
        found = re.compile(pattern).search(self._text, self._at)
        if not name or found is None:
            return 1
        self._at = found.end()
        start = found.end() - len(found[0].lstrip())
        return self._text.count("\n", 0, start) + 1


def _rule(rule: dict[str, Any], every: int, file: str, line: int) -> AlertRule | tuple[str, Node]:
    expression = rule.get("expr")
    if expression is None or not str(expression).strip():
        raise ExpressionError("it has no expr")
    tree = parse(str(expression))
    if "alert" not in rule:
        if "record" not in rule:
            raise ExpressionError("it has neither alert nor record")
        return str(rule["record"]), tree
    hold, keep = (length_ns(str(rule[key])) if rule.get(key) else 0 for key in ("for", "keep_firing_for"))
    shown = " ".join(str(expression).split())
    return AlertRule(str(rule["alert"]), shown, tree, hold, keep, every, file, line)


def _called(rule: dict[str, Any]) -> str:
    return str(rule.get("alert") or rule.get("record") or "a rule")


def _held(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _listed(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _report(issues: Issues, file: str, line: int, text: str) -> None:
    issues.add("warning", FAULTY, file, f"line {line}: {text}", count=0)
