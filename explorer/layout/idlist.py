"""The list of correlation ids: which are shown, in which groups, in which order, and where each lies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.results import Analysis, Cause, IdTable, Outcome
from explorer.model.records import Resource
from explorer.model.store import Store

Shown = Literal["failing", "degraded", "slow", "all"]
Grouping = Literal["cause", "service", "entry", "host", "version", "none"]
Sorting = Literal["worst", "latest", "earliest", "longest", "errors", "id"]

HEAD_HEIGHT, ROW_HEIGHT, MORE_HEIGHT = 46, 46, 30
FEW: Final = 3
"""Ids of a group that are shown until it is opened, so that all groups are in sight; one or two more stand for
themselves."""
MORE: Final = -(1 << 40)
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
        entries: int64 (n,): an id row, ``-1 - g`` for the heading of group g, or ``MORE - g`` for what stands for the
            rest of its ids.
        tops: int64 (n + 1,): where each entry begins, px; the height of all last.
        longest: longest duration among the ids shown, ns.
        ids: int64: id rows in their order, also those of groups of which only a few are shown.
        owners: int64, of ``ids``: the group of each, -1 for none.
    """

    groups: tuple[Group, ...]
    entries: NDArray[np.int64]
    tops: NDArray[np.int64]
    longest: int
    ids: NDArray[np.int64]
    owners: NDArray[np.int64]

    @staticmethod
    def empty() -> IdList:
        """Nothing."""
        none = np.empty(0, np.int64)
        return IdList((), none, np.zeros(1, np.int64), 0, none, none)

    def group_of(self, id_row: int) -> Group | None:
        """The group of an id in the list."""
        found = np.flatnonzero(self.ids == id_row)
        owner = int(self.owners[found[0]]) if len(found) else -1
        return self.groups[owner] if owner >= 0 else None

    def rest_of(self, entry: int) -> int:
        """Group for whose rest an entry stands, -1 where it is an id or a heading."""
        return MORE - entry if entry <= MORE else -1

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
    sorting: Sorting = "worst",
    opened: frozenset[str] = frozenset(),
) -> IdList:
    """The list of the ids in ``mask``, sorted within their groups.

    Args:
        mask: bool (ids,).
        folded: titles of groups whose ids are hidden.
        opened: titles of groups whose ids are all shown; of the others :data:`FEW`.
    """
    rows = np.flatnonzero(mask)
    key, heading = _groups(store, analysis, rows, grouping)
    ids = analysis.ids
    order = np.lexsort((*_sort_keys(store, ids, rows, sorting), key))
    rows, key = rows[order], key[order]
    groups: list[Group] = []
    entries, shown, owners = [_NONE], [_NONE], [_NONE]
    starts = np.flatnonzero(np.diff(key)) + 1
    runs = np.split(rows, starts) if len(rows) else []
    for run in runs:
        group = heading(run)
        if group is not None:
            entries.append(np.array([-1 - len(groups)]))
            groups.append(group)
            if group.title in folded:
                continue
        shown.append(run)
        owners.append(np.full(len(run), len(groups) - 1))
        whole = group is None or len(runs) == 1 or len(run) <= FEW + 2 or group.title in opened
        entries.append(run if whole else np.append(run[:FEW], MORE - (len(groups) - 1)))
    all_entries = np.concatenate(entries)
    heights = np.select([all_entries <= MORE, all_entries < 0], [MORE_HEIGHT, HEAD_HEIGHT], ROW_HEIGHT)
    longest = int(ids.duration[rows].max()) if len(rows) else 0
    return IdList(
        tuple(groups), all_entries, np.concatenate(([0], np.cumsum(heights))), longest,
        np.concatenate(shown), np.concatenate(owners),
    )  # fmt: skip


_NONE: Final = np.empty(0, np.int64)


def _sort_keys(
    store: Store, ids: IdTable, rows: NDArray[np.int64], sorting: Sorting
) -> tuple[NDArray[np.int64], ...]:
    """Keys of a sort within groups, the one that counts most last; equals stand worst first."""
    start, longest, errors = ids.start[rows], -ids.duration[rows], -ids.errors[rows].astype(np.int64)
    worst = (start, longest, errors, -ids.outcome[rows].astype(np.int64))
    if sorting == "id":
        known = store.correlation.rows
        place = np.empty(len(rows), np.int64)
        place[sorted(range(len(rows)), key=lambda at: known[int(rows[at])].id)] = np.arange(len(rows))
        return (place,)
    first = {
        "worst": (),
        "latest": (-start,),
        "earliest": (start,),
        "longest": (longest,),
        "errors": (errors,),
    }
    return (*worst, *first[sorting])


