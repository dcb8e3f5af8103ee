"""Paints waterfall rows, the ruler and the failure spine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from explorer.gui.painting.ink import Ink, colour, elided, font, hatch, mixed, text_on, text_width, triangle
from explorer.gui.text import line
from explorer.layout.numbers import Ticks
from explorer.layout.waterfall import ROW_HEIGHT, RowView

GUTTER = 24.0
INDENT = 14.0
BAR = 14.0
DIMMED = 0.36
ERROR_SEVERITY, WARN_SEVERITY = 17, 13


@dataclass(frozen=True, slots=True)
class Geometry:
    """Where things lie: the names end at ``names``, bars lie in ``[names + 12, width - 12]``."""

    width: float
    names: float

    @property
    def bars(self) -> tuple[float, float]:
        """Left and right end of the time axis."""
        return self.names + 12, max(self.width - 12, self.names + 13)

    def x(self, fraction: float) -> float:
        """Pixel of a fraction of the visible time."""
        left, right = self.bars
        return left + fraction * (right - left)


def indent_of(view: RowView, geometry: Geometry) -> float:
    """Left end of a row's name; deep rows stay inside the column."""
    return GUTTER + min(view.depth * INDENT, max(geometry.names - GUTTER - 150, 0))


def paint_rows(
    painter: QPainter, views: Sequence[RowView], top: float, geometry: Geometry, ink: Ink, *,
    selected: int = -1, hovered: int = -1, ticks: Ticks = (), view: tuple[int, int] = (0, 1),
) -> None:  # fmt: skip
    """Rows from ``top`` down, with the grid behind them."""
    height = len(views) * ROW_HEIGHT
    _grid(painter, QRectF(0, top, geometry.width, height), geometry, ink, ticks, view)
    for number, row in enumerate(views):
        y = top + number * ROW_HEIGHT
        if row.row in (selected, hovered):
            ground = ink.theme.accent_ground if row.row == selected else ink.theme.raised
            painter.fillRect(QRectF(0, y, geometry.width, ROW_HEIGHT), colour(ground))
        painter.setOpacity(DIMMED if row.dim and row.row != selected else 1.0)
        _name(painter, row, y, geometry, ink)
        _bar(painter, row, y, geometry, ink)
        painter.setOpacity(1.0)


def _grid(
    painter: QPainter, rect: QRectF, geometry: Geometry, ink: Ink, ticks: Ticks, view: tuple[int, int]
) -> None:
    painter.setPen(ink.pen(ink.theme.grid))
    span = max(view[1] - view[0], 1)
    for at, _ in ticks:
        x = round(geometry.x((at - view[0]) / span)) + 0.5
        painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))


def paint_ruler(
    painter: QPainter, rect: QRectF, geometry: Geometry, ink: Ink, ticks: Ticks, view: tuple[int, int]
) -> None:
    """Labels of the time axis, each right of its mark."""
    painter.setFont(font("mono", "small"))
    span = max(view[1] - view[0], 1)
    reach = 0.0
    for at, label in ticks:
        x = round(geometry.x((at - view[0]) / span)) + 0.5
        width = text_width(label, "mono", "small")
        if x < reach or x > geometry.bars[1] + 1:
            continue
        painter.setPen(ink.pen(ink.theme.grid))
        painter.drawLine(QPointF(x, rect.top() + 4), QPointF(x, rect.bottom()))
        left = x + 5 if x + 5 + width <= rect.right() else x - 5 - width
        painter.setPen(colour(ink.theme.muted))
        painter.drawText(
            QRectF(left, rect.top(), width + 2, rect.height()), Qt.AlignmentFlag.AlignVCenter, label
        )
        reach = x + width + 14


def _name(painter: QPainter, row: RowView, y: float, geometry: Geometry, ink: Ink) -> None:
    theme, x = ink.theme, indent_of(row, geometry)
    middle = y + ROW_HEIGHT / 2
    painter.setPen(Qt.PenStyle.NoPen)
    if row.foldable:
        painter.setBrush(colour(theme.muted))
        triangle(painter, QPointF(x + 4, middle), 7, down=not row.folded)
    painter.setBrush(colour(ink.service(row.service)))
    painter.drawRoundedRect(QRectF(x + 12, middle - 6, 4, 12), 1.5, 1.5)
    x += 22
    badge = f"+{row.hidden:,}" if row.folded else ""
    right = geometry.names - 6 - (text_width(badge, "mono", "small") + 8 if badge else 0)
    right -= 30 if row.hidden_errors else 0
    if row.names_service:
        x = _words(painter, line(row.service) or "unknown", x, right, y, theme.text, strong=True) + 7
    operation = line(row.operation) + (f" · try {row.attempt}" if row.attempt else "")
    x = _words(painter, operation, x, right, y, theme.muted if row.names_service else theme.text)
    if row.remark:
        _words(painter, row.remark, x + 8, right, y, theme.warning)
    if badge:
        _badge(painter, row, badge, y, geometry, ink)


