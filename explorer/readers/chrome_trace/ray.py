"""What Ray's timeline tells of failures: who raised, who only received what another task raised.

Source: ray-project/ray python/ray/_private/profiling.py (``chrome_tracing_dump``), core_worker profile events,
exceptions.RayTaskError. A task is a slice of the category ``task::NAME``; the slice of its execution within it holds
the exception, as ``str(type)``, ``str(exception)`` and the traceback. No slice says who asked for a task.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from explorer.decoding.lenient import text_of
from explorer.readers.chrome_trace.processes import args_of
from explorer.readers.chrome_trace.shapes import Event
from explorer.readers.chrome_trace.slices import Slice

_TRACEBACK: Final = b'"traceback"'
_TASK: Final = "task::"
_CLASS: Final = re.compile(r"<class '([^']+)'>\Z")
_COLOUR: Final = re.compile("\x1b\\[[0-9;]*m")
_RECEIVED: Final = re.compile(r"\s*ray::([^\s()]+)\(\) \(pid=")
"""How the message of an exception begins that a task raised and another process got in its place."""


def exception(args: dict[str, Any]) -> tuple[str, str]:
    """Class and message of the exception in the arguments of a slice."""
    written, message = text_of(args.get("type")), _COLOUR.sub("", text_of(args.get("value")))
    match = _CLASS.match(written)
    return match[1] if match else written, message


def reason(args: dict[str, Any]) -> tuple[str, str]:
    """As :func:`exception`; of one that was received, the line that says what was raised."""
    type_, message = exception(args)
    lines = message.strip().splitlines()
    return type_, lines[-1].strip() if _RECEIVED.match(message) and lines else message


def failed(slices: Sequence[Slice], events: Sequence[Event]) -> dict[int, int]:
    """Failed slices, by the ordinal of the event that tells why: a task fails with its execution."""
    found = {one.index: one.index for one in slices if _TRACEBACK in bytes(events[one.index].args)}
    parents = {one.index: one.parent for one in slices} if found else {}
    for index in list(found):
        around = parents[index]
        if around >= 0 and events[around].cat.startswith(_TASK):
            found.setdefault(around, index)
    return found


def received(
    slices: Sequence[Slice], events: Sequence[Event], failures: dict[int, int]
) -> list[tuple[int, int]]:
    """Failed tasks and the slice that got the exception of each: of its name, the last to end before that."""
    ends = {one.index: one.start + (one.duration or 0) for one in slices if one.index in failures}
    tasks = [i for i, cause in failures.items() if i != cause]
    found = []
    for index in (i for i, cause in failures.items() if i == cause):
        match = _RECEIVED.match(exception(args_of(events[index]))[1])
        name = _TASK + match[1] if match else ""
        ended = [
            i for i in tasks if events[i].cat == name and ends[i] <= ends[index] and failures[i] != index
        ]
        if ended:
            found.append((max(ended, key=lambda i: ends[i]), index))
    return found
