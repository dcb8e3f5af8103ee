"""Calls on which the caller waits longer than the callee works: the network, or a queue, on the way to a service."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.deviations.calls import Calls
from explorer.analysis.deviations.deviation import Deviation
from explorer.analysis.deviations.groupwise import quantile_of
from explorer.analysis.deviations.moments import Split
from explorer.analysis.facts import Facts
from explorer.analysis.significance import tail_of_counts
from explorer.analysis.wording import time_word
from explorer.model.sorting import distinct, numbered

Longs = NDArray[np.int64]
Mask = NDArray[np.bool_]

_WIDER = 3.0
"""How many times what is usual on its way a call must wait to count as widened."""
_LEAST_MS = 1.0
_FEWEST_USUAL = 8
_FEWEST_CALLS = 4
_LEAST_SHARE = 0.5
_LEAST_PART = 0.1
_STANDING = 50.0
_LEAST_STANDING_MS = 50.0
_LEAST_STANDING_SHARE = 0.8
_LEAST_STANDING_PART = 0.3
_FEWEST_STANDING = 10
_FEWEST_PEERS = 4
_STANDING_P = 1e-3
"""Stands for the chance, which cannot be told where one way is compared with others: likely, never sure."""


@dataclass(frozen=True)
class Gaps:
    """Gaps of the calls in the traces that are looked at.

    Attributes:
        source, target: int64 (c,), service codes; ``pod``: of the callee, -1 where its service has no other.
        way: number of the pair, of ``ways``.
        trace: int64 (c,); ``gap``: float64 (c,) ms; ``callee``: span rows.
    """

    facts: Facts
    source: Longs
    target: Longs
    pod: Longs
    way: Longs
    ways: int
    trace: Longs
    gap: NDArray[np.float64]
    callee: Longs


def gaps_of(facts: Facts, calls: Calls, looked: Mask) -> Gaps:
    """The gaps of a bundle."""
    spans = facts.store.spans
    kept = looked[spans.trace[calls.callee]] & ~facts.hard[calls.caller]
    caller, callee = calls.caller[kept], calls.callee[kept]
    source, target = spans.service[caller].astype(np.int64), spans.service[callee].astype(np.int64)
    ways, way = numbered(source * np.int64(max(len(facts.store.services), 1)) + target)
    return Gaps(
        facts,
        source,
        target,
        _pods(facts, callee),
        way,
        len(ways),
        spans.trace[callee].astype(np.int64),
        calls.gap[kept],
        callee,
    )


def _pods(facts: Facts, callee: Longs) -> Longs:
    """Number of the pod of each callee; -1 for services of one pod."""
    spans = facts.store.spans
    names, number = np.unique([resource.pod for resource in facts.store.resources], return_inverse=True)
    pod = number[spans.resource[callee]]
    pairs = distinct(spans.service[callee] * np.int64(len(names)) + pod)
    several = np.bincount(pairs // len(names), minlength=len(facts.store.services)) > 1
    return np.where(several[spans.service[callee]] & (names[pod] != ""), pod, -1)


def widened(gaps: Gaps, split: Split) -> tuple[Mask, NDArray[np.float64]]:
    """Bool (c,): calls that wait far longer than was usual on their way before; and what was usual (ms).

    Ways seldom gone before are measured by what was usual on all ways.
    """
    before = ~split.after[gaps.trace]
    high, counts = quantile_of(gaps.way[before], gaps.gap[before], gaps.ways, 0.75)
    everywhere = np.quantile(gaps.gap[before], 0.95) if before.any() else np.inf
    usual = np.where(counts >= _FEWEST_USUAL, high, everywhere)[gaps.way]
    return np.asarray(gaps.gap > np.maximum(_WIDER * usual, usual + _LEAST_MS)), usual


def wide_gaps(gaps: Gaps, split: Split, tries: int) -> list[Deviation]:
    """Services the way to which (or from which) is wider after a moment, each explaining calls that none before did."""
    if not len(gaps.gap):
        return []
    wide, usual = widened(gaps, split)
    after = split.after[gaps.trace]
    left = wide & after
    found: list[Deviation] = []
    services = len(distinct(np.concatenate((gaps.source, gaps.target))))
    while left.any():
        fit = _fits(gaps, left, after)
        side, service = divmod(int(np.argmax(fit)), fit.shape[1])
        mine = _side(gaps, service, side)
        one = _deviation(gaps, split, service, mine, wide, usual, tries * services) if fit.max() > 0 else None
        if one is None:
            break
        found.append(one)
        left &= ~mine
    return found or _of_one_pod(gaps, split, wide, usual, tries)


def _of_one_pod(
    gaps: Gaps, split: Split, wide: Mask, usual: NDArray[np.float64], tries: int
) -> list[Deviation]:
    """The one pod of a service the way to which is wider, while the others are reached as ever."""
    after = split.after[gaps.trace]
    placed = gaps.pod >= 0
    pods = int(gaps.pod.max(initial=-1)) + 1
    own = np.bincount(gaps.pod[placed & after], minlength=pods)
    hit = np.bincount(gaps.pod[placed & after & wide], minlength=pods)
    fit = np.where((own >= _FEWEST_CALLS) & (hit >= _LEAST_SHARE * own), hit / np.maximum(own, 1), 0.0)
    if not fit.any():
        return []
    mine = gaps.pod == int(np.argmax(fit))
    service = int(gaps.target[mine][0])
    one = _deviation(gaps, split, service, np.asarray(mine), wide, usual, tries * pods)
    return [one] if one is not None else []


def standing_gap(gaps: Gaps) -> list[Deviation]:
    """The service all calls to which wait far longer on the way than any others do, from the first record on.

    Where nothing was recorded before the fault, only the other ways tell what is usual.
    """
    services = len(gaps.facts.store.services)
    into = np.bincount(gaps.target, minlength=services)
    middle, _ = quantile_of(gaps.target, gaps.gap, services, 0.5)
    known = np.flatnonzero(into >= _FEWEST_STANDING)
    if len(known) < _FEWEST_PEERS:
        return []
    worst = int(known[np.argmax(middle[known])])
    mine = gaps.target == worst
    usual = float(np.median(gaps.gap[~mine]))
    wide = mine & (gaps.gap > max(_STANDING * usual, _LEAST_STANDING_MS))
    if wide.sum() < _LEAST_STANDING_SHARE * into[worst]:
        return []
    beside = float((gaps.gap[~mine] > max(_STANDING * usual, _LEAST_STANDING_MS)).mean())
    if beside > 1 - _LEAST_STANDING_SHARE:
        return []
    store = gaps.facts.store
    lost = np.bincount(gaps.trace[wide], weights=gaps.gap[wide], minlength=len(store.traces))
    touched = np.unique(gaps.trace[wide])
    whole = np.maximum(store.spans.duration[gaps.facts.entries[touched]] / 1e6, 1e-3)
    if float(np.median(lost[touched] / whole)) < _LEAST_STANDING_PART:
        return []
    now = float(np.median(gaps.gap[wide]))
    text = (f"calls to {store.services[worst]} wait {time_word(round(now * 1e6))} on the way from the first record on, "
            f"others {time_word(round(usual * 1e6))}: {int(wide.sum()):,} of {int(into[worst]):,}")  # fmt: skip
    order = touched[np.argsort(-lost[touched], kind="stable")]
    row = int(gaps.callee[np.flatnonzero(wide)[np.argmax(gaps.gap[wide])]])
    start = int(store.traces.start[touched].min())
    return [
        Deviation(
            "standing",
            worst,
            _STANDING_P,
            float(np.median(lost[touched])),
            start,
            order,
            row,
            usual,
            now,
            text,
        )
    ]


def _side(gaps: Gaps, service: int, side: int) -> Mask:
    """Calls into a service (0), out of it (1), or both (2)."""
    into, out = gaps.target == service, gaps.source == service
    return np.asarray(into if side == 0 else out if side == 1 else into | out)


def _fits(gaps: Gaps, left: Mask, after: Mask) -> NDArray[np.float64]:
    """float64 (3, services): how well the calls of one side and the widened ones agree (F1).

    0 where a side has few calls, or most of them are as ever.
    """
    services = len(gaps.facts.store.services)
    counts = [
        (
            np.bincount(gaps.target[mask], minlength=services),
            np.bincount(gaps.source[mask], minlength=services),
        )
        for mask in (left, after)
    ]
    hit, own = (np.stack((into, out, into + out)) for into, out in counts)
    fit = 2.0 * hit / np.maximum(own + int(left.sum()), 1)
    return np.where((own >= _FEWEST_CALLS) & (hit >= _LEAST_SHARE * own), fit, 0.0)


def _deviation(
    gaps: Gaps, split: Split, service: int, mine: Mask, wide: Mask, usual: NDArray[np.float64], tries: int
) -> Deviation | None:
    """The deviation of one side, None where chance or a small effect explains it."""
    after = split.after[gaps.trace]
    now, then = mine & after, mine & ~after
    share, usual_share = float(wide[now].mean()), float(wide[then].mean()) if then.any() else 0.0
    p = min(1.0, _chance(gaps, split, mine, wide) * tries)
    if p > 0.01 or share - usual_share < _LEAST_SHARE:
        return None
    store = gaps.facts.store
    hit = now & wide
    lost = np.bincount(gaps.trace[hit], weights=gaps.gap[hit] - usual[hit], minlength=len(split.after))
    touched = np.unique(gaps.trace[hit])
    whole = np.maximum(store.spans.duration[gaps.facts.entries[touched]] / 1e6, 1e-3)
    typical = float(np.median(lost[touched]))
    if float(np.median(lost[touched] / np.maximum(whole - lost[touched], 1e-3))) < _LEAST_PART:
        return None
    before, later = (
        float(np.median(gaps.gap[then] if then.any() else usual[now])),
        float(np.median(gaps.gap[hit])),
    )
    worst = int(gaps.callee[np.flatnonzero(hit)[np.argmax(gaps.gap[hit])]])
    text = (f"calls to or from {store.services[service]} waited {time_word(round(later * 1e6))} on the way, "
            f"{time_word(round(before * 1e6))} before: {int(hit.sum()):,} of {int(now.sum()):,}")  # fmt: skip
    order = touched[np.argsort(-lost[touched], kind="stable")]
    return Deviation("gap", service, p, typical, split.time_ns, order, worst, before, later, text)


def _chance(gaps: Gaps, split: Split, mine: Mask, wide: Mask) -> float:
    """By trace: the chance that so many later ones wait about as long as is typical here now.

    Among this side's own traces before and after, or, where it was hardly called before, among all later traces.
    """
    after = split.after[gaps.trace]
    long = wide & (gaps.gap > float(np.median(gaps.gap[mine & wide & after])) / 3)
    own, hit = np.unique(gaps.trace[mine]), np.unique(gaps.trace[mine & long])
    drawn = own[split.after[own]]
    in_time = tail_of_counts(int(split.after[hit].sum()), len(drawn), len(hit), len(own))
    if len(own) - len(drawn) >= _FEWEST_USUAL:
        return in_time
    others, marked = np.unique(gaps.trace[after]), np.unique(gaps.trace[after & long])
    beside = tail_of_counts(int(np.isin(drawn, hit).sum()), len(drawn), len(marked), len(others))
    return 2 * min(in_time, beside)
