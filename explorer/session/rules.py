"""The rules in force: of categories as shipped, and the user's own of categories and alerts."""

from __future__ import annotations

from explorer import paths
from explorer.analysis.alerting.firing import with_alerts
from explorer.analysis.alerting.rulefile import bundled_alerts, read_alerts
from explorer.analysis.categories.rules import Rules, load_rules
from explorer.analysis.results import Analysis
from explorer.model.issue import Issues
from explorer.model.store import Store
from explorer.session.settings import load_settings


def known_rules() -> tuple[Rules, Issues]:
    """The shipped rules and the user's, and what is wrong with rule files."""
    issues = Issues()
    return load_rules([paths.resource("rules"), load_settings()[0].rule_folder], issues), issues


def with_known_alerts(analysis: Analysis, store: Store, issues: Issues) -> Analysis:
    """The answers with marks where alert rules would have fired: the bundle's own and the user's.

    What is not understood or has no series is told in ``issues``.
    """
    rules = bundled_alerts(store, issues) | read_alerts(load_settings()[0].rule_folder, issues)
    return with_alerts(analysis, store, rules, issues)
