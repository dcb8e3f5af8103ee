"""Which line formats a text is written in, learned from its first lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Final

from explorer.decoding.logs.line_format import LineFormat, known_formats
from explorer.decoding.logs.signs import signs_in
from explorer.decoding.logs.stacks import UNCAUGHT
from explorer.decoding.logs.times import TimeReference, cannot_be

SAMPLE: Final = 200
"""Lines looked at to learn a file's formats."""
AT_MOST: Final = 12
"""Formats of one file."""
LONGEST: Final = 4096
"""Bytes of a line that are looked at: prefixes are short."""

_EXACT: Final = 48
"""Bytes of a line in which the places of digits count: of a prefix, not of a message."""
_REMEMBERED: Final = 4096
_NUMBER: Final = re.compile(rb"[0-9A-Fa-f]+")
_IN_BRACKETS: Final = re.compile(rb"\[[^\[\]\"]*\]")
_DIGITS: Final = bytes.maketrans(b"123456789", b"000000000")
_SOME_DAY: Final = TimeReference(2000, 10**18)
CONTINUED: Final = re.compile(
    rb"[ \t]|at |Caused by: |\.\.\. \d+ more|During handling of|The above exception|[})\]]|#\d+ |---"
    rb"|# (?:User@Host|Query_time|Schema|Thread_id): |\xe2[\x94-\x96]|$"
)
"""Lines that look as if they continued a record whatever came before."""


def matches(one: LineFormat, line: bytes) -> re.Match[bytes] | None:
    """The match of a format at the begin of a line, with a time that is one."""
    match = _match(one, line)
    return match if match is not None and _can_be(one, _time_of(one, match)) else None


def _match(one: LineFormat, line: bytes) -> re.Match[bytes] | None:
    match = one.pattern.match(line, 0, LONGEST)
    return None if match is not None and one.generic and not one.times and UNCAUGHT.match(line) else match


def _time_of(one: LineFormat, match: re.Match[bytes]) -> bytes | None:
    return match["time"] if one.times and "time" in one.pattern.groupindex else None


def _can_be(one: LineFormat, time: bytes | None) -> bool:
    return time is None or any(known.parse(time, _SOME_DAY) for known in one.times)


def first_of(formats: Iterable[LineFormat], line: bytes) -> LineFormat | None:
    """The first format that knows a line.

    One that knows its time goes before one by which the date cannot be (month 19), and this before one that knows
    no time.
    """
    doubtful = None
    for one in formats:
        match = _match(one, line)
        if match is None:
            continue
        time = _time_of(one, match)
        if _can_be(one, time):
            return one if time is not None or doubtful is None else doubtful
        if doubtful is None and time is not None and cannot_be(time, one.times):
            doubtful = one
    return doubtful


def choose_formats(lines: Sequence[bytes], formats: Sequence[LineFormat]) -> tuple[LineFormat, ...]:
    """The formats of lines, most specific first: a line is of the most specific format that knows it.

    Beside others a generic format must know a tenth of the lines that do not look as if they continued a record:
    single lines of a stack trace may look like one. One of which most lines should be must know half of those that
    any knows.
    """
    sample, known = lines[:SAMPLE], ranked(tuple(formats))
    counts = Counter(best.name for line in sample if (best := known.usual(line)) is not None)
    few = {one.name for one in formats if one.most and 0 < counts[one.name] * 2 < counts.total()}
    if few:
        return choose_formats(lines, [one for one in formats if one.name not in few])
    named = [one for one in formats if counts[one.name]]
    special = [one for one in named if not one.generic]
    begun = sum(not CONTINUED.match(line) for line in sample)
    generic = [one for one in named if one.generic and (counts[one.name] * 10 >= begun or not special)]
    kept = sorted([*special, *generic], key=lambda one: counts[one.name], reverse=True)[:AT_MOST]
    return tuple(sorted(kept, key=specificity, reverse=True))


def specificity(one: LineFormat) -> tuple[bool, int, bool, str]:
    """How much of a line a format names; equal for no two formats."""
    return not one.generic, one.named, bool(one.times), one.name


