"""Lines of any content to columns: each line is a JSON object, begins a record of text, or continues one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.decoding.logs.choosing import CONTINUED, SAMPLE, choose_formats, first_of
from explorer.decoding.logs.context import RESOURCE_NAMES, FileContext
from explorer.decoding.logs.json_lines import put_object, read_json
from explorer.decoding.logs.line_format import LineFormat, known_formats
from explorer.decoding.logs.lines import BRACE, NO_TIME, LineKind, Lines, LineValues
from explorer.decoding.logs.objects import LogObject, flatten, message_of, parse_object, read_object
from explorer.decoding.logs.peeling import without_colours
from explorer.decoding.logs.salvage import salvage
from explorer.decoding.logs.text_lines import read_text
from explorer.decoding.logs.times import NO_REFERENCE, TimeReference
from explorer.decoding.logs.words import bytes_at
from explorer.model.records import Resource
from explorer.model.schema import LogFlag

Longs = NDArray[np.int64]

LAYERS: Final = 3
"""Layers peeled off one line, one within the other."""
_RECORD: Final = re.compile(rb'\{"|(?:[\w.@/\-]+=(?:"(?:[^"\\]|\\.)*"|\S+) ){2}')
"""Begins JSON or logfmt."""
LONGEST_KEY: Final = 24
"""Bytes within which the first key of logfmt ends."""
QUOTE: Final = ord("'")
OBJECT_LINES: Final = 500
"""Lines of one JSON object."""


def read_content(lines: Lines, context: FileContext, *, json_first: bool, layer: int = 0) -> LineValues:
    """What lines tell.

    Args:
        json_first: the file is a JSON log: an object that does not parse is a broken record, and one that is no
            log is ``FOREIGN``; in a text log both continue the record before them.
    """
    objects = _are_objects(lines)
    context.learn_dates(lines.data, used=bool(objects.any()))
    if objects.all():
        values = _read_objects(lines, context, json_first, layer)
    elif not objects.any():
        values = _read_others(lines, context, layer)
    else:
        values = LineValues.empty(len(lines))
        rows = np.flatnonzero(objects)
        values.put(rows, _read_objects(lines.take(rows), context, json_first, layer))
        rows = np.flatnonzero(~objects)
        values.put(rows, _read_others(lines.take(rows), context, layer))
    if json_first:
        _join_objects(lines, values, context)
    _join_printed(lines, values, context)
    return values


def _read_objects(lines: Lines, context: FileContext, json_first: bool, layer: int) -> LineValues:
    values = read_json(lines, context)
    if not json_first:
        values.kind[(values.kind != LineKind.OBJECT) | ((values.flags & LogFlag.BROKEN) > 0)] = (
            LineKind.UNKNOWN
        )
    if layer < LAYERS:
        _read_layers(lines, values, context, layer)
    return values


def _read_others(lines: Lines, context: FileContext, layer: int) -> LineValues:
    values = _read_text(lines, context)
    _read_below(lines, values, context)
    _read_again(lines, values, context)
    if layer < LAYERS:
        _read_wrapped(lines, values, context, layer)
    return values


def is_json_log(lines: Lines) -> bool:
    """Whether most of the lines are objects."""
    return bool(_are_objects(lines).mean() > 0.5) if len(lines) else False


def _are_objects(lines: Lines) -> NDArray[np.bool_]:
    """Bool (n,): which lines begin as objects; those of Python are text."""
    objects: NDArray[np.bool_] = lines.first_bytes == BRACE
    if objects.any():
        objects &= np.frombuffer(lines.data, np.uint8).take(lines.starts + 1, mode="clip") != QUOTE
    return objects


def formats_of(lines: Lines, context: FileContext) -> tuple[LineFormat, ...]:
    """The formats of a file's text, learned from the first lines that show any."""
    if not context.formats:
        context.formats = choose_formats([lines[i] for i in range(min(SAMPLE, len(lines)))], known_formats())
    return context.formats


def _read_text(lines: Lines, context: FileContext) -> LineValues:
    """Text, in the formats known so far and those that lines of none of them show."""
    known = formats_of(lines, context)
    values = read_text(lines, known, context)
    rows = np.flatnonzero(values.kind == LineKind.UNKNOWN)
    unknown = lines.take(rows[: 10 * SAMPLE]).texts()
    odd = [line for line in unknown if not CONTINUED.match(line)][:SAMPLE]
    more = (
        choose_formats(odd, [one for one in known_formats() if not one.generic and one not in known])
        if odd
        else ()
    )
    if more:
        context.formats = (*known, *more)
        values.put(rows, read_text(lines.take(rows), more, context))
    return values


