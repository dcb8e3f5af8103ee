"""What no longer follows: log lines that always came with others in one stretch of work, and do not since a moment.

Where work ends early or fails, all that would have followed is missing. What is missing although the lines are there
that always came with it before tells where the work turned off (expected patterns that vanish: Nezha, FSE 2023).
Ways that work already took before are no news, however often it takes them now.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.deviations.moments import Split
from explorer.analysis.deviations.presence import LEAST_CHANGE
from explorer.analysis.significance import discoveries, tail_of_counts

Longs = NDArray[np.int64]
Mask = NDArray[np.bool_]

_ALWAYS = 0.95
_FEWEST = 4
_MOST_ITEMS = 400
_MOST_WORKS = 20_000


@dataclass(frozen=True)
class Works:
    """Stretches of work and the lines that stand in each.

    Attributes:
        place, trace: int64 (w,), of each stretch.
        work, item: int64 (k,), each pair once.
        quiet: bool (items,), lines that are no warnings; only of these it is asked whether they are missing.
    """

    place: Longs
    trace: Longs
    work: Longs
    item: Longs
    quiet: Mask


@dataclass(frozen=True, slots=True)
class Omission:
    """An item missing where ``guard`` stands (-1: in the work as a whole): shares of traces before and after."""

    item: int
    guard: int
    p: float
    usual: float
    now: float
    traces: Longs


def omissions(works: Works, hidden: Mask, split: Split, tries: int) -> list[Omission]:
    """The lines that no longer follow since a moment; ``hidden``: bool (places, traces), not to be looked at."""
    seen = ~hidden[works.place, works.trace]
    early = np.bincount(works.place[seen & ~split.after[works.trace]], minlength=len(hidden))
    seen &= (early >= _FEWEST)[works.place]  # else nothing was there often enough to be missed
    pairs = np.flatnonzero(seen[works.work])
    pairs = pairs[np.argsort(works.place[works.work[pairs]], kind="stable")]
    place = works.place[works.work[pairs]]
    out: list[Omission] = []
    tested = 0
    for part in np.split(pairs, np.flatnonzero(np.diff(place)) + 1):
        if len(part):
            mine = np.flatnonzero(seen & (works.place == works.place[works.work[part[0]]]))
            found, count = _of_place(works, mine, part, split)
            out += found
            tested += count
    p = np.minimum(np.array([one.p for one in out]) * tries, 1.0)
    kept = np.flatnonzero(discoveries(p, tests=tested)).tolist()
    return [Omission(one.item, one.guard, float(p[at]), one.usual, one.now, one.traces)
            for at, one in enumerate(out) if at in kept]  # fmt: skip


def _of_place(works: Works, mine: Longs, part: Longs, split: Split) -> tuple[list[Omission], int]:
    """Those of one place, p not yet corrected, and how many were tested."""
    items, row = np.unique(works.item[part], return_inverse=True)
    if len(items) > _MOST_ITEMS or len(mine) > _MOST_WORKS:
        return [], 0
    # The last row is the work itself.
    there = np.zeros((len(items) + 1, len(mine)), np.float32)
    there[row, np.searchsorted(mine, works.work[part])] = 1
    there[-1] = 1
    late = split.after[works.trace[mine]]
    before = there[:, ~late] @ there[:, ~late].T
    had = before.diagonal()
    implied = (before >= _ALWAYS * had[:, None]) & (had >= _FEWEST)[:, None]
    np.fill_diagonal(implied, val=False)
    implied[:, [*np.flatnonzero(~works.quiet[items]), len(items)]] = False
    guard = np.where(implied, had[:, None], -1.0).argmax(0)
    out: list[Omission] = []
    asked = np.flatnonzero(implied.any(0))
    for at in asked.tolist():
        by = int(guard[at])
        guarded = np.flatnonzero(there[by] > 0)
        lacking = guarded[there[at, guarded] == 0]
        own, hit = np.unique(works.trace[mine[guarded]]), np.unique(works.trace[mine[lacking]])
        drawn, hits = int(split.after[own].sum()), int(split.after[hit].sum())
        early = len(own) - drawn
        if min(early, drawn) < _FEWEST:
            continue
        usual, now = (len(hit) - hits) / early, hits / drawn
        if now - usual >= LEAST_CHANGE and not _another_way(
            there, guarded[~late[guarded]], lacking[late[lacking]]
        ):
            p = tail_of_counts(hits, drawn, len(hit), len(own))
            by_item = int(items[by]) if by < len(items) else -1
            out.append(Omission(int(items[at]), by_item, p, 1 - usual, 1 - now, hit[split.after[hit]]))
    return out, len(asked)


def _another_way(there: NDArray[np.float32], before: Longs, lacking: Longs) -> bool:
    """Whether something else stands where the line is missing that hardly did before: another kind of request."""
    return bool(((there[:, lacking].mean(1) >= _ALWAYS) & (there[:, before].mean(1) <= 1 - _ALWAYS)).any())
