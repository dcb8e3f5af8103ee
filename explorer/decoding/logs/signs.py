"""Which signs stand in all lines of a format, so that the others need not be tried on a line, nor be compiled for it.

A sign is a blank, a tab or a punctuation mark, or :data:`CLOCKED`: something that could belong to a time.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Final

CLOCKED: Final = "\0"
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
_MARKED: Final = re.compile("|".join(map(re.escape, _MARKS)))
_DIRECTIVE: Final = re.compile("%([A-Za-z])")
_CLOCK: Final = re.compile(rb"\d(?:%s)" % "|".join(dict.fromkeys(_MARKS.values())).encode())
_SIGNS: Final = frozenset(string.punctuation + " \t" + CLOCKED)
_NO_SIGN: Final = bytes(byte for byte in range(256) if chr(byte) not in _SIGNS - {CLOCKED})
_OPENING: Final = re.compile(r"\((?:\?(?:P<\w+>|[:=>]|<=|(?P<denies><?!)))?(?!\?)")
_COUNT: Final = re.compile(r"\{\d*,?\d*\}")
_LEFT_OUT: Final = ("?", "*", "{")


def signs_in(line: bytes) -> frozenset[int]:
    """The signs of a line."""
    found = line.translate(None, _NO_SIGN)
    return frozenset(found + CLOCKED.encode() if _CLOCK.search(line) else found)


def signs_of(pattern: str, times: Iterable[str]) -> frozenset[int]:
    """The signs that stand in all lines of a format.

    Args:
        pattern: as the format states it, with ``<time>`` and ``<level>``.
        times: how its times are written; as in :mod:`explorer.decoding.logs.times`.
    """
    found = signs_always(pattern.replace("<time>", CLOCKED).replace("<level>", "L"))
    if CLOCKED in found:
        told = map(_signs_of_time, times)
        found = frozenset(found - {CLOCKED}).union(next(told, frozenset()).intersection(*told))
    return frozenset(map(ord, found))


@cache
def _signs_of_time(spec: str) -> frozenset[str]:
    marked = _MARKED.sub(lambda mark: f"(?:{CLOCKED}{mark[0]})", spec)
    return signs_always(_DIRECTIVE.sub(r"\1", marked))


def signs_always(pattern: str) -> frozenset[str]:
    """The signs that stand in whatever a valid regular expression matches, as far as its groups tell.

    One in a group that may be left out, or in some alternatives only, does not count.
    """
    groups, at = [_Group()], 0
    while at < len(pattern):
        letter = pattern[at]
        if letter == "(":
            opening = _OPENING.match(pattern, at)
            if opening is None:  # flags and conditions: they change what the rest means
                return frozenset()
            groups.append(_Group(denies=opening["denies"] is not None))
            at = opening.end()
            continue
        if letter == ")":
            closed = groups.pop()
            groups[-1].add(closed.sure, left_out=pattern.startswith(_LEFT_OUT, at + 1))
        elif letter == "|":
            groups[-1].part()
        elif letter == "[":
            at = _end_of_class(pattern, at)
        elif count := _COUNT.match(pattern, at):
            at = count.end() - 1
        elif letter not in ".^$*+?":
            at += letter == "\\"
            sign = "\t" if letter == "\\" and pattern[at] == "t" else pattern[at]
            groups[-1].add(_SIGNS & {sign}, left_out=pattern.startswith(_LEFT_OUT, at + 1))
        at += 1
    return groups[0].sure


@dataclass(slots=True)
class _Group:
    """A group that is open: it tells what may not follow; the signs of this alternative, and of all before."""

    denies: bool = False
    here: set[str] = field(default_factory=set)
    before: list[set[str]] = field(default_factory=list)

    def add(self, signs: Iterable[str], *, left_out: bool) -> None:
        """Signs that stand here, unless they may be left out."""
        if not left_out:
            self.here.update(signs)

    def part(self) -> None:
        """Another alternative begins."""
        self.before.append(self.here)
        self.here = set()

    @property
    def sure(self) -> frozenset[str]:
        """The signs of all alternatives."""
        return frozenset() if self.denies else frozenset(self.here.intersection(*self.before))


def _end_of_class(pattern: str, at: int) -> int:
    """Where the closing bracket of the character class stands that opens there."""
    at += 2 if pattern.startswith("[^", at) else 1
    at += pattern.startswith("]", at)
    while pattern[at] != "]":
        at += 2 if pattern[at] == "\\" else 1
    return at
