"""What the marks on a bar say: the log records and events of a span in a stretch of time."""

from __future__ import annotations

import numpy as np

from explorer.layout import numbers
from explorer.layout.waterfall import Scene
from explorer.model.raw import ChangedError
from explorer.model.schema import severity_word
from explorer.readers.details import log_detail

MOST = 6
LONG = 160


def tick_words(scene: Scene, row: int, between: tuple[int, int]) -> str:
    """A line for each log record and event of a span between two times (ns, both ends in), by time.

    "" where there is none; more than :data:`MOST` are counted.
    """
    store, begin = scene.store, scene.extent()[0]
    first, last = (int(np.searchsorted(scene.log_spans, np.int32(row), side)) for side in ("left", "right"))
    said: list[tuple[int, str]] = []
    more = 0
    for log in scene.log_rows[first:last].tolist():
        time = int(store.logs.time[log])
        if between[0] <= time <= between[1]:
            if len(said) < MOST:
                word = severity_word(int(store.logs.severity[log])) or "log"
                said.append((time, f"{word} {_message(scene, log)}"))
            else:
                more += 1
    owners = store.events["span"]
    first, last = (int(np.searchsorted(owners, np.int32(row), side)) for side in ("left", "right"))
    for at in range(first, last):
        time = int(store.events["time"][at])
        if between[0] <= time <= between[1]:
            if len(said) < 2 * MOST:
                said.append((time, f"event {store.texts[int(store.events['name'][at])]}"))
            else:
                more += 1
    lines = [f"+{numbers.duration(time - begin)}  {text}" for time, text in sorted(said)]
    return "\n".join([*lines, f"and {numbers.count(more)} more"] if more else lines)


def _message(scene: Scene, log: int) -> str:
    try:
        detail = log_detail(scene.store, log)
    except ChangedError as error:
        return str(error)
    text = (detail.message or detail.exception_message or detail.raw).split("\n", 1)[0]
    return text if len(text) <= LONG else text[: LONG - 1] + "…"
