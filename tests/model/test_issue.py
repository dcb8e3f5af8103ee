"""What was lost is told apart from what is only remarked."""

from __future__ import annotations

from explorer.model.issue import Issues, lost


def test_copies_and_remarks_are_not_lost() -> None:
    issues = Issues()
    issues.add("info", "duplicate-span", "", "shown once", count=12)
    issues.add("warning", "truncated-record", "a", "cut short", count=2)
    issues.add("warning", "nul-bytes", "a", "passed over", count=0)
    issues.add("error", "unreadable", "b", "cannot be read")
    assert lost(issues.rows()) == 3
    assert lost(()) == 0
