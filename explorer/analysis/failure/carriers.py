"""Bad data handed on: spans that ended well before the one that raised, and already spoke of what it choked on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.facts import Facts
from explorer.analysis.failure.scene import Scene, span_at
from explorer.analysis.patterns import WARN, Patterns
from explorer.analysis.quality import Complaint, of_attribute, of_line
from explorer.analysis.reading import Reading
from explorer.model.schema import Kind

Longs = NDArray[np.int64]

MOST_SPANS = 32
"""Spans before the failure whose attributes are read."""
MOST_LEVELS = 1000
"""Ancestors beside which is looked."""
_HEALTHY, _FEWEST = 8, 4
_ERROR = 17


@dataclass(frozen=True, slots=True)
class Carrier:
    """A span that handed bad data on. ``log`` is the line that says so, -1 for an attribute."""

    row: int
    complaint: Complaint
    log: int = -1


def carriers(
    scene: Scene, reading: Reading, patterns: Patterns, via: int, *, about_data: bool, inside: bool = False
) -> tuple[Carrier, ...]:
    """Spans whose output reached ``via`` and that complained, earliest first, at most one a hop.

    Args:
        about_data: whether the error of ``via`` speaks of data; else only error logs of spans that ended well
            count (a failure answered as a success).
        inside: also what it called itself, time and again (a loop that came to no end).
    """
    rows = upstream(scene, via)
    if inside:
        below = np.arange(via + 1, via + int(scene.facts.store.spans.size[via]))[: 50 * MOST_SPANS]
        rows = np.concatenate((rows, _without_failing(scene, below)))
    found: dict[object, Carrier] = {}
    spans = scene.facts.store.spans
    for carrier in _complaints(scene, reading, patterns, rows, about_data=about_data):
        hop = hop_entry(scene.facts, carrier.row)
        # Of a call made time and again the first stands for all.
        key: object = (int(spans.service[hop]), int(spans.name[hop])) if inside else hop
        known = found.get(key)
        if known is None or (not inside and _better(scene.facts, carrier, known)):
            found[key] = carrier
    return tuple(sorted(found.values(), key=lambda c: (int(spans.start[c.row]), c.row)))


def upstream(scene: Scene, via: int) -> Longs:
    """Rows that ended before ``via`` began, under the same ancestors, and those of the producer behind a queue."""
    spans = scene.facts.store.spans
    began, chain = int(spans.start[via]), [via]
    while len(chain) <= MOST_LEVELS and (above := scene.up(chain[-1])) >= 0:
        chain.append(above)
    lower, upper = np.array(chain[:-1], np.int64), np.array(chain[1:], np.int64)
    kids, level = _children(scene.facts, upper)
    before = (spans.end[kids] <= began + 1_000_000) & (kids != lower[level]) & (spans.start[kids] < began)
    kids, level = kids[before], level[before]
    last = np.searchsorted(level, level, "right") - np.arange(len(level)) <= MOST_SPANS
    kids, level = kids[last], level[last]
    size = np.minimum(spans.size[kids], 50 * MOST_SPANS).astype(np.int64)
    looked = np.cumsum(np.bincount(level, size, len(upper)))
    # The level that makes it too many is the last one.
    most = int(np.searchsorted(looked, 50 * MOST_SPANS)) + 1
    linked = [scene.joined.get(row, (-1, "call"))[1] == "link" for row in chain[:-1]]
    behind = np.flatnonzero(np.array(linked, bool) | (spans.kind[upper] == Kind.PRODUCER))
    heads, size = (
        np.concatenate((kids, upper[behind])),
        np.concatenate((size, np.ones(len(behind), np.int64))),
    )
    level = np.concatenate((level, behind))
    order = np.argsort(level, kind="stable")
    order = order[level[order] < most]
    heads, size = heads[order], size[order]
    begin = heads - (np.cumsum(size) - size)
    return _without_failing(scene, np.arange(int(size.sum())) + np.repeat(begin, size))


def _children(facts: Facts, above: Longs) -> tuple[Longs, Longs]:
    """The children of some rows, by start, and at which place of ``above`` the parent of each stands."""
    child, first = facts.store.spans.children
    count = first[above + 1] - first[above]
    at = np.arange(int(count.sum())) + np.repeat(first[above] - (np.cumsum(count) - count), count)
    return child[at].astype(np.int64), np.repeat(np.arange(len(above)), count)


def _without_failing(scene: Scene, rows: Longs) -> Longs:
    failing = np.array([*sorted(scene.failing), np.iinfo(np.int64).max])
    kept: Longs = rows[failing[failing.searchsorted(rows)] != rows]
    return kept


def hop_entry(facts: Facts, row: int) -> int:
    """The first span of the hop that a row belongs to (its callee's side; itself for a call without one)."""
    spans, hops = facts.store.spans, facts.hops
    if hops.calls[row]:
        return int(hops.callee_of[row]) if hops.callee_of[row] >= 0 else row
    while not hops.enters[row]:
        row = int(spans.parent[row])
    return row


def _better(facts: Facts, new: Carrier, old: Carrier) -> bool:
    """An attribute before a line, then the outer span: it is the hop's answer that says so."""
    if (new.log < 0) != (old.log < 0):
        return new.log < 0
    return bool(facts.store.spans.depth[new.row] < facts.store.spans.depth[old.row])


def _complaints(
    scene: Scene, reading: Reading, patterns: Patterns, rows: Longs, *, about_data: bool
) -> Iterator[Carrier]:
    yield from _lines(scene, reading, patterns, rows, about_data=about_data)
    if about_data:
        enters = scene.facts.hops.enters[rows]
        for row in np.concatenate((rows[enters], rows[~enters]))[:MOST_SPANS].tolist():
            for name, value in reading.span(row).attributes:
                complaint = of_attribute(name, value)
                if complaint is not None and unusual(scene.facts, reading, row, name, complaint):
                    yield Carrier(row, complaint)


def _lines(
    scene: Scene, reading: Reading, patterns: Patterns, rows: Longs, *, about_data: bool
) -> Iterator[Carrier]:
    logs = scene.facts.store.logs
    mine = scene.facts.store.correlation.logs_of(scene.id)
    wanted = set(rows.tolist()) if len(mine) else set[int]()
    for log in mine[:2000].tolist():
        severity = int(logs.severity[log])
        if severity < _ERROR and not about_data:
            continue
        row = int(logs.span[log])
        if row < 0:
            row = span_at(scene.facts, scene.traces, int(logs.service[log]), int(logs.time[log]))
        if row not in wanted or (log in patterns.of_log and patterns.is_noise(patterns.of_log[log])):
            continue
        text = reading.message(log)
        complaint = of_line(text, warned=severity >= WARN)
        if complaint is None and severity >= _ERROR:
            complaint = Complaint(text, "error", math.nan, math.nan)
        if complaint is not None:
            yield Carrier(row, complaint, log)


def unusual(facts: Facts, reading: Reading, row: int, name: str, complaint: Complaint) -> bool:
    """Whether healthy spans of the same service and operation do not say the same, or say much less.

    Asked are those of long before, where there are any: since a fault began, not every request chokes on bad data.
    """
    spans = facts.store.spans
    alike = (spans.service == spans.service[row]) & (spans.name == spans.name[row])
    rows = np.flatnonzero(alike & facts.healthy_trace[spans.trace])
    earlier = rows[spans.start[rows] < spans.start[row]]
    earlier = earlier[np.argsort(spans.start[earlier], kind="stable")][: len(earlier) // 2]
    rows = earlier if len(earlier) >= _FEWEST else rows
    rows = rows[:: max(1, len(rows) // _HEALTHY)][:_HEALTHY]
    said = [
        found
        for other in rows.tolist()
        for key, value in reading.span(other).attributes
        if key == name and (found := of_attribute(key, value)) is not None
    ]
    if not said:
        return True
    if math.isnan(complaint.number):
        return len(said) < len(rows) // 5
    return complaint.number > 2 * max(found.number for found in said)