def _words(
    painter: QPainter, text: str, x: float, right: float, y: float, name: str, *, strong: bool = False
) -> float:
    """Text elided to ``right``; returns where it ended."""
    if right - x < 8:
        return x
    shown = elided(text, int(right - x), "ui", "body", strong)
    painter.setFont(font("ui", "body", strong))
    painter.setPen(colour(name))
    painter.drawText(QRectF(x, y, right - x, ROW_HEIGHT), Qt.AlignmentFlag.AlignVCenter, shown)
    return x + text_width(shown, "ui", "body", strong)


def _badge(painter: QPainter, row: RowView, badge: str, y: float, geometry: Geometry, ink: Ink) -> None:
    """How many spans a folded row hides, and how many of them failed (a hollow mark: not its own error)."""
    right = geometry.names - 6
    painter.setFont(font("mono", "small"))
    if row.hidden_errors:
        painter.setPen(colour(ink.theme.error))
        shown = str(row.hidden_errors)
        width = text_width(shown, "mono", "small")
        painter.drawText(
            QRectF(right - width, y, width + 1, ROW_HEIGHT), Qt.AlignmentFlag.AlignVCenter, shown
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(ink.pen(ink.theme.error, 1.4))
        painter.drawEllipse(QPointF(right - width - 8, y + ROW_HEIGHT / 2), 3.2, 3.2)
        right -= width + 18
    painter.setPen(colour(ink.theme.muted))
    width = text_width(badge, "mono", "small")
    painter.drawText(QRectF(right - width, y, width + 1, ROW_HEIGHT), Qt.AlignmentFlag.AlignVCenter, badge)


def bar_rect(row: RowView, y: float, geometry: Geometry) -> QRectF:
    """The bar of a row, clipped to the axis; at least 2 px wide. Null where it lies outside the visible time."""
    left, right = geometry.bars
    x0, x1 = geometry.x(row.x0), geometry.x(row.x1)
    if x1 < left - 1 or x0 > right + 1:
        return QRectF()
    x0, x1 = max(x0, left - 2), min(x1, right + 2)
    return QRectF(x0, y + (ROW_HEIGHT - BAR) / 2, max(x1 - x0, 2.0), BAR)


def _bar(painter: QPainter, row: RowView, y: float, geometry: Geometry, ink: Ink) -> None:
    rect = bar_rect(row, y, geometry)
    if rect.isNull():
        _beyond(painter, row, y, geometry, ink)
        return
    theme, name = ink.theme, ink.service(row.service)
    painter.setPen(Qt.PenStyle.NoPen)
    if row.stands_for:
        painter.setBrush(mixed(name, theme.ground, 0.45))
        painter.setPen(ink.pen(theme.error, 1.2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    elif row.failed:
        painter.setBrush(mixed(name, theme.ground, 0.6))
        painter.drawRoundedRect(rect, 3, 3)
        hatch(painter, rect, ink.pen(theme.error, 1.6))
        painter.setPen(ink.pen(theme.error, 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    else:
        painter.setBrush(colour(name))
        painter.drawRoundedRect(rect, 3, 3)
    if row.step is not None and row.step.role == "origin" and row.step.row == row.row:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(ink.pen(theme.error, 2.0))
        painter.drawRoundedRect(rect.adjusted(-2.5, -2.5, 2.5, 2.5), 4.5, 4.5)
    _ticks(painter, row, rect, geometry, ink)
    _critical(painter, row, rect, geometry, ink)
    _label(painter, row, rect, y, geometry, ink)


def _beyond(painter: QPainter, row: RowView, y: float, geometry: Geometry, ink: Ink) -> None:
    """A small arrow at the edge beyond which the bar lies."""
    left, right = geometry.bars
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(ink.theme.error if row.failed else ink.theme.faint))
    middle, size = y + ROW_HEIGHT / 2, 3.0
    x, point = (right, right + 4) if row.x0 > 1 else (left, left - 4)
    painter.drawPolygon([QPointF(x, middle - size), QPointF(x, middle + size), QPointF(point, middle)])


def _ticks(painter: QPainter, row: RowView, rect: QRectF, geometry: Geometry, ink: Ink) -> None:
    left, right = geometry.bars
    drawn = set()
    for fraction, severity in row.ticks:
        x = round(geometry.x(fraction))
        if not left <= x <= right or x in drawn:
            continue
        drawn.add(x)
        name = ink.theme.text
        if severity >= WARN_SEVERITY:
            name = ink.theme.error if severity >= ERROR_SEVERITY else ink.theme.warning
        painter.setPen(ink.pen(name, 1.4))
        bottom = rect.bottom() + 2
        painter.drawLine(QPointF(x + 0.5, bottom - 4), QPointF(x + 0.5, bottom))


def _critical(painter: QPainter, row: RowView, rect: QRectF, geometry: Geometry, ink: Ink) -> None:
    """The critical path: a line of opposite lightness at the foot of the bar."""
    left, right = geometry.bars
    for begin, end in row.critical:
        x0, x1 = max(geometry.x(begin), left), min(geometry.x(end), right)
        if x1 >= x0:
            painter.fillRect(QRectF(x0, rect.bottom() - 2.5, max(x1 - x0, 1.5), 2.5), colour(ink.theme.text))


def _label(painter: QPainter, row: RowView, rect: QRectF, y: float, geometry: Geometry, ink: Ink) -> None:
    """Duration and note: in the bar where they fit, else right of it, else left of it, elided to the room."""
    theme, note = ink.theme, line(row.note)
    gap, took = text_width(" ", "mono", "small"), text_width(row.duration, "mono", "small")
    wide = took + (gap + text_width(note, "mono", "small") if note else 0)
    left, right = geometry.bars
    painter.setFont(font("mono", "small"))
    if wide + 14 <= rect.width():
        muted = 0.6 if row.failed else 0.45 if row.stands_for else 1.0
        on = mixed(ink.service(row.service), theme.ground, muted).name()
        ground = QRectF(rect.left() + 3, rect.top() + 1.5, wide + 8, rect.height() - 3)
        if row.failed:
            painter.fillRect(ground, colour(on))
        painter.setPen(text_on(on))
        text = f"{row.duration} {note}" if note else row.duration
        painter.drawText(
            QRectF(rect.left() + 7, y, wide + 4, ROW_HEIGHT), Qt.AlignmentFlag.AlignVCenter, text
        )
        return
    room_right, room_left = right - rect.right() - 8, rect.left() - left - 8
    at_right = room_right >= wide or room_right >= room_left
    room = room_right if at_right else room_left
    if room < 24:
        return
    note = elided(note, int(room - took - gap), "mono", "small") if note else ""
    wide = took + (gap + text_width(note, "mono", "small") if note else 0)
    x = rect.right() + 8 if at_right else rect.left() - 8 - wide
    painter.setPen(colour(theme.muted))
    painter.drawText(QRectF(x, y, wide + 4, ROW_HEIGHT), Qt.AlignmentFlag.AlignVCenter, row.duration)
    if note:
        painter.setPen(colour(theme.error if row.note_is_error else theme.warning))
        x += took + gap
        painter.drawText(QRectF(x, y, wide + 4, ROW_HEIGHT), Qt.AlignmentFlag.AlignVCenter, note)


@dataclass(frozen=True, slots=True)
class Knot:
    """A step of the failure path in the gutter; ``hidden`` in a fold that stands for it."""

    y: float
    origin: bool
    carried: bool
    hidden: bool


def paint_spine(painter: QPainter, knots: Sequence[Knot], x: float, ink: Ink) -> None:
    """The failure spine: a line through the steps from top to bottom, dotted where bad data was carried."""
    for above, below in pairwise(knots):
        dotted = above.carried or below.carried
        painter.setPen(
            ink.pen(ink.theme.error, 1.8, Qt.PenStyle.DotLine if dotted else Qt.PenStyle.SolidLine)
        )
        painter.drawLine(QPointF(x, above.y), QPointF(x, below.y))
    for knot in knots:
        painter.setPen(ink.pen(ink.theme.error, 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush if knot.hidden else colour(ink.theme.error))
        radius = 5.0 if knot.origin else 3.0
        if knot.hidden:
            painter.setBrush(colour(ink.theme.ground))
        painter.drawEllipse(QPointF(x, knot.y), radius, radius)
