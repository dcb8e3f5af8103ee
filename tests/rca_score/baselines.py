"""Simple methods to compare with: each gives every service a score, the higher the more suspect.

MicroRank: Yu et al., WWW 2021. TraceRCA: Li et al., IWQoS 2021. Both as their papers say, on the same columns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.facts import Facts

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_ERROR = 17
_ITERATIONS = 25
_DAMPING = 0.85
_CALLS = 0.01
_FAR = 3.0


@dataclass(frozen=True)
class View:
    """What the methods look at: one store, and which traces began after the incident did."""

    facts: Facts
    moment_ns: int

    @cached_property
    def after(self) -> Mask:
        """Bool (traces,)."""
        return np.asarray(self.facts.store.traces.start >= self.moment_ns)

    @cached_property
    def failed(self) -> Mask:
        """Bool (spans,): spans that say so, or have an error log."""
        found = self.facts.hard.copy()
        logs = self.facts.store.logs
        told = logs.span[(logs.severity >= _ERROR) & (logs.span >= 0)]
        found[told] = True
        return found

    @cached_property
    def operation(self) -> NDArray[np.int64]:
        """int64 (spans,): number of each span's service and operation."""
        spans = self.facts.store.spans
        pairs = spans.service.astype(np.int64) << 32 | spans.name
        return np.asarray(np.unique(pairs, return_inverse=True)[1])

    @cached_property
    def service_of(self) -> NDArray[np.int64]:
        """int64 (operations,): service code."""
        out = np.zeros(int(self.operation.max(initial=-1)) + 1, np.int64)
        out[self.operation] = self.facts.store.spans.service
        return out

    @property
    def services(self) -> int:
        """How many codes there are."""
        return len(self.facts.store.services)

    def by_service(self, values: Floats) -> Floats:
        """The highest value of each service's operations."""
        out = np.zeros(self.services)
        np.maximum.at(out, self.service_of, values)
        return out


def chance(view: View) -> Floats:
    """All alike."""
    return np.zeros(view.services)


def deepest_error(view: View) -> Floats:
    """One vote of each later trace for the service of its deepest failed span."""
    spans = view.facts.store.spans
    rows = np.flatnonzero(view.failed & view.after[spans.trace])
    order = rows[np.lexsort((spans.depth[rows], spans.trace[rows]))]
    last = np.flatnonzero(np.diff(spans.trace[order], append=-1))
    return np.bincount(spans.service[order[last]], minlength=view.services).astype(np.float64)


def most_error_logs(view: View) -> Floats:
    """Error logs since the moment."""
    logs = view.facts.store.logs
    loud = (logs.severity >= _ERROR) & (logs.time >= view.moment_ns)
    return np.bincount(logs.service[loud], minlength=view.services).astype(np.float64)


def self_time(view: View) -> Floats:
    """How far the mean self time of a service (log, by trace) lies from that before, in its spreads."""
    spans = view.facts.store.spans
    out = np.zeros(view.services)
    taken = np.log(np.maximum(view.facts.self_ns, 1000))
    for service in range(view.services):
        mine = spans.service == service
        late = mine & view.after[spans.trace]
        early = mine & ~view.after[spans.trace]
        if late.sum() > 1 and early.sum() > 1:
            out[service] = (taken[late].mean() - taken[early].mean()) / max(float(taken[early].std()), 0.1)
    return out


def trace_rca(view: View) -> Floats:
    """Harmonic mean of support and confidence of the services whose calls are abnormal in later traces."""
    spans = view.facts.store.spans
    late = view.after[spans.trace]
    middle, spread = _usual(view, np.log(np.maximum(spans.duration, 1000)))
    far = np.log(np.maximum(spans.duration, 1000)) > (middle + _FAR * spread)[view.operation]
    odd = late & (far | view.failed)
    traces = max(int(np.unique(spans.trace[odd]).size), 1)
    bad = _traces_of(view, odd)
    every = _traces_of(view, late)
    support, confidence = bad / traces, bad / np.maximum(every, 1)
    return 2 * support * confidence / np.maximum(support + confidence, 1e-9)


