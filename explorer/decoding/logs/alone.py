"""Lines of no known format that a container runtime timed one by one: which of them are records of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from explorer.decoding.logs.choosing import CONTINUED
from explorer.decoding.logs.lines import LineKind, Lines, LineValues
from explorer.decoding.logs.stacks import UNCAUGHT

RAISED: Final = re.compile(
    rb"[A-Za-z_][\w.$]*(?:: |(?:(?<=Error)|(?<=Exit)|(?<=Exception)|(?<=Interrupt)|(?<=Iteration)|(?<=Warning)):?\Z)"
)
"""The last line of a Python traceback: the exception."""
_GO: Final = re.compile(rb"goroutine \d+ \[|created by |\[signal |exit status \d|\S+\([^ ]*\)\Z")
"""Lines of a Go stack trace that are not indented."""
_THROWN: Final = re.compile(
    rb"(?:Caused by: )?(?:[a-z_]\w*\.)+[A-Z][\w$]*(?:Exception|Error|Throwable|Failure|Fault)\b(?:: |\Z)"
)
"""An exception by its full name, which stands over the frames of a stack trace."""
AT_ONCE_NS: Final = 300_000
"""Lines of one record are written at once; runtimes see them within this of one another."""


@dataclass(frozen=True, slots=True)
class Before:
    """What stands before a line: whether a stack trace is under way, whether its record has a level, and its time."""

    within: bool = False
    levelled: bool = False
    time: int = 0


def begin_alone(lines: Lines, values: LineValues, times: NDArray[np.int64], before: Before) -> Before:
    """Mark lines as records of their own unless they go on a stack trace, or were written at once with a record.

    Args:
        times: when each line was written, in ns, 0 where that is not known; int64 (n,).
        before: what stands before the first line.

    Returns:
        What stands before the line after the last.
    """
    count = len(lines)
    unknown = np.flatnonzero(values.kind == LineKind.UNKNOWN)
    earlier = np.concatenate((np.array([before.time], np.int64), times[:-1]))
    at_once = (times > 0) & (earlier > 0) & (np.abs(times - earlier) <= AT_ONCE_NS)
    within, levelled, last = before.within, before.levelled, -1
    for i in unknown.tolist():
        line = lines[i]
        if last != i - 1:  # the line before is of a known format
            within, levelled = False, bool(values.severity[i - 1])
        last = i
        if CONTINUED.match(line):
            within = True
        elif UNCAUGHT.match(line):
            within = True
            if not levelled:
                values.kind[i] = LineKind.ALONE
        elif within and _GO.match(line):
            continue
        elif within and RAISED.match(line):
            within = False
        elif not (levelled and (at_once[i] or _THROWN.match(line))):
            values.kind[i] = LineKind.ALONE
            within, levelled = False, bool(values.severity[i])
    if last != count - 1:
        within, levelled = False, bool(values.severity[-1])
    return Before(within, levelled, int(times[-1])) if count else before
