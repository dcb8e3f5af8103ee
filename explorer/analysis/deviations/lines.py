"""Log lines that come, or stop coming, with a moment: templates by trace, among the traces their place is in."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.deviations.deviation import Deviation
from explorer.analysis.deviations.moments import Split
from explorer.analysis.deviations.presence import Change, Presence, changes, first_of_service, places_of
from explorer.analysis.facts import Facts
from explorer.analysis.patterns import WARN
from explorer.analysis.wording import clip, share_word

Longs = NDArray[np.int64]
Mask = NDArray[np.bool_]

MOST_LINES = 8_000
"""Log records that are read; whole traces, evenly over time."""
_LENGTH = 240
_VARIABLE = re.compile(r"(?<!\w)\w*?\d[\w.-]*")
_QUOTED = re.compile(r"\"[^\"]*\"|(?<!\w)'[^']*'")


@dataclass(frozen=True)
class Lines:
    """Which template stands in which trace.

    Attributes:
        texts: each template's text without its variable parts; ``sample``: int64, a log record of each.
        loud: bool, templates of warnings and errors: that they stop is a recovery.
    """

    presence: Presence
    texts: list[str]
    sample: Longs
    loud: Mask


def skeleton(message: str) -> str:
    """The beginning of a message without words that hold a digit and without quoted text."""
    text = _VARIABLE.sub("*", message[:_LENGTH])
    return _QUOTED.sub("*", text)[:160]


def lines_of(facts: Facts, looked: Mask) -> Lines:
    """Read the lines of the traces that are looked at (bool by trace)."""
    store, logs = facts.store, facts.store.logs
    rows = np.flatnonzero(logs.trace >= 0)
    rows = _some(rows[looked[logs.trace[rows]]], logs.trace)
    # In the order of the files, so that each packed block is unpacked once.
    rows = rows[np.lexsort((logs.index[rows], logs.doc[rows]))]
    span = logs.span[rows]
    top = np.where(span >= 0, first_of_service(facts)[np.maximum(span, 0)], -1) if len(store.spans) else span
    place, places, within = places_of(facts, logs.service[rows].astype(np.int64), top.astype(np.int64))
    within[place, logs.trace[rows]] = True
    known: dict[tuple[int, bool, str], int] = {}
    codes = np.empty(len(rows), np.int64)
    loud = (logs.severity[rows] >= WARN).tolist()
    for at, (row, where, loudly) in enumerate(zip(rows.tolist(), place.tolist(), loud, strict=True)):
        codes[at] = known.setdefault((where, loudly, skeleton(facts.reading.message(row))), len(known))
    _, first = np.unique(codes, return_index=True)
    pairs = np.unique(codes * len(store.traces) + logs.trace[rows])
    item, trace = np.divmod(pairs, max(len(store.traces), 1))
    within &= _read_or_silent(facts, rows)
    presence = Presence(facts, places, within, np.array([key[0] for key in known], np.int64), item, trace)
    return Lines(presence, [key[2] for key in known], rows[first], np.array([key[1] for key in known], bool))


def _read_or_silent(facts: Facts, rows: Longs) -> Mask:
    """Bool (traces,): traces whose lines were read, or that have none."""
    trace = facts.store.logs.trace
    silent = np.bincount(trace[trace >= 0], minlength=len(facts.store.traces)) == 0
    silent[trace[rows]] = True
    return np.asarray(silent)


def _some(rows: Longs, trace: NDArray[np.int32]) -> Longs:
    if len(rows) <= MOST_LINES:
        return rows
    known = np.unique(trace[rows])
    return rows[np.isin(trace[rows], known[:: int(np.ceil(len(rows) / MOST_LINES))])]


def changed_lines(lines: Lines, split: Split, tries: int) -> list[Deviation]:
    """Services whose lines changed with a moment, the surest first."""
    places, place = lines.presence.places, lines.presence.place
    found: dict[int, list[Change]] = defaultdict(list)
    for change in changes(lines.presence, split, tries, rising=lines.loud):
        found[places[int(place[change.item])][0]].append(change)
    return sorted((_deviation(lines, split, who, told) for who, told in found.items()), key=lambda one: one.p)


def _deviation(lines: Lines, split: Split, service: int, told: list[Change]) -> Deviation:
    facts = lines.presence.facts
    best = min(told, key=lambda change: change.p)
    came = best.now > best.usual
    traces = lines.presence.trace[lines.presence.item == best.item]
    if not came:
        traces = np.setdiff1d(np.flatnonzero(lines.presence.within[lines.presence.place[best.item]]), traces)
    traces = traces[split.after[traces]]
    log = (
        _example(lines, best.item, service, int(traces[0]))
        if came and len(traces)
        else int(lines.sample[best.item])
    )
    said = clip(facts.reading.message(log), 110)
    text = f"“{said}” stands in {share_word(best.now)} of its traces, in {share_word(best.usual)} before"
    strength = sum(abs(change.now - change.usual) for change in told)
    row = int(facts.store.logs.span[log])
    return Deviation(
        "lines", service, best.p, strength, split.time_ns, traces, row, best.usual, best.now, text, log=log
    )


def _example(lines: Lines, item: int, service: int, trace: int) -> int:
    """A record of the template in one trace."""
    facts = lines.presence.facts
    logs = facts.store.logs
    mine: list[int] = np.flatnonzero((logs.trace == trace) & (logs.service == service)).tolist()
    same = (row for row in mine if skeleton(facts.reading.message(row)) == lines.texts[item])
    return next(same, int(lines.sample[item]))