def holding(store: Store, analysis: Analysis, words: str) -> NDArray[np.bool_]:
    """Ids that hold all the words, in themselves or in the service or operation they entered by; bool (ids,).

    Args:
        words: blank-separated, case does not matter; empty leaves all.
    """
    known, entry = store.correlation.rows, analysis.ids.entry
    left = np.ones(len(known), bool)
    for word in words.lower().split():
        held = np.fromiter((word in row.id.lower() for row in known), bool, len(known))
        for column, table in ((store.spans.service, store.services), (store.spans.name, store.operations)):
            codes = (
                np.where(entry >= 0, column[np.maximum(entry, 0)], 0) if len(column) else np.zeros_like(entry)
            )
            distinct, inverse = np.unique(codes, return_inverse=True)
            held |= np.array([word in table[code].lower() for code in distinct.tolist()], bool)[inverse] & (
                entry >= 0
            )
        left &= held
    return left


def within(analysis: Analysis, chosen: tuple[int, int] | None) -> NDArray[np.bool_]:
    """Ids that were under way in a time range, ns; None leaves all; bool (ids,)."""
    ids = analysis.ids
    if chosen is None:
        return np.ones(len(ids.start), bool)
    return (ids.start <= chosen[1]) & (ids.start + ids.duration >= chosen[0])


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
    if grouping in ("host", "version"):
        return _by_process(store, analysis, rows, grouping)
    column = store.spans.service if grouping == "service" else store.spans.name
    table = store.services if grouping == "service" else store.operations
    codes = np.where(entry >= 0, column[np.maximum(entry, 0)], -1).astype(np.int64)

    def title(row: int) -> str:
        first = int(analysis.ids.entry[row])
        return table[int(column[first])] if first >= 0 else "without spans"

    return _worst_first(analysis, rows, codes), _counting(analysis, title)


def _worst_first(analysis: Analysis, rows: NDArray[np.int64], codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Ranks of codes (-1 for none): those with most failing ids come first."""
    failing = analysis.ids.outcome[rows] == Outcome.FAILING
    weight = np.zeros(int(codes.max(initial=0)) + 2, np.int64)
    np.add.at(weight, codes, failing)
    rank = np.empty(len(weight), np.int64)
    rank[np.argsort(-weight, kind="stable")] = np.arange(len(weight))
    return rank[codes]


def _counting(analysis: Analysis, title: Callable[[int], str]) -> Heading:
    """Headings that say how many of their ids fail."""

    def heading(run: NDArray[np.int64]) -> Group:
        failed = int((analysis.ids.outcome[run] == Outcome.FAILING).sum())
        return Group(title(int(run[0])), f"{failed:,} of {len(run):,} failing", "", len(run))

    return heading


def _by_process(
    store: Store, analysis: Analysis, rows: NDArray[np.int64], grouping: Grouping
) -> tuple[NDArray[np.int64], Heading]:
    """By the host or version of where an id failed; of one that did not, of where it entered."""
    names = [_process_name(resource, grouping) for resource in store.resources]
    table = sorted(set(names))
    number = {name: at for at, name in enumerate(table)}
    of_resource = np.array([number[name] for name in names], np.int64)

    ids = analysis.ids
    places = np.where(ids.origin >= 0, ids.origin, ids.entry)
    spans = places[rows]
    codes = np.where(spans >= 0, of_resource[store.spans.resource[np.maximum(spans, 0)]], -1)

    def title(row: int) -> str:
        span = int(places[row])
        return table[int(of_resource[store.spans.resource[span]])] if span >= 0 else "without spans"

    return _worst_first(analysis, rows, codes), _counting(analysis, title)


def _process_name(resource: Resource, grouping: Grouping) -> str:
    if grouping == "host":
        return resource.host or resource.pod or resource.instance or "host not said"
    return (
        f"{resource.service} {resource.version}"
        if resource.version
        else f"{resource.service} · version not said"
    )


def _cause_keys(analysis: Analysis, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Ids by the rank of their cause; then failing without one, degraded, ok."""
    last = len(analysis.causes)
    outcome = analysis.ids.outcome[rows]
    cause = analysis.ids.cause[rows]
    return np.where(cause >= 0, cause, last + 2 - outcome.astype(np.int64))


def _cause_heading(analysis: Analysis, run: NDArray[np.int64]) -> Group:
    first = int(run[0])
    if analysis.ids.cause[first] >= 0:
        cause = analysis.causes[analysis.ids.cause[first]]
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
