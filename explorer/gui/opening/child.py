"""Where the process that reads begins. It imports what reads there, and not in the window that starts it."""

from __future__ import annotations

from multiprocessing.connection import Connection

from explorer.gui.opening.pipe import Request


def run(request: Request, pipe: Connection) -> None:
    """The whole life of the child."""
    from explorer.gui.opening.reading import read  # noqa: PLC0415 - the window does not read

    read(request, pipe)