def micro_rank(view: View) -> Floats:
    """PageRank of operations in slow and in other traces, joined by Ochiai's coefficient."""
    spans = view.facts.store.spans
    middle, spread = _usual(view, view.facts.self_ns.astype(np.float64))
    expected = np.bincount(
        spans.trace, weights=(middle + 1.5 * spread)[view.operation], minlength=len(view.after)
    )
    slow = view.after & (spans.duration[view.facts.entries] > expected)
    passed = [np.zeros(len(view.service_of))] * 2
    counts = [np.zeros(len(view.service_of))] * 2
    for at, traces in enumerate((slow, ~slow)):
        if traces.any():
            passed[at], counts[at] = _page_rank(view, traces, prefer_rare=at == 0)
    whole = np.array([slow.sum(), (~slow).sum()], np.float64)
    ef, nf = passed[0] * counts[0], passed[0] * (whole[0] - counts[0])
    ep = passed[1] * counts[1]
    return view.by_service(ef / np.sqrt(np.maximum((ef + ep) * (ef + nf), 1e-12)))


def _page_rank(view: View, traces: Mask, *, prefer_rare: bool) -> tuple[Floats, Floats]:
    """Weight of each operation among some traces, and how many of them it is in."""
    spans = view.facts.store.spans
    numbers = np.flatnonzero(traces)
    rows = np.flatnonzero(traces[spans.trace])
    covers = np.zeros((len(view.service_of), len(numbers)), np.float32)
    covers[view.operation[rows], np.searchsorted(numbers, spans.trace[rows])] = 1
    calls = np.zeros((len(view.service_of),) * 2, np.float32)
    child = rows[spans.parent[rows] >= 0]
    calls[view.operation[child], view.operation[spans.parent[child]]] = 1
    calls /= np.maximum(calls.sum(0), 1)
    down, up = covers / np.maximum(covers.sum(0), 1), (covers / np.maximum(covers.sum(1), 1)[:, None]).T
    width = covers.sum(0)
    _, kind, count = np.unique(covers, axis=1, return_inverse=True, return_counts=True)
    likes = 1 / width / (count[kind.ravel()] if prefer_rare else 1)
    likes /= likes.sum()
    operations, own = np.full(len(covers), 1 / len(covers)), likes.copy()
    for _ in range(_ITERATIONS):
        operations, own = (
            _DAMPING * (down @ own + _CALLS * calls @ operations),
            _DAMPING * (up @ operations) + (1 - _DAMPING) * likes,
        )
        operations, own = operations / operations.sum(), own / own.sum()
    return np.asarray(operations, np.float64), np.asarray(covers.sum(1), np.float64)


def _usual(view: View, values: Floats) -> tuple[Floats, Floats]:
    """Mean and spread of each operation before the moment (of all where it was not called before)."""
    early = ~view.after[view.facts.store.spans.trace]
    size = len(view.service_of)
    seen = np.bincount(view.operation[early], minlength=size) > 1
    use = early | ~seen[view.operation]
    count = np.maximum(np.bincount(view.operation[use], minlength=size), 1)
    mean = np.bincount(view.operation[use], weights=values[use], minlength=size) / count
    square = np.bincount(
        view.operation[use], weights=(values[use] - mean[view.operation[use]]) ** 2, minlength=size
    )
    return mean, np.maximum(np.sqrt(square / count), 0.05 * np.abs(mean) + 1e-9)


def _traces_of(view: View, rows: Mask) -> Floats:
    """How many traces hold such spans of each service."""
    spans = view.facts.store.spans
    pairs = np.unique(spans.service[rows].astype(np.int64) << 32 | spans.trace[rows])
    return np.bincount(pairs >> 32, minlength=view.services).astype(np.float64)


METHODS: dict[str, Callable[[View], Floats]] = {
    "random": chance, "deepest error span": deepest_error, "most error logs": most_error_logs,
    "MicroRank": micro_rank, "TraceRCA": trace_rca, "self-time z": self_time,
}  # fmt: skip
