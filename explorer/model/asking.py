"""What alone of a data lake is to be read."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.errors import UsageError
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

        Raises as :meth:`moments`.
        """
        begin, end = self.moments(first, last)
        if begin is None and end is None:
            return None
        begin = first if begin is None else begin
        return begin, max(begin, last if end is None else end)

    def moments(self, first: int, last: int) -> tuple[int | None, int | None]:
        """Begin and end as they were asked for, of what lies between two times, all in ns; None for an open one.

        Raises:
            UsageError: one of them is no time, or they leave no time between them.
        """
        begin, end = (parse_moment(text, first, last) if text else None for text in (self.begin, self.end))
        if begin is not None and end is not None and end < begin:
            raise UsageError(
                f"Nothing lies between {self.begin} and {self.end}: the end comes before the beginning."
            )
        return begin, end
