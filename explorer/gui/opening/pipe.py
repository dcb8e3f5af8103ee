"""What goes through the pipe between the window and the process that reads.

Imported by the spawned child, so nothing here may import Qt; and by what follows it, so nothing here may import what
reads and analyses.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from explorer.bundle.limits import Limits
from explorer.gui.opening.telling import Stage
from explorer.model.asking import Asking
from explorer.model.options import ReadOptions
from explorer.model.progress import Progress

FIRST_ANSWERS: Final = "answers"
"""Folder of the answers within that of the first part."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to read, how, and where to leave it.

    Attributes:
        paths: read together as one bundle; none where ``folder`` holds the store already.
        folder: for the store.
        answers: existing and empty, for the answers.
        crash: file that tells where the process died, if it does.
        early: folder for the first part, None where none is shown.
        wanted: what is to be shown of the bundle.
    """

    paths: tuple[Path, ...]
    options: ReadOptions
    limits: Limits
    folder: Path
    answers: Path
    crash: Path
    early: Path | None = None
    wanted: Asking = Asking()


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no result: a sentence for the user, more for who asks, and whether it is a bug of ours."""

    text: str
    details: str = ""
    bug: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """Store and answers lie in their folders."""


@dataclass(frozen=True, slots=True)
class FirstPart:
    """Store and answers of the first part lie in the folder for them."""


Message = Progress | Stage | FirstPart | Failure | Done
"""What comes through the pipe; the last two are the last."""
