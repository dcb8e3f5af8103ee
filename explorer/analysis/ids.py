"""One row per correlation id: when, how long, how much, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.categories.verdict import CATEGORIES
from explorer.analysis.results import IdTable, Outcome, Verdict
from explorer.analysis.traits import Trait, Traits, expected, span_traits
from explorer.model.schema import GRPC, SpanFlag, Status
from explorer.model.sorting import distinct
from explorer.model.store import Store

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Mask = NDArray[np.bool_]

ERROR = 17
"""Lowest OTel severity number of an error."""
_FAR = np.iinfo(np.int64).max


def first_error_log(store: Store, id_row: int) -> int:
    """Row of the first log record of an id that tells of an error, -1 where none does."""
    if id_row < 0:
        return -1
    rows = store.correlation.logs_of(id_row)
    errors = np.flatnonzero(store.logs.severity[rows] >= ERROR)
    return int(rows[errors[0]]) if len(errors) else -1


def summarise(store: Store, traits: Traits | None = None) -> IdTable:
    """The id table of a store. ``traits`` are those of :func:`explorer.analysis.traits.span_traits`, if at hand."""
    rows = len(store.correlation.rows)
    of_trace = store.correlation.of_trace
    sizes = np.diff(store.traces.first)
    entries = trace_entries(store)
    first_trace = np.full(rows, -1, np.int64)
    first_trace[of_trace[::-1]] = np.arange(len(of_trace))[::-1]
    entry = np.where(first_trace >= 0, entries[first_trace] if len(entries) else -1, -1).astype(np.int32)
    start, end = _bounds(store, rows)
    traits = span_traits(store) if traits is None else traits
    hard = store.spans.failed & ~expected(store, traits)
    outcome, log_errors = _outcomes(store, entries, hard, traits, rows)
    per_trace = (
        np.add.reduceat(store.spans.failed, store.traces.first[:-1], dtype=np.int64) if len(sizes) else sizes
    )
    errors = _per_id(of_trace, per_trace, rows)
    spans = _per_id(of_trace, sizes, rows)
    told = _timed(store, entry) & (_tops(store, rows) == 1)
    duration = np.where(told, store.spans.duration[entry] if len(store.spans) else 0, end - start)
    return IdTable(
        start=start,
        duration=duration.astype(np.int64),
        spans=spans.astype(np.int32),
        logs=np.diff(store.correlation.log_first).astype(np.int32),
        errors=np.where(spans > 0, errors, log_errors).astype(np.int32),
        services=_services(store, rows),
        entry=entry,
        outcome=outcome,
        cause=np.full(rows, -1, np.int32),
        origin=np.full(rows, -1, np.int32),
        category=np.full(rows, -1, np.int8),
    )


def with_verdicts(ids: IdTable, verdicts: Mapping[int, Verdict]) -> IdTable:
    """The table with what the verdicts say of its rows."""
    cause, origin, category = ids.cause.copy(), ids.origin.copy(), ids.category.copy()
    for row, verdict in verdicts.items():
        cause[row] = verdict.cause
        origin[row] = verdict.path[0].row if verdict.path else -1
        category[row] = CATEGORIES.index(verdict.category)
    return replace(ids, cause=cause, origin=origin, category=category)


def trace_entries(store: Store) -> Ints:
    """int32 (traces,): the topmost known span of each trace: its earliest root, a true root before an orphan."""
    spans = store.spans
    roots = np.flatnonzero(spans.parent < 0)
    orphan = (spans.flags[roots] & np.uint16(SpanFlag.ORPHAN | SpanFlag.CYCLE)) != 0
    order = np.lexsort((spans.start[roots], orphan, spans.trace[roots]))
    ordered = roots[order]
    leads = np.searchsorted(spans.trace[ordered], np.arange(len(store.traces)))
    return ordered[leads].astype(np.int32) if len(ordered) else np.empty(0, np.int32)


def telling_services(store: Store) -> Mask:
    """Bool (services,): whether the spans of a service ever carry a status or a code.

    Where they never do (as in exports that dropped the status), their logs must tell how they ended.
    """
    spans = store.spans
    tells = (spans.status != Status.UNSET) | (spans.code != 0)
    return np.bincount(spans.service[tells], minlength=len(store.services)) > 0


def _per_id(of_trace: Ints, values: Longs, rows: int) -> Longs:
    return np.bincount(of_trace, weights=values, minlength=rows).astype(np.int64)


def _bounds(store: Store, rows: int) -> tuple[Longs, Longs]:
    """First and last time of each id's spans and logs, ns."""
    start, end = np.full(rows, _FAR), np.zeros(rows, np.int64)
    of_trace = store.correlation.of_trace
    np.minimum.at(start, of_trace, np.where(store.traces.start > 0, store.traces.start, _FAR))
    np.maximum.at(end, of_trace, store.traces.end)
    logs = np.flatnonzero((store.logs.id >= 0) & (store.logs.time > 0))
    # Logs may lie far off through a wrong clock: they bound only what has no spans.
    bare = logs[end[store.logs.id[logs]] == 0]
    np.minimum.at(start, store.logs.id[bare], store.logs.time[bare])
    np.maximum.at(end, store.logs.id[bare], store.logs.time[bare])
    start[start == _FAR] = 0
    return start, np.maximum(end, start)


