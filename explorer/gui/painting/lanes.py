"""Paints metric lanes: title and value, marked values, the line, what changed, and the time axis below all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from explorer.gui.look.text import line
from explorer.gui.painting.ink import Ink, colour, elided, put, text_width
from explorer.layout import numbers
from explorer.layout.lanes import SeriesLane, thinned

LEFT: Final = 64.0
RIGHT: Final = 16.0
TITLE: Final = 20.0
AXIS: Final = 20.0
_DOTS: Final = 80
"""Up to so many points are each marked."""
_APART: Final = 110
"""Pixels between two times on the axis, about."""


@dataclass(frozen=True)
class Plot:
    """Where lanes are drawn, px, and which time, ns, ``view`` shows."""

    left: float
    right: float
    view: tuple[int, int]

    def x(self, time: int) -> float:
        """Where a time lies; beyond the ends too."""
        begin, end = self.view
        return self.left + (time - begin) / (end - begin) * (self.right - self.left)

    def time(self, x: float) -> int:
        """The time under a pixel."""
        begin, end = self.view
        return begin + int((x - self.left) / (self.right - self.left) * (end - begin))


def paint_lane(
    painter: QPainter, rect: QRectF, plot: Plot, lane: SeriesLane, ink: Ink, *, at: int,
    shaded: Sequence[tuple[int, int, str]], marks: Sequence[tuple[int, str]],
) -> None:  # fmt: skip
    """One lane.

    Args:
        at: time of the cursor, -1 for none.
        shaded: begin, end and colour of stretches in which it left its level.
        marks: time and colour of what changed.
    """
    theme = ink.theme
    room = QRectF(plot.left, rect.top() + TITLE, plot.right - plot.left, rect.height() - TITLE - 4)
    put(painter, elided(line(lane.words(at), 160), int(room.width()), "ui", "small"), room.left(), rect.top(),
        TITLE, "ui", "small", colour(theme.text if at >= 0 else theme.muted))  # fmt: skip
    for begin, end, tone in shaded:
        x0, x1 = (min(max(plot.x(time), plot.left), plot.right) for time in (begin, end))
        painter.fillRect(QRectF(x0, room.top(), max(x1 - x0, 1.0), room.height()), colour(tone, 0.14))
    for value, words in lane.ticks:
        y = round(_y(room, lane, value)) + 0.5
        painter.setPen(ink.pen(theme.grid))
        painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
        width = text_width(words, "mono", "small")
        put(painter, words, room.left() - 8 - width, y - 8, 16, "mono", "small", colour(theme.muted))
    for time, tone in marks:
        if plot.view[0] <= time <= plot.view[1]:
            painter.setPen(ink.pen(tone, 1.0, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(plot.x(time), room.top()), QPointF(plot.x(time), room.bottom()))
    painter.save()
    painter.setClipRect(room.adjusted(-2, -2, 2, 2))
    _line(painter, room, plot, lane, ink.service(lane.service) if lane.service else theme.accent)
    painter.restore()


def paint_axis(painter: QPainter, rect: QRectF, plot: Plot, ink: Ink, *, utc: bool) -> None:
    """Times, and the zone that they are in."""
    reach = plot.left - 30
    about = max(int((plot.right - plot.left) / _APART), 2)
    for at, words in numbers.clock_ticks(*plot.view, about, utc=utc):
        width = text_width(words, "mono", "small")
        x = plot.x(at) - width / 2
        if x > reach and x + width <= rect.right():
            put(painter, words, x, rect.top(), AXIS, "mono", "small", colour(ink.theme.muted))
            reach = x + width + 8
    zone = numbers.zone(plot.view[0], utc=utc)
    put(painter, zone, rect.left() + 8, rect.top(), AXIS, "mono", "small", colour(ink.theme.muted))


def _y(room: QRectF, lane: SeriesLane, value: float) -> float:
    return room.bottom() - (value - lane.low) / (lane.high - lane.low) * room.height()


def _line(painter: QPainter, room: QRectF, plot: Plot, lane: SeriesLane, tone: str) -> None:
    """The line, broken where there is no value; points are marked where there are few, or nothing to join them to."""
    times, values = thinned(lane, plot.view, int(room.width()))
    good = np.isfinite(values)
    span = plot.view[1] - plot.view[0]
    across = room.left() + (times - plot.view[0]) / span * room.width()
    up = room.bottom() - (values - lane.low) / (lane.high - lane.low) * room.height()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for run in np.split(np.arange(len(good)), np.flatnonzero(~good)):
        rows = run[good[run]]
        points = [QPointF(x, y) for x, y in zip(across[rows].tolist(), up[rows].tolist(), strict=True)]
        if len(points) > 1:
            painter.setPen(colour(tone))
            pen = painter.pen()
            pen.setWidthF(1.6)
            painter.setPen(pen)
            painter.drawPolyline(QPolygonF(points))
        if len(points) == 1 or len(good) <= _DOTS:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(tone))
            for point in points:
                painter.drawEllipse(point, 2.2, 2.2)
            painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
