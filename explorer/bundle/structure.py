"""Mends JSON documents that were cut or are broken, so that each whole record before the place survives."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Final

from explorer.bundle.nesting import Nesting, before_blanks, behind_blanks, end_of_value, key_before
from explorer.bundle.record_fields import INSIDE_RECORD

_ARRAY: Final = 0x5B
_CONTAINERS: Final = frozenset(b"{[")
_MOST_LISTS: Final = 10_000
"""So many lists in what is cut are looked at to find whether records are in them."""


def repair(data: bytes) -> tuple[bytes, int] | None:
    """Close a document that ends too early, behind its last whole record.

    A record that is cut is left out altogether (see :mod:`explorer.bundle.record_fields`), and so is a field that
    is cut where what holds it is no record. What is kept equals the beginning of ``data`` byte by byte.

    Returns:
        The document and the offset at which it was cut; None if nothing is open, or nothing whole remains.
    """
    return _closed(data, len(data))


def repair_at(data: bytes, error_offset: int) -> tuple[bytes, int] | None:
    """As :func:`repair`, for a document in which a parser found an error: cut before the record that holds it."""
    return _closed(data, max(0, min(error_offset, len(data))))


def blank_at(data: bytes, error_offset: int) -> tuple[bytes, int, int] | None:
    """Overwrite the record in which a parser found an error with spaces; all offsets stay as they are.

    This keeps what lies behind the error, as :func:`repair_at` does not, but helps only where the brackets of
    the record are sound.

    Returns:
        The document, and where the record began and ended; None if it cannot be told from the others.
    """
    place = _Place.at(data, max(0, min(error_offset, len(data))))
    record = place.record() if place else None
    if not place or not record or place.holds_records(record):
        return None
    begin = place.levels[record]
    end = end_of_value(data, begin)
    if end is None:
        return None
    comma = behind_blanks(data, end, len(data))
    if data[comma : comma + 1] == b",":
        end = comma + 1
    else:  # the last one: the comma before it goes
        begin = place.member_begin(record)
    return b"".join((data[:begin], b" " * (end - begin), data[end:])), begin, end


def _closed(data: bytes, end: int) -> tuple[bytes, int] | None:
    place = _Place.at(data, end)
    found = place.cut() if place else None
    if not place or not found:
        return None
    level, cut = found
    closers = bytes(
        data[at] + 2 for at in reversed(place.levels[: level + 1])
    )  # `]`, `}` are `[`, `{` plus two
    return data[:cut] + closers, cut


@dataclass(frozen=True, slots=True)
class _Place:
    """The end of ``data[:end]``, within the brackets at the offsets ``levels``, outermost first."""

    data: bytes
    end: int
    nesting: Nesting
    levels: list[int]

    @classmethod
    def at(cls, data: bytes, end: int) -> _Place | None:
        """The place, if any bracket is open there."""
        nesting = Nesting(data, end)
        levels = nesting.open_brackets()
        return cls(data, end, nesting, levels) if levels else None

    def cut(self) -> tuple[int, int] | None:
        """The innermost level to keep and the offset behind what is kept of it; None if nothing whole remains."""
        record = self.record()
        if record is None:
            return self._cut_within(len(self.levels) - 1)
        if self.holds_records(record):
            return self._cut_within(self._last_level_outside_records(record))
        return (record - 1, self.member_begin(record)) if record else None

    def record(self) -> int | None:
        """The level of the record that is cut, 0 for the whole document; None if the cut lies between records."""
        elements = [level for level in range(len(self.levels)) if level == 0 or self._is_array(level - 1)]
        for level, following in zip(elements, [*elements[1:], len(self.levels)], strict=True):
            fields = range(level + 1, following)
            if level and (self._is_row(level) or any(map(self._is_inside_record, fields))):
                return level
        innermost = len(self.levels) - 1
        if self._is_array(innermost) and (innermost == 0 or self._begins_with_container(self.levels[-1])):
            return None
        return elements[-1]

    def holds_records(self, level: int) -> bool:
        """Whether what is cut holds records itself: a list of objects or rows under a name that no record has."""
        within = Nesting(self.data, self.end, self.levels[level])
        outer = b""
        for at, depth in islice(within.openers((2, 3)), _MOST_LISTS):
            name = key_before(self.data, at)[1]
            outer = name if depth == 2 else outer
            if (
                self.data[at] == _ARRAY
                and self._begins_with_container(at)
                and not {name, outer} & INSIDE_RECORD
            ):
                return True
        return False

    def member_begin(self, level: int) -> int:
        """Offset of the comma before the element or member that opens ``level``, or behind the bracket before it."""
        at = before_blanks(self.data, key_before(self.data, self.levels[level])[0])
        return at - 1 if self.data[at - 1 : at] == b"," else at

    def _cut_within(self, level: int) -> tuple[int, int]:
        """Keep the whole elements or members of a level."""
        if level < len(self.levels) - 1:
            return level, self.member_begin(level + 1)
        begin = self.levels[level]
        last = before_blanks(self.data, self.end)
        if last > begin + 1 and self.data[last - 1] in b"]}" and not self.nesting.after.in_string:
            return level, last
        comma = self.nesting.last_comma(level + 1, begin)
        return level, begin + 1 if comma is None else comma

    def _last_level_outside_records(self, level: int) -> int:
        while level + 1 < len(self.levels) and not self._is_inside_record(level + 1):
            level += 1
        return level

    def _is_array(self, level: int) -> bool:
        return self.data[self.levels[level]] == _ARRAY

    def _is_row(self, level: int) -> bool:
        """Whether an array within an array holds plain values: a point, a line of a log."""
        return self._is_array(level) and not self._begins_with_container(self.levels[level])

    def _is_inside_record(self, level: int) -> bool:
        return key_before(self.data, self.levels[level])[1] in INSIDE_RECORD

    def _begins_with_container(self, at: int) -> bool:
        first = behind_blanks(self.data, at + 1, self.end)
        return first < self.end and self.data[first] in _CONTAINERS
