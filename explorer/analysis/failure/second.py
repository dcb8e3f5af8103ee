"""Second causes: what else failed beside the chosen path, and on its own would have failed the request."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.analysis.failure.blame import blame
from explorer.analysis.failure.descent import attempts_of, descend
from explorer.analysis.failure.propagation import Explained, origin_logs
from explorer.analysis.failure.scene import Scene
from explorer.analysis.failure.steps import path_of
from explorer.analysis.results import Outcome
from explorer.analysis.traits import Trait

MOST = 3


def second_causes(explained: Sequence[Explained]) -> list[Explained]:
    """The second causes of failing ids, explained like first ones."""
    found: list[Explained] = []
    for one in explained:
        if one.outcome is Outcome.FAILING and one.others:
            rows = [row for row in one.others if counts(one.scene, row)]
            found.extend(_explained(one, row) for row in rows[:MOST])
    return found


def counts(scene: Scene, row: int) -> bool:
    """Whether a failed sibling could be a cause: no effect of another, not saved, not failing in healthy ids too."""
    facts = scene.facts
    if (
        facts.has(row, Trait.CANCELLED | Trait.ABSENT | Trait.BREAKER)
        or row in scene.veiled
        or not facts.hard[row]
    ):
        return False
    return not attempts_of(scene, row).saved and not facts.fails_in_passing(row)


def _explained(one: Explained, row: int) -> Explained:
    descent = descend(one.scene, row)
    judged = blame(one.scene, descent.chosen[-1])
    path = path_of(one.scene, descent, judged, one.top)
    return Explained(one.scene, one.outcome, one.top, judged, path, logs=origin_logs(one.scene, judged, path))