def _timed(store: Store, entry: Ints) -> Mask:
    """Bool (ids,): whether an id's entry span says how long it took: it has one, with an end after its start."""
    if not len(store.spans):
        return np.zeros(len(entry), bool)
    odd = store.spans.flags[entry] & np.uint16(SpanFlag.UNFINISHED | SpanFlag.NEGATIVE)
    return np.asarray((entry >= 0) & (odd == 0))


def _tops(store: Store, rows: int) -> Longs:
    """int64 (ids,): spans with nothing above them; those whose parent is missing where a trace has no others."""
    spans, traces = store.spans, len(store.traces)
    above = spans.parent < 0
    lost = (spans.flags & np.uint16(SpanFlag.ORPHAN | SpanFlag.CYCLE)) != 0
    roots, orphans = (np.bincount(spans.trace[above & which], minlength=traces) for which in (~lost, lost))
    return _per_id(store.correlation.of_trace, np.where(roots > 0, roots, orphans), rows)


def _services(store: Store, rows: int) -> Ints:
    """Distinct services of each id's spans, or of its logs where it has none."""
    width = len(store.services)
    of_span = store.correlation.of_trace[store.spans.trace].astype(np.int64)
    seen = distinct(of_span * width + store.spans.service)
    counts = np.bincount(seen // width, minlength=rows)
    logs = np.flatnonzero(store.logs.id >= 0)
    logs = logs[counts[store.logs.id[logs]] == 0]
    logged = distinct(store.logs.id[logs].astype(np.int64) * width + store.logs.service[logs])
    return np.maximum(counts, np.bincount(logged // width, minlength=rows)).astype(np.int32)


def _outcomes(
    store: Store, entries: Ints, hard: Mask, traits: Traits, rows: int
) -> tuple[NDArray[np.uint8], Longs]:
    """How each id ended, and how many error logs it has.

    The entry's own status decides; a user who left is no failure, yet got no answer: degraded. Of several
    attempts in traces of one id with the same entry operation the last counts; where the entry's service never
    states a status, error logs decide.
    """
    of_trace = store.correlation.of_trace
    loud = np.flatnonzero((store.logs.severity >= ERROR) & (store.logs.id >= 0))
    log_errors = np.bincount(store.logs.id[loud], minlength=rows).astype(np.int64)
    inside = np.bincount(of_trace[store.spans.trace[hard]], minlength=rows) > 0
    failing, gone = log_errors > 0, np.zeros(rows, bool)
    if len(entries):
        left = (traits[entries] & (Trait.CANCELLED | Trait.TIMEOUT)) == Trait.CANCELLED
        broke = hard[entries] & ~left
        deciding = _deciding_trace(store, entries)
        spanned = np.flatnonzero(deciding >= 0)
        last = deciding[spanned]
        gone[spanned] = left[last] & _ended_badly(store, entries[last])
        mute = ~telling_services(store)[store.spans.service[entries[last]]]
        failing[spanned] = broke[last] | (mute & (log_errors[spanned] > 0))
    degraded = inside | gone | (log_errors > 0)
    outcome = np.where(failing, Outcome.FAILING, np.where(degraded, Outcome.DEGRADED, Outcome.OK))
    return outcome.astype(np.uint8), log_errors


def _ended_badly(store: Store, rows: Ints) -> Mask:
    return np.asarray(store.spans.failed[rows] | np.isin(store.spans.code[rows], (499, GRPC + 1)))


def _deciding_trace(store: Store, entries: Ints) -> Longs:
    """int64 (ids,): of each id's traces that repeat its first trace's entry operation the last; -1 without traces."""
    of_trace = store.correlation.of_trace
    deciding = np.full(len(store.correlation.rows), -1, np.int64)
    deciding[of_trace[::-1]] = np.arange(len(of_trace))[::-1]
    first = deciding[of_trace]
    spans = store.spans
    same = spans.name[entries] == spans.name[entries[first]]
    same &= spans.service[entries] == spans.service[entries[first]]
    repeats = np.flatnonzero(same)
    deciding[of_trace[repeats]] = repeats
    return deciding
