"""Paints the overview strip."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from explorer.gui.painting.ink import Ink, colour, font, metrics
from explorer.gui.text import line
from explorer.layout import numbers
from explorer.layout.strip import Lane, Strip
from explorer.model.records import Mark

LABELS = 168.0
RIGHT = 44.0
TOP, MARKS, REQUESTS, LANE, AXIS = 6.0, 14.0, 32.0, 26.0, 18.0


def strip_height(strip: Strip | None) -> int:
    """Height that a strip wants, px."""
    return int(head(strip) + REQUESTS + LANE * (len(strip.lanes) if strip else 0) + AXIS + 4)


def head(strip: Strip | None) -> float:
    """Room above the requests: marks are named on a line of their own, where there are any."""
    return TOP + (MARKS if strip and strip.marks else 0.0)


def plot_range(rect: QRectF) -> tuple[float, float]:
    """Left and right end of the time axis."""
    return rect.left() + LABELS, max(rect.right() - RIGHT, rect.left() + LABELS + 10)


def paint_strip(
    painter: QPainter, rect: QRectF, strip: Strip, ink: Ink, *, utc: bool, chosen: tuple[int, int] | None
) -> None:
    """Everything, top to bottom; the chosen time as a veil."""
    theme = ink.theme
    left, right = plot_range(rect)
    if chosen is not None:
        x0, x1 = (_x(strip, at, left, right) for at in chosen)
        painter.fillRect(
            QRectF(x0, rect.top(), max(x1 - x0, 2), rect.height() - AXIS), colour(theme.accent, 0.16)
        )
    y = rect.top() + head(strip)
    _label(painter, "Requests", "", QRectF(rect.left() + 16, y + 4, LABELS - 24, 20), ink)
    _requests(painter, QRectF(left, y, right - left, REQUESTS - 4), strip, ink)
    y += REQUESTS
    for lane in strip.lanes:
        _label(painter, lane.name, lane.title, QRectF(rect.left() + 16, y + 3, LABELS - 24, 20), ink)
        _lane(painter, QRectF(left, y + 2, right - left, LANE - 6), lane, ink, right)
        y += LANE
    _marks(painter, QRectF(left, rect.top(), right - left, y - rect.top()), strip.marks, strip, ink)
    _axis(painter, QRectF(left, y, right - left, AXIS), strip, ink, utc=utc)


def _x(strip: Strip, at: int, left: float, right: float) -> float:
    fraction = (at - strip.begin) / (strip.end - strip.begin)
    return left + min(max(fraction, 0.0), 1.0) * (right - left)


def _label(painter: QPainter, name: str, title: str, room: QRectF, ink: Ink) -> None:
    """The whole title where it fits, else the name; its tool tip has the rest."""
    painter.setFont(font("ui", "small"))
    painter.setPen(colour(ink.theme.muted))
    measure = metrics("ui", "small")
    text = title if title and measure.horizontalAdvance(line(title)) <= room.width() else name
    shown = measure.elidedText(line(text), Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)


def _requests(painter: QPainter, room: QRectF, strip: Strip, ink: Ink) -> None:
    total, failing = strip.requests.total, strip.requests.failing
    if not len(total):
        return
    most, step = max(int(total.max()), 1), room.width() / len(total)
    bar = max(step - 1.0, 1.0)
    ok, bad = [], []
    for number in np.flatnonzero(total).tolist():
        x = room.left() + number * step
        height = max(room.height() * total[number] / most, 1.5)
        red = room.height() * failing[number] / most
        ok.append(QRectF(x, room.bottom() - height, bar, height))
        if failing[number]:
            bad.append(QRectF(x, room.bottom() - max(red, 1.5), bar, max(red, 1.5)))
    painter.setPen(Qt.PenStyle.NoPen)
    for rects, name in ((ok, ink.theme.faint), (bad, ink.theme.error)):
        painter.setBrush(colour(name))
        if rects:
            painter.drawRects(rects)


def _lane(painter: QPainter, room: QRectF, lane: Lane, ink: Ink, right: float) -> None:
    theme = ink.theme
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(ink.pen(theme.grid))
    painter.drawLine(QPointF(room.left(), room.bottom()), QPointF(room.right(), room.bottom()))
    painter.setPen(ink.pen(theme.warning, 1.6))
    good = np.isfinite(lane.y) & (lane.x >= 0) & (lane.x <= 1)
    for run in np.split(np.arange(len(good)), np.flatnonzero(~good)):
        rows = run[good[run]]
        across = room.left() + lane.x[rows] * room.width()
        up = room.bottom() - lane.y[rows] * room.height()
        points = [QPointF(x, y) for x, y in zip(across.tolist(), up.tolist(), strict=True)]
        if len(points) > 1:
            painter.drawPolyline(QPolygonF(points))
        elif points:
            painter.drawPoint(points[0])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.setFont(font("mono", "small"))
    painter.setPen(colour(theme.muted))
    painter.drawText(
        QRectF(right + 4, room.top() - 4, RIGHT - 4, 14), Qt.AlignmentFlag.AlignVCenter, short(lane.high)
    )


def short(value: float) -> str:
    """A metric's value in a few characters."""
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= limit:
            return f"{value / (limit if unit != 'k' else 1e3):.3g}{unit}"
    return f"{value:.3g}"


def _marks(painter: QPainter, room: QRectF, marks: Sequence[Mark], strip: Strip, ink: Ink) -> None:
    """Deploys, alerts, restarts: a dotted line each, named above the bars where there is room."""
    reach = room.left() - 1
    painter.setFont(font("ui", "small"))
    for mark in marks:
        x = _x(strip, mark.time_ns, room.left(), room.right())
        name = ink.theme.error if mark.kind == "alert" else ink.theme.warning
        painter.setPen(ink.pen(name, 1.2, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(x, room.top() + 6), QPointF(x, room.bottom()))
        words = mark_words(mark)
        width = metrics("ui", "small").horizontalAdvance(words)
        at = x + 5 if x + 5 + width <= room.right() + RIGHT - 8 else x - 5 - width
        if at <= reach:
            continue
        painter.setPen(colour(name))
        painter.drawText(QRectF(at, room.top() + 4, width + 4, MARKS), Qt.AlignmentFlag.AlignVCenter, words)
        reach = at + width + 8


def mark_words(mark: Mark) -> str:
    """A mark in a few words."""
    text = line(mark.text, 60)
    return text if mark.kind in text.lower() else f"{mark.kind} {text}"


def _axis(painter: QPainter, room: QRectF, strip: Strip, ink: Ink, *, utc: bool) -> None:
    painter.setFont(font("mono", "small"))
    painter.setPen(colour(ink.theme.muted))
    measure, reach = metrics("mono", "small"), room.left() - 40
    for at, words in numbers.clock_ticks(strip.begin, strip.end, max(int(room.width() / 120), 2), utc=utc):
        x = _x(strip, at, room.left(), room.right())
        width = measure.horizontalAdvance(words)
        if x - width / 2 > reach and x + width / 2 < room.right() + RIGHT:
            painter.drawText(QRectF(x - width / 2, room.top(), width + 2, room.height()),
                             Qt.AlignmentFlag.AlignVCenter, words)  # fmt: skip
            reach = x + width / 2 + 8
    painter.drawText(QRectF(room.left() - LABELS + 16, room.top(), LABELS - 24, room.height()),
                     Qt.AlignmentFlag.AlignVCenter, numbers.zone(strip.begin, utc=utc))  # fmt: skip
