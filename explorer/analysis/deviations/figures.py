"""Figures that speak of bad data and rise with a moment, on spans that all end well: stale features, missing values.

Asked only where a quality check of the bundle failed, or nothing else deviates: reading attributes costs more than
all else.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.deviations.deviation import Deviation
from explorer.analysis.deviations.moments import Split
from explorer.analysis.facts import Facts
from explorer.analysis.quality import number_of, speaks_of_data
from explorer.analysis.significance import SURE, rank_sum, ranks_within, tail_of_normal
from explorer.analysis.wording import number_word

Longs = NDArray[np.int64]

_SAMPLES = 32
_APART = 6
"""Every so many-th sample is looked at first, to learn whether an operation states figures."""
_MOST_KINDS = 40
_FEWEST = 4
LEAST_RATIO = 3.0
"""How many times its usual value a figure must reach."""

Figures = dict[tuple[int, str], tuple[list[int], list[float]]]
"""By operation (service and name as one number) and attribute: span rows, and the value of each."""


def is_asked(facts: Facts, *, else_nothing: bool) -> bool:
    """Whether figures are worth their cost: a quality check failed, or nothing else tells of any change."""
    return else_nothing or any(finding.status == "fail" for finding in facts.store.findings)


def figures_of(facts: Facts, looked: NDArray[np.bool_]) -> Figures:
    """Read the figures of some spans of each operation, evenly over time."""
    found: Figures = defaultdict(lambda: ([], []))
    spans = facts.store.spans
    rows = np.flatnonzero(looked[spans.trace])
    rows = rows[np.argsort(spans.start[rows], kind="stable")]
    work = spans.service[rows].astype(np.int64) << 32 | spans.name[rows]
    kinds, counts = np.unique(work, return_counts=True)
    chosen: dict[int, Longs] = {}
    for kind in kinds[np.argsort(-counts, kind="stable")][:_MOST_KINDS].tolist():
        mine = rows[work == kind]
        chosen[kind] = mine[:: max(1, len(mine) // _SAMPLES)][:_SAMPLES]
    facts.reading.ahead(np.concatenate([rows[:0], *(some[::_APART] for some in chosen.values())]))
    # Documents are not opened for operations of which the first few spans looked at state no figure.
    telling = {kind: some for kind, some in chosen.items() if any(_stated(facts, some[::_APART]))}
    facts.reading.ahead(np.concatenate([rows[:0], *telling.values()]))
    for kind, some in telling.items():
        for row, name, value in _stated(facts, some):
            told = found[kind, name]
            told[0].append(row)
            told[1].append(value)
    return found


def _stated(facts: Facts, rows: Longs) -> Iterator[tuple[int, str, float]]:
    """Row, attribute and value of the figures that spans state."""
    for row in rows.tolist():
        for name, value in facts.reading.span(row).attributes:
            if isinstance(value, bool) or not speaks_of_data(name):
                continue
            number = number_of(value)
            if number is not None and math.isfinite(number):
                yield row, name, number


def risen_figures(facts: Facts, figures: Figures, split: Split, tries: int) -> list[Deviation]:
    """The figures that rose with a moment, the earliest service first: later ones got it from there."""
    spans, found = facts.store.spans, []
    for (kind, name), (rows, told) in figures.items():
        at, values = np.array(rows, np.int64), np.array(told)
        late = split.after[spans.trace[at]]
        group = np.zeros(len(at), np.int64)
        deviate, early, after = rank_sum(group, ranks_within(group, values), late, 1)
        p = min(1.0, float(tail_of_normal(deviate)[0]) * tries * len(figures))
        if min(early[0], after[0]) < _FEWEST or p > SURE:
            continue
        usual, now = float(np.median(values[~late])), float(np.median(values[late]))
        if now < LEAST_RATIO * max(usual, 1e-9):
            continue
        service, operation = facts.store.services[kind >> 32], facts.store.operations[kind & 0xFFFFFFFF]
        same = (spans.service == kind >> 32) & (spans.name == kind & 0xFFFFFFFF) & split.after[spans.trace]
        worst = int(at[late][np.argmax(values[late])])
        text = f"{service} {operation}: {name} {number_word(now)}, usually {number_word(usual)}, and nobody failed"
        traces = np.unique(spans.trace[same]).astype(np.int64)
        found.append(Deviation(
            "figure", kind >> 32, p, now / max(usual, 1e-9), split.time_ns, traces, worst, usual, now, text, operation,
        ))  # fmt: skip
    return sorted(found, key=lambda one: -int(spans.depth[one.row]))
