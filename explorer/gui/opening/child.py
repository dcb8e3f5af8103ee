"""The process that reads, from the window's side: begun, told what to read once that is known, and ended.

It imports what reads there, and not in the window that starts it; nor does this module, because the process is
begun before the window is made: it takes as long to import as the window to be painted, and has a core of its own.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Final


@dataclass(frozen=True, slots=True)
class Child:
    """A process that waits for its :class:`~explorer.gui.opening.pipe.Request`.

    Attributes:
        requests: takes the request.
        messages: gives what the process tells.
    """

    process: BaseProcess
    requests: Connection
    messages: Connection

    def end(self) -> None:
        """Kill it if it still runs; it has nothing to tidy up."""
        self.requests.close()
        self.messages.close()
        with contextlib.suppress(ValueError, AttributeError):  # it never started
            self.process.kill()
            self.process.join(2)
            self.process.close()


_ready: Final[list[Child]] = []
"""The one begun before anybody asked for it, if any."""


def prepare() -> None:
    """Begin a process for the opening to come. One that cannot be begun is told of when it is asked for."""
    with contextlib.suppress(OSError):
        _ready.append(_begun())


def child() -> Child:
    """The one that was prepared, else a new one. Raises ``OSError``."""
    return _ready.pop() if _ready else _begun()


def dismiss() -> None:
    """End what was prepared: nothing is to be read."""
    while _ready:
        _ready.pop().end()


def _begun() -> Child:
    context = multiprocessing.get_context("spawn")
    wanted, requests = context.Pipe(duplex=False)
    messages, told = context.Pipe(duplex=False)
    made = Child(
        context.Process(target=run, args=(wanted, told), name="reading", daemon=True), requests, messages
    )
    try:
        made.process.start()
    except OSError:
        made.end()
        raise
    finally:
        wanted.close()
        told.close()
    return made


def run(requests: Connection, messages: Connection) -> None:
    """The whole life of the process; it ends where the window does."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(5)  # the window goes first
    from explorer.gui.opening.reading import AHEAD, read  # noqa: PLC0415 - the window does not read

    for make in AHEAD:
        if not requests.poll():
            make()
    with contextlib.suppress(EOFError):  # nothing is to be read
        read(requests.recv(), messages)
