"""Absence as evidence: a service that was called and left no span."""

from __future__ import annotations

import numpy as np

from explorer.analysis.facts import Facts
from explorer.analysis.results import Evidence
from explorer.analysis.weighing.grouping import Group


def silence_evidence(facts: Facts, group: Group) -> list[Evidence]:
    """That the service at fault left no span since a moment although it was called."""
    code = facts.peers.known(group.service)
    if code < 0 or group.first.path[0].row >= 0 or group.first.explained.top < 0:
        return []
    spans, hops = facts.store.spans, facts.hops
    own = np.flatnonzero(spans.service == code)
    calls = hops.caller[(hops.target == code) & (hops.callee < 0)]
    if not len(own):
        return [
            Evidence("absence", f"{group.service} left no span at all", span=group.first.explained.blame.via)
        ]
    last = int(spans.end[own].max())
    later = calls[spans.start[calls] > last]
    if not len(later):
        return []
    many = "was called once more" if len(later) == 1 else f"was called {len(later):,} times more"
    text = f"{group.service} {many} after its last span and left none"
    return [Evidence("absence", text, time_ns=last, span=int(later[0]))]
