"""The two families that ship with the program, in the four sizes of the window.

Text is Inter; ids, times and code are JetBrains Mono. Sizes are pixels as drawn; the
size that the user sets scales the whole window.
"""

from __future__ import annotations

from functools import cache
from typing import Final, Literal

from PySide6.QtGui import QFont, QFontDatabase

from explorer.paths import resource

Role = Literal["title", "head", "body", "small"]

SIZES: Final[dict[Role, int]] = {"title": 17, "head": 13, "body": 12, "small": 11}
_WEIGHTS: Final[dict[Role, QFont.Weight]] = {
    "title": QFont.Weight.DemiBold, "head": QFont.Weight.DemiBold,
    "body": QFont.Weight.Normal, "small": QFont.Weight.Normal,
}  # fmt: skip
_FIRST: Final = ("Inter-Regular.otf", "Inter-SemiBold.otf", "JetBrainsMono-Regular.ttf")
"""What the frame of a window is written in; each file takes a millisecond."""
_ALTERNATES: Final = QFont.Tag("calt")
"""Other signs by their neighbours: ``!=`` as one, a colon raised between digits. They would hide what is written,
and cannot be copied out of a PDF."""


@cache
def load() -> tuple[str, ...]:
    """Register all shipped fonts with Qt, once; the file names that Qt refused (none, as a rule)."""
    fonts = sorted(path.name for path in resource("fonts").iterdir() if path.suffix in (".otf", ".ttf"))
    return tuple(name for name in fonts if not _loaded(name))


@cache
def _loaded(name: str) -> bool:
    return QFontDatabase.addApplicationFont(str(resource("fonts", name))) >= 0


def ui(role: Role = "body") -> QFont:
    """Inter; ``title`` and ``head`` are semibold."""
    return _font("Inter", role)


def mono(role: Role = "body") -> QFont:
    """JetBrains Mono, for ids, times, numbers in columns and code."""
    font = _font("JetBrains Mono", role)
    font.setStyleHint(QFont.StyleHint.Monospace)
    return font


def strong(font: QFont) -> QFont:
    """The same font, semibold."""
    heavier = QFont(font)
    heavier.setWeight(QFont.Weight.DemiBold)
    return heavier


def _font(family: str, role: Role) -> QFont:
    for name in _FIRST:
        _loaded(name)
    font = QFont(family)
    font.setPixelSize(SIZES[role])
    font.setWeight(_WEIGHTS[role])
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setFeature(_ALTERNATES, 0)
    return font
