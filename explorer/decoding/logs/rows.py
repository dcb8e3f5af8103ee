"""Lines joined to records, and records written into the builder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.decoding.logs import severity as levels
from explorer.decoding.logs.alone import Before, begin_alone
from explorer.decoding.logs.context import FileContext, Tail
from explorer.decoding.logs.lines import BRACE, NO_TIME, LineKind, Lines, LineValues
from explorer.decoding.logs.parts import Peeled
from explorer.decoding.logs.repeated import Open, join_repeated
from explorer.decoding.logs.stacks import CRASH, UNCAUGHT
from explorer.decoding.logs.text_ids import find_ids
from explorer.model.builder import Records
from explorer.model.schema import LogFlag

Longs = NDArray[np.int64]
Mask = NDArray[np.bool_]

SEARCHED: Final = 32_768
"""Lines searched for ids at a time."""
LONGEST_VALUE: Final = 256
"""Characters of an id."""
RECORD_LINES: Final = 5000
RECORD_SHIFT: Final = 20
"""A record ends after so many lines or after 1 MiB, whatever follows."""
ANOTHER_ZONE_NS = 1200 * 10**9
"""Zones differ by half an hour at least; what lies less far from its wrapper was only written late."""
_STACK_MARKS: Final = (b"Caused by: ", b"\n\tat ", b"\n    at ")
_UNCAUGHT_FIRST: Final = np.frombuffer(b"TEpftUP(", np.uint8)


@dataclass(slots=True)
class Place:
    """Where lines lie in the block: line i with its wrapper at ``[begins[i], ends[i])``; outer times in ns or 0."""

    begins: Longs
    ends: Longs
    adjacent: Mask  # nothing of the stream lies between the line and the one before it
    times: Longs


def emit_streams(
    peeled: Peeled, values_of: Callable[[Lines], LineValues], doc: int, context: FileContext, records: Records
) -> None:
    """Read the lines of each stream and write their records into the builder.

    Lines between which something else lies in the block (records that another reader takes) are not adjacent.
    """
    blank = _blank_between(records.data, peeled.begins, peeled.ends)
    for number, name in enumerate(peeled.names):
        rows = np.flatnonzero(peeled.streams == number)
        if not len(rows):
            continue
        lines = peeled.lines.take(rows) if len(peeled.names) > 1 else peeled.lines
        values = values_of(lines)
        if number == peeled.broken:
            values.flags |= np.uint8(LogFlag.BROKEN | LogFlag.TIME_INFERRED)
        if int(rows[-1]) in peeled.unfinished and lines.first_bytes[-1] == BRACE:
            values.kind[-1] = LineKind.OBJECT  # what is there of it does not parse, whole it will
        if peeled.each_timed:
            before = context.before.get(name, Before())
            context.before[name] = begin_alone(lines, values, peeled.times[rows], before)
        if peeled.told[number]:
            values.service[:], values.resource[:] = context.resource(peeled.told[number])
        adjacent = np.ones(len(rows), bool) if len(peeled.names) > 1 else blank.copy()
        adjacent[0] = _follows(
            context.tails.get(name), records, int(peeled.begins[rows[0]]), len(peeled.names) > 1
        )
        place = Place(peeled.begins[rows], peeled.ends[rows], adjacent, peeled.times[rows])
        emit(lines, values, place, Source(doc, records.offset, name, peeled.carried.get(number)), context)
    builder = context.builder
    builder.documents.formats[doc] = builder.texts[" ".join(one.name for one in context.formats)]


def _blank_between(data: bytes, begins: Longs, ends: Longs) -> Mask:
    """Whether only blanks lie between each line and the one before it; False for the first."""
    blank = np.zeros(len(begins), bool)
    blank[1:] = begins[1:] - ends[:-1] <= 2
    for i in np.flatnonzero(~blank[1:]).tolist():
        blank[i + 1] = not data[ends[i] : begins[i + 1]].strip()
    return blank


def _follows(tail: Tail | None, records: Records, begin: int, interleaved: bool) -> bool:
    """Whether the block goes on where the stream's last record ended."""
    if tail is None:
        return False
    return interleaved or (tail.end <= records.offset + begin and not records.data[:begin].strip())


