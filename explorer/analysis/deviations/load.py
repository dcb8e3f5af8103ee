"""More requests than before, at the entry: what is slow after that is slow for it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.deviations.deviation import Deviation
from explorer.analysis.deviations.moments import Split
from explorer.analysis.facts import Facts
from explorer.analysis.wording import number_word
from explorer.model.schema import Kind

LEAST_RATIO = 2.5
"""How many times as many requests must come."""
_SURE = 1e-6
_FEWEST = 40
_STRETCHES = 8


def risen_load(facts: Facts, split: Split, looked: NDArray[np.bool_], tries: int) -> list[Deviation]:
    """That many more requests come in a stretch of time, evenly within and without; none where they do not.

    Messages are asked only where what comes from outside did not rise: they are mostly the system's own.
    """
    spans = facts.store.spans
    start = facts.store.traces.start
    rows = np.flatnonzero((start > 0) & looked)
    outside = rows[spans.kind[facts.entries[rows]] != Kind.CONSUMER]
    for asked in (outside, rows):
        found = _risen(start[asked], split, tries)
        if found is None:
            continue
        p, before, after = found
        entries = facts.entries[asked[split.after[asked]]]
        service = int(np.bincount(spans.service[entries]).argmax())
        entries = entries[spans.service[entries] == service]
        row = int(entries[np.argmax(spans.duration[entries])])
        traces = rows[split.after[rows]]
        worst = traces[np.argsort(-spans.duration[facts.entries[traces]], kind="stable")]
        text = f"{number_word(after)} requests a second came, {number_word(before)} before"
        return [Deviation(
            "load", service, p, after / before, split.time_ns, worst.astype(np.int64), row, before, after, text,
        )]  # fmt: skip
    return []


def _risen(start: NDArray[np.int64], split: Split, tries: int) -> tuple[float, float, float] | None:
    """The chance of so much more of what starts then, and how many started a second without and within.

    The chance is that of a Poisson stream of one rate (normal approximation of the binomial law of its parts).
    """
    low, high = int(start.min(initial=split.time_ns)), int(start.max(initial=split.time_ns)) + 1
    end = min(split.end_ns, high)
    before, after = (split.time_ns - low + high - end) / 1e9, (end - split.time_ns) / 1e9
    late = int(((start >= split.time_ns) & (start < end)).sum())
    early = len(start) - late
    if len(start) < _FEWEST or min(before, after) <= 0 or early < 1:
        return None
    rates = early / before, late / after
    share = after / (before + after)
    deviate = (late - len(start) * share) / math.sqrt(len(start) * share * (1 - share))
    p = min(1.0, 0.5 * math.erfc(deviate / math.sqrt(2)) * tries)
    stretches = ((low, split.time_ns), (split.time_ns, end), (end, high))
    even = all(_even(start, begin, until) for begin, until in stretches if begin < until)
    return (p, *rates) if rates[1] >= LEAST_RATIO * rates[0] and p <= _SURE and even else None


def _even(start: NDArray[np.int64], low: int, high: int) -> bool:
    """Whether a rate holds over a stretch, and is no single burst, nor the mean of records with holes between."""
    counts, _ = np.histogram(start[(start >= low) & (start < high)], bins=_STRETCHES, range=(low, high))
    return bool(0.5 * counts.mean() <= np.median(counts) <= 2 * counts.mean())
