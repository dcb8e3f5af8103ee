"""What failed in one id, and which failure stands under which: the failed spans of all its traces as one forest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from explorer.analysis.facts import Facts
from explorer.analysis.ids import ERROR
from explorer.analysis.results import Outcome, Relation
from explorer.analysis.traits import Trait, of_text
from explorer.analysis.wording import says_why
from explorer.model.schema import Kind, SpanFlag

_MOST_READ = 3
_CANCELLED = int(Trait.CANCELLED)
_ENDED = int(Trait.CANCELLED | Trait.TIMEOUT)
RowsOf = Mapping[int, Sequence[int]]


@dataclass(frozen=True)
class Scene:
    """The failures of one id.

    Attributes:
        facts: of the whole bundle.
        id: row of the id.
        traces: its traces; ``entry``: topmost span of the one that decides, -1 without spans.
        failing: its failed rows (of services without status, those with error logs).
        below: failed rows by the nearest failed row above them; under -1 those with none.
        veiled: failed rows with a span in between that says it went well.
        logs: rows of error logs by the span they belong to.
        told: what the error logs of spans without status say (:class:`explorer.analysis.traits.Trait`).
        guessed: spans whose logs were joined by service and time only.
        joined: root rows that hang under a span of another trace (link) or under a stand-in for a lost parent.
    """

    facts: Facts
    id: int
    traces: tuple[int, ...]
    entry: int
    failing: frozenset[int]
    below: RowsOf
    veiled: frozenset[int]
    logs: RowsOf
    guessed: frozenset[int]
    told: Mapping[int, int]
    joined: Mapping[int, tuple[int, Relation]]

    @cached_property
    def cancelled(self) -> frozenset[int]:
        """Failed rows that say that they were cancelled, and not because their time was up."""
        said = zip(self.failing, self.facts.traits[list(self.failing)].tolist(), strict=True)
        return frozenset(
            row for row, traits in said if (traits | self.told.get(row, 0)) & _ENDED == _CANCELLED
        )

    def has(self, row: int, traits: int) -> bool:
        """Whether the error of a span, or its log where the span says nothing, says any of ``traits``."""
        return bool((int(self.facts.traits[row]) | self.told.get(row, 0)) & traits)

    def up(self, row: int) -> int:
        """The row above, across traces; -1 at the top."""
        parent = int(self.facts.store.spans.parent[row])
        return parent if parent >= 0 else self.joined.get(row, (-1, "call"))[0]

    def teller(self, row: int) -> int:
        """The span that says in words why ``row`` failed: itself, or where it gives a status alone, the next above it
        in its service that failed and says more; ``row`` where none does.
        """
        store, at = self.facts.store, row
        while not says_why(store, at):
            at = -1 if self.facts.hops.enters[at] else self.up(at)
            if at not in self.failing or store.spans.service[at] != store.spans.service[row]:
                return row
        return at


def look_at(facts: Facts, id_row: int) -> Scene:
    """The scene of one id. Costs time by its failed spans and error logs, not by its spans."""
    traces = facts.store.correlation.rows[id_row].traces
    failed = _failed_rows(facts, traces)
    logs, guessed = error_logs(facts, id_row, traces)
    entry = _deciding_entry(facts, traces)
    mute = [row for row in logs if facts.mute[facts.store.spans.service[row]]]
    told = {row: _told(facts, logs[row]) for row in mute}
    surfaced = [entry] if facts.ids.outcome[id_row] == Outcome.FAILING and entry >= 0 else []
    failed = sorted({*failed, *mute, *surfaced})
    joined = _join(facts, traces, entry)
    below, veiled = _forest(facts, failed, joined)
    return Scene(facts, id_row, traces, entry, frozenset(failed), below, veiled, logs, guessed, told, joined)


def _told(facts: Facts, logs: Sequence[int]) -> int:
    """Traits of the last words of a span's first error logs."""
    found = 0
    for log in logs[:_MOST_READ]:
        found |= of_text(facts.reading.message(log))
    return found


def _failed_rows(facts: Facts, traces: Sequence[int]) -> list[int]:
    rows: list[int] = []
    for trace in traces:
        span_rows = facts.store.traces.rows(trace)
        rows.extend((np.flatnonzero(facts.hard[span_rows]) + span_rows.start).tolist())
    return rows


def _deciding_entry(facts: Facts, traces: Sequence[int]) -> int:
    """The entry span of the last trace that repeats the first one's entry operation (see :mod:`..ids`)."""
    if not traces:
        return -1
    spans = facts.store.spans
    entries = facts.entries[list(traces)].tolist()
    first = entries[0]
    same = [
        row
        for row in entries
        if spans.service[row] == spans.service[first] and spans.name[row] == spans.name[first]
    ]
    return int(same[-1])


