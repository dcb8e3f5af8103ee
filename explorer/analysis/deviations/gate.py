"""Which deviations count: one kind of reason after the other, each explaining away what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.deviations.calls import Calls, calls_of
from explorer.analysis.deviations.chatty import CallCounts, chatty, counts_of
from explorer.analysis.deviations.cut_short import Endings, cut_short, endings_of
from explorer.analysis.deviations.deviation import Deviation
from explorer.analysis.deviations.figures import Figures, figures_of, is_asked, risen_figures
from explorer.analysis.deviations.gaps import Gaps, gaps_of, standing_gap, wide_gaps
from explorer.analysis.deviations.hosts import Hosts, beside, hosts_of, slow_hosts
from explorer.analysis.deviations.lines import Lines, changed_lines, lines_of
from explorer.analysis.deviations.load import risen_load
from explorer.analysis.deviations.messages import Messages, long_waits, messages_of, not_taken
from explorer.analysis.deviations.moments import Split, splits
from explorer.analysis.deviations.refused import refused
from explorer.analysis.deviations.resources import Usage, filled_up, usages_of
from explorer.analysis.deviations.slow_self import SelfTimes, self_times_of, slow_selves
from explorer.analysis.facts import Facts
from explorer.analysis.weighing.period import EVER, Period

Mask = NDArray[np.bool_]

_STARVED = 0.3
"""Part of what calls wait longer that a service's own work must take longer for it to lack CPU, not network."""
MOST = 3
_SURER = 2
"""How many times the decades of chance a stretch must have."""


@dataclass(frozen=True, eq=False)
class _Looked:
    """What is measured of the traces that are looked at (bool by trace), each when it is first asked for."""

    facts: Facts
    looked: Mask

    @cached_property
    def calls(self) -> Calls:
        return calls_of(self.facts)

    @cached_property
    def gaps(self) -> Gaps:
        return gaps_of(self.facts, self.calls, self.looked)

    @cached_property
    def times(self) -> SelfTimes:
        return self_times_of(self.facts, self.calls, self.looked)

    @cached_property
    def hosts(self) -> Hosts:
        return hosts_of(self.times)

    @cached_property
    def usages(self) -> list[Usage]:
        return usages_of(self.facts)

    @cached_property
    def lines(self) -> Lines:
        return lines_of(self.facts, self.looked)

    @cached_property
    def endings(self) -> Endings:
        return endings_of(self.facts, self.looked)

    @cached_property
    def messages(self) -> Messages:
        return messages_of(self.facts, self.looked)

    @cached_property
    def counts(self) -> CallCounts:
        return counts_of(self.facts, self.looked)

    @cached_property
    def figures(self) -> Figures:
        return figures_of(self.facts, self.looked)


def deviations(facts: Facts, looked: Mask, period: Period) -> list[Deviation]:
    """What deviates in the traces that are looked at (bool by trace), the first to be believed first.

    What has come and gone shows from some moment on as well, only less: a stretch of time is believed where it deviates
    far more surely from all that lies around it.
    """
    onward, passed = splits(facts, period)
    measured = _Looked(facts, looked)
    lasting = _since(measured, onward, len(onward))
    passing = _since(measured, passed, len(onward) + len(passed))
    found = passing if _least(passing) < _least(lasting) ** _SURER else lasting
    return _under_load(facts, looked, [*onward, *passed], found)


def _least(found: Sequence[Deviation]) -> float:
    """The least chance of some deviations, 1 of none."""
    return min((one.p for one in found), default=1.0)


