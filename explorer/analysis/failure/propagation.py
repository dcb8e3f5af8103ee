"""Why one id failed: from what the user saw down to the origin, and the path back up. Structure only, no texts read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.analysis.facts import Facts
from explorer.analysis.failure.blame import Blame, blame
from explorer.analysis.failure.descent import Attempts, Descent, attempts_of, descend
from explorer.analysis.failure.scene import Scene, look_at
from explorer.analysis.failure.steps import path_of
from explorer.analysis.ids import ERROR
from explorer.analysis.results import Outcome, Step
from explorer.analysis.traits import Trait
from explorer.analysis.wording import code_word
from explorer.model.schema import GRPC, Kind

UNSAID_LOG = "error in its log"
"""Stands for the text of a log that is not read yet."""


@dataclass(frozen=True)
class Explained:
    """One id explained by structure, before categories.

    Attributes:
        top: the failed span that was descended from: the entry, or the first contained failure; -1 without spans.
        others: leaves of second causes, best first.
        logs: error logs that speak of the origin.
        saved: whether a later attempt went well.
    """

    scene: Scene
    outcome: Outcome
    top: int
    blame: Blame
    path: tuple[Step, ...]
    others: tuple[int, ...] = ()
    logs: tuple[int, ...] = ()
    saved: bool = False


def explain(facts: Facts, id_row: int) -> Explained | None:
    """The failure path of an id; None where nothing of it failed."""
    scene = look_at(facts, id_row)
    outcome = Outcome(int(facts.ids.outcome[id_row]))
    if user_left(facts, scene.entry):
        return _left(scene, outcome)
    if scene.entry < 0:
        return _from_logs(scene, outcome)
    top = _top(scene)
    if top < 0:
        return None
    descent = descend(scene, top)
    group = attempts_of(scene, top)
    if len(group.rows) > 1:
        descent.attempts.setdefault(top, group)
    judged = blame(scene, descent.chosen[-1])
    end = top if outcome is Outcome.FAILING else catcher(scene, top)
    path = path_of(scene, descent, judged, end)
    return Explained(
        scene,
        outcome,
        top,
        judged,
        path,
        descent.others,
        origin_logs(scene, judged, path),
        _saved(descent, group),
    )


def user_left(facts: Facts, entry: int) -> bool:
    """Whether the entry says that the user stopped waiting."""
    if entry < 0:
        return False
    spans = facts.store.spans
    ended = bool(spans.failed[entry]) or int(spans.code[entry]) in (499, GRPC + 1)
    return ended and facts.has(entry, Trait.CANCELLED) and not facts.has(entry, Trait.TIMEOUT)


def catcher(scene: Scene, top: int) -> int:
    """The first span of the service that went on although ``top`` failed under it; ``top``'s own behind a queue."""
    spans, hops = scene.facts.store.spans, scene.facts.hops
    row = top
    if hops.enters[top]:
        queued = spans.kind[top] == Kind.CONSUMER or scene.joined.get(top, (-1, "call"))[1] == "link"
        above = scene.up(top)
        if queued or above < 0:
            return top
        row = above
    while not hops.enters[row] and scene.up(row) >= 0:
        row = scene.up(row)
    return row


def origin_logs(scene: Scene, judged: Blame, path: tuple[Step, ...]) -> tuple[int, ...]:
    """Error logs of the origin's hop and of what lies below its span; its caller's, where it left or said none."""
    near = path[: 1 if judged.row >= 0 else 2]
    rows = {judged.row, judged.via, *(row for step in near for row in step.rows)} - {-1}
    if judged.row >= 0:
        end = judged.row + int(scene.facts.store.spans.size[judged.row])
        rows |= {row for row in scene.logs if judged.row <= row < end}
    of_another = judged.via >= 0 and judged.service != scene.facts.store.service(judged.via)
    if of_another and not rows & scene.logs.keys():
        rows |= {row for step in path[:2] for row in step.rows}
    return tuple(sorted(log for row in rows for log in scene.logs.get(row, ())))


def _top(scene: Scene) -> int:
    """Where to begin: the entry if it failed, else the first failure under nothing that failed."""
    if scene.entry in scene.failing:
        return scene.entry
    free = scene.below.get(-1, ())
    spans = scene.facts.store.spans
    real = [row for row in free if not scene.has(row, Trait.CANCELLED)]
    return min(real or free, key=lambda row: (int(spans.start[row]), row), default=-1)


def _saved(descent: Descent, group: Attempts) -> bool:
    return group.saved or any(attempts.saved for attempts in descent.attempts.values())


def _left(scene: Scene, outcome: Outcome) -> Explained:
    """The user went away: all that was cancelled is an effect."""
    store = scene.facts.store
    row = scene.entry
    end = int(store.spans.end[row])
    said = code_word(int(store.spans.code[row])) or "cancelled"
    path = (
        Step(-1, (), "client", "", "origin", None, "stopped waiting", end),
        Step(row, (row,), store.service(row), store.operation(row), "surfaced", "cancelled", said, end),
    )
    return Explained(scene, outcome, row, Blame(-1, row, "client", "cancelled", "client", known=False), path)


def first_errors(scene: Scene) -> dict[str, int]:
    """The first error log of each service in an id, by the name of the service, in the order of time."""
    store = scene.facts.store
    first: dict[str, int] = {}
    for log in _loud(scene).tolist():
        first.setdefault(store.services[store.logs.service[log]], log)
    return first


def _loud(scene: Scene) -> NDArray[np.int32]:
    """Error logs of an id."""
    store = scene.facts.store
    mine = store.correlation.logs_of(scene.id)
    return mine[store.logs.severity[mine] >= ERROR]


def _from_logs(scene: Scene, outcome: Outcome) -> Explained | None:
    """An id known only from logs: the services in the order of their first error."""
    logs = scene.facts.store.logs
    first = first_errors(scene)
    if not first:
        return None
    names = list(first)
    path = tuple(
        Step(
            -1, (), name, "", "origin" if not at else "surfaced" if at == len(names) - 1 else "passed",
            "call" if at else None, UNSAID_LOG, int(logs.time[first[name]]),
        )
        for at, name in enumerate(names)
    )  # fmt: skip
    loud = _loud(scene)
    told = tuple(loud[logs.service[loud] == logs.service[first[names[0]]]].tolist())
    return Explained(scene, outcome, -1, Blame(-1, -1, names[0], "call", "code-fault"), path, logs=told)
