"""Lines whose time and level stand where they stand in first lines of their format: read all at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.decoding.logs import severity as levels
from explorer.decoding.logs.choosing import LONGEST, matches
from explorer.decoding.logs.context import FileContext
from explorer.decoding.logs.line_format import LineFormat
from explorer.decoding.logs.lines import LineKind, Lines, LineValues
from explorer.decoding.logs.time_columns import layout_of
from explorer.decoding.logs.words import bytes_at, distinct, words_at
from explorer.model.schema import LogFlag

Longs = NDArray[np.int64]
Mask = NDArray[np.bool_]

TRIED: Final = 64
"""Lines of a run from which the places of time and level are learned."""
PLACES: Final = 8
"""Places where the level of one format may stand: more are looked for line by line."""
LEVEL_BYTES: Final = 8
SEARCHED: Final = 400
"""Bytes of a line in which a level is looked for."""
WINDOW: Final = 16
"""Bytes behind a time in which a level is looked for in many lines at once."""
SHORTEST_LEVEL: Final = 3
"""Letters of the shortest level word that is searched for."""
DIFFERENT: Final = 40
"""Different beginnings of a level that are looked at one by one."""
_LETTERS: Final = re.compile(rb"[A-Za-z]+")


def read_by_place(lines: Lines, one: LineFormat, values: LineValues, context: FileContext) -> Mask:
    """Read the lines whose time and level stand where they stand in first lines of the format; tells which."""
    read = np.zeros(len(lines), bool)
    found = [match for i in range(min(TRIED, len(lines))) if (match := matches(one, lines[i]))]
    has_level = "level" in one.pattern.groupindex
    time_ats = {match.start("time") for match in found}
    level_ats = sorted({match.start("level") for match in found}) if has_level else [0]
    if len(time_ats) != 1 or min(time_ats) < 0 or level_ats[0] < 0 or len(level_ats) > PLACES:
        return read
    time_at = time_ats.pop()
    example = found[0]["time"]
    layout = layout_of(example, one.times)
    behind = found[0].string[found[0].end("time") : found[0].end("time") + 1]
    width = len(example)
    if layout is None or not behind:
        return read
    buffer = np.frombuffer(lines.data, np.uint8)
    need = max(time_at + width + 1, level_ats[-1] + LEVEL_BYTES)
    least = time_at + width + (1 if one.search is None else WINDOW)
    fits = (lines.ends - lines.starts >= least) & (lines.starts + need <= len(buffer))
    fits &= buffer.take(lines.starts + (time_at + width), mode="clip") == behind[0]
    rows = np.flatnonzero(fits)
    if not len(rows):
        return read
    ns, fits = layout.read(bytes_at(lines.data, lines.starts[rows] + time_at, width), context.reference)
    severity = np.zeros(len(rows), np.uint8)
    if has_level:
        before = np.zeros(256, bool)
        before[[match.string[match.start("level") - 1] for match in found if match.start("level")]] = True
        severity = _levels_in(lines.take(rows), time_at + width, level_ats, before, one)
        fits &= severity > 0
    elif one.search is not None:
        severity[fits] = _levels_behind(lines, rows[fits], (time_at, time_at + width), one)
        fits &= severity > 0
    if not fits.all():
        good = np.flatnonzero(fits)
        rows, ns, severity = rows[good], ns[good], severity[good]
    kept = slice(None) if len(rows) == len(lines) else rows
    context.learn_time(example, one.times)
    values.kind[kept] = LineKind.TEXT
    values.time[kept] = ns
    values.flags[kept] = 0 if layout.zoned else LogFlag.NO_ZONE
    values.severity[kept] = severity
    values.service[kept], values.resource[kept] = context.resource({})
    read[kept] = True
    return read


def _levels_in(
    lines: Lines, begin: int, level_ats: Sequence[int], before: Mask, one: LineFormat
) -> NDArray[np.uint8]:
    """Severity of the first level word at one of the places in each line, 0 where there is none.

    Of lines that are the same from byte ``begin`` up to the level, but for digits, the pattern is asked once whether
    it finds the level there.

    Args:
        level_ats: ascending; thread names of other lengths before the level make several.
        before: bytes behind which a level stands: behind others it is part of a word.
    """
    severity, buffer = np.zeros(len(lines), np.uint8), np.frombuffer(lines.data, np.uint8)
    for level_at in level_ats:
        left = np.flatnonzero((severity == 0) & (lines.starts + level_at < lines.ends))
        if not len(left):
            break
        found = _levels_at(lines.data, lines.starts[left] + level_at, one)
        if level_at:
            found[~before[buffer[lines.starts[left] + (level_at - 1)]]] = 0
        left, found = left[found > 0], found[found > 0]
        if len(level_ats) > 1 and len(left):
            size = -(-(level_at - begin + LEVEL_BYTES) // 8) * 8
            headers = bytes_at(lines.data, lines.starts[left] + level_at + LEVEL_BYTES - size, size)
            headers = np.where(headers - np.uint8(48) <= 9, np.uint8(48), headers)
            firsts, kinds = distinct(list(headers.view(np.uint64).T))
            if len(firsts) > len(left) // 8 + DIFFERENT:
                continue
            said = [matches(one, lines[row]) for row in left[firsts].tolist()]
            there = np.array([hit is not None and hit.start("level") == level_at for hit in said], bool)
            left, found = left[there[kinds]], found[there[kinds]]
        severity[left] = found
    return severity


def _levels_at(data: bytes, begins: Longs, one: LineFormat) -> NDArray[np.uint8]:
    """Severity of the level word at each place, 0 where there is none."""
    words = words_at(data, begins, 1)
    firsts, kinds = distinct([words[:, 0]])
    if len(firsts) > DIFFERENT:  # what follows the words varies: compare the words alone
        lower = words.view(np.uint8) | np.uint8(0x20)
        letters = (lower >= 97) & (lower <= 122)
        words = np.where(np.logical_and.accumulate(letters, axis=1), lower, np.uint8(0)).view(np.uint64)
        firsts, kinds = distinct([words[:, 0]])
    told = [_severity_of_prefix(words[row].tobytes(), one) for row in firsts.tolist()]
    return np.array(told, np.uint8)[kinds]


def _severity_of_prefix(text: bytes, one: LineFormat) -> int:
    """Severity of a level word of which at most eight letters are known."""
    single = one.levels and max(map(len, one.levels)) == 1
    match = _LETTERS.match(text[:1] if single else text)
    if match is None or (match.end() < SHORTEST_LEVEL and levels.LEVEL_PATTERN in one.text):
        return 0  # a hexadecimal digit
    word = match[0].decode("ascii").lower()
    for spelling, number in one.levels.items():
        if spelling.lower()[:LEVEL_BYTES] == word:
            return number
    if len(word) < LEVEL_BYTES:
        return levels.WORDS.get(word, 0)
    return next((number for known, number in levels.WORDS.items() if known[:LEVEL_BYTES] == word), 0)


def _levels_behind(lines: Lines, rows: Longs, time: tuple[int, int], one: LineFormat) -> NDArray[np.uint8]:
    """Severity of the lines whose first word behind the time is what the format's search finds, 0 of others.

    In logfmt that is the second word, behind its key. Lines that are the same up to the byte behind that word, but
    for the digits of the time, are looked at once.
    """
    severity, keyed = np.zeros(len(rows), np.uint8), one.fields == "logfmt"
    if time[0] >= SHORTEST_LEVEL and not keyed:  # a level may stand before the time
        return severity
    buffer, begins = np.frombuffer(lines.data, np.uint8), lines.starts[rows]
    windows = bytes_at(lines.data, begins + time[1], WINDOW)
    lower = windows | np.uint8(0x20)
    letters = (lower >= 97) & (lower <= 122)
    past_word = np.zeros_like(letters)
    past_word[:, 1:] = letters[:, :-1] & ~letters[:, 1:]
    unseen = np.zeros_like(letters)
    unseen[:, 1:] = (
        past_word.cumsum(axis=1, dtype=np.uint8)[:, :-1] > 1
        if keyed
        else np.logical_or.accumulate(past_word, axis=1)[:, :-1]
    )
    codes = np.where(unseen, np.uint8(0), windows).view(np.uint64)
    prefix = [buffer[begins + i] for i in range(time[0])]
    open_rows = np.arange(len(rows))
    for _ in range(DIFFERENT):
        if not len(open_rows):
            break
        first = open_rows[0]
        same = (codes[open_rows] == codes[first]).all(axis=1)
        for column in prefix:
            same &= column[open_rows] == column[first]
        seen = WINDOW - int(unseen[first].sum())
        severity[open_rows[same]] = _severity_behind(lines, int(rows[first]), time, seen, one)
        open_rows = open_rows[~same]
    return severity


def _severity_behind(lines: Lines, row: int, time: tuple[int, int], seen: int, one: LineFormat) -> int:
    """Severity told by the ``seen`` bytes behind the time of a line, 0 where what follows them may have a say.

    It has none where pattern and search find the same with it cut off.
    """
    data, begin, end = lines.data, int(lines.starts[row]), int(lines.ends[row])
    cut = begin + time[1] + seen
    words = [word.span() for word in _LETTERS.finditer(data, begin + time[1], cut)]
    if not words or words[-1][1] == cut or one.search is None:
        return 0
    for match_end, search_end in ((cut, cut), (min(end, begin + LONGEST), min(end, begin + SEARCHED))):
        match, hit = one.pattern.match(data, begin, match_end), one.search.search(data, begin, search_end)
        if match is None or match.span("time") != (begin + time[0], begin + time[1]):
            return 0
        if hit is None or hit.span("level") != words[-1]:
            return 0
    return one.severity(data[slice(*words[-1])].decode("ascii"))
