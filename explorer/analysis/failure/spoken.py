"""Path texts out of logs, where the spans themselves do not say what went wrong."""

from __future__ import annotations

from dataclasses import replace

from explorer.analysis.facts import Facts
from explorer.analysis.failure.propagation import UNSAID_LOG
from explorer.analysis.failure.scene import Scene
from explorer.analysis.reading import Reading, log_words
from explorer.analysis.results import Step
from explorer.analysis.wording import UNSAID


def with_log_texts(reading: Reading, scene: Scene, path: tuple[Step, ...]) -> tuple[Step, ...]:
    """The path with the first error log of a hop for its text, where it had none."""
    if not any(step.text in (UNSAID, UNSAID_LOG) for step in path):
        return path
    return tuple(_spoken(reading, scene, step) for step in path)


def _spoken(reading: Reading, scene: Scene, step: Step) -> Step:
    if step.text == UNSAID_LOG:
        log = _first_of_service(scene.facts, scene.id, step)
    elif step.text == UNSAID:
        logs = [log for row in step.rows for log in scene.logs.get(row, ())]
        log = min(logs, default=-1)
    else:
        log = -1
    return replace(step, text=log_words(reading, log) or step.text) if log >= 0 else step


def _first_of_service(facts: Facts, id_row: int, step: Step) -> int:
    """The error log at the step's time, of an id that has only logs."""
    logs = facts.store.logs
    mine = facts.store.correlation.logs_of(id_row)
    at = mine[(logs.time[mine] == step.time_ns) & (logs.service[mine] == facts.peers.known(step.service))]
    return int(at[0]) if len(at) else -1
