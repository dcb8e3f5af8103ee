"""What tells at a glance that no time is written in a line, so that most line formats need not be tried on it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from explorer.decoding.logs.times import TimeFormat

_MARKS: Final = {
    "%H:%M:%S": r":\d\d:\d\d",
    "%h:%M:%S": r":\d\d:\d\d",
    "%I:%M:%S": r":\d\d:\d\d",
    "%C": r":\d{1,2}:\d{1,2}:",
    "%s": r"\d{8}",
    "%T": r"\d{8}",
    "%M%p": r"(?:AM|PM|am|pm)",
    "%E": r"\.\d{1,18}e\+\d\d",
    r"%H\.%M\.%S": r"\.\d\d\.\d\d",
    "%d %H%M%S": r" \d{6}",
    "%d[T ]?%H%M%S": r"[T ]?\d{6}",
}
"""Pieces of time formats, of which any time in use holds one, and what then stands behind some digit."""
CLOCK: Final = re.compile(rb"\d(?:%s)" % "|".join(dict.fromkeys(_MARKS.values())).encode())
"""Finds what could belong to a time. A line without it is of no format for which :func:`is_clocked` holds."""
_LEFT_OUT: Final = ("?", "*", "{")


def is_clocked(pattern: str, times: tuple[TimeFormat, ...]) -> bool:
    """Whether only lines in which :data:`CLOCK` is found can be of a format: its time is in each, a mark in each time.

    Args:
        pattern: as the format states it, with ``<time>``.
        times: how its times are written.
    """
    marked = (any(stands_always(known.spec, mark) for mark in _MARKS) for known in times)
    return bool(times) and stands_always(pattern, "<time>") and all(marked)


def stands_always(pattern: str, piece: str) -> bool:
    """Whether all that a valid regular expression matches went through a piece of it, as far as its groups tell.

    A piece in a group that may be left out, or beside an alternative, does not count.
    """
    groups, at = [_Group()], 0
    while at < len(pattern):
        letter = pattern[at]
        if pattern.startswith(piece, at):
            at += len(piece) - 1
            groups[-1].holds |= not pattern.startswith(_LEFT_OUT, at + 1)
        elif letter == "\\":
            at += 1
        elif letter == "[":
            at = _end_of_class(pattern, at)
        elif letter == "(":
            groups.append(_Group(denies=pattern.startswith(("(?!", "(?<!"), at)))
        elif letter == "|":
            groups[-1].parted = True
        elif letter == ")":
            closed = groups.pop()
            groups[-1].holds |= closed.sure and not pattern.startswith(_LEFT_OUT, at + 1)
        at += 1
    return groups[0].sure


@dataclass(slots=True)
class _Group:
    """A group that is open: the piece stands in it; it has alternatives; it tells what may not follow."""

    holds: bool = False
    parted: bool = False
    denies: bool = False

    @property
    def sure(self) -> bool:
        return self.holds and not self.parted and not self.denies


def _end_of_class(pattern: str, at: int) -> int:
    """Where the closing bracket of the character class stands that opens there."""
    at += 2 if pattern.startswith("[^", at) else 1
    at += pattern.startswith("]", at)
    while pattern[at] != "]":
        at += 2 if pattern[at] == "\\" else 1
    return at
