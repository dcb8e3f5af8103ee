"""What the proxies of a service mesh say about calls to the service at fault."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.envoy import MEANS, flags_in
from explorer.analysis.facts import Facts
from explorer.analysis.patterns import WARN
from explorer.analysis.peers import host_of
from explorer.analysis.places import log_place
from explorer.analysis.reading import Reading
from explorer.analysis.results import Evidence
from explorer.analysis.weighing.grouping import Group

# Each begins with a letter, so that only such letters are looked at.
_FLAGGED = re.compile("|".join(f"{flag}(?![A-Z])(?<![A-Z]{flag})" for flag in MEANS).encode())
_FLAGS = ("response_flags", "response.flags", "upstream.response_flags")
_CALLEES = ("upstream_cluster", "upstream.cluster", "authority", "upstream_host", "upstream.host")
_AROUND_NS = 30 * 10**9
_MOST_READ = 1500


@dataclass(frozen=True, slots=True)
class _Line:
    log: int
    flags: str
    proxy: int


def mesh_evidence(facts: Facts, reading: Reading, group: Group) -> list[Evidence]:
    """One piece of evidence: proxies' lines with flags on calls to the service at fault, while its ids failed."""
    if group.fault.hypothesis == "client":
        return []
    lines = _lines(facts, reading, group)
    if not lines:
        return []
    flags, count = Counter(line.flags for line in lines).most_common(1)[0]
    first = next(line for line in lines if line.flags == flags)
    said = "; ".join(MEANS[flag] for flag in flags_in(flags) if flag in MEANS)
    many = "a call" if count == 1 else f"{count:,} calls"
    name = facts.store.services[first.proxy]
    proxy = f"the proxy of {name}" if name else "a proxy"
    text = f"{proxy} flagged {many} to {group.service} with {flags}: {said}"
    file, offset = log_place(facts.store, first.log)
    return [Evidence("mesh", text, file, offset, int(facts.store.logs.time[first.log]), log=first.log)]


def _lines(facts: Facts, reading: Reading, group: Group) -> list[_Line]:
    logs = facts.store.logs
    found: list[_Line] = []
    for row in _near(facts, group).tolist():
        if not reading.may_say(row, _FLAGGED):
            continue
        flags = next(filter(None, reading.fields(row, _FLAGS)), "")
        if not any(flag in MEANS for flag in flags_in(flags)):
            continue
        if any(_is(facts, group.service, callee) for callee in filter(None, reading.fields(row, _CALLEES))):
            found.append(_Line(row, flags, int(logs.service[row])))
    return found


def _is(facts: Facts, service: str, callee: str) -> bool:
    """Whether a callee as a proxy names it is a service of that name."""
    host = callee.rpartition("|")[2]
    code = facts.peers.known(service)
    return host_of(host).lower() == service.lower() or (code >= 0 and facts.peers.known(host) == code)


def _near(facts: Facts, group: Group) -> NDArray[np.int64]:
    """Warnings and errors while the ids of the group ran, with or without an id; at most :data:`_MOST_READ` evenly."""
    logs, ids = facts.store.logs, facts.ids
    rows = sorted(group.ids())
    start, end = ids.start[rows], ids.start[rows] + ids.duration[rows]
    low, high = np.searchsorted(logs.time, (int(start.min()) - _AROUND_NS, int(end.max()) + _AROUND_NS))
    window = np.arange(low, high)
    loud = window[logs.severity[window] >= WARN]
    order = np.sort(start)
    # Of a cause that comes and goes, only lines near one of its ids.
    after = np.minimum(np.searchsorted(order, logs.time[loud]), len(order) - 1)
    gap = np.minimum(
        np.abs(order[after] - logs.time[loud]), np.abs(order[np.maximum(after - 1, 0)] - logs.time[loud])
    )
    kept = loud[gap <= _AROUND_NS]
    return np.asarray(kept[:: max(1, len(kept) // _MOST_READ)], np.int64)
