"""The category rules in force: those shipped, and the user's own in the settings folder."""

from __future__ import annotations

from explorer import paths
from explorer.analysis.categories.rules import Rules, load_rules
from explorer.model.issue import Issues


def known_rules() -> tuple[Rules, Issues]:
    """The shipped rules and the user's, and what is wrong with rule files."""
    issues = Issues()
    folders = [paths.resource("rules")]
    own = paths.config_dir() / "rules"
    if own.is_dir():
        folders.append(own)
    return load_rules(folders, issues), issues