def _read_below(lines: Lines, values: LineValues, context: FileContext) -> None:
    """Levels that stand in the line below the one that begins a record (java.util.logging)."""
    for one in context.formats:
        if one.below is None:
            continue
        for row in np.flatnonzero((values.kind[:-1] == LineKind.TEXT) & (values.severity[:-1] == 0)).tolist():
            level = one.below.match(lines[row + 1]) if first_of((one,), lines[row]) else None
            if level is not None:
                values.severity[row] = one.severity(level["level"].decode("utf-8", "replace"))
                values.kind[row + 1] = LineKind.UNKNOWN


def _read_again(lines: Lines, values: LineValues, context: FileContext) -> None:
    """Records that tell no time, for that of the one before holds for them (MySQL's slow queries within a second)."""
    for one in context.formats:
        if one.again is None:
            continue
        for row in (np.flatnonzero(values.kind[1:] == LineKind.UNKNOWN) + 1).tolist():
            if values.kind[row - 1] == LineKind.UNKNOWN and one.again.match(lines[row]):
                values.kind[row] = LineKind.TEXT


def _read_layers(lines: Lines, values: LineValues, context: FileContext, layer: int) -> None:
    """Read the messages of records without a level as lines of their own: an access log within JSON, JSON within JSON.

    The inner time stands where it has one; ids and fields of all layers are kept.
    """
    rows = np.flatnonzero((values.kind == LineKind.OBJECT) & (values.severity == 0))
    messages = [message_of(flatten(parse_object(lines[i]) or salvage(lines[i]) or {})) for i in rows.tolist()]
    told = [i for i, message in enumerate(messages) if message]
    if not told:
        return
    texts = [
        without_colours(messages[i].strip().encode("utf-8", "replace")).replace(b"\n", b"\r") for i in told
    ]
    rows = rows[np.array(told, np.int64)]
    if (values.time[rows] != NO_TIME).any():  # the wrapper knows the year
        context = context.inner()
        context.refer_to(values.time[rows])
    _take_inner(values, rows, Lines.of(texts), context, layer)


def _read_wrapped(lines: Lines, values: LineValues, context: FileContext, layer: int) -> None:
    """Read what stands behind the prefix of a format that wraps others (syslog).

    Where the prefix told a level, only what is surely a record is looked at: daemons log all lines of a program alike.
    """
    rows = np.flatnonzero((values.behind > 0) & (values.behind < lines.ends))
    rows = rows[(values.severity[rows] == 0) | _are_records(lines.data, values.behind[rows])]
    if not len(rows):
        return
    inside = context.inner()
    inside.refer_to(values.time[rows])
    _take_inner(values, rows, Lines(lines.data, values.behind[rows], lines.ends[rows]), inside, layer)


def _are_records(data: bytes, begins: Longs) -> NDArray[np.bool_]:
    """Bool (n,): at which places surely a record of JSON or logfmt begins; most that are none are told at once."""
    found = np.ones(len(begins), bool)
    whole = begins + LONGEST_KEY <= len(data)
    if whole.any():
        begun = bytes_at(data, begins[whole], LONGEST_KEY)
        sign, blank = begun == ord("="), begun == ord(" ")
        keyed = sign.any(axis=1) & (~blank.any(axis=1) | (sign.argmax(axis=1) < blank.argmax(axis=1)))
        found[whole] = (begun[:, 0] == BRACE) | keyed
    some = np.flatnonzero(found)
    found[some] = [_RECORD.match(data, begin) is not None for begin in begins[some].tolist()]
    return found


def _take_inner(values: LineValues, rows: Longs, lines: Lines, context: FileContext, layer: int) -> None:
    """Read lines that stand within others into the rows of those."""
    inner = read_content(lines, context, json_first=False, layer=layer + 1)
    known = (inner.kind == LineKind.TEXT) | (inner.kind == LineKind.OBJECT)
    at = rows[known]
    told = inner.severity[known]
    values.severity[at] = np.where(told > 0, told, values.severity[at])
    _take_process(values, at, inner, np.flatnonzero(known), context)
    timed = known & (inner.time != NO_TIME)
    values.time[rows[timed]] = inner.time[timed]
    values.flags[rows[timed]] = (values.flags[rows[timed]] & LogFlag.BROKEN) | inner.flags[timed]
    traced = known & (inner.trace >= 0) & (values.trace[rows] < 0)
    values.trace[rows[traced]] = inner.trace[traced]
    values.span_id[rows[traced]] = inner.span_id[traced]
    values.fields += [(rows[of], name, told_texts) for of, name, told_texts in inner.fields]