def _since(of: _Looked, moments: Sequence[Split], tries: int) -> list[Deviation]:
    """What deviates at some moments.

    The way to a service is asked before its log lines, and these before its own work: a slow network makes all
    callers slow, and a fault in the code changes what is called (the order was measured on labelled incidents).
    Each answer takes its traces away from the next.
    """
    if not moments:
        return []
    facts, looked = of.facts, of.looked

    def surest(channel: Callable[[Split], Sequence[Deviation]]) -> list[Deviation]:
        found = [_over([*channel(split)], split) for split in moments]
        return min(filter(None, found), key=lambda some: min(one.p for one in some), default=[])

    wide = surest(lambda split: wide_gaps(of.gaps, split, tries))
    hosts = surest(lambda split: slow_hosts(of.hosts, split, tries))
    full = surest(lambda split: filled_up(facts, of.usages, split, tries)) if of.usages else []
    slow = surest(lambda split: slow_selves(of.times, split, tries))
    told: Sequence[Deviation] = ()
    if not wide and len(facts.store.logs):
        told = surest(lambda split: changed_lines(of.lines, split, tries))[:1]
    if not wide and not told:
        told = surest(lambda split: cut_short(of.endings, split, tries))[:1]
    silent = surest(lambda split: not_taken(of.messages, split, tries))
    waits = surest(lambda split: long_waits(of.messages, split, tries))
    badly_asked = surest(lambda split: refused(facts, split, looked, tries))
    many = surest(lambda split: chatty(of.counts, split, tries))
    nothing = not (wide or told or hosts or full or slow or silent or waits or badly_asked or many)
    figures = of.figures if is_asked(facts, else_nothing=nothing) else {}
    risen = surest(lambda split: risen_figures(facts, figures, split, tries)) if figures else []
    standing = standing_gap(of.gaps) if not wide else []
    wide = _starved(wide, slow, full)
    filled = [one for one in full if all(one.service != other.service for other in wide)]
    # Who works more slowly takes messages later.
    waits = [one for one in waits if all(one.service != other.service for other in slow)]
    asked = [*badly_asked, *silent, *waits]
    found = _unexplained([*hosts, *wide, *filled, *asked, *told, *many, *standing, *slow, *risen])[:MOST]
    return [beside(facts, one, (*slow, *full)) for one in found]


def _over(found: list[Deviation], split: Split) -> list[Deviation]:
    """What was found at a split, with when it was over."""
    return found if split.end_ns == EVER else [replace(one, end_ns=split.end_ns) for one in found]


def _under_load(
    facts: Facts, looked: Mask, moments: Sequence[Split], found: list[Deviation]
) -> list[Deviation]:
    """The load instead of all that became slow when it rose, or after."""
    slow = [one for one in found if one.kind in ("gap", "starved", "resource", "self", "host", "queue")]
    if not slow:
        return found
    # When each was surest is known to a moment only: the load may be clearest at the next.
    first = min(one.time_ns for one in slow)
    latest = min((split.time_ns for split in moments if split.time_ns > first), default=first)
    early = (split for split in moments if split.time_ns <= latest)
    loads = (one for at in early for one in _over(risen_load(facts, at, looked, len(moments)), at))
    risen = max(loads, key=lambda one: one.strength, default=None)
    if risen is None:
        return found
    slower = np.unique(np.concatenate([one.traces for one in slow]))
    rest = [one for one in found if one not in slow]
    kept = risen.traces[np.isin(risen.traces, slower)]
    return [replace(risen, traces=kept), *rest] if len(kept) else found


def _starved(
    wide: Sequence[Deviation], slow: Sequence[Deviation], full: Sequence[Deviation]
) -> list[Deviation]:
    """Where the work of a service is slower too, or its CPU full, its calls wait because it lacks CPU."""
    own = {one.service: one for one in slow}
    metered = {one.service: one.series for one in full}
    out: list[Deviation] = []
    for one in wide:
        other = own.get(one.service)
        starved = other is not None and other.strength >= _STARVED * one.strength
        kind = "starved" if starved or one.service in metered else one.kind
        out.append(replace(one, kind=kind, series=metered.get(one.service, -1)))
    return out


def _unexplained(found: Sequence[Deviation]) -> list[Deviation]:
    """Those most of whose traces none before them explains."""
    kept: list[Deviation] = []
    taken: NDArray[np.int64] = np.empty(0, np.int64)
    for one in found:
        alone = ~np.isin(one.traces, taken)
        if len(one.traces) and alone.mean() > 0.5 and all(one.service != other.service for other in kept):
            kept.append(one)
            taken = np.union1d(taken, one.traces)
    return kept
