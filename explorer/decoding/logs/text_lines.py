"""Lines of text to columns: by fixed places where a format has them, by its pattern where it has not."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from explorer.decoding.logs import severity as levels
from explorer.decoding.logs.choosing import LONGEST, matches
from explorer.decoding.logs.context import RESOURCE_NAMES, FileContext
from explorer.decoding.logs.line_format import LineFormat
from explorer.decoding.logs.lines import LineKind, Lines, LineValues
from explorer.decoding.logs.named_services import put_services
from explorer.decoding.logs.objects import status_code
from explorer.decoding.logs.propagation import span_of, trace_of
from explorer.decoding.logs.refusing import automaton_of
from explorer.decoding.logs.stacks import UNCAUGHT
from explorer.decoding.logs.time_columns import layout_of, times_at
from explorer.decoding.logs.times import cannot_be
from explorer.decoding.logs.words import bytes_at, distinct, words_at
from explorer.model.schema import LogFlag

Longs = NDArray[np.int64]
Mask = NDArray[np.bool_]

GROUP: Final = 32_768
"""Lines whose columns are made at a time."""
REFUSED_A_BYTE: Final = 2
"""A pattern's automaton pays from half as many lines on as the pattern has bytes."""
TRIED: Final = 64
"""Lines of a run from which the places of time and level are learned."""
PLACES: Final = 8
"""Places where the level of one format may stand: more are looked for line by line."""
TELLING: Final = frozenset({*RESOURCE_NAMES, "rank", "status", "pri", "trace_id", "span_id", "request_id"})
"""Groups that must be read for the columns; those of other names are read when a record is opened."""
_IDS: Final = frozenset({"trace_id", "span_id", "request_id"})
FLAGS: Final = "response_flags"
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


def read_text(lines: Lines, formats: Sequence[LineFormat], context: FileContext) -> LineValues:
    """What lines of text tell; lines that begin no record of these formats stay ``UNKNOWN``."""
    if len(lines) <= GROUP:
        return _read_group(lines, formats, context)
    values = LineValues.empty(len(lines))
    for begin in range(0, len(lines), GROUP):
        rows = np.arange(begin, min(begin + GROUP, len(lines)))
        values.put(rows, _read_group(lines.take(rows), formats, context))
    return values


def _read_group(lines: Lines, formats: Sequence[LineFormat], context: FileContext) -> LineValues:
    values = LineValues.empty(len(lines))
    rows, undated = np.arange(len(lines)), list[tuple[LineFormat, Longs]]()
    for one in formats:
        if len(rows) == len(lines):
            undated.append((one, _read_format(lines, one, values, context, dated=True)))
        elif len(rows):
            undated.append((one, _read_some(lines, rows, one, values, context, dated=True)))
        rows = rows[values.kind[rows] == LineKind.UNKNOWN]
    for one, refused in undated if len(rows) else ():  # that no other format could date either
        left = refused[values.kind[refused] == LineKind.UNKNOWN]
        if len(left):
            _read_some(lines, left, one, values, context, dated=False)
    return values


def _read_some(
    lines: Lines, rows: Longs, one: LineFormat, values: LineValues, context: FileContext, *, dated: bool
) -> Longs:
    part = LineValues.empty(len(rows))
    undated = _read_format(lines.take(rows), one, part, context, dated=dated)
    known = part.kind != LineKind.UNKNOWN
    values.put(rows[known], part.take(known))
    return rows[undated]


def _read_format(
    lines: Lines, one: LineFormat, values: LineValues, context: FileContext, *, dated: bool
) -> Longs:
    """Read the lines of a format; returns those that have a date which cannot be, read only if not ``dated``."""
    undated = np.empty(0, np.int64)
    open_rows = np.arange(len(lines))
    searched_only = one.search is None or "level" not in one.pattern.groupindex
    if one.times and searched_only and not one.wraps and not TELLING & set(one.groups):
        read = _read_by_place(lines, one, values, context)
        open_rows = np.flatnonzero(~read)
    if len(open_rows) * REFUSED_A_BYTE > len(one.pattern.pattern):
        refused = automaton_of(one.pattern).refuses(lines.data, lines.starts[open_rows])
        open_rows = open_rows[~refused]
    if len(open_rows):
        undated = _read_by_pattern(lines, open_rows, one, values, context, dated=dated)
    if one.fields == "logfmt":
        put_services(lines, values, context)
    return undated


def _read_by_place(lines: Lines, one: LineFormat, values: LineValues, context: FileContext) -> Mask:
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
        severity = _levels_in(lines.take(rows), time_at + width, level_ats, one)
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


def _levels_in(lines: Lines, begin: int, level_ats: Sequence[int], one: LineFormat) -> NDArray[np.uint8]:
    """Severity of the first level word at one of the places in each line, 0 where there is none.

    Of lines that are the same from byte ``begin`` up to the level, but for digits, the pattern is asked once whether
    it finds the level there.

    Args:
        level_ats: ascending; thread names of other lengths before the level make several.
    """
    severity = np.zeros(len(lines), np.uint8)
    for level_at in level_ats:
        left = np.flatnonzero((severity == 0) & (lines.starts + level_at < lines.ends))
        if not len(left):
            break
        found = _levels_at(lines.data, lines.starts[left] + level_at, one)
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


