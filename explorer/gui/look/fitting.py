"""What of a row of parts is shown where there is not room for all: the first of those given that fit."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QWidget


def fit(room: int, parts: Iterable[QWidget], gap: int) -> int:
    """Show as many parts as fit into so many pixels, each with a gap; the room that is left, below 0 for none."""
    for part in parts:
        room -= part.sizeHint().width() + gap
        part.setVisible(room >= 0)
    return room
