"""The category rules in force: those shipped, and the user's own in the folder that settings name."""

from __future__ import annotations

from explorer import paths
from explorer.analysis.categories.rules import Rules, load_rules
from explorer.model.issue import Issues
from explorer.session.settings import load_settings


def known_rules() -> tuple[Rules, Issues]:
    """The shipped rules and the user's, and what is wrong with rule files."""
    issues = Issues()
    folders = [paths.resource("rules")]
    own = load_settings()[0].rule_folder
    if own.is_dir():
        folders.append(own)
    return load_rules(folders, issues), issues
