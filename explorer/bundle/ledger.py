"""The one place where an exception of a decoder, or a member that is left out, becomes an issue."""

from __future__ import annotations

import errno
from collections import Counter
from typing import Final

from explorer.bundle.label import label
from explorer.model.issue import Issues, Severity

NAMED: Final = 200
"""Rows of one code that name their member; from then on they are counted on the file that holds it."""


class Damage(Exception):
    """Something is wrong with an archive, found by our own reading of its format.

    Attributes:
        code: of the issue.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class LimitReached(Damage):
    """A bound of :class:`explorer.bundle.limits.Limits` stops the reading."""


class Ledger:
    """Writes issues about members and streams.

    Attributes:
        file: label of the user's file that is being read.
    """

    def __init__(self, issues: Issues) -> None:
        self._issues = issues
        self._rows: Counter[str] = Counter()
        self.file = ""

    def skip(self, code: str, member: str, text: str, severity: Severity = "warning") -> None:
        """Count one member that is not read."""
        self._add(severity, code, member, text, -1, 1)

    def note(
        self, code: str, member: str, text: str, offset: int = -1, severity: Severity = "warning"
    ) -> None:
        """Say something about a member that is read all the same."""
        self._add(severity, code, member, text, offset, 0)

    def fault(self, error: Exception, member: str, *, kept: bool, offset: int = -1) -> None:
        """Say that the reading of a stream or archive ended with an exception.

        What was ``kept`` stays, and a record that is cut is counted where it is framed; so only a member
        of which nothing was read is counted here.
        """
        code, text = explain(error)
        self._add("warning" if kept else "error", code, member, text, offset, 0 if kept else 1)

    def _add(self, severity: Severity, code: str, member: str, text: str, offset: int, count: int) -> None:
        self._rows[code] += 1
        file = member if self._rows[code] <= NAMED else self.file
        self._issues.add(severity, code, file, text, offset=offset, count=count)


def explain(error: Exception) -> tuple[str, str]:
    """Code and sentence for an exception that ended the reading of a stream."""
    if isinstance(error, Damage):
        return error.code, str(error)
    if isinstance(error, EOFError):
        return "truncated-archive", "The packed data ends early; what came before is kept."
    if isinstance(error, MemoryError):
        return "out-of-memory", "This does not fit into memory."
    if isinstance(error, OSError) and error.errno:
        full = error.errno == errno.ENOSPC
        why = "No room for temporary data" if full else label(error.strerror or type(error).__name__)
        return "unreadable-file", f"{why}."
    return "unreadable-archive", f"The packed data is damaged ({label(str(error)[:200])})."
