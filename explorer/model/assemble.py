"""From what readers wrote to the frozen store: ids joined, parents found, rows ordered.

Nothing is dropped but exact copies of a span (counted); everything else that is odd is kept, repaired
and marked with a :class:`~explorer.model.schema.SpanFlag`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.model.assemble_logs import assemble_logs, field_values
from explorer.model.builder import Builder
from explorer.model.columns import AnyArray
from explorer.model.correlate import Job, correlate
from explorer.model.parents import mix, resolve_parents
from explorer.model.ranked import trainers, with_ranks
from explorer.model.ranks import rank_of_instance
from explorer.model.raw import RawBytes
from explorer.model.records import FileCounts, Series
from explorer.model.schema import Kind, SpanFlag
from explorer.model.store import Logs, Spans, Store, Traces
from explorer.model.tree import forest

Table = dict[str, AnyArray]

FAMILY: Final = 1 << 17
"""Spans whose parents are looked up at a time, and more where one trace has more."""
_WITHIN: Final = (int(Kind.INTERNAL), int(Kind.CLIENT), int(Kind.PRODUCER))
"""Kinds of spans that run where their parent does."""
_UNNAMED: Final = "unknown_service"
"""What OpenTelemetry calls a service that nobody named; a colon and the program's name may follow."""
NO_TRACE = "(no trace id)"
"""Shown for the trace that holds all spans without a trace id."""


def assemble(builder: Builder, name: str, counts: Sequence[FileCounts] = ()) -> Store:
    """The store of everything in ``builder``, which is of no use afterwards.

    Args:
        name: display name of the bundle.
        counts: what each file gave.
    """
    spans = builder.spans.views()  # all are reordered below, so that none of them outlives this
    _give_traces(spans, builder)
    numbers, code_of = _merge_halves(builder.traces.numbers)
    spans["trace"] = code_of[spans["trace"]]
    keep = _without_copies(spans, builder)
    present, rank = _order_traces(spans, keep, len(numbers))
    ordered, row_of = _order_spans(spans, keep, rank)
    _give_services(ordered, builder)
    trace_row = np.concatenate([np.where(np.isin(np.arange(len(numbers)), present), rank, -1), [-1]])
    traces = _trace_table(
        ordered, [numbers[i] for i in present], list(map(builder.traces.text, present.tolist()))
    )
    columns = Spans(**ordered)
    span_fields = _by_row(builder.span_fields.arrays(), "row", row_of)
    raw = RawBytes(builder.files, builder.raw.maps(), builder.raw.blocks)
    logs, log_fields, unknown = assemble_logs(builder, columns, code_of, trace_row, numbers)
    logs = with_ranks(builder, logs, log_fields, raw)
    correlation, log_id = correlate(
        traces.number, field_values(span_fields, columns.trace), field_values(log_fields, None),
        logs.trace, unknown, builder.texts.table(), builder.options.is_id_field, _job(builder, logs, raw, name),
    )  # fmt: skip
    logs = replace(logs, id=log_id, trace=np.maximum(logs.trace, -1))
    series, points = _series(builder)
    exemplars = _exemplars(builder, code_of, trace_row, numbers)
    links = _by_row(builder.links.arrays(), "span", row_of)
    links["trace"] = trace_row[code_of[links["trace"]]].astype(np.int32)
    failures = _by_row(builder.failures.arrays(), "span", row_of, then="kind")
    return Store(
        name=name, spans=columns, logs=logs, traces=traces,
        services=builder.services.table(), operations=builder.operations.table(), texts=builder.texts.table(),
        resources=tuple(builder.resources), failures=failures,
        events=_by_row(builder.events.arrays(), "span", row_of, then="time"), links=links,
        span_fields=span_fields, log_fields=log_fields, documents=builder.documents.arrays(),
        points=points, exemplars=exemplars, series=series,
        marks=tuple(sorted(builder.marks, key=lambda mark: mark.time_ns)), findings=tuple(builder.findings),
        files=tuple(builder.files), counts=tuple(counts), issues=builder.issues.rows(),
        readers=tuple(builder.readers), raw=raw,
        correlation=correlation,
    )  # fmt: skip


def _job(builder: Builder, logs: Logs, raw: RawBytes, name: str) -> Job:
    """The training job that a bundle may be of: of several ranks, else of the one process that trains a model."""
    ranked = [rank_of_instance(one.instance) >= 0 for one in builder.resources]
    mine = np.array([*ranked, False], bool)[logs.resource]
    documents = builder.documents.arrays()
    loose = np.flatnonzero((logs.trace == -1) & (logs.doc >= 0) & (logs.doc < len(documents["file"])))
    if len(loose) and not mine.any():
        number = trainers(logs, loose, documents, raw)
        mine[loose[number >= 0]] = number.max() == 0
    return Job(name, mine)


