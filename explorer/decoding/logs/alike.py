"""JSON lines to columns by their skeletons: values are cut out of whole blocks, not parsed line by line.

What lines tell in few different values (level, service, status) is read with care once for each combination of
values; times, traces and spans are read from all lines at once. A line that is not exactly of a skeleton, or holds
anything that needs care (an escape in a value that tells, a time of no known form), is left to be read with care.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.decoding import lenient
from explorer.decoding.logs.context import FileContext
from explorer.decoding.logs.hex_digits import hex_numbers
from explorer.decoding.logs.lines import LineKind, Lines, LineValues
from explorer.decoding.logs.objects import is_scalar, nanoseconds, parse_object, read_object
from explorer.decoding.logs.plans import Plan, Shared, Told
from explorer.decoding.logs.propagation import is_decimal_field, span_of, trace_code
from explorer.decoding.logs.quotes import Quotes
from explorer.decoding.logs.scalars import are_scalars
from explorer.decoding.logs.skeleton import LITERAL
from explorer.decoding.logs.time_columns import times_at
from explorer.decoding.logs.times import EPOCH, KNOWN, time_format
from explorer.decoding.logs.words import differences, distinct, texts_at, words_at
from explorer.model.schema import LogFlag

Longs = NDArray[np.int64]
Mask = NDArray[np.bool_]

LEAST: Final = 256
"""Lines for which looking for skeletons pays."""
LONGEST: Final = 64
"""Bytes of a value that tells something in itself."""
SEVERAL: Final = 8
"""As many lines, on average, must be told apart only by times and ids for reading them by their skeleton to pay."""
_MARGIN: Final = 8 + max(LONGEST, LITERAL)
"""Bytes that lie behind whatever is looked at, which is done eight bytes at a time."""
_EPOCH: Final = (time_format(EPOCH),)


class Cut(NamedTuple):
    """Where the values of one name stand: int64 (n,) each."""

    name: str
    is_text: bool
    begins: Longs
    ends: Longs

    @property
    def widths(self) -> Longs:
        """Bytes of each."""
        return self.ends - self.begins

    def take(self, keep: Mask) -> Cut:
        """The same of some rows."""
        return self._replace(begins=self.begins[keep], ends=self.ends[keep])

    def written(self, data: bytes, rows: Longs) -> list[bytes]:
        """The values of some rows as they are written."""
        places = zip(self.begins[rows].tolist(), self.ends[rows].tolist(), strict=True)
        return [data[begin:end] for begin, end in places]

    def values(self, data: bytes, rows: Longs) -> list[Any]:
        """The values of some rows, which have no escapes."""
        written = self.written(data, rows)
        return [raw.decode() for raw in written] if self.is_text else [lenient.loads(raw) for raw in written]


def read_alike(lines: Lines, values: LineValues, context: FileContext) -> Longs:
    """Write what lines of the file's skeletons tell into ``values``; returns the other rows."""
    plans = context.plans
    everything = np.arange(len(lines))
    if plans.given_up or len(lines) < LEAST or not _dense(lines):
        return everything
    quotes = Quotes.of(lines)
    looked_at = quotes.plain & (lines.ends + _MARGIN <= len(lines.data))
    left = ~looked_at
    rows = np.flatnonzero(looked_at)
    for plan in plans.known:
        rows = _read(plan, lines, quotes, rows, left, values, context)
    while len(rows) and plans.may_learn:
        example = int(rows[0])
        learned = plans.learn(lines[example])
        if learned is not None:
            rows = _read(learned, lines, quotes, rows, left, values, context)
        if len(rows) and rows[0] == example:  # not even itself
            left[example] = True
            rows = rows[1:]
    left[rows] = True
    remaining = everything[left]
    plans.given_up = len(remaining) * 2 > len(lines)
    return remaining


def _dense(lines: Lines) -> bool:
    """Whether the lines are most of the bytes up to their end."""
    return int((lines.ends - lines.starts).sum()) * 2 > int(lines.ends[-1])


def _read(
    plan: Plan,
    lines: Lines,
    quotes: Quotes,
    rows: Longs,
    left: Mask,
    values: LineValues,
    context: FileContext,
) -> Longs:
    """Read those of the rows that are of a skeleton, or leave them for good; returns the others."""
    as_many = quotes.count[rows] == plan.skeleton.quotes
    fitting, cuts = cut(plan, lines, quotes, rows if as_many.all() else rows[as_many])
    if not len(fitting):
        return rows
    part, good = _told(plan, lines.take(fitting), cuts, context)
    values.put(fitting[good], part.take(good))
    left[fitting[~good]] = True
    if len(fitting) == len(rows):
        return rows[:0]
    known = np.zeros(len(lines), bool)
    known[fitting] = True
    return rows[~known[rows]]


def cut(plan: Plan, lines: Lines, quotes: Quotes, rows: Longs) -> tuple[Longs, dict[int, Cut]]:
    """Which rows, all with as many quotes, are of a skeleton; and where the values that tell stand in them."""
    literals, of_line = plan.skeleton.literals, plan.skeleton.values
    first, ends = quotes.first[rows], lines.ends[rows]
    wanted = plan.wanted
    cuts: dict[int, Cut] = {}
    at = lines.starts[rows]
    wrong = np.zeros(len(rows), np.uint64)
    fits = np.ones(len(rows), bool)
    for i, value in enumerate(of_line):
        wrong |= differences(lines.data, at, literals[i])
        begins = at + len(literals[i])
        at = (ends if value.quote < 0 else quotes.at[value.quote :][first]) - value.before
        if not value.is_text:
            fits &= are_scalars(lines.data, begins, at)
        if i in wanted:
            cuts[i] = Cut(value.name, value.is_text, begins, at)
            if i not in plan.present:
                fits &= at - begins <= LONGEST
                fits &= ~quotes.have_slashes(begins, at)
    wrong |= differences(lines.data, at, literals[-1])
    fits &= (wrong == 0) & (at + len(literals[-1]) == ends)
    if fits.all():
        return rows, cuts
    return rows[fits], {i: one.take(fits) for i, one in cuts.items()}


