"""How large everything is drawn. Qt takes that once, when the application is made, so another size is another start."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from PySide6.QtCore import QProcess, QProcessEnvironment

FACTOR: Final = "QT_SCALE_FACTOR"
AGAIN: Final = "TRACE_EXPLORER_AGAIN"
"""Set where the program was started by itself, to go on where it was."""
_given: Final[list[str]] = []
"""What the environment had before, to be handed on to the next start."""


@contextmanager
def scaled(percent: int) -> Iterator[None]:
    """Have the application that is made within be drawn at that size, besides what the environment asks for."""
    before = os.environ.get(FACTOR, "")
    _given[:] = [before]
    try:
        factor = float(before or 1.0)
    except ValueError:
        factor = 1.0
    os.environ[FACTOR] = f"{factor * percent / 100:g}"
    try:
        yield
    finally:
        if before:
            os.environ[FACTOR] = before
        else:
            del os.environ[FACTOR]


def launch_again() -> bool:
    """Start this program anew, to go on where it was; whether that could be done."""
    environment = QProcessEnvironment.systemEnvironment()
    environment.insert(AGAIN, "1")
    environment.remove(FACTOR)
    if _given and _given[0]:
        environment.insert(FACTOR, _given[0])
    process = QProcess()
    process.setProgram(sys.executable)
    process.setArguments(["-m", "explorer"])
    process.setProcessEnvironment(environment)
    return bool(process.startDetached()[0])


def started_again() -> bool:
    """Whether this is such a start; told once."""
    return os.environ.pop(AGAIN, "") == "1"
