"""JSON lines to columns: cut by their grammar, else decoded in whole chunks where their keys are known, else singly."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from explorer.decoding import lenient
from explorer.decoding.logs.alike import read_alike
from explorer.decoding.logs.context import FileContext
from explorer.decoding.logs.json_columns import Gathered
from explorer.decoding.logs.lines import LineKind, Lines, LineValues
from explorer.decoding.logs.objects import LogObject, parse_object, read_object, role_of
from explorer.decoding.logs.salvage import salvage
from explorer.decoding.logs.shape import Shape
from explorer.model.fields import Role
from explorer.model.schema import LogFlag

CHUNK_BYTES: Final = 256 << 10
"""Bytes decoded at a time: the decoded rows of a chunk stay in the processor's cache (twice as fast as 4 MiB)."""
GROUP: Final = 8192
"""Lines whose columns are made at a time."""
FEW: Final = 16
"""Lines for which no shape is learned."""
FIRST: Final = 64
"""Lines from which a file's shape is learned before all of a chunk are."""
RELEARNED: Final = 200
"""How often a file may teach new keys before its odd chunks are read object by object."""
FAILED: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

Longs = NDArray[np.int64]
Mask = NDArray[np.bool_]


def read_json(lines: Lines, context: FileContext) -> LineValues:
    """What JSON lines tell, one object a line.

    A line that does not parse is kept as text with :data:`LogFlag.BROKEN` where its beginning can be made out,
    else it is ``UNKNOWN``; JSON that is no log is ``FOREIGN``.
    """
    values = LineValues.empty(len(lines))
    left = read_alike(lines, values, context)
    if len(left) == len(lines):
        return read_decoded(lines, context)
    if len(left):
        values.put(left, read_decoded(lines.take(left), context))
    return values


def read_decoded(lines: Lines, context: FileContext) -> LineValues:
    """As :func:`read_json`, by a typed decoder: for lines that are not quite like any other."""
    shape = context.shape = context.shape or Shape(context.is_id_field)
    if len(lines) < FEW and shape.lines is None:
        return read_singly(lines, context)
    values = LineValues.empty(len(lines))
    adjacent = _adjacent(lines)
    single: list[int] = []
    for begin in range(0, len(lines), GROUP):
        gathered = Gathered(shape, context)
        for chunk in _chunks(lines, begin, min(begin + GROUP, len(lines))):
            rows = _decoded(lines, chunk, shape, adjacent)
            if rows is None and (len(chunk) >= FEW or shape.lines) and _may_learn(context):
                single += _flush(gathered, values)
                rows = _learn_and_decode(lines, chunk, shape, adjacent)
                gathered = Gathered(shape, context)
            if rows is None:
                single += _gather_good(lines, chunk, shape, gathered)
            else:
                gathered.add(rows, chunk)
        single += _flush(gathered, values)
    if single:
        odd = np.array(single, np.int64)
        values.put(odd, read_singly(lines.take(odd), context))
    return values


def _learn_and_decode(lines: Lines, chunk: Longs, shape: Shape, adjacent: Mask) -> list[Any] | None:
    """The rows of a chunk by a shape that has learned from it: at first from few lines, which nearly always do."""
    if shape.lines is None and len(chunk) > FIRST:
        _learn(lines.take(chunk[:FIRST]), shape)
        rows = _decoded(lines, chunk, shape, adjacent)
        if rows is not None:
            return rows
    _learn(lines.take(chunk), shape)
    return _decoded(lines, chunk, shape, adjacent)


def _learn(part: Lines, shape: Shape) -> None:
    objects = [value for i in range(len(part)) if (value := parse_object(part[i])) is not None]
    if objects:
        shape.learn(objects)


def _gather_good(lines: Lines, chunk: Longs, shape: Shape, gathered: Gathered) -> list[int]:
    """Gather those lines of a chunk that decode; returns the others."""
    if shape.lines is None:
        return [int(i) for i in chunk]
    rows: list[Any] = []
    good: list[int] = []
    bad: list[int] = []
    for i in chunk.tolist():
        try:
            rows.append(shape.lines.decode(lines[i]))
            good.append(i)
        except FAILED:
            bad.append(i)
    gathered.add(rows, np.array(good, np.int64))
    return bad


def _flush(gathered: Gathered, values: LineValues) -> list[int]:
    """Write what was gathered into the values; returns the rows that must be read one by one."""
    if not len(gathered):
        return []
    at = gathered.at
    read, odd = gathered.values()
    values.put(at, read)
    return [int(row) for row in at[odd]]


def read_singly(lines: Lines, context: FileContext) -> LineValues:
    """As :func:`read_json`, object by object: for few lines and for odd ones."""
    values = LineValues.empty(len(lines))
    for i in range(len(lines)):
        raw = lines[i]
        value = parse_object(raw)
        broken = value is None
        if value is None:
            value = salvage(raw)
        if value is None:
            continue
        found = read_object(value, context.reference, context.is_id_field)
        if not broken and any(
            isinstance(item, float) and role_of(name) is Role.TIME for name, item in found.pairs
        ):
            found.time_ns = read_object(lenient.loads(raw, exact=True), context.reference).time_ns
        if not found.is_log:
            values.kind[i] = LineKind.UNKNOWN if broken else LineKind.FOREIGN
            continue
        put_object(values, i, found, context)
        if broken:
            values.flags[i] |= np.uint8(LogFlag.BROKEN)
    return values


def put_object(values: LineValues, row: int, found: LogObject, context: FileContext) -> None:
    """Write what one object told into a row."""
    values.kind[row] = LineKind.OBJECT
    values.time[row] = found.time_ns
    values.flags[row] = 0 if found.zoned or not found.time_ns else LogFlag.NO_ZONE
    values.severity[row] = found.severity
    values.service[row], values.resource[row] = context.resource(found.resource)
    if found.trace is not None:
        values.trace[row] = context.builder.traces.number(found.trace, found.trace_text)
    values.span_id[row] = found.span
    for name, text in found.fields:
        values.add_field(row, name, text)


def _chunks(lines: Lines, begin: int, end: int) -> list[Longs]:
    """Row numbers of the lines in [begin, end) in runs of about :data:`CHUNK_BYTES`."""
    bytes_before = np.cumsum(lines.ends[begin:end] - lines.starts[begin:end])
    cuts = np.flatnonzero(np.diff(bytes_before // CHUNK_BYTES)) + 1
    return [part for part in np.split(np.arange(begin, end), cuts) if len(part)]


def _decoded(lines: Lines, chunk: Longs, shape: Shape, adjacent: Mask) -> list[Any] | None:
    """The rows of a chunk; None where one of its lines is not of the shape."""
    if shape.lines is None:
        return None
    first, last = int(chunk[0]), int(chunk[-1])
    if adjacent[first:last].all():
        joined = lines.data[lines.starts[first] : lines.ends[last]]
    else:
        joined = b"\n".join(lines.take(chunk).texts())
    try:
        rows = shape.lines.decode_lines(joined)
    except FAILED:
        return None
    return rows if len(rows) == len(chunk) else None


def _adjacent(lines: Lines) -> Mask:
    """Whether nothing but a newline lies between the line and the next: bool (n,)."""
    buffer = np.frombuffer(lines.data, np.uint8)
    mask = np.zeros(len(lines), bool)
    mask[:-1] = (lines.starts[1:] == lines.ends[:-1] + 1) & (buffer[lines.ends[:-1]] == 10)
    return mask


def _may_learn(context: FileContext) -> bool:
    context.relearned += 1
    return context.relearned <= RELEARNED
