"""What alone of a data lake is to be read."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.model.moments import parse_moment


@dataclass(frozen=True, slots=True)
class Asking:
    """What of a data lake is asked for; formats that cannot be read in part are read whole all the same.

    Attributes:
        ids: correlation ids in any spelling, or their beginnings.
        query: of the query language.
        begin, end: times as :func:`explorer.model.moments.parse_moment` takes them.
    """

    ids: tuple[str, ...] = ()
    query: str = ""
    begin: str = ""
    end: str = ""

    def __bool__(self) -> bool:
        return bool(self.ids or self.query or self.begin or self.end)

    def range(self, first: int, last: int) -> tuple[int, int] | None:
        """The time range asked for, of what lies between two times, all in ns; None for all of it.

        Raises :class:`~explorer.errors.UsageError`.
        """
        if not (self.begin or self.end):
            return None
        begin = parse_moment(self.begin, first) if self.begin else first
        end = parse_moment(self.end, first) if self.end else last
        return begin, max(begin, end)
