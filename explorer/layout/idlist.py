"""The list of correlation ids: which are shown, in which groups, in which order, and where each lies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.results import Analysis, Cause, Outcome
from explorer.model.store import Store

Shown = Literal["failing", "degraded", "slow", "all"]
Grouping = Literal["cause", "service", "entry", "none"]

HEAD_HEIGHT, ROW_HEIGHT = 46, 46
SLOW_SHARE, SLOW_FACTOR = 0.95, 2.0
"""Slow: among the slowest twentieth of ids with that entry operation, and over twice their median."""


@dataclass(frozen=True, slots=True)
class Group:
    """A heading: its words, the category whose colour it bears, how many ids it has."""

    title: str
    subtitle: str
    category: str
    count: int


@dataclass(frozen=True)
class IdList:
    """The list as it is drawn.

    Attributes:
        groups: headings in order.
        entries: int64 (n,): an id row, or ``-1 - g`` for the heading of group g.
        tops: int64 (n + 1,): where each entry begins, px; the height of all last.
        longest: longest duration among the ids shown, ns.
    """

    groups: tuple[Group, ...]
    entries: NDArray[np.int64]
    tops: NDArray[np.int64]
    longest: int

    @property
    def ids(self) -> NDArray[np.int64]:
        """Id rows in the order shown."""
        return self.entries[self.entries >= 0]

    def at(self, y: int) -> int:
        """Position of the entry at that height, -1 beyond the last."""
        position = int(np.searchsorted(self.tops, y, "right")) - 1
        return position if 0 <= position < len(self.entries) else -1

    def position(self, id_row: int) -> int:
        """Position of an id, -1 where it is not shown."""
        found = np.flatnonzero(self.entries == id_row)
        return int(found[0]) if len(found) else -1


def slow_ids(analysis: Analysis, store: Store) -> NDArray[np.bool_]:
    """Which ids are slow among those with the same entry operation; bool (ids,)."""
    ids = analysis.ids
    entry = ids.entry
    key = np.where(entry >= 0, store.spans.name[np.maximum(entry, 0)], -1) if len(store.spans) else entry
    slow = np.zeros(len(entry), bool)
    for name in np.unique(key[key >= 0]).tolist():
        rows = np.flatnonzero(key == name)
        times = ids.duration[rows]
        if len(rows) > 4:
            slow[rows] = times > max(np.quantile(times, SLOW_SHARE), SLOW_FACTOR * np.median(times))
    return slow


def shown_mask(analysis: Analysis, store: Store, shown: Shown) -> NDArray[np.bool_]:
    """Ids that a filter leaves; bool (ids,)."""
    outcome = analysis.ids.outcome
    if shown == "failing":
        return np.equal(outcome, Outcome.FAILING)
    if shown == "degraded":
        return np.equal(outcome, Outcome.DEGRADED)
    return slow_ids(analysis, store) if shown == "slow" else np.ones(len(outcome), bool)


def arrange(
    store: Store,
    analysis: Analysis,
    mask: NDArray[np.bool_],
    grouping: Grouping,
    folded: frozenset[str] = frozenset(),
) -> IdList:
    """The list of the ids in ``mask``; in a group the worst come first.

    Args:
        mask: bool (ids,).
        folded: titles of groups whose ids are hidden.
    """
    rows = np.flatnonzero(mask)
    key, heading = _groups(store, analysis, rows, grouping)
    ids = analysis.ids
    order = np.lexsort((
        ids.start[rows], -ids.duration[rows], -ids.errors[rows], -ids.outcome[rows].astype(np.int64), key,
    ))  # fmt: skip
    rows, key = rows[order], key[order]
    groups: list[Group] = []
    entries: list[NDArray[np.int64]] = []
    starts = (
        np.flatnonzero(np.concatenate(([True], np.diff(key) != 0))) if len(rows) else np.empty(0, np.int64)
    )
    for run in np.split(rows, starts[1:]) if len(rows) else []:
        group = heading(run)
        if group is not None:
            entries.append(np.array([-1 - len(groups)]))
            groups.append(group)
        if group is None or group.title not in folded:
            entries.append(run)
    all_entries = np.concatenate(entries) if entries else np.empty(0, np.int64)
    heights = np.where(all_entries < 0, HEAD_HEIGHT, ROW_HEIGHT)
    longest = int(ids.duration[rows].max()) if len(rows) else 0
    return IdList(tuple(groups), all_entries, np.concatenate(([0], np.cumsum(heights))), longest)


Heading = Callable[[NDArray[np.int64]], Group | None]


def _groups(
    store: Store, analysis: Analysis, rows: NDArray[np.int64], grouping: Grouping
) -> tuple[NDArray[np.int64], Heading]:
    """A sort key for each id, and what makes the heading of a run of equal keys."""
    entry = analysis.ids.entry[rows]
    if grouping == "cause":
        return _cause_keys(analysis, rows), lambda run: _cause_heading(analysis, run)
    if grouping == "none" or not len(store.spans):
        return np.zeros(len(rows), np.int64), lambda _: None
    column = store.spans.service if grouping == "service" else store.spans.name
    table = store.services if grouping == "service" else store.operations
    codes = np.where(entry >= 0, column[np.maximum(entry, 0)], -1).astype(np.int64)
    failing = analysis.ids.outcome[rows] == Outcome.FAILING
    weight = np.zeros(max(len(table), 1) + 1, np.int64)
    np.add.at(weight, codes, failing)
    rank = np.empty(len(weight), np.int64)
    rank[np.argsort(-weight, kind="stable")] = np.arange(len(weight))

    def heading(run: NDArray[np.int64]) -> Group:
        first = int(analysis.ids.entry[run[0]])
        title = table[int(column[first])] if first >= 0 else "without spans"
        failed = int((analysis.ids.outcome[run] == Outcome.FAILING).sum())
        return Group(title, f"{failed:,} of {len(run):,} failing", "", len(run))

    return rank[codes], heading


def _cause_keys(analysis: Analysis, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Ids by the rank of their cause; then failing without one, degraded, ok."""
    last = len(analysis.causes)
    outcome = analysis.ids.outcome[rows]
    keys = last + 2 - outcome.astype(np.int64)
    for position, row in enumerate(rows.tolist()):
        verdict = analysis.verdicts.get(row)
        if verdict is not None and verdict.cause >= 0:
            keys[position] = verdict.cause
    return keys


def _cause_heading(analysis: Analysis, run: NDArray[np.int64]) -> Group:
    first = int(run[0])
    verdict = analysis.verdicts.get(first)
    if verdict is not None and verdict.cause >= 0:
        cause = analysis.causes[verdict.cause]
        return Group(cause.title, _subtitle(cause), cause.category, len(run))
    outcome = Outcome(int(analysis.ids.outcome[first]))
    words = {
        Outcome.FAILING: ("Failing, cause unknown", "nothing in the bundle says why"),
        Outcome.DEGRADED: ("Degraded", "succeeded while something in them failed"),
        Outcome.OK: ("Healthy", "no failure"),
    }[outcome]
    return Group(*words, "unknown" if outcome is Outcome.FAILING else "", len(run))


def _subtitle(cause: Cause) -> str:
    parts = (cause.subcategory.replace("-", " "), cause.service or cause.entity.name)
    where = " · ".join(part for part in parts if part)
    return f"{cause.category.capitalize()} · {where}" if where else cause.category.capitalize()
