"""What of a scene takes time: its critical path, its links, and the rows a lens leaves. Made off the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.facts import facts_of
from explorer.analysis.timing import critical_path
from explorer.layout.critical import Share, by_service, longest
from explorer.layout.finding import find_rows
from explorer.layout.lens import slow_rows
from explorer.layout.waterfall import (
    NO_LINKS,
    NO_STRETCHES,
    Links,
    Scene,
    Stretches,
    links,
    looked_at,
    stretches,
)

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for: the critical path; rows of any of ``kinds`` (``critical``, ``errors``, ``slow``); ``words``."""

    critical: bool = False
    kinds: frozenset[str] = frozenset()
    words: str = ""


@dataclass(frozen=True)
class Looked:
    """What was found; ``rows`` are those a lens leaves, None without one.

    ``shares`` and ``longest`` sum the critical path up, by service and by span.
    """

    critical: Stretches = NO_STRETCHES
    links: Links = NO_LINKS
    rows: Rows | None = None
    shares: tuple[Share, ...] = ()
    longest: tuple[Share, ...] = ()


def look(scene: Scene, wanted: Wanted) -> Looked:
    """Everything wanted of a scene; rows must be of one of the kinds and hold all the words."""
    store = scene.store
    path = NO_STRETCHES
    if wanted.critical or "critical" in wanted.kinds:
        path = _critical(scene)
    found = [_of_kind(scene, kind, path) for kind in sorted(wanted.kinds)]
    rows = np.unique(np.concatenate(found)) if found else None
    if wanted.words.strip():
        held = find_rows(store, scene.first, scene.last, wanted.words)
        rows = held if rows is None else np.intersect1d(rows, held)
    known = len(store.links["span"]) > 0
    linked = links(np.asarray(store.links["span"], np.int32), facts_of(store).linked) if known else NO_LINKS
    if not wanted.critical:
        return Looked(NO_STRETCHES, linked, rows)
    drawn = looked_at(scene, path, linked)
    return Looked(path, linked, rows, by_service(drawn), longest(drawn))


def _critical(scene: Scene) -> Stretches:
    """The critical path of the topmost span of a scene; of several, of the one that took longest."""
    rows = slice(scene.first, scene.last)
    spans = scene.store.spans
    top = np.flatnonzero((spans.parent[rows] < scene.first) | (spans.depth[rows] == spans.depth[scene.first]))
    longest = int(top[np.argmax(spans.duration[rows][top])]) + scene.first
    return stretches(scene, critical_path(scene.store, longest))


def _of_kind(scene: Scene, kind: str, path: Stretches) -> Rows:
    if kind == "critical":
        return np.unique(path.row)
    if kind == "errors":
        failed = scene.store.spans.failed[scene.first : scene.last]
        return np.flatnonzero(failed) + scene.first
    return slow_rows(scene.store, scene.first, scene.last)
