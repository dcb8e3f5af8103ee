"""What the user has put on rows of the waterfall: pins and notes, and which of them a folded row hides."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from explorer.layout.rowviews import RowView

NoteMark = Literal["", "pin", "note", "both", "below"]
"""``below``: on rows that a folded one hides."""


@dataclass(frozen=True, slots=True)
class RowNote:
    """A pin or note on a row, with its text."""

    mark: NoteMark
    text: str

    @property
    def words(self) -> str:
        """What a tool tip says of it."""
        return f"Note: {self.text}" if self.text else "Pinned"


def note_marks(views: Sequence[RowView], notes: Mapping[int, RowNote]) -> list[NoteMark]:
    """The mark of each visible row, ``""`` for most."""
    if not notes:
        return [""] * len(views)
    noted = sorted(notes)
    return [_mark(view, notes, noted) for view in views]


def _mark(view: RowView, notes: Mapping[int, RowNote], noted: Sequence[int]) -> NoteMark:
    own = notes.get(view.row)
    if own is not None:
        return own.mark
    hides = bisect_right(noted, view.row + view.hidden) > bisect_right(noted, view.row)
    return "below" if hides else ""