def _exemplars(
    builder: Builder, code_of: NDArray[np.int64], trace_row: NDArray[np.int64], numbers: Sequence[int]
) -> Table:
    """Exemplars with the row of their trace (-1: no span of it is here), and its number in two halves."""
    exemplars = builder.exemplars.arrays()
    codes = code_of[exemplars["trace"]]
    named = [numbers[code] if code >= 0 else 0 for code in codes.tolist()]
    exemplars["trace"] = trace_row[codes].astype(np.int32)
    exemplars["high"] = np.array([number >> 64 for number in named], np.uint64)
    exemplars["low"] = np.array([number & (1 << 64) - 1 for number in named], np.uint64)
    return exemplars


def _give_traces(spans: Table, builder: Builder) -> None:
    """Spans without a trace id go into one trace of that name, so that they are seen."""
    without = spans["trace"].astype(np.int64) < 0
    if without.any():
        spans["trace"] = np.where(without, builder.traces[NO_TRACE], spans["trace"])
        builder.issues.add(
            "warning", "no-trace-id", "", "spans without a trace id are shown together", count=0
        )


def _merge_halves(numbers: list[int]) -> tuple[list[int], NDArray[np.int64]]:
    """Join 64-bit trace ids to the one 128-bit id with that lower half.

    Returns the numbers and, for each trace code (and -1 at the end), the code it now goes by.
    """
    code_of = np.arange(len(numbers) + 1, dtype=np.int64)
    code_of[-1] = -1
    short = [i for i, number in enumerate(numbers) if number < 1 << 64]
    if short and len(short) < len(numbers):
        by_low: dict[int, int] = {}
        for i, number in enumerate(numbers):
            if number >= 1 << 64:
                low = number & (1 << 64) - 1
                by_low[low] = -1 if low in by_low else i
        for i in short:
            whole = by_low.get(numbers[i], -1)
            if whole >= 0:
                code_of[i] = whole
    return numbers, code_of


def _without_copies(spans: Table, builder: Builder) -> NDArray[np.int64]:
    """Rows to keep: all but exact copies (same trace, id, parent, name, service, kind, start, duration).

    A copy of which nobody says whose service it is gives way to one that does.
    """
    keys = ("trace", "span_id", "start", "duration", "kind", "name", "parent_id")
    count = len(spans["trace"])
    mixed = np.sort(mix(spans["trace"].astype(np.uint64), spans["span_id"]))
    if not (mixed[1:] == mixed[:-1]).any():
        return np.arange(count)
    unnamed = np.array([name.startswith(_UNNAMED) or not name for name in builder.services.table()] or [True])
    unnamed = unnamed[spans["service"]]
    order = np.lexsort((np.arange(count), unnamed, spans["start"], spans["span_id"]))
    same = np.ones(max(count - 1, 0), bool)
    for key in keys:
        values = spans[key][order]
        same &= values[1:] == values[:-1]
    service = spans["service"][order]
    same &= (service[1:] == service[:-1]) | unnamed[order][1:]
    same &= spans["span_id"][order][1:] != 0
    copies = order[1:][same]
    if not len(copies):
        return np.arange(count)
    builder.issues.add(
        "info", "duplicate-span", "", "spans that were exported twice are shown once", count=len(copies)
    )
    keep = np.ones(count, bool)
    keep[copies] = False
    return np.flatnonzero(keep)


def _give_services(spans: Table, builder: Builder) -> None:
    """A span within a process, of which nobody says whose it is, is its parent's; parents come before it."""
    names = builder.services.table()
    unnamed = names.index(_UNNAMED) if _UNNAMED in names else -1
    service = spans["service"]
    inner = np.isin(spans["kind"], _WITHIN) & (spans["parent"] >= 0) & (service == unnamed)
    if len(names) < 2 or not inner.any():
        return
    found, rows = service.tolist(), np.flatnonzero(inner)
    for row, parent in zip(rows.tolist(), spans["parent"][rows].tolist(), strict=True):
        found[row] = found[parent]
    spans["service"] = np.array(found, service.dtype)


