"""What alone of a data lake is to be read."""

from __future__ import annotations

from dataclasses import dataclass


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
