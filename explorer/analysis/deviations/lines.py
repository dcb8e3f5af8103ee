"""Log lines that come, or stop coming, with a moment: templates by trace, among the traces their place is in."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.deviations.deviation import Deviation
from explorer.analysis.deviations.moments import Split
from explorer.analysis.deviations.omissions import Omission, Works, omissions
from explorer.analysis.deviations.presence import (
    Change,
    Presence,
    changes,
    places_of,
)
from explorer.analysis.facts import Facts
from explorer.analysis.patterns import WARN
from explorer.analysis.wording import clip, share_word
from explorer.model.records import Detail
from explorer.model.sorting import distinct

Longs = NDArray[np.int64]
Mask = NDArray[np.bool_]

MOST_LINES = 8_000
"""Log records that are read; whole traces, evenly over time."""
_LENGTH = 240
_MOVED = 0.1
_RARE, _MOSTLY = 0.05, 0.6
"""Shares of traces before and after between which a line that is no warning counts as new."""
_LINE_FIELDS = frozenset(
    {"line", "lineno", "line_number", "code.lineno", "code.line.number", "linenumber", "log.origin.file.line"}
)
_FILE_FIELDS = frozenset({"code.filepath", "code.file.path", "filename", "pathname", "log.origin.file.name"})
_PLACE_FIELDS = frozenset({"caller", "source", "src", "file", "location"})
_PLACE = re.compile(r"[\w./$-]+:\d{1,6}\Z")
_VARIABLE = re.compile(r"(?<!\w)\w*?\d[\w.-]*")
_QUOTED = re.compile(r"\"[^\"]*\"|(?<!\w)'[^']*'")


@dataclass(frozen=True)
class Lines:
    """Which template stands in which trace.

    Attributes:
        texts: each template (see :func:`template_of`); ``sample``: int64, a log record of each.
        loud: bool, templates of warnings and errors: that they stop is a recovery.
        works: which template stands in which stretch of work.
    """

    presence: Presence
    texts: list[str]
    sample: Longs
    loud: Mask
    works: Works


def skeleton(message: str) -> str:
    """The beginning of a message without words that hold a digit and without quoted text."""
    text = _VARIABLE.sub("*", message[:_LENGTH])
    return _QUOTED.sub("*", text)[:160]


def template_of(detail: Detail, message: str, *, loud: bool) -> str:
    """What makes two log records one template: the statement in the source that wrote them, else the text.

    Of warnings and errors the text counts too: one statement of a framework logs every fault.
    """
    file = line = ""
    for name, told in detail.attributes:
        field, value = name.lower(), str(told)
        if (field in _LINE_FIELDS and value.isdigit()) or (field in _PLACE_FIELDS and _PLACE.match(value)):
            line = value
        elif field in _FILE_FIELDS:
            file = value
    if not line:
        return skeleton(message)
    return f"{detail.scope} {file} {line}" + (f" {skeleton(message)}" if loud else "")


def lines_of(facts: Facts, looked: Mask) -> Lines:
    """Read the lines of the traces that are looked at (bool by trace)."""
    store, logs = facts.store, facts.store.logs
    rows = np.flatnonzero(logs.trace >= 0)
    rows = _some(rows[looked[logs.trace[rows]]], logs.trace)
    # In the order of the files, so that each packed block is unpacked once.
    rows = rows[np.lexsort((logs.index[rows], logs.doc[rows]))]
    span = logs.span[rows]
    top = np.where(span >= 0, facts.first_of_service[np.maximum(span, 0)], -1) if len(store.spans) else span
    place, places, within = places_of(facts, logs.service[rows].astype(np.int64), top.astype(np.int64))
    within[place, logs.trace[rows]] = True
    known: dict[tuple[int, bool, str], int] = {}
    codes = np.empty(len(rows), np.int64)
    loud = (logs.severity[rows] >= WARN).tolist()
    for at, (row, where, loudly) in enumerate(zip(rows.tolist(), place.tolist(), loud, strict=True)):
        codes[at] = known.setdefault((where, loudly, _template(facts, row, loud=loudly)), len(known))
    _, first = np.unique(codes, return_index=True)
    pairs = distinct(codes * len(store.traces) + logs.trace[rows])
    item, trace = np.divmod(pairs, max(len(store.traces), 1))
    within &= _read_or_silent(facts, rows)
    presence = Presence(facts, places, within, np.array([key[0] for key in known], np.int64), item, trace)
    louds = np.array([key[1] for key in known], bool)
    works = _works(facts, rows, top.astype(np.int64), place, codes, ~louds)
    return Lines(presence, [key[2] for key in known], rows[first], louds, works)


def _works(facts: Facts, rows: Longs, top: Longs, place: Longs, codes: Longs, quiet: Mask) -> Works:
    """Stretches of work that log something: from the first span of the service on, else its part of the trace."""
    traces = np.int64(max(len(facts.store.traces), 1))
    trace = facts.store.logs.trace[rows].astype(np.int64)
    key = np.where(top >= 0, top, len(facts.store.spans) + place * traces + trace)
    _, lead, work = np.unique(key, return_index=True, return_inverse=True)
    pairs = distinct(work * np.int64(max(len(quiet), 1)) + codes)
    work, item = np.divmod(pairs, max(len(quiet), 1))
    return Works(place[lead], trace[lead], work, item, quiet)


def _template(facts: Facts, row: int, *, loud: bool) -> str:
    return template_of(facts.reading.log(row), facts.reading.message(row), loud=loud)


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
    """Services whose lines changed with a moment, the surest first.

    Where an error is logged more or less often than before, that the rest of the work is missing (or back) follows.
    """
    presence = lines.presence
    troubled = _troubled(lines, split)
    told = [one for one in changes(presence, split, tries) if lines.loud[one.item]]
    told += [
        one
        for one in changes(presence.without(troubled), split, tries)
        if not lines.loud[one.item] and one.usual <= _RARE and one.now >= _MOSTLY
    ]
    found: dict[int, list[Change | Omission]] = defaultdict(list)
    both: list[Change | Omission] = [*told, *omissions(lines.works, troubled, split, tries)]
    for each in both:
        found[presence.places[int(presence.place[each.item])][0]].append(each)
    return sorted((_deviation(lines, split, who, some) for who, some in found.items()), key=lambda one: one.p)


def _troubled(lines: Lines, split: Split) -> Mask:
    """Bool (places, traces): where a warning or error is logged that became more or less frequent."""
    found = lines.presence
    after = split.after[found.trace]
    late = (found.within & split.after).sum(1)[found.place]
    early = (found.within & ~split.after).sum(1)[found.place]
    now = np.bincount(found.item[after], minlength=len(found.place)) / np.maximum(late, 1)
    usual = np.bincount(found.item[~after], minlength=len(found.place)) / np.maximum(early, 1)
    moved = lines.loud & (np.abs(now - usual) >= _MOVED)
    out = np.zeros_like(found.within)
    hit = moved[found.item]
    out[found.place[found.item[hit]], found.trace[hit]] = True
    return out


def _deviation(lines: Lines, split: Split, service: int, told: list[Change | Omission]) -> Deviation:
    facts = lines.presence.facts
    best = min(told, key=lambda one: one.p)
    if isinstance(best, Omission):
        traces, log = best.traces, int(lines.sample[best.item])
        where = "that begin so" if best.guard < 0 else f"with “{_said(lines, best.guard)}”"
    else:
        traces = lines.presence.trace[lines.presence.item == best.item]
        traces = traces[split.after[traces]]
        log, where = _example(lines, best.item, service, int(traces[0])), ""
    of = f"of its traces {where}".strip()
    said = f"“{clip(facts.reading.message(log), 110)}”"
    text = f"{said} stands in {share_word(best.now)} {of}, in {share_word(best.usual)} before"
    strength = sum(abs(one.now - one.usual) for one in told)
    row = int(facts.store.logs.span[log])
    return Deviation(
        "lines", service, best.p, strength, split.time_ns, traces, row, best.usual, best.now, text, log=log
    )


def _said(lines: Lines, item: int) -> str:
    return clip(lines.presence.facts.reading.message(int(lines.sample[item])), 60)


def _example(lines: Lines, item: int, service: int, trace: int) -> int:
    """A record of the template in one trace."""
    facts = lines.presence.facts
    logs = facts.store.logs
    mine: list[int] = np.flatnonzero((logs.trace == trace) & (logs.service == service)).tolist()
    loud, text = bool(lines.loud[item]), lines.texts[item]
    same = (row for row in mine if _template(facts, row, loud=loud) == text)
    return next(same, int(lines.sample[item]))
