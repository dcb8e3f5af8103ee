"""The flame graph as rectangles, callers above what they call. Knows no colours and no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.flame import Flame, Measure
from explorer.layout import numbers
from explorer.model.store import Store

Doubles = NDArray[np.float64]
Longs = NDArray[np.int64]
NARROWEST: Final = 0.6
"""Pixels below which a box is not drawn: its share of the width is left as ground."""


@dataclass(frozen=True, eq=False)
class Icicles:
    """Every call path with its place; siblings from the left, widest first.

    Attributes:
        x0, x1: float64 (n,), fractions of the whole width.
        value: int64 (n,), what made them wide, with all below.
        whole: sum of the values at the top.
    """

    flame: Flame
    measure: Measure
    x0: Doubles
    x1: Doubles
    value: Longs
    whole: int

    def depth(self, node: int) -> int:
        """Level of a path, from 0."""
        return int(np.searchsorted(self.flame.first, node, "right")) - 1


@dataclass(frozen=True, slots=True)
class Box:
    """One rectangle on screen: a path, the row it lies in, and its ends as fractions of the visible width.

    ``above``: an ancestor of what is zoomed to, drawn as wide as all there is.
    """

    node: int
    row: int
    x0: float
    x1: float
    above: bool


def place(flame: Flame, measure: Measure) -> Icicles:
    """Where each call path lies."""
    value = flame.values(measure)
    x0 = np.zeros(len(flame))
    whole = int(value[flame.level(0)].sum()) if len(flame) else 0
    scale = 1.0 / max(whole, 1)
    for number in range(flame.levels):
        part = flame.level(number)
        parent = flame.parent[part]
        order = np.lexsort((-value[part], parent))
        sorted_parent = parent[order]
        width = value[part][order] * scale
        left = np.cumsum(width) - width
        leads = np.concatenate(([True], sorted_parent[1:] != sorted_parent[:-1]))
        family = np.maximum.accumulate(np.where(leads, np.arange(len(order)), 0))
        base = np.where(sorted_parent >= 0, x0[sorted_parent], 0.0)
        x0[part.start + order] = left - left[family] + base
    return Icicles(flame, measure, x0, x0 + value * scale, value, whole)


def boxes(icicles: Icicles, focus: int, width: float, first: int, rows: int) -> list[Box]:
    """The rectangles to draw, level by level from the left.

    Args:
        icicles: all paths.
        focus: path that is zoomed to, -1 for none.
        width: pixels there are.
        first: first row on screen.
        rows: rows on screen.
    """
    flame = icicles.flame
    found: list[Box] = []
    top = 0
    begin, end = 0.0, 1.0
    if focus >= 0:
        chain = flame.ancestors(focus)
        top = len(chain)
        found = [Box(node, row, 0.0, 1.0, above=node != focus) for row, node in enumerate(chain)]
        begin, end = float(icicles.x0[focus]), float(icicles.x1[focus])
    length = max(end - begin, 1e-300)
    least = NARROWEST / max(width, 1.0) * length
    for row in range(max(first, top), min(first + rows, flame.levels)):
        part = flame.level(row)
        x0, x1 = icicles.x0[part], icicles.x1[part]
        seen = np.flatnonzero((x1 - x0 >= least) & (x1 > begin + least / 2) & (x0 < end - least / 2))
        if focus >= 0:
            seen = seen[_below(flame, part.start + seen, focus, row - top + 1)]
        seen = seen[np.argsort(x0[seen], kind="stable")]
        lefts, rights = ((x0[seen] - begin) / length).tolist(), ((x1[seen] - begin) / length).tolist()
        nodes = (part.start + seen).tolist()
        found += [Box(n, row, a, b, above=False) for n, a, b in zip(nodes, lefts, rights, strict=True)]
    return [box for box in found if first <= box.row < first + rows]


def _below(flame: Flame, nodes: NDArray[np.int64], focus: int, steps: int) -> NDArray[np.bool_]:
    """Which paths lie so many steps below one; their ends alone do not tell where widths are nothing."""
    above: NDArray[np.integer] = nodes
    for _ in range(steps):
        above = flame.parent[above]
    return np.asarray(above == focus, bool)


def matching(flame: Flame, store: Store, words: str) -> NDArray[np.bool_]:
    """Paths whose service or operation holds all the words, in any case: bool (n,); none for no words."""
    wanted = words.lower().split()
    if not wanted:
        return np.zeros(len(flame), bool)
    kinds, code = np.unique(
        flame.service.astype(np.int64) * max(len(store.operations), 1) + flame.operation, return_inverse=True
    )
    services, operations = np.divmod(kinds, max(len(store.operations), 1))
    texts = (
        f"{store.services[service]} {store.operations[operation]}".lower()
        for service, operation in zip(services.tolist(), operations.tolist(), strict=True)
    )
    hit = np.array([all(word in text for word in wanted) for text in texts], bool)
    return hit[code] if len(kinds) else np.zeros(0, bool)


def covered(icicles: Icicles, matched: NDArray[np.bool_]) -> int:
    """What lies in matching paths and below them, each part counted once."""
    flame, total = icicles.flame, 0
    inside = np.zeros(len(flame), bool)
    for number in range(flame.levels):
        part = flame.level(number)
        parent = flame.parent[part]
        already = np.where(parent >= 0, inside[parent], False)
        new = matched[part] & ~already
        total += int(icicles.value[part][new].sum())
        inside[part] = matched[part] | already
    return total


def title(store: Store, flame: Flame, node: int) -> str:
    """Service and operation of a path."""
    return f"{store.services[flame.service[node]]} {store.operations[flame.operation[node]]}".strip()


def facts(store: Store, icicles: Icicles, node: int) -> str:
    """Everything exact about a path, for tool tips and screen readers; a line a fact."""
    flame = icicles.flame
    count, errors = int(flame.count[node]), int(flame.errors[node])
    total, own = int(flame.total[node]), int(flame.self_time[node])
    share = numbers.share(int(icicles.value[node]) / max(icicles.whole, 1))
    of = {"time": "time", "spans": "spans", "errors": "errors"}[icicles.measure]
    lines = [
        title(store, flame, node),
        f"{numbers.plural(count, 'span')}, {numbers.plural(errors, 'error')}",
        f"total {numbers.duration(total)} ({numbers.exact(total)})",
        f"self {numbers.duration(own)} ({numbers.exact(own)})",
        f"on average {numbers.duration(total // max(count, 1))}",
        f"with all below it {share} of all {of}",
    ]
    return "\n".join(lines)


def neighbour(icicles: Icicles, node: int, direction: str) -> int:
    """The path next to one: ``up`` its caller, ``down`` its widest callee, ``left`` and ``right`` on its level.

    The same path where there is none that way.
    """
    flame = icicles.flame
    if node < 0:
        return int(np.argmax(icicles.value[flame.level(0)])) if len(flame) else -1
    level = icicles.depth(node)
    if direction == "up":
        return int(flame.parent[node]) if flame.parent[node] >= 0 else node
    if direction == "down":
        if level + 1 >= flame.levels:
            return node
        part = flame.level(level + 1)
        kids = np.flatnonzero(flame.parent[part] == node) + part.start
        return int(kids[np.argmax(icicles.value[kids])]) if len(kids) else node
    part = flame.level(level)
    wide = np.flatnonzero(icicles.value[part] > 0) + part.start
    order = wide[np.argsort(icicles.x0[wide], kind="stable")]
    at = np.flatnonzero(order == node)
    if not len(at):
        return node
    return int(order[min(max(int(at[0]) + (1 if direction == "right" else -1), 0), len(order) - 1)])