def error_logs(
    facts: Facts, id_row: int, traces: Sequence[int]
) -> tuple[dict[int, list[int]], frozenset[int]]:
    """Error logs of the id by span; those that name no span go to the innermost of their service at that time."""
    logs = facts.store.logs
    mine = facts.store.correlation.logs_of(id_row)
    found: dict[int, list[int]] = defaultdict(list)
    guessed = set()
    for log in mine[logs.severity[mine] >= ERROR].tolist():
        row = int(logs.span[log])
        if row < 0:
            row = span_at(facts, traces, int(logs.service[log]), int(logs.time[log]))
            guessed.add(row)
        if row >= 0:
            found[row].append(log)
    return dict(found), frozenset(guessed - {-1})


def span_at(facts: Facts, traces: Sequence[int], service: int, time_ns: int) -> int:
    """The innermost span of a service at a moment; else its last one that began before; -1 for none."""
    spans = facts.store.spans
    best = -1
    for trace in traces:
        rows = facts.store.traces.rows(trace)
        mine = np.flatnonzero(spans.service[rows] == service) + rows.start
        begun = mine[spans.start[mine] <= time_ns]
        if not len(begun):
            continue
        within = begun[spans.end[begun] >= time_ns]
        pool = within if len(within) else begun
        row = int(pool[np.lexsort((spans.depth[pool], spans.start[pool]))[-1]])
        if best < 0 or len(within):
            best = row
    return best


def _join(facts: Facts, traces: Sequence[int], entry: int) -> dict[int, tuple[int, Relation]]:
    """Where the other roots of the id hang: under the span they link to, or under a stand-in for a lost parent."""
    spans = facts.store.spans
    joined: dict[int, tuple[int, Relation]] = {}
    for trace in traces:
        rows = facts.store.traces.rows(trace)
        for root in (np.flatnonzero(spans.parent[rows] < 0) + rows.start).tolist():
            linked = _linked(facts, root)
            if linked >= 0 and linked != root:
                joined[root] = linked, "link"
            elif root != entry:
                above = _stand_in(facts, traces, root, entry)
                if above >= 0:
                    joined[root] = above, "call"
    return {root: join for root, join in joined.items() if not _closes(facts, joined, root)}


def _closes(facts: Facts, joined: Mapping[int, tuple[int, Relation]], root: int) -> bool:
    """Whether going up from a joined root comes back to it."""
    row, steps = root, 0
    while row in joined and steps <= len(joined):
        row, steps = _root_of(facts, joined[row][0]), steps + 1
        if row == root:
            return True
    return False


def _root_of(facts: Facts, row: int) -> int:
    spans = facts.store.spans
    while spans.parent[row] >= 0:
        row = int(spans.parent[row])
    return row


def _linked(facts: Facts, root: int) -> int:
    """The producer that a consumer's root span links to, in any trace of the bundle; -1 for none."""
    at = int(facts.store.links["span"].searchsorted(np.int32(root)))
    if at < len(facts.linked) and facts.store.links["span"][at] == root:
        return int(facts.linked[at])
    return -1


def _stand_in(facts: Facts, traces: Sequence[int], root: int, entry: int) -> int:
    """What a root without its parent hangs under: the innermost waiting client without callee, else the entry.

    Only for orphans, and for traces of one id that lost their context on a call.
    """
    spans = facts.store.spans
    if entry < 0 or not (spans.start[entry] <= spans.start[root] <= spans.end[entry]):
        return -1
    best, shortest = -1, np.iinfo(np.int64).max
    for trace in traces:
        rows = facts.store.traces.rows(trace)
        open_ = (spans.start[rows] <= spans.start[root]) & (spans.end[rows] >= spans.start[root])
        waiting = open_ & (spans.kind[rows] == Kind.CLIENT) & (facts.hops.callee_of[rows] < 0)
        waiting &= spans.service[rows] != spans.service[root]
        for row in (np.flatnonzero(waiting) + rows.start).tolist():
            if spans.duration[row] < shortest:
                best, shortest = row, int(spans.duration[row])
    orphan = bool(int(spans.flags[root]) & SpanFlag.ORPHAN)
    return best if best >= 0 else entry if orphan else -1


def _forest(
    facts: Facts, failed: Sequence[int], joined: Mapping[int, tuple[int, Relation]]
) -> tuple[dict[int, list[int]], frozenset[int]]:
    """Each failed row under the nearest failed one above it; rows passed on the way are looked at once."""
    parents = facts.store.spans.parent
    failing = set(failed)
    known: dict[int, tuple[int, bool]] = {}
    below: dict[int, list[int]] = defaultdict(list)
    veiled = set()
    for row in failed:
        way: list[int] = []
        at, well = row, False
        while True:
            parent = int(parents[at])
            at = parent if parent >= 0 else joined.get(at, (-1, "call"))[0]
            if at < 0 or at in failing:
                break
            if at in known:
                at, further = known[at]
                well = well or further
                break
            well = well or not facts.unsaid[at]
            way.append(at)
        above = at
        through = False
        for passed in reversed(way):
            through = through or not facts.unsaid[passed]
            known[passed] = above, through
        below[above].append(row)
        if well and above >= 0:
            veiled.add(row)
    return dict(below), frozenset(veiled)
