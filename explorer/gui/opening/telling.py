"""What opening tells on its way: how far it has come, and why there is nothing to show.

Imported by the spawned child, so nothing here may import Qt; and by the frame of the window, so nothing large either.
"""

from __future__ import annotations

from dataclasses import dataclass

from explorer.errors import ExplorerError
from explorer.model.progress import Progress


@dataclass(frozen=True, slots=True)
class Reading:
    """How far reading has come. ``total`` bytes are to be read, 0 where unpacked sizes are not known."""

    progress: Progress
    total: int


@dataclass(frozen=True, slots=True)
class Stage:
    """What is being done once the files are read; ``share`` is -1 where it is not known."""

    text: str
    share: float = -1.0


class OpeningError(ExplorerError):
    """Why a bundle could not be opened; ``details`` is for who asks, ``bug`` tells a fault of ours."""

    def __init__(self, text: str, details: str = "", *, bug: bool = False) -> None:
        super().__init__(text)
        self.details = details
        self.bug = bug