def best_format(line: bytes, formats: Sequence[LineFormat]) -> LineFormat | None:
    """The most specific format of one line; None where none knows it."""
    return ranked(tuple(formats)).best(line)


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """Formats, the most specific first.

    Attributes:
        able: those of them that lines with some signs and a first byte may be of.
        usually: the best of lines that were looked at, by what they have in common with others.
    """

    formats: tuple[LineFormat, ...]
    able: dict[tuple[frozenset[int], bytes], tuple[LineFormat, ...]] = field(default_factory=dict)
    usually: dict[bytes, LineFormat | None] = field(default_factory=dict)

    def best(self, line: bytes) -> LineFormat | None:
        """The first that knows a line."""
        signs, first = signs_in(line[:LONGEST]), line[:1]
        able = self.able.get((signs, first))
        if able is None:
            if len(self.able) >= _REMEMBERED:
                self.able.clear()
            fitting = (one for one in self.formats if one.signs <= signs)
            able = tuple(one for one in fitting if not first or one.begins >> first[0] & 1)
            self.able[signs, first] = able
        return first_of(able, line)

    def usual(self, line: bytes) -> LineFormat | None:
        """The same, of a line or of one before it that differs from it in digits and, far behind, in numbers only."""
        line = line[:LONGEST]
        key = line[:_EXACT].translate(_DIGITS) + _NUMBER.sub(b"0", line[_EXACT:])
        if key not in self.usually:
            if len(self.usually) >= _REMEMBERED:
                self.usually.clear()
            self.usually[key] = self.best(line)
        return self.usually[key]


@lru_cache(maxsize=64)
def ranked(formats: tuple[LineFormat, ...]) -> Ranked:
    """Formats in the order in which they are tried."""
    return Ranked(tuple(sorted(formats, key=specificity, reverse=True)))


@cache
def all_ranked() -> Ranked:
    """All formats in force."""
    return ranked(known_formats())


@cache
def all_records() -> Ranked:
    """Those of them whose lines are surely records."""
    return ranked(tuple(filter(is_record, known_formats())))


def is_record(one: LineFormat) -> bool:
    """Whether lines of a format are surely records: they tell times and no others do so, or are logfmt as a whole."""
    return (bool(one.times) and not one.generic) or (one.fields == "logfmt" and one.whole_line)


@lru_cache(maxsize=256)
def named(names: str) -> tuple[LineFormat, ...]:
    """The formats of some names, with a blank between two; none where one is no longer in force."""
    known = {one.name: one for one in known_formats()}
    wanted = names.split()
    return tuple(known[name] for name in wanted) if known.keys() >= {*wanted} else ()


def explained(lines: Sequence[bytes], formats: Sequence[LineFormat]) -> tuple[int, int]:
    """How many lines begin a record of a known format, and how many of the others look like their continuation."""
    begun = continued = 0
    known, crashed = ranked(tuple(formats)), False
    for line in lines:
        if known.usual(line) is not None or UNCAUGHT.match(line):
            begun += 1
            crashed = UNCAUGHT.match(line) is not None
        elif crashed or (begun and CONTINUED.match(line)):
            continued += 1
    return begun, continued


def is_table(lines: Sequence[bytes], formats: Sequence[LineFormat]) -> bool:
    """Whether lines look like CSV: as many commas on each, and no format but generic ones knows them."""
    count, often = Counter(line.count(b",") for line in lines).most_common(1)[0]
    if count < 2 or often < 0.9 * len(lines) or not only_generic(lines[:20], formats):
        return False
    known = ranked(tuple(formats))
    return not all(_speaks(line, known) for line in lines[:20])


def _speaks(line: bytes, known: Ranked) -> bool:
    """Whether words, before any comma, or JSON follow the time or level that a line begins with: no cell of a table.

    Commas in brackets are none between cells.
    """
    best = known.usual(line)
    match = best.pattern.match(line) if best is not None else None
    rest = _IN_BRACKETS.sub(b"[]", line[match.end() :]) if match is not None else b""
    return rest.startswith(b'{"') or b" " in rest.split(b",", 1)[0].strip()


def only_generic(lines: Sequence[bytes], formats: Sequence[LineFormat]) -> bool:
    """Whether none but generic formats know any of the lines."""
    known = ranked(tuple(formats))
    best = (known.usual(line) for line in lines)
    return all(one is None or one.generic for one in best)
