"""The program's icon, painted: spans of a trace, one of them failed."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

from explorer.layout.palette import DARK

_SIZES: Final = (16, 24, 32, 48, 64, 128, 256)
_BARS: Final = ((0.16, 0.24, 0.68, "accent"), (0.28, 0.44, 0.40, "ok"), (0.52, 0.64, 0.32, "error"))
"""Left, top and width of each bar, and its colour; the icon is 1 by 1."""


def app_icon() -> QIcon:
    """The icon in all sizes that a desktop may ask for."""
    icon = QIcon()
    for size in _SIZES:
        icon.addPixmap(_painted(size))
    return icon


def _painted(size: int) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(DARK.ground))
        painter.drawRoundedRect(QRectF(0, 0, size, size), size * 0.2, size * 0.2)
        for left, top, width, name in _BARS:
            painter.setBrush(QColor(getattr(DARK, name)))
            box = QRectF(left * size, top * size, width * size, 0.13 * size)
            painter.drawRoundedRect(box, size * 0.03, size * 0.03)
    return pixmap
