"""The critical path of a scene summed up: time by service along it, and the spans that hold most of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.layout.waterfall import Scene

LONGEST = 12
CHAIN = 4
"""Services named of the way to a span, the last ones."""
FAR = 1000
"""Levels above a span that are looked through for them."""


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the critical path: ``row`` is the span that holds most of it, ``share`` is of the whole path."""

    words: str
    row: int
    ns: int
    share: float


def by_service(scene: Scene) -> tuple[Share, ...]:
    """Time of each service along the critical path, longest first; ``words`` is its name."""
    rows, spent, total = _spent(scene)
    if not len(rows):
        return ()
    services = scene.store.spans.service[rows]
    found, inverse = np.unique(services, return_inverse=True)
    sums = np.bincount(inverse, spent).astype(np.int64)
    most = np.lexsort((-spent, inverse))[np.searchsorted(np.sort(inverse), np.arange(len(found)))]
    made = [
        Share(scene.store.services[code], int(rows[at]), ns, ns / total)
        for code, ns, at in zip(found.tolist(), sums.tolist(), most.tolist(), strict=True)
    ]
    return tuple(sorted(made, key=lambda one: -one.ns))


def longest(scene: Scene, most: int = LONGEST) -> tuple[Share, ...]:
    """The spans with most time on the critical path; ``words`` is the way to each, by services and its operation."""
    rows, spent, total = _spent(scene)
    order = np.argsort(-spent, kind="stable")[:most]
    return tuple(
        Share(_way(scene, int(rows[at])), int(rows[at]), int(spent[at]), float(spent[at]) / total)
        for at in order.tolist()
    )


def _spent(scene: Scene) -> tuple[np.ndarray, np.ndarray, int]:
    """Rows on the path, ns spent in each, and the sum."""
    path = scene.critical
    rows, inverse = np.unique(path.row, return_inverse=True)
    spent = np.bincount(inverse, path.end - path.begin, len(rows)).astype(np.int64)
    return rows, spent, max(int(spent.sum()), 1)


def _way(scene: Scene, row: int) -> str:
    """``edge › ranking › features · GetOnline``: the services on the way, each named once in a row."""
    store, parents = scene.store, scene.store.spans.parent
    services = [store.service(row)]
    above = int(parents[row])
    for _ in range(FAR):
        if above < scene.first or len(services) > CHAIN:
            break
        name = store.service(above)
        if name != services[-1]:
            services.append(name)
        above = int(parents[above])
    shown = services[:CHAIN][::-1]
    if above >= scene.first or len(services) > CHAIN:
        shown.insert(0, "…")
    return f"{' › '.join(shown)} · {store.operation(row)}"
