"""A trace as it is first shown: its scene, and what of it is folded. Of a large one, made off the GUI thread."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.clocks import clock_shift
from explorer.analysis.results import Verdict
from explorer.layout.folding import Folding, fold, folded_at_depth, unfolded_to
from explorer.layout.minimap import Minimap, minimap
from explorer.layout.siblings import NO_GROUPS, alike_siblings
from explorer.layout.waterfall import Scene, make_scene
from explorer.model.store import Store

LARGE: Final = 20_000
"""Spans above which a trace opens folded to its upper levels, with the failure path open."""
OPEN_LEVELS: Final = 6


def first_look(
    store: Store, trace: int, verdict: Verdict | None, root: int, *,
    corrected: bool, squeezed: bool, grouped: bool,
) -> tuple[Scene, Folding]:  # fmt: skip
    """The scene of a trace, or of the subtree of ``root``, and how it is folded; ``grouped``: alike siblings as one."""
    shift = clock_shift(store) if corrected else None
    scene = make_scene(store, trace, verdict, root=root, shift=shift, squeezed=squeezed)
    spans = store.spans
    groups = alike_siblings(spans, scene.first, scene.last) if grouped else NO_GROUPS
    folded: NDArray[np.int64] | tuple[int, ...] = ()
    if scene.last - scene.first > LARGE:
        folded = folded_at_depth(scene.first, scene.last, spans.depth, spans.size, OPEN_LEVELS)
    made = fold(scene.first, scene.last, folded, spans.size, groups)
    _ = scene.axis, scene.idle_share  # kept, and asked for when it is painted
    return scene, unfolded_to(made, scene.path, spans.size, itself=True)


def map_of(scene: Scene, width: int) -> Minimap:
    """The minimap of a scene, so many pixels wide."""
    rows, spans, axis = slice(scene.first, scene.last), scene.store.spans, scene.axis
    start, end = (axis.places(times) for times in scene.times(rows))
    return minimap(start, end, spans.failed[rows], spans.service[rows], axis.extent, width)
