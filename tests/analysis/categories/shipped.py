"""The rules that ship with the program, read once for all tests."""

from __future__ import annotations

from functools import cache

from explorer.analysis.categories.rules import Rules, categorize, load_rules
from explorer.analysis.categories.signals import Kind, Signal
from explorer.analysis.categories.verdict import Verdict
from explorer.model.issue import Issues
from explorer.paths import resource


@cache
def shipped() -> Rules:
    """The shipped rules."""
    return load_rules([resource("rules")], Issues())


def judged(kind: Kind, text: str, detail: str = "") -> Verdict:
    """The verdict of the shipped rules on one signal."""
    return categorize([Signal(kind, text, detail)], shipped())
