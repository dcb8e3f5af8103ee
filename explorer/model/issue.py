"""What could not be read, as rows to show and count, never as exceptions.

Conservation: every record that was met is either kept or counted in exactly one issue,
so ``records read == records kept + sum(issue.count for counted issues)``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

Severity = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that a user should know about the input.

    Attributes:
        severity: ``info`` (nothing lost), ``warning`` (something was repaired or left out),
            ``error`` (a whole member or more could not be read).
        code: stable kebab-case name, for example ``truncated-record``.
        file: display name of the member, ``""`` where it concerns the whole bundle.
        offset: byte offset in the member's unpacked bytes of the first case, -1 if unknown.
        count: how many records it stands for; 0 where no record was lost (a remark only);
            with ``info`` none is.
        text: one sentence, for people.
    """

    severity: Severity
    code: str
    file: str
    offset: int
    count: int
    text: str


class Issues:
    """Collects issues; equal (severity, code, file, text) rows are counted, not repeated."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str, str, str], Issue] = {}

    def add(
        self, severity: Severity, code: str, file: str, text: str, *, offset: int = -1, count: int = 1
    ) -> None:
        """Record one case. Keep varying details out of ``text``, or rows will not be merged."""
        key = (severity, code, file, text)
        known = self._rows.get(key)
        if known is None:
            self._rows[key] = Issue(severity, code, file, offset, count, text)
        else:
            self._rows[key] = replace(known, count=known.count + count)

    def copy(self) -> Issues:
        """The same so far, to be added to apart from these."""
        other = Issues()
        other._rows = dict(self._rows)
        return other

    def rows(self) -> tuple[Issue, ...]:
        """All issues in the order in which they were first met."""
        return tuple(self._rows.values())


def lost(issues: Iterable[Issue]) -> int:
    """Records that were not understood: what is only told, such as a copy shown once, is not among them."""
    return sum(issue.count for issue in issues if issue.severity != "info")
