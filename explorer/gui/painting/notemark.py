"""The marks of pins and notes: shapes of their own, so that they are told apart without colour."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath

from explorer.gui.painting.ink import Ink, colour
from explorer.layout.rownotes import NoteMark

SIDE = 10.0
"""A mark fits a square of that side, px."""


def paint_note_mark(painter: QPainter, centre: QPointF, mark: NoteMark, ink: Ink) -> None:
    """A pin, a sheet with lines (a note), a filled sheet (both), or a ring: in rows that are folded away."""
    if not mark:
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(centre)
    painter.setPen(ink.pen(ink.theme.accent, 1.3))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if mark == "pin":
        painter.setBrush(colour(ink.theme.accent))
        painter.drawPath(_PIN)
    elif mark == "below":
        painter.drawEllipse(QPointF(0, 0), 2.6, 2.6)
    else:
        if mark == "both":
            painter.setBrush(colour(ink.theme.accent))
        painter.drawPath(_SHEET)
        painter.setPen(ink.pen(ink.theme.accent if mark == "note" else ink.theme.ground, 1.1))
        for y in (-1.6, 0.8):
            painter.drawLine(QPointF(-1.8, y), QPointF(1.8, y))
    painter.restore()


def _pin() -> QPainterPath:
    """A round head that ends in a point below."""
    path = QPainterPath()
    path.moveTo(0, 4.6)
    path.cubicTo(-1.2, 2.4, -3.4, 0.8, -3.4, -1.4)
    path.arcTo(QRectF(-3.4, -4.8, 6.8, 6.8), 180, -180)
    path.cubicTo(3.4, 0.8, 1.2, 2.4, 0, 4.6)
    path.closeSubpath()
    return path


def _sheet() -> QPainterPath:
    """A small sheet with a speech corner."""
    path = QPainterPath()
    path.addRoundedRect(QRectF(-4.0, -4.2, 8.0, 6.8), 1.4, 1.4)
    corner = QPainterPath()
    corner.moveTo(-2.2, 2.2)
    corner.lineTo(-2.2, 4.8)
    corner.lineTo(0.6, 2.4)
    return path.united(corner)


_PIN, _SHEET = _pin(), _sheet()
