"""The exceptions this program raises on purpose.

Bad *data* never raises: it becomes a row of :class:`explorer.model.issue.Issues`.
These are for requests that cannot be carried out at all; each carries one sentence
that can be shown to a user as it stands.

    ExplorerError
    ├── InputError        the input cannot be read at all (exit code 1)
    ├── UsageError        the request itself is wrong (exit code 2)
    │   └── QueryError    a query that does not parse; knows the column
    └── Cancelled         the user asked to stop
"""

from __future__ import annotations


class ExplorerError(Exception):
    """Base of all; ``str(error)`` is a sentence for the user."""


class InputError(ExplorerError):
    """The input could not be read at all."""


class UsageError(ExplorerError):
    """The request makes no sense as stated (unknown id, wrong option)."""


class QueryError(UsageError):
    """A query that does not parse.

    Attributes:
        column: zero-based position in the query text at which it went wrong.
    """

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column


class Cancelled(ExplorerError):
    """The work was stopped because the user asked for it."""
