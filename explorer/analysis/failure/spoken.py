"""Path texts out of logs, where the spans themselves do not say what went wrong."""

from __future__ import annotations

from collections.abc import Mapping

from explorer.analysis.failure.propagation import UNSAID_LOG, first_errors
from explorer.analysis.failure.scene import Scene
from explorer.analysis.reading import Reading, log_words
from explorer.analysis.results import Step
from explorer.analysis.wording import UNSAID, without_ids


def with_log_texts(reading: Reading, scene: Scene, path: tuple[Step, ...]) -> tuple[Step, ...]:
    """The path with the first error log of a hop for its text, where it had none."""
    first = first_errors(scene) if any(step.text == UNSAID_LOG for step in path) else {}
    return tuple(_spoken(reading, scene, step, first) for step in path)


def _spoken(reading: Reading, scene: Scene, step: Step, first: Mapping[str, int]) -> Step:
    if step.text == UNSAID_LOG:
        log = first.get(step.service, -1)
    elif step.text == UNSAID:
        logs = [log for row in step.rows for log in scene.logs.get(row, ())]
        log = min(logs, default=-1)
    else:
        log = -1
    return step._replace(text=without_ids(log_words(reading, log)) or step.text) if log >= 0 else step
