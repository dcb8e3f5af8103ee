"""Log entries that a store, collector or runtime wrapped: each has a text, perhaps a time, and fields beside it.

The text is read as any line is: JSON, a known format, or what continues the entry of the same stream before it
(stack traces often come one entry a line). What the wrapper tells stands where the text tells nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from explorer.decoding import lenient
from explorer.decoding.contract import OpenRecord
from explorer.decoding.logs.alone import Before, begin_alone
from explorer.decoding.logs.content import formats_of, is_json_log, read_content
from explorer.decoding.logs.context import FileContext
from explorer.decoding.logs.detail import wrapped_detail
from explorer.decoding.logs.lines import NO_TIME, LineKind, Lines, LineValues
from explorer.decoding.logs.objects import LogObject, Pairs, parse_object, read_object
from explorer.decoding.logs.parts import Peeled, Pieces, join_parts
from explorer.decoding.logs.peeling import without_colours
from explorer.decoding.logs.rows import emit_streams
from explorer.model.builder import Builder, Records
from explorer.model.schema import LogFlag


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry.

    Attributes:
        text: what was logged, perhaps over several lines.
        time: of the wrapper, in ns; 0: it has none.
        stream: entries of one stream may continue one another.
        outer: the wrapper's fields with dotted names; those that tell a level, ids or the process are used.
        is_object: the text is JSON that was made of the entry's fields.
        zoned: the time was written with a zone.
        goes_on: the runtime cut the line: the next entry of the stream has more of it.
    """

    text: str
    time: int = 0
    stream: str = ""
    outer: Pairs = field(default_factory=list)
    is_object: bool = False
    goes_on: bool = False
    zoned: bool = True


EntryOf = Callable[[bytes], Entry | None]


def read_entries(
    records: Records,
    builder: Builder,
    reader: str,
    entries: Sequence[Entry | None],
    *,
    only_logs: bool = False,
    apart: bool = False,
) -> list[int]:
    """Write entries into the builder, one a record.

    Args:
        records: where each entry lies.
        reader: the reader's name.
        entries: None where a record is none.
        only_logs: JSON that tells no message, level or status is no log, and refused.
        apart: each entry is a record, as rows of tables are: none goes on the one before it; not with ``only_logs``.

    Returns:
        The indices of the records that are not kept.
    """
    at = np.array([i for i, one in enumerate(entries) if one is not None], np.int64)
    if not (kept := [one for one in entries if one is not None]):
        return list(range(len(records)))
    context = FileContext.of(builder, reader)
    facts = _facts(kept, context)
    numbers, streams = _streams(kept, facts, apart=apart)
    times = np.array([one.time for one in kept], np.int64)
    told = [facts[int(np.flatnonzero(streams == number)[0])].resource for number in range(len(numbers))]
    texts, zoneless = [_line(one.text) for one in kept], np.array([not one.zoned for one in kept], bool)
    # a second stream, of which nothing comes, says that what lies between entries is the wrapper's
    names_of, told = [*numbers, ""][: max(2, len(numbers))], [*told, {}][: max(2, len(numbers))]
    begins, ends = records.starts[at], records.ends[at]
    if context.parts or any(one.goes_on for one in kept):
        pieces = Pieces(texts, [not one.goes_on for one in kept], streams, begins, ends, times)
        peeled = join_parts(pieces, names_of, told, context, records.offset)
        at, streams, facts = at[peeled.firsts], peeled.streams, [facts[i] for i in peeled.firsts.tolist()]
        zoneless = zoneless[peeled.firsts]
    else:
        peeled = Peeled(Lines.of(texts), begins, ends, times, streams, names_of, told)
    context.refer_to(times)
    formats_of(peeled.lines, context)
    dropped: list[int] = []
    rows_of = (rows for number in range(len(numbers)) if len(rows := np.flatnonzero(streams == number)))
    names = iter(numbers)

    def values_of(part: Lines) -> LineValues:
        rows, values = next(rows_of), read_content(part, context, json_first=is_json_log(part))
        foreign = values.kind == LineKind.FOREIGN
        dropped.extend(at[rows[foreign]].tolist() if only_logs else ())
        values.kind[foreign] = LineKind.FOREIGN if only_logs else LineKind.OBJECT
        values.flags[zoneless[rows] & (values.time == NO_TIME)] |= np.uint8(LogFlag.NO_ZONE)
        _complete(values, [facts[row] for row in rows.tolist()], context)
        if not only_logs:
            _begin(part, values, next(names), context, apart=apart)
        return values

    emit_streams(peeled, values_of, builder.block(records), context, records)
    return sorted({i for i, one in enumerate(entries) if one is None} | {*dropped})


