"""Lines of text to columns: by fixed places where a format has them, by its pattern where it has not."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from explorer.decoding.logs import severity as levels
from explorer.decoding.logs.by_place import SEARCHED, read_by_place
from explorer.decoding.logs.choosing import LONGEST
from explorer.decoding.logs.context import RESOURCE_NAMES, FileContext
from explorer.decoding.logs.line_format import LineFormat
from explorer.decoding.logs.lines import LineKind, Lines, LineValues
from explorer.decoding.logs.named_services import put_services
from explorer.decoding.logs.objects import status_code
from explorer.decoding.logs.propagation import span_of, trace_of
from explorer.decoding.logs.refusing import automaton_of
from explorer.decoding.logs.stacks import UNCAUGHT
from explorer.decoding.logs.time_columns import times_at
from explorer.decoding.logs.times import cannot_be
from explorer.model.schema import LogFlag

Longs = NDArray[np.int64]
Mask = NDArray[np.bool_]

GROUP: Final = 32_768
"""Lines whose columns are made at a time."""
REFUSED_A_BYTE: Final = 2
"""A pattern's automaton pays from half as many lines on as the pattern has bytes."""
TELLING: Final = frozenset({*RESOURCE_NAMES, "rank", "status", "pri", "trace_id", "span_id", "request_id"})
"""Groups that must be read for the columns; those of other names are read when a record is opened."""
_IDS: Final = frozenset({"trace_id", "span_id", "request_id"})
FLAGS: Final = "response_flags"


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
        read = read_by_place(lines, one, values, context)
        open_rows = np.flatnonzero(~read)
    if len(open_rows) * REFUSED_A_BYTE > len(one.pattern.pattern):
        refused = automaton_of(one.pattern).refuses(lines.data, lines.starts[open_rows])
        open_rows = open_rows[~refused]
    if len(open_rows):
        undated = _read_by_pattern(lines, open_rows, one, values, context, dated=dated)
    if one.fields == "logfmt":
        put_services(lines, values, context)
    return undated


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