def _told(plan: Plan, lines: Lines, cuts: dict[int, Cut], context: FileContext) -> tuple[LineValues, Mask]:
    """What lines tell of which the values are cut out; and which of them need no care after all."""
    values = LineValues.empty(len(lines))
    good = _take_shared(plan, lines, cuts, values, context)
    if plan.times:
        good &= _take_times(cuts[plan.times[0]], lines.data, values, context)
        for i in plan.nanoseconds[:1]:
            told = cuts[i].values(lines.data, np.arange(len(lines)))
            name = cuts[plan.times[0]].name
            values.time[:] += np.array([nanoseconds(name, one) for one in told], np.int64)
    if plan.traces:
        values.trace[:] = _traces(cuts[plan.traces[0]], lines.data, context)
    if len(plan.traces) > 1 or plan.contexts:
        good &= values.trace >= 0
    if plan.spans:
        values.span_id[:] = _spans(cuts[plan.spans[0]], lines.data)
    if len(plan.spans) > 1 or plan.contexts:
        good &= values.span_id > 0
    for i in plan.fields:
        _take_field(cuts[i], lines.data, values)
    return values, good


def _take_shared(
    plan: Plan, lines: Lines, cuts: dict[int, Cut], values: LineValues, context: FileContext
) -> Mask:
    """Severity and resource, read with care once for each combination of the values that tell them."""
    words = [word for i in plan.shared for word in texts_at(lines.data, cuts[i].begins, cuts[i].widths).T]
    words += [(cuts[i].widths > 0).astype(np.uint64) for i in plan.present]
    if not words:
        return np.zeros(len(lines), bool)
    firsts, kinds = distinct(words)
    if len(firsts) > max(LEAST, len(lines) // SEVERAL):
        return np.zeros(len(lines), bool)
    columns = [cuts[i].written(lines.data, firsts) for i in plan.shared]
    columns += [(cuts[i].widths[firsts] > 0).tolist() for i in plan.present]
    told = [_told_by(key, lines, row, plan, context)
            for key, row in zip(zip(*columns, strict=True), firsts.tolist(), strict=True)]  # fmt: skip
    values.kind[:] = LineKind.OBJECT
    values.severity[:] = np.array([one.severity for one in told], np.uint8)[kinds]
    values.service[:] = np.array([one.service for one in told], np.int32)[kinds]
    values.resource[:] = np.array([one.resource for one in told], np.int32)[kinds]
    good: Mask = np.array([one.is_log for one in told])[kinds]
    return good


def _told_by(key: Shared, lines: Lines, row: int, plan: Plan, context: FileContext) -> Told:
    """What a line tells by its shared values, as all lines that have the same."""
    told = plan.known.get(key)
    if told is None:
        found = read_object(parse_object(lines[row]) or {}, context.reference)
        service, resource = context.resource(found.resource) if found.is_log else (0, 0)
        told = plan.known[key] = Told(found.is_log, found.severity, service, resource)
    return told


def _take_times(one: Cut, data: bytes, values: LineValues, context: FileContext) -> Mask:
    formats = KNOWN if one.is_text else _EPOCH
    values.time[:], found, zoned = times_at(data, one.begins, one.ends, formats, context.reference)
    values.flags[:] = np.where(zoned, 0, LogFlag.NO_ZONE)
    return found


def _traces(one: Cut, data: bytes, context: FileContext) -> NDArray[np.int32]:
    firsts, kinds = distinct(list(texts_at(data, one.begins, one.widths).T))
    traces = context.builder.traces
    codes = [trace_code(one.name, value, traces) for value in one.values(data, firsts)]
    return np.array(codes, np.int32)[kinds]


def _spans(one: Cut, data: bytes) -> NDArray[np.uint64]:
    """Span ids; those that are not 16 hexadecimal digits are looked at one by one."""
    if not one.is_text or is_decimal_field(one.name):
        usual = np.zeros(len(one.begins), bool)
        numbers = np.zeros(len(one.begins), np.uint64)
    else:
        found, usual = hex_numbers(words_at(data, one.begins, 2).view(np.uint8))
        numbers = found[:, 0]
        usual &= one.widths == 16
    rows = np.flatnonzero(~usual)
    if len(rows):
        numbers[rows] = [span_of(one.name, value) for value in one.values(data, rows)]
    return numbers


def _take_field(one: Cut, data: bytes, values: LineValues) -> None:
    """A correlation field: every text and number but empty ones."""
    firsts, kinds = distinct(list(texts_at(data, one.begins, one.widths).T))
    texts = [str(value) if is_scalar(value) else "" for value in one.values(data, firsts)]
    rows = np.flatnonzero(np.array([bool(text) for text in texts])[kinds])
    if len(rows):
        values.fields.append((rows, one.name, [texts[kind] for kind in kinds[rows].tolist()]))