@dataclass(frozen=True, slots=True)
class Source:
    """Where lines come from: document and begin of their block, their stream, and where its first line began.

    ``carried`` is None unless that was in an earlier block.
    """

    doc: int
    offset: int
    stream: str
    carried: int | None = None


def emit(lines: Lines, values: LineValues, place: Place, source: Source, context: FileContext) -> None:
    """Write the records that the lines of one stream make up into the builder."""
    tail = context.tails.get(source.stream)
    if tail is not None and tail.row >= len(context.builder.logs):
        tail = None  # its block was taken back
    if source.carried is not None and tail is not None and tail.begin != source.carried:
        values.kind[0] = LineKind.UNKNOWN  # its beginning continued a record already
    context.open[source.stream] = join_repeated(lines, values, context.open.get(source.stream, Open()))
    heads = _heads(lines, values, place, tail)
    record = np.cumsum(heads) - 1  # -1: continues the tail
    record[values.kind == LineKind.FOREIGN] = -2
    at = np.flatnonzero(heads)
    plain = at[values.resource[at] == 0]  # lines of no known format
    if len(plain):
        values.service[plain], values.resource[plain] = context.resource({})
    _add_text_ids(lines, values, at, record, context)
    last = at.copy()
    if len(at) < len(lines):
        member = np.flatnonzero(record >= 0)
        last[record[member]] = member  # of equal indices the last is kept: the record's last line
    _severities(lines, values, at, last)
    _tell_undated(values, at, place, source, context)
    times = _times(values, at, place, context)
    if tail is not None and source.carried == tail.begin and len(at) and at[0] == 0:
        _replace(tail, values, int(times[0]), source.offset + int(place.ends[last[0]]), context)
        at, last, times = at[1:], last[1:], times[1:]
    first_row = _append(values, at, last, times, place, source.doc, context)
    rest = np.flatnonzero(record == -1)
    if tail is not None and len(rest):
        _prolong(tail, lines.take(rest), source.offset + int(place.ends[rest[-1]]), context)
    if len(at):
        closing = int(at[-1])
        context.tails[source.stream] = Tail(
            first_row + len(at) - 1, source.offset + int(place.begins[closing]),
            source.offset + int(place.ends[last[-1]]), bool(values.kind[closing] != LineKind.OBJECT),
            int(values.severity[closing]), bool(values.trace[closing] >= 0 or values.rows_with_fields()[closing]),
        )  # fmt: skip


def _prolong(tail: Tail, lines: Lines, end: int, context: FileContext) -> None:
    """Add lines to a record that was written already."""
    logs = context.builder.logs
    tail.end = end
    logs.length[tail.row] = end - tail.begin
    if not tail.severity and (found := _severity_of_stack(b"\n" + lines[0])):
        logs.severity[tail.row] = tail.severity = found
    if tail.has_id:
        return
    ids = find_ids(lines, context.builder.traces, context.builder.options.id_fields)
    traced = np.flatnonzero(ids.trace >= 0)
    if len(traced):
        logs.trace[tail.row] = int(ids.trace[traced[0]])
    spans = np.flatnonzero(ids.span_id)
    if len(spans) and not logs.span_id[tail.row]:
        logs.span_id[tail.row] = int(ids.span_id[spans[0]])
    for rows, name, texts in ids.fields:
        _append_fields(np.full(len(rows), tail.row, np.int64), name, texts, context)
    if len(traced) or ids.fields:
        tail.has_id = True
        logs.flags[tail.row] |= int(LogFlag.ID_FROM_TEXT)


def _replace(tail: Tail, values: LineValues, time: int, end: int, context: FileContext) -> None:
    """Tell again what a record says whose line is now whole."""
    logs = context.builder.logs
    logs.time[tail.row] = time
    for name in ("severity", "flags", "service", "resource", "trace", "span_id"):
        getattr(logs, name)[tail.row] = int(getattr(values, name)[0])
    logs.length[tail.row] = end - tail.begin
    tail.end, tail.is_open, tail.severity = (
        end,
        bool(values.kind[0] != LineKind.OBJECT),
        int(values.severity[0]),
    )
    for rows, name, texts in values.fields:
        row_of = np.where(rows == 0, tail.row, -1)
        _append_fields(row_of, name, texts, context)


