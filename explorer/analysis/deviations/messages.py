"""Messages: how long they wait until they are taken, and whether they still are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.deviations.deviation import Deviation
from explorer.analysis.deviations.groupwise import quantile_of
from explorer.analysis.deviations.moments import Split
from explorer.analysis.deviations.presence import LEAST_CHANGE
from explorer.analysis.facts import Facts
from explorer.analysis.significance import (
    SURE,
    discoveries,
    rank_sum,
    ranks_within,
    tail_of_counts,
    tail_of_normal,
)
from explorer.analysis.wording import time_word
from explorer.model.schema import Kind

Longs = NDArray[np.int64]
Mask = NDArray[np.bool_]

_FEWEST = 4
_LONGER = 3.0
_LEAST_MS = 50.0
_MOSTLY_TAKEN = 0.9
_SLACK = 3.0
"""How many times what messages usually wait, at most, is left to the last of them to be taken."""


@dataclass(frozen=True)
class Messages:
    """Messages in the traces that are looked at, one row for each that was sent and each time it was taken.

    Attributes:
        sent, taken: int64 (m,), rows of the producer's and the consumer's span, -1 where it was not taken.
        way: int64 (m,), number of (sending service, its operation), of ``ways``.
        wait: float64 (m,) ms from sent to taken, NaN where it was not; below 0 where clocks differ.
    """

    facts: Facts
    sent: Longs
    taken: Longs
    way: Longs
    ways: int
    wait: NDArray[np.float64]

    @property
    def trace(self) -> Longs:
        """int64 (m,): trace in which each was sent."""
        return self.facts.store.spans.trace[self.sent].astype(np.int64)


def messages_of(facts: Facts, looked: Mask) -> Messages:
    """The messages of a bundle, taken within the trace or in one that is linked to it."""
    spans = facts.store.spans
    sent = np.flatnonzero((spans.kind == Kind.PRODUCER) & looked[spans.trace] & ~facts.hard)
    below = np.flatnonzero((spans.kind == Kind.CONSUMER) & (spans.parent >= 0))
    links = np.flatnonzero(facts.linked >= 0) if len(facts.linked) else np.empty(0, np.int64)
    taker = np.concatenate((below, np.asarray(facts.store.links["span"])[links].astype(np.int64)))
    source = np.concatenate((spans.parent[below].astype(np.int64), facts.linked[links].astype(np.int64)))
    known = np.isin(source, sent)
    taker, source = taker[known], source[known]
    lost = sent[~np.isin(sent, source)]
    sent, taken = np.concatenate((source, lost)), np.concatenate((taker, np.full(len(lost), -1)))
    _, way = np.unique(spans.service[sent].astype(np.int64) << 32 | spans.name[sent], return_inverse=True)
    wait = np.where(taken >= 0, (spans.start[taken] - spans.end[sent]) / 1e6, np.nan)
    return Messages(facts, sent, taken, way, int(way.max(initial=-1)) + 1, wait)


def long_waits(messages: Messages, split: Split, tries: int) -> list[Deviation]:
    """Services that take their messages much later than before, the longest wait first."""
    rows = np.flatnonzero(messages.taken >= 0)
    way, wait, after = messages.way[rows], messages.wait[rows], split.after[messages.trace[rows]]
    deviate, early, late = rank_sum(way, ranks_within(way, wait), after, messages.ways)
    usual, _ = quantile_of(way[~after], wait[~after], messages.ways, 0.5)
    now, _ = quantile_of(way[after], wait[after], messages.ways, 0.5)
    tested = np.flatnonzero((early >= _FEWEST) & (late >= _FEWEST))
    p = np.minimum(tail_of_normal(deviate[tested]) * tries, 1.0)
    found = []
    for at in np.flatnonzero(discoveries(p)).tolist():
        one = int(tested[at])
        longer = now[one] - usual[one]
        if longer >= max((_LONGER - 1) * usual[one], _LEAST_MS):
            hit = rows[(way == one) & after & (wait >= usual[one] + longer / 2)]
            found.append(_waiting(messages, split, hit, float(p[at]), float(usual[one]), float(now[one])))
    return sorted(found, key=lambda one: -one.strength)


def _waiting(messages: Messages, split: Split, hit: Longs, p: float, usual: float, now: float) -> Deviation:
    store = messages.facts.store
    hit = hit[np.argsort(-messages.wait[hit], kind="stable")]
    worst = int(messages.taken[hit[0]])
    service = int(np.bincount(store.spans.service[messages.taken[hit]]).argmax())
    waits, before = time_word(round(now * 1e6)), time_word(round(max(usual, 0.0) * 1e6))
    text = f"messages wait {waits} until {store.services[service]} takes them, {before} before"
    traces = np.unique(np.concatenate((store.spans.trace[messages.taken[hit]], messages.trace[hit])))
    return Deviation(
        "queue", service, p, now - usual, split.time_ns, traces.astype(np.int64), worst, usual, now, text,
        store.operation(worst),
    )  # fmt: skip


def not_taken(messages: Messages, split: Split, tries: int) -> list[Deviation]:
    """Services that hardly take messages any more which they nearly all took before, the surest first.

    What was sent shortly before the records end may still be taken.
    """
    spans = messages.facts.store.spans
    if not len(messages.sent):
        return []
    longest, _ = quantile_of(messages.way, np.nan_to_num(messages.wait), messages.ways, 0.95)
    due = spans.end[messages.sent] + np.int64(_SLACK * 1e6) * np.maximum(longest[messages.way], 1.0).astype(
        np.int64
    )
    asked = np.flatnonzero(due < spans.end.max())
    asked = asked[np.argsort(messages.way[asked], kind="stable")]
    counts = np.bincount(messages.way[asked], minlength=messages.ways)
    ends, found = np.cumsum(counts), []
    for way in np.flatnonzero(counts >= 2 * _FEWEST).tolist():
        mine = asked[ends[way] - counts[way] : ends[way]]
        own, lost = np.unique(messages.trace[mine]), np.unique(messages.trace[mine[messages.taken[mine] < 0]])
        late = int(split.after[own].sum())
        hits, early = int(split.after[lost].sum()), len(own) - late
        if min(late, early) < _FEWEST or len(lost) - hits > (1 - _MOSTLY_TAKEN) * early:
            continue
        if hits < LEAST_CHANGE * late:
            continue
        p = tail_of_counts(hits, late, len(lost), len(own)) * tries * messages.ways
        if p <= SURE:
            found.append(_silent(messages, split, mine, lost[split.after[lost]], p))
    return sorted(found, key=lambda one: one.p)


def _silent(messages: Messages, split: Split, mine: Longs, traces: Longs, p: float) -> Deviation:
    store = messages.facts.store
    taken = messages.taken[mine]
    service = int(np.bincount(store.spans.service[taken[taken >= 0]]).argmax())
    late = split.after[messages.trace[mine]]
    whole, left = int(late.sum()), int((late & (taken >= 0)).sum())
    first = mine[late & (taken < 0)]
    row = int(messages.sent[first[np.argmin(store.spans.start[messages.sent[first]])]])
    before = float((taken[~late] >= 0).mean())
    said = f"none of {whole:,}" if not left else f"only {left:,} of {whole:,}"
    text = f"{store.services[service]} took {said} messages that {store.service(row)} sent ({store.operation(row)})"
    return Deviation(
        "silent", service, p, before, split.time_ns, traces, row, before, left / whole, text, store.operation(row),
    )  # fmt: skip
