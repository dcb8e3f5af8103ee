"""What it was not: short sentences with their figures, each true of every failing id of the cause."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.facts import Facts
from explorer.analysis.traits import REJECTED, Trait
from explorer.analysis.weighing.grouping import Group
from explorer.analysis.weighing.onset import Onset
from explorer.analysis.wording import number_word, time_word
from explorer.model.schema import Kind

Longs = NDArray[np.int64]

_MOST_IDS = 400
_MOST_SERVICES = 8
_MOST_WALKED = 60
_FEWEST_IDS = 20


def ruled_out(facts: Facts, group: Group, onset: Onset) -> tuple[str, ...]:
    """Sentences about network, callees, load and version, where they can be said."""
    rows = _rows(facts, group)
    said = (
        network(facts, group, rows),
        callees(facts, group),
        load(facts, onset),
        versions(facts, group, onset),
    )
    return tuple(text for text in said if text)


def _rows(facts: Facts, group: Group) -> Longs:
    """Spans of the group's ids (of the first few hundred)."""
    store = facts.store
    traces = [t for row in sorted(group.ids())[:_MOST_IDS] for t in store.correlation.rows[row].traces]
    parts = [np.arange(store.traces.first[t], store.traces.first[t + 1]) for t in traces]
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


def network(facts: Facts, group: Group, rows: Longs) -> str:
    """That no connection was refused, reset or timed out."""
    if group.fault.verdict.category == "infrastructure" or not len(rows):
        return ""
    bad = facts.hard[rows] & ((facts.traits[rows] & (REJECTED | Trait.TIMEOUT)) != 0)
    inside = np.zeros(len(facts.hard), bool)
    inside[rows] = True
    calls = int(inside[facts.hops.caller].sum())
    if bad.any() or calls < 2:
        return ""
    return f"Network: none of {calls:,} calls was refused, reset or timed out"


def callees(facts: Facts, group: Group) -> str:
    """That what the origin called answered."""
    counted: Counter[str] = Counter()
    slowest: dict[str, int] = {}
    for account in group.accounts[:_MOST_WALKED]:
        row = account.path[0].row
        if row < 0:
            return ""
        inside = np.flatnonzero(
            (facts.hops.caller >= row) & (facts.hops.caller < row + facts.store.spans.size[row])
        )
        for hop in inside.tolist():
            stands = int(facts.hops.stands[hop])
            if (
                facts.store.spans.kind[stands] == Kind.PRODUCER
                or facts.hops.source[hop] == facts.hops.target[hop]
            ):
                continue
            if facts.hard[stands] or facts.hops.source[hop] != facts.store.spans.service[row]:
                return ""
            name = facts.peers.name(int(facts.hops.target[hop]))
            if name == group.service:
                continue
            counted[name] += 1
            slowest[name] = max(slowest.get(name, 0), int(facts.hops.duration[hop]))
    some = [f"{name} answered {count:,} of {count:,} calls, in at most {time_word(slowest[name])}"
            for name, count in counted.most_common(2)]  # fmt: skip
    return "; ".join(some)


def load(facts: Facts, onset: Onset) -> str:
    """That no more requests came than before."""
    start = np.sort(facts.ids.start[facts.ids.start > 0])
    before, after = start[start < onset.time_ns], start[start >= onset.time_ns]
    if len(before) < _FEWEST_IDS or len(after) < _FEWEST_IDS:
        return ""
    rates = [len(part) / max((part[-1] - part[0]) / 1e9, 1e-9) for part in (before, after)]
    if not 0.67 < rates[1] / rates[0] < 1.5:
        return ""
    return (
        f"Load: requests came at {number_word(rates[0])} per second before and {number_word(rates[1])} after"
    )


def versions(facts: Facts, group: Group, onset: Onset) -> str:
    """That the services further up the path run the version they ran before."""
    unchanged: list[str] = []
    names = dict.fromkeys(step.service for step in group.first.path[1:] if step.service != group.service)
    for name in list(names)[:_MOST_SERVICES]:
        code = facts.peers.known(name)
        found, first_ns = facts.ran.get(code, (frozenset(), 0))
        if len(found) == 1 and first_ns < onset.time_ns:
            unchanged.append(f"{name} {next(iter(found))}")
    return f"Version: unchanged in {', '.join(unchanged[:3])}" if unchanged else ""