def _streams(
    entries: Sequence[Entry], facts: Sequence[LogObject], *, apart: bool
) -> tuple[dict[str, int], np.ndarray[Any, np.dtype[np.int32]]]:
    """The streams by name, and that of each entry; of rows of a table, which go on none, one a process."""
    numbers: dict[str, int] = {}
    names = [
        f"{one.stream}\0{sorted(told.resource.items())}" if apart else one.stream
        for one, told in zip(entries, facts, strict=True)
    ]
    return numbers, np.array([numbers.setdefault(name, len(numbers)) for name in names], np.int32)


def _begin(lines: Lines, values: LineValues, stream: str, context: FileContext, *, apart: bool) -> None:
    """Mark entries of no known format that are records of their own, though nothing tells when they were written."""
    if apart:
        values.kind[np.isin(values.kind, (LineKind.UNKNOWN, LineKind.REST))] = LineKind.ALONE
        return
    untimed, before = np.zeros(len(lines), np.int64), context.before.get(stream, Before())
    context.before[stream] = begin_alone(lines, values, untimed, before)


def open_entry(raw: bytes, entry_of: EntryOf, formats: str = "") -> OpenRecord:
    """Open one record again whose lines are entries: those of the first one's stream, put together."""
    found = [one for line in raw.split(b"\n") if line.strip() and (one := entry_of(line)) is not None]
    return opened([one for one in found if one.stream == found[0].stream], raw, formats)


def opened(entries: Sequence[Entry], raw: bytes, formats: str = "") -> OpenRecord:
    """The detail of the entries that make up a record; ``formats`` as in :func:`record_detail`."""
    if not entries:
        detail = wrapped_detail([], [raw], raw)
        return lambda _: detail
    text = "".join(one.text.rstrip("\r\n") + "\n" * (not one.goes_on) for one in entries).rstrip("\n")
    detail = wrapped_detail(entries[0].outer, text.encode("utf-8", "replace").split(b"\n"), raw, formats)
    if not detail.message and not entries[0].is_object:
        detail = detail._replace(message=text)
    return lambda _: detail


def canonical(entry: Entry) -> bytes:
    """An entry as a line of JSON, for :meth:`Builder.canonical`."""
    return lenient.dumps(
        {
            "time": entry.time, "stream": entry.stream, "fields": entry.outer, "text": entry.text,
            "object": entry.is_object,
        }
    )  # fmt: skip


def entry_of_canonical(line: bytes) -> Entry | None:
    """The entry of a canonical line."""
    value = parse_object(line)
    if value is None or not isinstance(value.get("text"), str):
        return None
    outer = [(str(name), item) for name, item in value["fields"]]
    return Entry(value["text"], value["time"], value["stream"], outer, value["object"])


def read_decoded(
    records: Records,
    builder: Builder,
    reader: str,
    entries: Sequence[Entry],
    *,
    only_logs: bool = False,
    apart: bool = False,
) -> int:
    """Write entries whose own bytes cannot be addressed. Returns how many are no logs; see :func:`read_entries`."""
    kept = builder.canonical(records, [canonical(one) for one in entries])
    if not entries:
        return 0
    return len(read_entries(kept, builder, reader, entries, only_logs=only_logs, apart=apart))


def open_decoded(raw: bytes) -> OpenRecord:
    """Open one record again that :func:`read_decoded` wrote."""
    return open_entry(raw, entry_of_canonical)


def _line(text: str) -> bytes:
    return without_colours(text.encode("utf-8", "replace")).rstrip(b"\r\n").replace(b"\n", b"\r")


def _facts(entries: Sequence[Entry], context: FileContext) -> list[LogObject]:
    """What each wrapper tells; the same fields are read once."""
    known: dict[object, LogObject] = {}
    found = []
    for one in entries:
        try:
            key: object = tuple(one.outer)
            facts = known.get(key)
        except TypeError:  # a value is a list
            key = repr(one.outer)
            facts = known.get(key)
        if facts is None:
            facts = known[key] = read_object(dict(one.outer), None, context.is_id_field)
        found.append(facts)
    return found


def _complete(values: LineValues, facts: Sequence[LogObject], context: FileContext) -> None:
    """Level, ids and fields of the wrappers, where the text has none."""
    traces = context.builder.traces
    for i, told in enumerate(facts):
        if told.severity and not values.severity[i]:
            values.severity[i] = told.severity
        if told.trace is not None and values.trace[i] < 0:
            values.trace[i] = traces.number(told.trace, told.trace_text)
        if told.span and not values.span_id[i]:
            values.span_id[i] = told.span
        for name, text in told.fields:
            values.add_field(i, name, text)


def places_of(records: Records, lines: Lines) -> Records:
    """The stretches of a document as records of its file."""
    return replace(records, starts=lines.starts, ends=lines.ends)


def pages(records: Records) -> Iterator[tuple[int, Records]]:
    """Each record as a run of its own: documents that hold many entries."""
    for i in range(len(records)):
        begin, end = int(records.starts[i]), int(records.ends[i])
        yield i, Records(
            records.file, records.data[begin:end], records.offset + begin, np.zeros(1, np.int64),
            np.array([end - begin]), records.mended,
        )  # fmt: skip