def _take_process(
    values: LineValues, at: Longs, inner: LineValues, known: Longs, context: FileContext
) -> None:
    """What the lines within tell of the process: their service, and the host of the line around them."""
    builder = context.builder
    unsaid = context.resource({})
    told = inner.resource[known] != unsaid[1]
    at, known = at[told], known[told]
    triples = np.stack((values.resource[at], inner.resource[known], inner.service[known]), axis=1)
    kinds, of = np.unique(triples, axis=0, return_inverse=True)
    whole = [
        _joined(builder.resources[within], builder.resources[outer]) for outer, within, _ in kinds.tolist()
    ]
    codes = np.array([builder.resource_value(one) for one in whole], np.int32)
    named = np.array([bool(builder.resources[within].service) for within in kinds[:, 1].tolist()], bool)
    of = of.reshape(-1)
    values.resource[at] = codes[of]
    values.service[at[named[of]]] = kinds[of, 2][named[of]]


def _joined(inner: Resource, outer: Resource) -> Resource:
    """What the inner one says, and of the rest what the outer one does."""
    return Resource(**{name: getattr(inner, name) or getattr(outer, name) for name in RESOURCE_NAMES})


def is_record(lines: Sequence[bytes]) -> bool:
    """Whether lines begin with an object that is a log record, in one line or several."""
    told = _printed_at(lines, 0, _end_of_printed(lines, 0)) if lines else None
    return told is not None


def _join_printed(lines: Lines, values: LineValues, context: FileContext) -> None:
    """Objects printed over several lines: JSON or as Node.js does, the brackets in lines of their own, and Python's."""
    begun = (lines.first_bytes == BRACE) & (values.kind != LineKind.REST)
    for row in np.flatnonzero(
        begun & ~_are_objects(lines) | begun & (lines.ends - lines.starts == 1)
    ).tolist():
        end = _end_of_printed(lines, row)
        told = _printed_at(lines, row, end, context.reference, context.is_id_field)
        if told is not None:
            put_object(values, row, told, context)
            values.kind[row + 1 : end + 1] = LineKind.REST


def _end_of_printed(lines: Lines | Sequence[bytes], row: int) -> int:
    """The last line of an object that begins in a line; that line where it does not seem to go on."""
    rest = range(row + 1, min(len(lines), row + OBJECT_LINES))
    if lines[row] == b"{":
        return next((i for i in rest if lines[i] in (b"{", b"}")), row)
    if lines[row].endswith(b"}"):
        return row
    indented = takewhile(lambda i: lines[i][:1] == b" ", rest)  # as Python's pprint does
    return next((i for i in indented if lines[i].endswith(b"}")), row)


def _printed_at(
    lines: Lines | Sequence[bytes],
    row: int,
    end: int,
    reference: TimeReference = NO_REFERENCE,
    is_id_field: Callable[[str], bool] | None = None,
) -> LogObject | None:
    """What the object in some lines tells; None where it is no log record."""
    value = parse_object(b"\n".join(lines[i] for i in range(row, end + 1)))
    told = None if value is None else read_object(value, reference, is_id_field)
    return told if told is not None and told.is_log and (told.time_ns or told.severity) else None


def _join_objects(lines: Lines, values: LineValues, context: FileContext) -> None:
    """Objects that go on over the following lines, as ecs-logging-java writes stack traces as arrays."""
    broken = np.flatnonzero((values.kind == LineKind.OBJECT) & ((values.flags & LogFlag.BROKEN) > 0))
    for row in broken.tolist():
        last = row + 1
        while last < min(len(lines), row + OBJECT_LINES) and values.kind[last] in (
            LineKind.UNKNOWN,
            LineKind.TEXT,
        ):
            last += 1
        ends = [i for i in range(row + 1, last) if lines[i].rstrip().endswith(b"}")]
        for end in ends[:4]:
            value = parse_object(b"\n".join(lines[i] for i in range(row, end + 1)))
            if value is not None:
                put_object(values, row, read_object(value, context.reference, context.is_id_field), context)
                values.kind[row + 1 : end + 1] = LineKind.REST
                break
