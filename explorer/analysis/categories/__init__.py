"""What kind of failure an error is: signals in, verdict out; rules are data (``resources/rules``)."""

from __future__ import annotations

from explorer.analysis.categories.fingerprint import fingerprint, template
from explorer.analysis.categories.rules import Rules, categorize, failing_samples, load_rules
from explorer.analysis.categories.signals import Kind, Signal
from explorer.analysis.categories.stacktrace import Frame, Raised, StackTrace, parse_stack
from explorer.analysis.categories.unwrap import of_stack, unwrap
from explorer.analysis.categories.verdict import CATEGORIES, UNKNOWN, Verdict

__all__ = [
    "CATEGORIES",
    "UNKNOWN",
    "Frame",
    "Kind",
    "Raised",
    "Rules",
    "Signal",
    "StackTrace",
    "Verdict",
    "categorize",
    "failing_samples",
    "fingerprint",
    "load_rules",
    "of_stack",
    "parse_stack",
    "template",
    "unwrap",
]
