"""Requests that are refused for what they ask: many more than before, while nothing failed on the way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.deviations.deviation import Deviation
from explorer.analysis.deviations.moments import Split
from explorer.analysis.deviations.presence import LEAST_CHANGE
from explorer.analysis.facts import Facts
from explorer.analysis.significance import discoveries, tail_of_counts
from explorer.analysis.traits import Trait
from explorer.analysis.wording import code_word, share_word

Mask = NDArray[np.bool_]

_FEWEST = 4


def refused(facts: Facts, split: Split, looked: Mask, tries: int) -> list[Deviation]:
    """Entry operations that refuse many more requests with a 4xx of their own than before, the surest first."""
    spans = facts.store.spans
    traces = np.flatnonzero(looked)
    entry = facts.entries[traces]
    bad = (facts.traits & np.uint16(Trait.MISUSE | Trait.ABSENT)) == Trait.MISUSE
    passed = np.zeros(len(looked), bool)
    below = np.flatnonzero(bad)
    # Where a service behind the entry refused first, the request was bad within.
    passed[spans.trace[below[~np.isin(below, entry)]]] = True
    hit = bad[entry] & ~passed[traces]
    keys, kind = np.unique(
        spans.service[entry].astype(np.int64) << 32 | spans.name[entry], return_inverse=True
    )
    late = split.after[traces]
    size = len(keys)
    drawn, whole = np.bincount(kind[late], minlength=size), np.bincount(kind, minlength=size)
    hits, marked = np.bincount(kind[late & hit], minlength=size), np.bincount(kind[hit], minlength=size)
    usual, now = (marked - hits) / np.maximum(whole - drawn, 1), hits / np.maximum(drawn, 1)
    tested = np.flatnonzero((drawn >= _FEWEST) & (whole - drawn >= _FEWEST))
    risen = tested[(now - usual)[tested] >= LEAST_CHANGE].tolist()
    p = np.array([tail_of_counts(int(hits[k]), int(drawn[k]), int(marked[k]), int(whole[k])) for k in risen])
    kept = np.flatnonzero(discoveries(np.minimum(p * tries, 1.0), tests=len(tested))).tolist()
    if not kept:
        return []
    best = min(kept, key=lambda at: float(p[at]))
    one, mine = risen[best], traces[hit & late & np.isin(kind, [risen[at] for at in kept])]
    row = int(facts.entries[mine[0]])
    text = (f"{facts.store.service(row)} {facts.store.operation(row)} refused {share_word(float(now[one]))} of requests"
            f" ({code_word(int(spans.code[row]))}), {share_word(float(usual[one]))} before")  # fmt: skip
    return [
        Deviation(
            "refused", int(spans.service[row]), min(1.0, float(p[best]) * tries), float(now[one] - usual[one]),
            split.time_ns, mine.astype(np.int64), row, float(usual[one]), float(now[one]), text,
            facts.store.operation(row),
        )
    ]  # fmt: skip
