"""JSON lines to columns by their file's grammar: values are cut out of whole blocks, not parsed line by line.

What lines tell in few different values (level, service, status) is read with care once for each combination of
values; times, traces and spans are read from all lines at once. A line that goes no known way, or holds anything that
needs care (an escape in a value that tells, a time of no known form), is left to be read with care.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.decoding import lenient
from explorer.decoding.logs.context import FileContext
from explorer.decoding.logs.cutting import MARGIN, Cuts
from explorer.decoding.logs.hex_digits import hex_words
from explorer.decoding.logs.lines import LineKind, Lines, LineValues, run_of
from explorer.decoding.logs.objects import LogObject, is_scalar, nanoseconds, parse_object, read_object
from explorer.decoding.logs.plans import Content, Plan, Shared, Sharing
from explorer.decoding.logs.propagation import is_decimal_field, is_plain_trace_field, span_of, trace_code
from explorer.decoding.logs.quotes import Quotes
from explorer.decoding.logs.time_columns import times_at
from explorer.decoding.logs.times import EPOCH, KNOWN, time_format
from explorer.decoding.logs.words import bytes_at, distinct, texts_at
from explorer.model.schema import LogFlag

Longs = NDArray[np.int64]
Mask = NDArray[np.bool_]

LEAST: Final = 256
"""Lines for which a grammar pays."""
SEVERAL: Final = 8
"""As many lines, on average, must be told apart only by times and ids for reading them so to pay."""
FEW: Final = 4
RARE: Final = 1000
"""One line in so many is not worth learning its ways."""
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

    def written(self, data: bytes, rows: Longs) -> list[bytes]:
        """The values of some rows as they are written."""
        places = zip(self.begins[rows].tolist(), self.ends[rows].tolist(), strict=True)
        return [data[begin:end] for begin, end in places]

    def values(self, data: bytes, rows: Longs) -> list[Any]:
        """The values of some rows, which have no escapes."""
        written = self.written(data, rows)
        return [raw.decode() for raw in written] if self.is_text else [lenient.loads(raw) for raw in written]


def read_alike(lines: Lines, values: LineValues, context: FileContext) -> Longs:
    """Write what lines tell that go the ways of the file's grammar into ``values``; returns the other rows."""
    plans = context.plans
    everything = np.arange(len(lines))
    if plans.given_up or len(lines) < LEAST or not _dense(lines):
        return everything
    quotes = Quotes.of(lines)
    cuts = Cuts(lines, quotes, plans.grammar)
    rows = cuts.cut(np.flatnonzero(quotes.plain & (lines.ends + MARGIN <= len(lines.data))))
    count = 1
    while len(rows) > len(lines) // RARE and plans.may_learn:
        examples = rows[:: max(1, len(rows) // count)][:count]
        if plans.learn(lines.take(examples).texts()):
            rows = cuts.cut(rows)
        elif len(examples) > FEW:  # what is left is odd
            break
        rows, count = rows[np.isin(rows, examples, invert=True)], count * 2
    remaining = everything[~_Telling(lines, cuts, values, context).told()]
    plans.given_up = len(remaining) * 2 > len(lines)
    return remaining


def _dense(lines: Lines) -> bool:
    """Whether the lines are most of the bytes up to their end."""
    return int((lines.ends - lines.starts).sum()) * 2 > int(lines.ends[-1])


class _Alike(NamedTuple):
    """Different combinations of values, with a row of each; and by row, int64 (n,), which of them it has."""

    examples: list[tuple[Shared, int]]
    kinds: Longs


@dataclass(frozen=True, slots=True)
class _Telling:
    """Writes what cut lines tell into values."""

    lines: Lines
    cuts: Cuts
    values: LineValues
    context: FileContext

    def told(self) -> Mask:
        """Bool (n,): the lines that needed no care; what is written of others does not count."""
        good = np.zeros(len(self.lines), bool)
        plans = self._plans()

        def groups(key: Callable[[Plan], Hashable]) -> Iterator[tuple[Any, Longs]]:
            """What plans have in common, and the rows of those plans."""
            found: dict[Any, list[Longs]] = {}
            for plan, rows in plans:
                found.setdefault(key(plan), []).append(rows)
            for one, parts in found.items():
                yield one, parts[0] if len(parts) == 1 else np.sort(np.concatenate(parts))

        for sharing, rows in groups(lambda plan: plan.sharing):
            good[run_of(rows)] = self._take_shared(sharing, rows)
        for (time, nanosecond), rows in groups(lambda plan: (plan.times[:1], plan.nanoseconds[:1])):
            if time:
                good[run_of(rows)] &= self._take_times(time[0], nanosecond, rows)
        for (trace, is_enough), rows in groups(lambda plan: (plan.traces[:1], plan.is_trace_enough)):
            of = run_of(rows)
            self.values.trace[of] = self._traces(trace[0], rows) if trace else -1
            good[of] &= is_enough | (self.values.trace[of] >= 0)
        for (span, is_enough), rows in groups(lambda plan: (plan.spans[:1], plan.is_span_enough)):
            of = run_of(rows)
            self.values.span_id[of] = self._spans(span[0], rows) if span else 0
            good[of] &= is_enough | (self.values.span_id[of] > 0)
        for fields, rows in groups(lambda plan: plan.fields):
            for state in fields:
                self._take_field(state, rows[good[rows]])
        return good

    def _plans(self) -> list[tuple[Plan, Longs]]:
        """The plans of the lines that are cut, and the rows of each."""
        rows = np.flatnonzero(self.cuts.done)
        firsts, kinds = distinct([self.cuts.seen[rows]])
        plans = map(self.context.plans.of, self.cuts.seen[rows[firsts]].tolist())
        return [
            (plan, rows[np.flatnonzero(kinds == kind)]) for kind, plan in enumerate(plans) if plan is not None
        ]

    def _cut(self, state: int, rows: Longs) -> Cut:
        known = self.context.plans.grammar.states[state]
        of = run_of(rows)
        return Cut(known.name, known.is_text, self.cuts.begins[state][of], self.cuts.ends[state][of])

    def _take_shared(self, sharing: Sharing, rows: Longs) -> Mask:
        """Severity, then resource, read with care once for each combination of the values that tell them."""
        values, good = self.values, np.zeros(len(rows), bool)
        if not sharing.shared and not sharing.present and not sharing.process:
            return good
        alike = self._alike(sharing.shared, sharing.present, rows)
        if alike is None:
            return good
        contents = [self._content(key, row, sharing) for key, row in alike.examples]
        of = run_of(rows)
        values.kind[of] = LineKind.OBJECT
        values.severity[of] = np.array([one.severity for one in contents], np.uint8)[alike.kinds]
        good = np.array([one.is_log for one in contents], bool)[alike.kinds]
        rows = rows[good]
        alike = self._alike(sharing.process, (), rows)
        if alike is None:
            return np.zeros(len(good), bool)
        processes = np.array([self._process(key, row, sharing) for key, row in alike.examples], np.int32)
        of = run_of(rows)
        values.service[of], values.resource[of] = processes.reshape(-1, 2)[alike.kinds].T
        return good

    def _alike(self, shared: Sequence[int], present: Sequence[int], rows: Longs) -> _Alike | None:
        """Rows that have the same values, of ``present`` ones as far as they are empty; None if there are too many."""
        data = self.lines.data
        cuts = [self._cut(state, rows) for state in shared]
        there = [self._cut(state, rows).widths > 0 for state in present]
        words = [word for one in cuts for word in texts_at(data, one.begins, one.widths).T]
        words += [one.astype(np.uint64) for one in there if not one.all()]
        firsts, kinds = distinct(words or [np.zeros(len(rows), np.uint64)])
        if len(firsts) > max(LEAST, len(rows) // SEVERAL):
            return None
        columns = [one.written(data, firsts) for one in cuts] + [one[firsts].tolist() for one in there]
        keys = zip(*columns, strict=True) if columns else [()] * len(firsts)
        return _Alike(list(zip(keys, rows[firsts].tolist(), strict=True)), kinds)

    def _content(self, key: Shared, row: int, sharing: Sharing) -> Content:
        """What a line tells of what happened, as all lines that have the same values for it."""
        told = sharing.contents.get(key)
        if told is None:
            found = self._read(row)
            told = sharing.contents[key] = Content(found.is_log, found.severity)
        return told

    def _process(self, key: Shared, row: int, sharing: Sharing) -> tuple[int, int]:
        """Service and resource of a line, likewise."""
        told = sharing.processes.get(key)
        if told is None:
            told = sharing.processes[key] = self.context.resource(self._read(row).resource)
        return told

    def _read(self, row: int) -> LogObject:
        return read_object(parse_object(self.lines[row]) or {}, self.context.reference)

    def _take_times(self, state: int, nanosecond: Sequence[int], rows: Longs) -> Mask:
        one, data = self._cut(state, rows), self.lines.data
        formats = KNOWN if one.is_text else _EPOCH
        ns, found, zoned = times_at(data, one.begins, one.ends, formats, self.context.reference)
        for beside in nanosecond:
            told = self._cut(beside, rows).values(data, np.arange(len(rows)))
            ns = ns + np.array([nanoseconds(one.name, value) for value in told], np.int64)
        of = run_of(rows)
        self.values.time[of] = ns
        self.values.flags[of] = np.where(zoned, 0, LogFlag.NO_ZONE)
        return found

    def _traces(self, state: int, rows: Longs) -> NDArray[np.int32]:
        one, data = self._cut(state, rows), self.lines.data
        firsts, kinds = distinct(list(texts_at(data, one.begins, one.widths).T))
        traces = self.context.builder.traces
        told = one.values(data, firsts)
        if one.is_text and is_plain_trace_field(one.name) and not any("/" in value for value in told):
            codes = traces.many(told)
        else:
            codes = [trace_code(one.name, value, traces) for value in told]
        return np.array(codes, np.int32)[kinds]

    def _spans(self, state: int, rows: Longs) -> NDArray[np.uint64]:
        """Span ids; those that are not 16 hexadecimal digits are looked at one by one."""
        one, data = self._cut(state, rows), self.lines.data
        usual, numbers = np.zeros(len(rows), bool), np.zeros(len(rows), np.uint64)
        if one.is_text and not is_decimal_field(one.name):
            numbers, usual = hex_words(bytes_at(data, one.begins, 16))
            usual &= one.widths == 16
        odd = np.flatnonzero(~usual)
        if len(odd):
            numbers[odd] = [span_of(one.name, value) for value in one.values(data, odd)]
        return numbers

    def _take_field(self, state: int, rows: Longs) -> None:
        """A correlation field: every text and number but empty ones."""
        if not len(rows):
            return
        one, data = self._cut(state, rows), self.lines.data
        firsts, kinds = distinct(list(texts_at(data, one.begins, one.widths).T))
        texts = one.values(data, firsts)
        if not one.is_text:
            texts = [str(value) if is_scalar(value) else "" for value in texts]
        if "" in texts:
            told = np.flatnonzero(np.array(list(map(bool, texts)))[kinds])
            rows, kinds = rows[told], kinds[told]
        if len(rows):
            self.values.fields.append((rows, one.name, list(map(texts.__getitem__, kinds.tolist()))))