def _read_by_pattern(
    lines: Lines, rows: Longs, one: LineFormat, values: LineValues, context: FileContext, *, dated: bool
) -> Longs:
    data, match = lines.data, one.pattern.match
    begins = lines.starts[rows]
    ends = np.minimum(lines.ends[rows], begins + LONGEST)
    found = [match(data, begin, end) for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]
    if one.generic and not one.times:  # "panic:" is a level, and begins a stack trace
        found = [hit and (None if UNCAUGHT.match(data, hit.start()) else hit) for hit in found]
    kept = [i for i, one_match in enumerate(found) if one_match is not None]
    hits: list[re.Match[bytes]] = [found[i] for i in kept]  # type: ignore[misc]
    at = rows[np.array(kept, np.int64)]
    undated = at[:0]
    if not hits:
        return undated
    ns, timed, zoned = _times_of_matches(data, hits, one, context)
    if one.times:
        good = timed | np.array([hit.start("time") < 0 for hit in hits], bool)
        if not good.all():
            odd = [i for i in np.flatnonzero(~good).tolist() if cannot_be(hits[i]["time"], one.times)]
            undated = at[odd]
            good[odd] = not dated
            hits = [hit for hit, keep in zip(hits, good.tolist(), strict=True) if keep]
            at, ns, timed, zoned = at[good], ns[good], timed[good], zoned[good]
            if not hits:
                return undated
        if hits[0]["time"]:
            context.learn_time(hits[0]["time"], one.times)
    values.kind[at] = LineKind.TEXT
    values.time[at] = ns
    values.flags[at] = np.where(timed & ~zoned, LogFlag.NO_ZONE, 0)
    values.flags[undated] = 0 if dated else LogFlag.NO_DATE
    values.severity[at] = _severities_of_matches(lines, at, hits, one)
    if one.wraps:
        values.behind[at] = [hit.end() for hit in hits]
    _put_groups(values, at, hits, one, context)
    return undated


def _times_of_matches(
    data: bytes, hits: Sequence[re.Match[bytes]], one: LineFormat, context: FileContext
) -> tuple[Longs, Mask, Mask]:
    count = len(hits)
    if not one.times:
        return np.zeros(count, np.int64), np.zeros(count, bool), np.zeros(count, bool)
    spans = np.array([hit.span("time") for hit in hits], np.int64).reshape(-1, 2)
    return times_at(data, spans[:, 0], spans[:, 1], one.times, context.reference)


class _Levels(dict[bytes, int]):
    """Level as a format writes it to severity number, each spelling looked up once."""

    def __init__(self, one: LineFormat) -> None:
        super().__init__()
        self._one = one

    def __missing__(self, word: bytes) -> int:
        self[word] = number = self._one.severity(word.decode("utf-8", "replace"))
        return number


def _severities_of_matches(
    lines: Lines, at: Longs, hits: Sequence[re.Match[bytes]], one: LineFormat
) -> NDArray[np.uint8]:
    severity = np.zeros(len(hits), np.uint8)
    if "level" in one.pattern.groupindex:
        known: dict[bytes | None, int] = {None: 0}
        words = [hit["level"] for hit in hits]
        for word in set(words) - {None}:
            known[word] = one.severity(word.decode("utf-8", "replace"))
        severity[:] = [known[word] for word in words]
    if one.search is not None:
        search: Callable[..., re.Match[bytes] | None] = one.search.search
        levels_of = _Levels(one)
        left = np.flatnonzero(severity == 0)
        begins, ends = lines.starts[at[left]], lines.ends[at[left]]
        ends = np.minimum(ends, begins + SEARCHED)
        data = lines.data
        said = [search(data, begin, end) for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]
        severity[left] = [0 if hit is None else levels_of[hit["level"]] for hit in said]
    if "status" in one.groups:
        flagged = FLAGS in one.groups
        for i in np.flatnonzero(severity == 0).tolist():
            code = status_code(_text(hits[i]["status"]))
            plain = flagged and not _text(hits[i][FLAGS])
            severity[i] = 0 if code is None else levels.status_severity(code, plain=plain)
    if "pri" in one.groups:
        left = np.flatnonzero(severity == 0)
        told = [hits[i]["pri"] for i in left.tolist()]
        of = {pri: levels.SYSLOG[int(pri) % 8] if pri else 0 for pri in set(told)}
        severity[left] = [of[pri] for pri in told]
    return severity


def _put_groups(
    values: LineValues, at: Longs, hits: Sequence[re.Match[bytes]], one: LineFormat, context: FileContext
) -> None:
    names = [name for name in (*RESOURCE_NAMES, "rank") if name in one.groups]
    if names:
        known: dict[Any, tuple[int, int]] = {}
        keys = (
            [hit.group(*names, 0)[:-1] for hit in hits]
            if len(names) == 1
            else [hit.group(*names) for hit in hits]
        )
        for key in dict.fromkeys(keys):  # a set has another order each run
            known[key] = context.resource({name: _text(part) for name, part in zip(names, key, strict=True)})
        pairs = np.array([known[key] for key in keys], np.int32)
        values.service[at], values.resource[at] = pairs[:, 0], pairs[:, 1]
    else:
        values.service[at], values.resource[at] = context.resource({})
    traces, groups = context.builder.traces, frozenset(one.groups)
    for row, hit in zip(at.tolist(), hits, strict=True) if _IDS & groups else ():
        if "trace_id" in groups and (trace := trace_of("trace_id", _text(hit["trace_id"]))) is not None:
            values.trace[row] = traces.number(trace)
        if "span_id" in groups:
            values.span_id[row] = span_of("span_id", _text(hit["span_id"]))
        if "request_id" in groups and (text := _text(hit["request_id"])):
            values.add_field(row, "request_id", text)


def _text(part: bytes | None) -> str:
    text = (part or b"").decode("utf-8", "replace").strip()
    return "" if text == "-" else text