def _order_traces(
    spans: Table, keep: NDArray[np.int64], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Codes of the traces that have spans, by first start, and the rank of every code (-1: no spans)."""
    trace, start = spans["trace"][keep].astype(np.int64), spans["start"][keep].astype(np.int64)
    first = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(first, trace, np.where(start > 0, start, np.iinfo(np.int64).max - 1))
    present = np.flatnonzero(np.bincount(trace, minlength=count)) if len(trace) else np.empty(0, np.int64)
    present = present[np.argsort(first[present], kind="stable")]
    rank = np.full(count, -1, np.int64)
    rank[present] = np.arange(len(present))
    return present, rank


def _order_spans(
    spans: Table, keep: NDArray[np.int64], rank: NDArray[np.int64]
) -> tuple[Table, NDArray[np.int64]]:
    """Columns in pre-order with the tree, and the row of every ordinal (-1: dropped)."""
    total = len(spans["trace"])
    kept = dict(spans) if len(keep) == total else {name: values[keep] for name, values in spans.items()}
    spans.clear()
    kept["trace"] = rank[kept["trace"]].astype(np.int32)
    kept |= {name: kept[name].copy() for name in ("flags", "start")}  # which are changed
    order = np.empty(len(keep), np.int64)
    tree = {name: np.empty(len(keep), np.int32) for name in ("parent", "depth", "size")}
    for begin, rows in _families(kept["trace"]):
        _order_family(kept, rows, order, tree, begin)
    ordered: Table = {name: kept.pop(name)[order] for name in list(kept)}
    ordered |= tree
    row_of = np.full(total + 1, -1, np.int64)
    row_of[keep[order]] = np.arange(len(keep))
    return ordered, row_of


def _families(trace: NDArray[np.int32]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Input rows of some traces at a time, in order of trace, then of input, and how many came before them.

    What is looked up and sorted at a time fits the processor's caches: of ten times the spans it takes ten times
    as long, not fourteen.
    """
    count = len(trace)
    if count <= FAMILY:
        yield 0, np.arange(count)
        return
    bits = count.bit_length()
    key = trace.astype(np.int64) << bits
    key |= np.arange(count)
    key.sort()
    rows = key & ((1 << bits) - 1)
    key >>= bits
    begin = 0
    while begin < count:
        end = count
        if count - begin > FAMILY:
            last = key[begin + FAMILY]
            end = int(np.searchsorted(key, last))
            end = end if end > begin else int(np.searchsorted(key, last, "right"))
        yield begin, rows[begin:end]
        begin = end


def _order_family(
    kept: Table, rows: NDArray[np.int64], order: NDArray[np.int64], tree: Table, begin: int
) -> None:
    """Put the rows of some traces in pre-order, and their tree, at ``begin``; sets their flags and missing starts."""
    own = {name: kept[name][rows] for name in ("trace", "span_id", "parent_id", "kind", "flags")}
    parent, flags = resolve_parents(own)
    start = kept["start"][rows]
    start = np.where((start == 0) & (parent >= 0), start[np.maximum(parent, 0)], start)
    grown = forest(parent, own["trace"], start)
    flags |= own["flags"]
    flags[grown.cut] |= np.uint16(SpanFlag.CYCLE)
    kept["flags"][rows], kept["start"][rows] = flags, start
    here = slice(begin, begin + len(rows))
    order[here] = rows[grown.order]
    tree["parent"][here] = np.where(grown.parent >= 0, grown.parent + begin, -1)
    tree["depth"][here], tree["size"][here] = grown.depth, grown.size


def _trace_table(spans: Table, numbers: list[int], texts: list[str]) -> Traces:
    trace, start = spans["trace"], spans["start"].astype(np.int64)
    first = np.searchsorted(trace, np.arange(len(numbers) + 1))
    end = start + np.maximum(spans["duration"].astype(np.int64), 0)
    if len(numbers):
        timed = np.where(start > 0, start, np.iinfo(np.int64).max)
        starts, ends = np.minimum.reduceat(timed, first[:-1]), np.maximum.reduceat(end, first[:-1])
        starts = np.where(starts == np.iinfo(np.int64).max, 0, starts)
    else:
        starts = ends = np.empty(0, np.int64)
    return Traces(tuple(numbers), tuple(texts), first.astype(np.int64), starts, ends)


def _by_row(table: Table, key: str, row_of: NDArray[np.int64], then: str | None = None) -> Table:
    """A small table with ordinals turned to rows, rows of dropped spans left out, sorted by row."""
    rows = row_of[table[key]]
    keep = np.flatnonzero(rows >= 0)
    order = np.lexsort((table[then][keep], rows[keep])) if then else np.argsort(rows[keep], kind="stable")
    taken = {name: values[keep][order] for name, values in table.items()}
    taken[key] = rows[keep][order].astype(np.int32)
    return taken


def _series(builder: Builder) -> tuple[tuple[Series, ...], Table]:
    """Series with their slices of the points, which are sorted by series, then time."""
    points = builder.points.arrays()
    order = np.lexsort((points["time"], points["series"]))
    points = {name: values[order] for name, values in points.items()}
    first = np.searchsorted(points["series"], np.arange(len(builder.series) + 1))
    series = tuple(
        replace(one, first=int(first[i]), count=int(first[i + 1] - first[i]))
        for i, one in enumerate(builder.series)
    )
    return series, points