def _heads(lines: Lines, values: LineValues, place: Place, tail: Tail | None) -> Mask:
    """Which lines begin a record."""
    kind = values.kind
    begins: Mask = (kind == LineKind.TEXT) | (kind == LineKind.OBJECT) | (kind == LineKind.ALONE)
    if begins.all():
        return begins
    unknown = kind == LineKind.UNKNOWN
    joins = np.zeros(len(kind), bool)
    joins[1:] = np.isin(kind[:-1], (LineKind.TEXT, LineKind.UNKNOWN, LineKind.ALONE))
    joins &= place.adjacent
    joins[0] = bool(tail and tail.is_open and place.adjacent[0])
    heads = begins | (unknown & ~joins)
    _begin_uncaught(lines, values, heads, unknown & joins, tail)
    number = np.maximum.accumulate(np.where(heads, np.arange(len(kind)), 0))
    lines_in = np.arange(len(kind)) - number
    step = (place.ends - place.begins[number]) >> RECORD_SHIFT
    grown = np.zeros(len(kind), bool)
    grown[1:] = step[1:] > step[:-1]
    long = unknown & ~heads & (lines_in > 0) & ((lines_in % RECORD_LINES == 0) | grown)
    all_heads: Mask = heads | long
    return all_heads


def _begin_uncaught(lines: Lines, values: LineValues, heads: Mask, joined: Mask, tail: Tail | None) -> None:
    """A stack trace that the runtime prints does not belong to the harmless record before it."""
    candidates = np.flatnonzero(joined & np.isin(lines.first_bytes, _UNCAUGHT_FIRST))
    if not len(candidates):
        return
    number = np.maximum.accumulate(np.where(heads, np.arange(len(heads)), -1))
    for i in candidates.tolist():
        if UNCAUGHT.match(lines.data, int(lines.starts[i]), int(lines.ends[i])):
            head = int(number[i])
            before = int(values.severity[head]) if head >= 0 else tail.severity if tail else 0
            crash = before == 0 and CRASH.match(lines.data, int(lines.starts[i]), int(lines.ends[i]))
            if 0 < before < levels.WARN or crash:
                heads[i] = True
                number[i:][number[i:] == head] = i
                values.severity[i] = levels.ERROR


def _add_text_ids(lines: Lines, values: LineValues, at: Longs, record: Longs, context: FileContext) -> None:
    """Ids in the text of records, for those whose fields name none."""
    if not len(at):
        return
    known = values.trace >= 0
    known |= values.rows_with_fields()
    searched = np.flatnonzero((record >= 0) & ~known[at[np.maximum(record, 0)]])
    if not len(searched):
        return
    for begin in range(0, len(searched), SEARCHED):
        rows = searched[begin : begin + SEARCHED]
        found = find_ids(lines.take(rows), context.builder.traces, context.builder.options.id_fields)
        heads = at[record[rows]]
        hit = np.flatnonzero((found.trace >= 0) & (values.trace[heads] < 0))[
            ::-1
        ]  # of several, the first one stays
        values.trace[heads[hit]] = found.trace[hit]
        values.flags[heads[hit]] |= np.uint8(LogFlag.ID_FROM_TEXT)
        hit = np.flatnonzero((found.span_id > 0) & (values.span_id[heads] == 0))[::-1]
        values.span_id[heads[hit]] = found.span_id[hit]
        for of, name, texts in found.fields:
            values.fields.append((heads[of], name, texts))
            values.flags[heads[of]] |= np.uint8(LogFlag.ID_FROM_TEXT)


def _severities(lines: Lines, values: LineValues, at: Longs, last: Longs) -> None:
    """Records without a level that hold a stack trace are errors."""
    shapeless = np.isin(values.kind[at], (LineKind.UNKNOWN, LineKind.ALONE))
    silent = (values.severity[at] == 0) & ((last > at) | shapeless)
    for i in np.flatnonzero(silent).tolist():
        begin, end = int(lines.starts[at[i]]), int(lines.ends[last[i]])
        values.severity[at[i]] = _severity_of_stack(lines.data[begin : min(end, begin + 65536)])


