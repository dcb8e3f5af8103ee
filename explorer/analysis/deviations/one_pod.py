"""Whether what deviates is one pod of a service, while its others go on as before."""

from __future__ import annotations

import numpy as np

from explorer.analysis.deviations.deviation import Deviation
from explorer.analysis.facts import Facts

_FEWEST = 8
_MOSTLY = 0.9


def slow_pod(facts: Facts, one: Deviation) -> str:
    """The pod that nearly all deviating traces went through and hardly any other did; ``""`` for none."""
    store, spans = facts.store, facts.store.spans
    rows = np.flatnonzero((spans.service == one.service) & (spans.start >= one.time_ns))
    names = np.array([resource.pod for resource in store.resources])
    pod = names[spans.resource[rows]]
    known = np.unique(pod[pod != ""])
    deviating = np.isin(spans.trace[rows], one.traces)
    if len(known) < 2:
        return ""
    for name in known.tolist():
        mine = pod == name
        through = np.unique(spans.trace[rows[mine]])
        if len(through) < _FEWEST:
            continue
        hit = np.isin(one.traces, through).mean() if len(one.traces) else 0.0
        beside = deviating[~mine].mean() if (~mine).any() else 1.0
        if hit >= _MOSTLY and deviating[mine].mean() >= 2 * beside:
            return str(name)
    return ""


def runs_the_same(facts: Facts, service: int, pod: str) -> bool:
    """Whether a pod runs no other version than the other pods of its service, as far as is known."""
    store, spans = facts.store, facts.store.spans
    used = [store.resources[at] for at in np.unique(spans.resource[spans.service == service]).tolist()]
    others = {one.version for one in used if one.pod != pod}
    return {one.version for one in used if one.pod == pod} <= others
