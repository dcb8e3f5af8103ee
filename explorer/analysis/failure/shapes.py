"""Traces that failed in exactly the same way, so that one walk serves them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.facts import Facts
from explorer.analysis.failure.propagation import Explained, origin_logs
from explorer.analysis.failure.scene import Scene, error_logs
from explorer.analysis.results import Step
from explorer.analysis.traits import Trait
from explorer.analysis.wording import error_text, templated

Hashes = NDArray[np.uint64]

LARGEST = 5000
"""Spans of a trace above which its walk is worth its time."""
_ONE = np.uint64(0x9E3779B97F4A7C15)
_TWO = np.uint64(0xBF58476D1CE4E5B9)
_THREE = np.uint64(0x94D049BB133111EB)


def shapes(facts: Facts, id_rows: Sequence[int]) -> Hashes:
    """uint64, one for each id row: equal where the ids failed alike, span by span; 0 where that cannot be told.

    A hash over every span's place, service, operation, kind, status, code, traits, error template and error logs
    (their place, not their text). Ids of several traces, with timeouts (where durations decide), without
    status or of great size are left out.
    """
    store = facts.store
    out = np.zeros(len(id_rows), np.uint64)
    single = [
        (at, traces[0])
        for at, row in enumerate(id_rows)
        if len(traces := store.correlation.rows[row].traces) == 1
    ]
    if not single:
        return out
    at, traces = np.array(single, np.int64).T
    first = store.traces.first[traces]
    sizes = store.traces.first[traces + 1] - first
    small = sizes <= LARGEST
    at, first, sizes = at[small], first[small], sizes[small]
    begin = np.cumsum(sizes) - sizes
    rows = np.repeat(first - begin, sizes) + np.arange(int(sizes.sum()))
    if not len(rows):
        return out
    place = (np.arange(len(rows)) - np.repeat(begin, sizes)).astype(np.uint64)
    mixed = _mixed(_row_hashes(facts, rows) + (place + np.uint64(1)) * _ONE)
    found = np.add.reduceat(mixed, begin)
    timed = np.logical_or.reduceat((facts.traits[rows] & Trait.TIMEOUT) != 0, begin)
    found += _log_hashes(facts, np.asarray(id_rows)[at], first)
    odd = np.logical_or.reduceat((store.spans.parent[rows] < 0) & (place > 0), begin)
    odd |= np.isin(rows[begin], store.links["span"])
    odd |= np.isin(np.asarray(id_rows)[at], _ids_of_mute_logs(facts))
    out[at] = np.where(timed | odd, np.uint64(0), found | np.uint64(1))
    return out


def shifted(known: Explained, id_row: int) -> Explained:
    """The explanation of an id of the same shape as ``known``: the same walk over its own rows."""
    scene = known.scene
    facts = scene.facts
    trace = facts.store.correlation.rows[id_row].traces[0]
    by = int(facts.store.traces.first[trace] - facts.store.traces.first[scene.traces[0]])
    logs, guessed = error_logs(facts, id_row, (trace,)) if scene.logs else ({}, frozenset())
    moved = Scene(
        facts, id_row, (trace,), scene.entry + by, frozenset(row + by for row in scene.failing),
        {above + by if above >= 0 else -1: [row + by for row in rows] for above, rows in scene.below.items()},
        frozenset(row + by for row in scene.veiled), logs, guessed, {}, {},
    )  # fmt: skip
    blame = known.blame
    blame = replace(
        blame, row=blame.row + by if blame.row >= 0 else -1, via=blame.via + by,
        trail=tuple(row + by for row in blame.trail),
    )  # fmt: skip
    path = tuple(_moved(facts, step, by, moved.entry) for step in known.path)
    others = tuple(row + by for row in known.others)
    own_logs = origin_logs(moved, blame, path) if known.logs else ()
    return Explained(moved, known.outcome, known.top + by, blame, path, others, own_logs, known.saved)


def _moved(facts: Facts, step: Step, by: int, entry: int) -> Step:
    rows = tuple([row + by for row in step.rows])
    row = step.row + by if step.row >= 0 else -1
    stands = step.row if step.row >= 0 else step.rows[0] if step.rows else -1
    store = facts.store
    text, ended = step.text, int(store.spans.end[stands + by if stands >= 0 else entry])
    if stands >= 0 and step.role in ("origin", "raised") and text == error_text(store, stands):
        text = error_text(store, stands + by)
    return Step(row, rows, step.service, step.operation, step.role, step.relation, text, ended)


def _row_hashes(facts: Facts, rows: NDArray[np.int64]) -> Hashes:
    spans = facts.store.spans
    small = spans.kind[rows].astype(np.uint64) << np.uint64(40) | spans.status[rows].astype(
        np.uint64
    ) << np.uint64(36)
    small |= (spans.code[rows].astype(np.int64) & 0xFFFF).astype(np.uint64) << np.uint64(16)
    small |= facts.traits[rows].astype(np.uint64)
    names = spans.service[rows].astype(np.uint64) << np.uint64(32) | spans.name[rows].astype(np.uint64)
    more = spans.size[rows].astype(np.uint64) << np.uint64(32) | spans.peer[rows].astype(np.uint64)
    return _mixed(_mixed(names * _TWO + small) + more * _THREE + _failure_hashes(facts)[rows])


def _log_hashes(facts: Facts, id_rows: NDArray[np.int64], first: NDArray[np.int64]) -> Hashes:
    """By id: hash of where its error logs stand."""
    logs = facts.store.logs
    place = np.full(len(facts.ids.start), -1, np.int64)
    place[id_rows] = np.arange(len(id_rows))
    mine = facts.loud[(logs.id[facts.loud] >= 0)]
    mine = mine[place[logs.id[mine]] >= 0]
    at = place[logs.id[mine]]
    span = np.where(logs.span[mine] >= 0, logs.span[mine] - first[at], -1).astype(np.uint64)
    out = np.zeros(len(id_rows), np.uint64)
    np.add.at(out, at, _mixed(span * _ONE + logs.service[mine].astype(np.uint64)))
    return out


def _ids_of_mute_logs(facts: Facts) -> NDArray[np.int32]:
    """Ids in which error logs stand for the status of spans: there their words matter."""
    logs = facts.store.logs
    mute = facts.loud[facts.mute[logs.service[facts.loud]]]
    return np.unique(logs.id[mute])


def _failure_hashes(facts: Facts) -> Hashes:
    """uint64 (n,): hash of what the errors of a span say, without their parameters."""
    store = facts.store
    out = np.zeros(len(store.spans), np.uint64)
    table = store.failures
    codes = np.asarray(table["message"])
    numbers: dict[str, int] = {}
    known = {
        code: numbers.setdefault(templated(store.texts[code]), len(numbers))
        for code in np.unique(codes).tolist()
    }
    words = np.array([known[code] for code in codes.tolist()], np.uint64)
    told = _mixed(
        words * _ONE + np.asarray(table["type"]).astype(np.uint64) * _TWO + np.asarray(table["kind"])
    )
    np.add.at(out, table["span"], told)
    return out


def _mixed(values: Hashes) -> Hashes:
    """Bits well spread (finaliser of SplitMix64, Steele et al. 2014)."""
    values = (values ^ (values >> np.uint64(30))) * _TWO
    values = (values ^ (values >> np.uint64(27))) * _THREE
    return np.asarray(values ^ (values >> np.uint64(31)), dtype=np.uint64)
