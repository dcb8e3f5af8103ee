"""The small pictures that a style sheet can only take from files: a tick and arrows, in the theme's colours."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from explorer.layout.palette import Theme
from explorer.paths import cache_dir

SIDE: Final = 12
"""Pixels of a picture at 100 %; for sharper screens Qt takes the one whose name ends in ``@2x``."""

_SHAPES: Final = {
    "tick": ((2.5, 6.2), (5.0, 8.8), (9.5, 3.4)),
    "down": ((2.5, 4.5), (6.0, 8.0), (9.5, 4.5)),
    "left": ((7.5, 2.5), (4.0, 6.0), (7.5, 9.5)),
    "right": ((4.5, 2.5), (8.0, 6.0), (4.5, 9.5)),
}


def marks(theme: Theme) -> dict[str, str]:
    """Path of each picture, with slashes as a style sheet has them; "" where they cannot be kept."""
    colours = dict.fromkeys(_SHAPES, theme.muted) | {"tick": theme.accent_text}
    try:
        folder = cache_dir() / "marks"
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        return dict.fromkeys(_SHAPES, "")
    found = dict.fromkeys(_SHAPES, "")
    for name, points in _SHAPES.items():
        path = folder / f"{name}-{theme.name}-{colours[name].lstrip('#')}.png"
        if all(_painted(_at(path, scale), points, colours[name], scale) for scale in (1, 2)):
            found[name] = path.as_posix()
    return found


def _at(path: Path, scale: int) -> Path:
    return path if scale == 1 else path.with_name(f"{path.stem}@{scale}x.png")


def _painted(path: Path, points: tuple[tuple[float, float], ...], colour: str, scale: int) -> bool:
    """Paint a picture unless it is there already; whether it is there now."""
    if path.exists():
        return True
    pixmap = QPixmap(SIDE * scale, SIDE * scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(colour), 1.6 * scale)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPolyline([QPointF(x * scale, y * scale) for x, y in points])
    return pixmap.save(str(path), "PNG")
