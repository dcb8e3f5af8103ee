"""Why one id failed: from what the user saw down to the origin, and the path back up."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.analysis.blame import Blame, blame, own
from explorer.analysis.descent import Descent, descend
from explorer.analysis.facts import Facts
from explorer.analysis.results import Outcome, Step
from explorer.analysis.scene import Scene, look_at
from explorer.analysis.steps import path_of


@dataclass(frozen=True)
class Explained:
    """One id explained by structure, before categories.

    ``top`` is the failed span that was descended from: the entry, or the topmost contained failure. ``blame`` is the
    origin; ``others`` are second causes. ``path`` is empty only where nothing but logs is known.
    """

    scene: Scene
    outcome: Outcome
    top: int
    descent: Descent
    blame: Blame
    path: tuple[Step, ...]


def explain(facts: Facts, id_row: int) -> Explained | None:
    """The failure path of an id; None where no span of it failed."""
    scene = look_at(facts, id_row)
    outcome = Outcome(int(facts.ids.outcome[id_row]))
    top = _top(scene, outcome)
    if top < 0:
        return None
    descent = descend(scene, top)
    leaf = descent.chosen[-1]
    judged = blame(scene, leaf)
    end = top if outcome is Outcome.FAILING else _catcher(scene, top)
    return Explained(scene, outcome, top, descent, judged, path_of(scene, descent, judged, end))


def _top(scene: Scene, outcome: Outcome) -> int:
    """Where to begin: the entry if it failed, else the first failure that nothing above it repeats."""
    if scene.entry in scene.failing:
        return scene.entry
    free = list(scene.below.get(-1, ()))
    if not free:
        return scene.entry if outcome is Outcome.FAILING and scene.entry >= 0 else -1
    if outcome is Outcome.FAILING and scene.entry >= 0:
        return scene.entry
    return min(free, key=lambda row: int(scene.facts.store.spans.start[row]))


def _catcher(scene: Scene, top: int) -> int:
    """The first span of the service that went on although ``top`` failed under it."""
    row = scene.up(top)
    while row >= 0:
        above = scene.up(row)
        if scene.facts.hops.enters[row] or above < 0:
            return row
        row = above
    return top


__all__ = ["Explained", "explain", "own"]