def _severity_of_stack(text: bytes) -> int:
    """The severity of a text that tells none, by the stack trace in it; 0 where there is none."""
    if CRASH.match(text):
        return levels.FATAL
    return levels.ERROR if UNCAUGHT.search(text) or any(mark in text for mark in _STACK_MARKS) else 0


def _tell_undated(values: LineValues, at: Longs, place: Place, source: Source, context: FileContext) -> None:
    undated = at[(values.flags[at] & np.uint8(LogFlag.NO_DATE)) > 0]
    if len(undated):
        text = "times that cannot be: their records stand in the order of the file"
        offset = source.offset + int(place.begins[undated[0]])
        context.builder.remark("info", "impossible-time", text, offset=offset, count=len(undated))


def _times(values: LineValues, at: Longs, place: Place, context: FileContext) -> Longs:
    """Time of each record: its own, else its wrapper's, else that of the record before it."""
    times = values.time[at].copy()
    wrapped = place.times[at]
    # A clock without a zone, hours away from the wrapper's time, is that of another zone: the wrapper knows.
    zoneless = (values.flags[at] & np.uint8(LogFlag.NO_ZONE)) > 0
    elsewhere = zoneless & (times != NO_TIME) & (np.abs(times - wrapped) > ANOTHER_ZONE_NS)
    values.flags[at[elsewhere & (wrapped != 0)]] &= np.uint8(~LogFlag.NO_ZONE & 0xFF)
    outer = ((times == NO_TIME) | elsewhere) & (wrapped != 0)
    times[outer] = wrapped[outer]
    missing = times == NO_TIME
    values.flags[at[missing]] |= np.uint8(LogFlag.TIME_INFERRED)
    if not len(times):
        return times
    if not missing.any():
        _settle(context, int(times[0]))
    else:
        known = np.flatnonzero(~missing)
        if len(known):
            _settle(context, int(times[known[0]]))
        source = np.maximum.accumulate(np.where(missing, -1, np.arange(len(times))))
        times = np.where(source >= 0, times[np.maximum(source, 0)], context.last_time)
    if times[-1] != NO_TIME:
        context.last_time = int(times[-1])
    return times


def _settle(context: FileContext, time: int) -> None:
    """Give records from before the first time in the file that time."""
    context.last_time = context.last_time or time
    for row in context.untimed:
        if row < len(context.builder.logs):
            context.builder.logs.time[row] = time
    context.untimed.clear()


def _append(
    values: LineValues, at: Longs, last: Longs, times: Longs, place: Place, doc: int, context: FileContext
) -> int:
    builder = context.builder
    waiting = np.flatnonzero(times == NO_TIME)
    times = np.where(times == NO_TIME, context.reference.latest_ns, times)
    heads = slice(None) if len(at) == len(values) else at  # mostly each line is a record
    begins = place.begins[heads]
    first = builder.logs.extend(
        len(at), time=times, severity=values.severity[heads], flags=values.flags[heads],
        service=values.service[heads], resource=values.resource[heads], trace=values.trace[heads],
        span_id=values.span_id[heads], doc=doc, index=begins, length=place.ends[last] - begins,
    )  # fmt: skip
    context.untimed += (first + waiting).tolist()
    if not values.fields:
        return first
    row_of = np.full(len(values), -1, np.int64)
    row_of[at] = np.arange(first, first + len(at))
    for rows, name, texts in values.fields:
        _append_fields(row_of[rows], name, texts, context)
    return first


def _append_fields(rows: Longs, name: str, texts: Sequence[str], context: FileContext) -> None:
    builder = context.builder
    if (rows < 0).any() or max(map(len, texts), default=0) > LONGEST_VALUE or "" in texts:
        kept = [i for i, row in enumerate(rows.tolist()) if row >= 0 and 0 < len(texts[i]) <= LONGEST_VALUE]
        rows, texts = rows[kept], [texts[i] for i in kept]
    codes = list(map(builder.texts.__getitem__, texts))
    if codes:
        builder.log_fields.extend(len(codes), row=rows, field=builder.texts[name[:200]], value=codes)
