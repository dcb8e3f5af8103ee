"""Which deviations count: one kind of reason after the other, each explaining away what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.deviations.calls import calls_of
from explorer.analysis.deviations.chatty import chatty, counts_of
from explorer.analysis.deviations.cut_short import cut_short, endings_of
from explorer.analysis.deviations.deviation import Deviation
from explorer.analysis.deviations.figures import figures_of, is_asked, risen_figures
from explorer.analysis.deviations.gaps import gaps_of, standing_gap, wide_gaps
from explorer.analysis.deviations.hosts import beside, hosts_of, slow_hosts
from explorer.analysis.deviations.lines import changed_lines, lines_of
from explorer.analysis.deviations.load import risen_load
from explorer.analysis.deviations.messages import long_waits, messages_of, not_taken
from explorer.analysis.deviations.moments import Split, splits
from explorer.analysis.deviations.refused import refused
from explorer.analysis.deviations.resources import filled_up, usages_of
from explorer.analysis.deviations.slow_self import self_times_of, slow_selves
from explorer.analysis.facts import Facts
from explorer.analysis.weighing.period import Period

Mask = NDArray[np.bool_]
Channel = Callable[[Split, int], Sequence[Deviation]]

_STARVED = 0.3
"""Part of what calls wait longer that a service's own work must take longer for it to lack CPU, not network."""
MOST = 3


def deviations(facts: Facts, looked: Mask, period: Period) -> list[Deviation]:
    """What deviates in the traces that are looked at (bool by trace), the first to be believed first.

    The way to a service is asked before its log lines, and these before its own work: a slow network makes all
    callers slow, and a fault in the code changes what is called (the order was measured on labelled incidents).
    Each answer takes its traces away from the next.
    """
    moments = splits(facts, period)
    if not moments:
        return []
    calls = calls_of(facts)
    gaps, times = gaps_of(facts, calls, looked), self_times_of(facts, calls, looked)
    wide = _surest(moments, lambda split, tries: wide_gaps(gaps, split, tries))
    usages = usages_of(facts)
    on_hosts = hosts_of(times)
    hosts = _surest(moments, lambda split, tries: slow_hosts(on_hosts, split, tries))
    full = _surest(moments, lambda split, tries: filled_up(facts, usages, split, tries)) if usages else []
    slow = _surest(moments, lambda split, tries: slow_selves(times, split, tries))
    told: Sequence[Deviation] = ()
    if not wide and len(facts.store.logs):
        lines = lines_of(facts, looked)
        told = _surest(moments, lambda split, tries: changed_lines(lines, split, tries))[:1]
    if not wide and not told:
        endings = endings_of(facts, looked)
        told = _surest(moments, lambda split, tries: cut_short(endings, split, tries))[:1]
    messages = messages_of(facts, looked)
    silent = _surest(moments, lambda split, tries: not_taken(messages, split, tries))
    waits = _surest(moments, lambda split, tries: long_waits(messages, split, tries))
    badly_asked = _surest(moments, lambda split, tries: refused(facts, split, looked, tries))
    counts = counts_of(facts, looked)
    many = _surest(moments, lambda split, tries: chatty(counts, split, tries))
    nothing = not (wide or told or hosts or full or slow or silent or waits or badly_asked or many)
    figures = figures_of(facts, looked) if is_asked(facts, else_nothing=nothing) else {}
    risen = (
        _surest(moments, lambda split, tries: risen_figures(facts, figures, split, tries)) if figures else []
    )
    standing = standing_gap(gaps) if not wide else []
    wide = _starved(wide, slow, full)
    filled = [one for one in full if all(one.service != other.service for other in wide)]
    # Who works more slowly takes messages later.
    waits = [one for one in waits if all(one.service != other.service for other in slow)]
    asked = [*badly_asked, *silent, *waits]
    found = _unexplained([*hosts, *wide, *filled, *asked, *told, *many, *standing, *slow, *risen])[:MOST]
    found = [beside(facts, one, (*slow, *full)) for one in found]
    return _under_load(facts, looked, moments, found)


def _under_load(
    facts: Facts, looked: Mask, moments: Sequence[Split], found: list[Deviation]
) -> list[Deviation]:
    """The load instead of all that became slow when it rose, or after."""
    slow = [one for one in found if one.kind in ("gap", "starved", "resource", "self", "host", "queue")]
    if not slow:
        return found
    # When each was surest is known to a moment only: the load may be clearest at the next.
    first = min(one.time_ns for one in slow)
    before = sum(split.time_ns <= first for split in moments)
    loads = [risen_load(facts, split, looked, len(moments)) for split in moments[: before + 1]]
    risen = max((one for one in loads if one is not None), key=lambda one: one.strength, default=None)
    if risen is None:
        return found
    slower = np.unique(np.concatenate([one.traces for one in slow]))
    rest = [one for one in found if one not in slow]
    kept = risen.traces[np.isin(risen.traces, slower)]
    return [replace(risen, traces=kept), *rest] if len(kept) else found


def _surest(moments: Sequence[Split], channel: Channel) -> list[Deviation]:
    """What a channel finds at the moment at which it is surest."""
    found: list[Deviation] = []
    for split in moments:
        here = list(channel(split, len(moments)))
        if here and (not found or _surety(here) < _surety(found)):
            found = here
    return found


def _surety(found: Sequence[Deviation]) -> float:
    return min(one.p for one in found)


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
