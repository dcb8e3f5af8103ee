"""Paints waterfall rows, the ruler and the failure spine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from explorer.gui.look.text import line
from explorer.gui.painting.ink import Ink, colour, elided, hatch, mixed, put, text_on, text_width, triangle
from explorer.layout.numbers import Ticks, duration
from explorer.layout.rowviews import RowView
from explorer.layout.timeaxis import TimeAxis
from explorer.layout.waterfall import ROW_HEIGHT

GUTTER = 24.0
INDENT = 14.0
BAR = 14.0
DIMMED, DIMMED_WORDS = 0.36, 0.6
"""How much of a dimmed row's bar is left, and of its words, which are still to be read."""
ERROR_SEVERITY, WARN_SEVERITY = 17, 13
PLAIN = TimeAxis(0, 1)


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
    axis: TimeAxis = PLAIN,
) -> None:  # fmt: skip
    """Rows from ``top`` down, with the grid behind them."""
    height = len(views) * ROW_HEIGHT
    _grid(painter, QRectF(0, top, geometry.width, height), geometry, ink, ticks, view, axis)
    for number, row in enumerate(views):
        y = top + number * ROW_HEIGHT
        if row.row in (selected, hovered):
            ground = ink.theme.accent_ground if row.row == selected else ink.theme.raised
            painter.fillRect(QRectF(0, y, geometry.width, ROW_HEIGHT), colour(ground))
        bars, words = (DIMMED, DIMMED_WORDS) if row.dim and row.row != selected else (1.0, 1.0)
        painter.setOpacity(bars)
        rect = _bar(painter, row, y, geometry, ink)
        painter.setOpacity(words)
        _name(painter, row, y, geometry, ink)
        if not rect.isNull():
            _label(painter, row, rect, y, geometry, ink, strength=bars)
    painter.setOpacity(1.0)


def _share(axis: TimeAxis, view: tuple[int, int], at: int) -> float:
    begin, end = axis.place(view[0]), axis.place(view[1])
    return (axis.place(at) - begin) / max(end - begin, 1)


def _grid(
    painter: QPainter, rect: QRectF, geometry: Geometry, ink: Ink, ticks: Ticks, view: tuple[int, int], axis: TimeAxis
) -> None:  # fmt: skip
    painter.setPen(ink.pen(ink.theme.grid))
    for at, _ in ticks:
        x = round(geometry.x(_share(axis, view, at))) + 0.5
        painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))
    for x0, x1, _ in breaks(geometry, view, axis):
        ground = QRectF(x0, rect.top(), x1 - x0, rect.height())
        painter.fillRect(ground, colour(ink.theme.raised))
        painter.setPen(ink.pen(ink.theme.faint, 1.0, Qt.PenStyle.DotLine))
        for x in (x0, x1):
            painter.drawLine(QPointF(round(x) + 0.5, rect.top()), QPointF(round(x) + 0.5, rect.bottom()))


def breaks(
    geometry: Geometry, view: tuple[int, int], axis: TimeAxis
) -> Iterator[tuple[float, float, tuple[int, int]]]:
    """Left and right end of each break of the axis that can be seen, and the time left out."""
    left, right = geometry.bars
    for gap in axis.gaps:
        x0, x1 = (geometry.x(_share(axis, view, at)) for at in gap)
        if x1 > left and x0 < right:
            yield max(x0, left), min(x1, right), gap


def paint_ruler(
    painter: QPainter, rect: QRectF, geometry: Geometry, ink: Ink, ticks: Ticks, view: tuple[int, int],
    axis: TimeAxis = PLAIN,
) -> None:  # fmt: skip
    """Labels of the time axis, each right of its mark; breaks say what they leave out."""
    taken: list[tuple[float, float]] = []
    muted = colour(ink.theme.muted)
    for x0, x1, gap in breaks(geometry, view, axis):
        label = f"⋯ {duration(gap[1] - gap[0])}"
        width = text_width(label, "mono", "small")
        left = min(max((x0 + x1 - width) / 2, geometry.bars[0]), rect.right() - width)
        painter.fillRect(QRectF(x0, rect.top(), x1 - x0, rect.height()), colour(ink.theme.raised))
        if not any(a < left + width and left < b for a, b in taken):
            put(painter, label, left, rect.top(), rect.height(), "mono", "small", colour(ink.theme.text))
            taken.append((left - 6, left + width + 6))
    reach = 0.0
    for at, label in ticks:
        x = round(geometry.x(_share(axis, view, at))) + 0.5
        width = text_width(label, "mono", "small")
        if x < reach or x > geometry.bars[1] + 1:
            continue
        left = x + 5 if x + 9 + width <= rect.right() else x - 5 - width
        if any(a < left + width and left < b for a, b in taken):
            continue
        painter.setPen(ink.pen(ink.theme.grid))
        painter.drawLine(QPointF(x, rect.top() + 4), QPointF(x, rect.bottom()))
        put(painter, label, left, rect.top(), rect.height(), "mono", "small", muted)
        reach = x + width + 14


def _name(painter: QPainter, row: RowView, y: float, geometry: Geometry, ink: Ink) -> None:
    theme, x = ink.theme, indent_of(row, geometry)
    middle = y + ROW_HEIGHT / 2
    if row.foldable:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(theme.muted))
        triangle(painter, QPointF(x + 4, middle), 7, down=not row.folded)
    swatch(painter, x + 12, middle - 6, ink.service(row.service))
    if row.group:  # two swatches, one behind the other: several calls
        swatch(painter, x + 17, middle - 6, ink.service(row.service))
        x += 5
    x += 22
    right = _badges(painter, row, y, geometry, ink)
    if row.names_service:
        x = _words(painter, line(row.service) or "unknown", x, right, y, theme.text, strong=True) + 7
    operation = (line(row.operation) or "unnamed") + (f" · try {row.attempt}" if row.attempt else "")
    x = _words(painter, operation, x, right, y, theme.muted if row.names_service else theme.text)
    if row.group:
        x = _words(painter, f"× {row.group:,}", x + 6, right, y, theme.text, strong=True)
    if row.remark:
        _words(painter, row.remark, x + 8, right, y, theme.warning)


def _words(
    painter: QPainter, text: str, x: float, right: float, y: float, name: str, *, strong: bool = False
) -> float:
    """Text elided to ``right``; returns where it ended."""
    if right - x < 8:
        return x
    shown = elided(text, int(right - x), "ui", "body", strong)
    put(painter, shown, x, y, ROW_HEIGHT, "ui", "body", colour(name), strong=strong)
    return x + text_width(shown, "ui", "body", strong)


def _badges(painter: QPainter, row: RowView, y: float, geometry: Geometry, ink: Ink) -> float:
    """At the right end of the name: links, how many spans are hidden, how many of them failed; where the name must end.

    A hollow mark counts hidden errors, a solid one is a folded row's own.
    """
    right = geometry.names - 6
    out, into = row.links
    if out or into:
        text = ("↗" if out else "") + ("↙" if into else "")
        right -= text_width(text, "ui", "body")
        put(painter, text, right, y, ROW_HEIGHT, "ui", "body", colour(ink.theme.accent))
        right -= 6
    if not row.folded:
        return right
    middle, tone = y + ROW_HEIGHT / 2, colour(ink.theme.error)
    if row.hidden_errors:
        shown = f"{row.hidden_errors:,}"
        right -= text_width(shown, "mono", "small")
        put(painter, shown, right, y, ROW_HEIGHT, "mono", "small", tone)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(ink.pen(ink.theme.error, 1.4))
        painter.drawEllipse(QPointF(right - 8, middle), 3.2, 3.2)
        right -= 16
    if row.failed:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tone)
        painter.drawEllipse(QPointF(right - 4, middle), 3.6, 3.6)
        right -= 14
    if row.hidden:
        badge = f"+{row.hidden:,}"
        right -= text_width(badge, "mono", "small")
        put(painter, badge, right, y, ROW_HEIGHT, "mono", "small", colour(ink.theme.muted))
        right -= 8
    return right


def swatch(painter: QPainter, x: float, y: float, name: str) -> None:
    """A service's colour: 4 × 12 px with its corners off; two rectangles cost a quarter of a rounded one."""
    tone = colour(name)
    painter.fillRect(QRectF(x, y + 1, 4, 10), tone)
    painter.fillRect(QRectF(x + 1, y, 2, 12), tone)


def bar_rect(row: RowView, y: float, geometry: Geometry) -> QRectF:
    """The bar of a row, clipped to the axis; at least 2 px wide. Null where it lies outside the visible time."""
    left, right = geometry.bars
    x0, x1 = geometry.x(row.x0), geometry.x(row.x1)
    if x1 < left - 1 or x0 > right + 1:
        return QRectF()
    x0, x1 = max(x0, left - 2), min(x1, right + 2)
    return QRectF(x0, y + (ROW_HEIGHT - BAR) / 2, max(x1 - x0, 2.0), BAR)


def _bar(painter: QPainter, row: RowView, y: float, geometry: Geometry, ink: Ink) -> QRectF:
    """The bar with its marks, and where it is; null, and an arrow, where that is beyond the visible time."""
    rect = bar_rect(row, y, geometry)
    if rect.isNull():
        _beyond(painter, row, y, geometry, ink)
        return rect
    theme, name = ink.theme, ink.service(row.service)
    painter.setPen(Qt.PenStyle.NoPen)
    if row.group:
        _group_bar(painter, row, rect, geometry, ink)
    elif row.stands_for:
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
    return rect


def _group_bar(painter: QPainter, row: RowView, rect: QRectF, geometry: Geometry, ink: Ink) -> None:
    """Alike siblings: a dashed frame from the first to the last, and in it when they ran."""
    theme, name = ink.theme, ink.service(row.service)
    left, right = geometry.bars
    painter.setPen(ink.pen(theme.error if row.hidden_errors else name, 1.0, Qt.PenStyle.DashLine))
    painter.setBrush(mixed(name, theme.ground, 0.14))
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    tone = colour(name)
    for begin, end in row.pieces:
        x0, x1 = max(geometry.x(begin), left), min(geometry.x(end), right)
        painter.fillRect(QRectF(x0, rect.top() + 3, max(x1 - x0, 1.0), rect.height() - 6), tone)


def _beyond(painter: QPainter, row: RowView, y: float, geometry: Geometry, ink: Ink) -> None:
    """A small arrow at the edge beyond which the bar lies."""
    left, right = geometry.bars
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(ink.theme.error if row.failed else ink.theme.faint))
    middle, size = y + ROW_HEIGHT / 2, 3.0
    x, point = (right, right + 4) if row.x0 > 1 else (left, left - 4)
    painter.drawPolygon([QPointF(x, middle - size), QPointF(x, middle + size), QPointF(point, middle)])


def _ticks(painter: QPainter, row: RowView, rect: QRectF, geometry: Geometry, ink: Ink) -> None:
    if not row.ticks:
        return
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
    if not row.critical:
        return
    left, right = geometry.bars
    for begin, end in row.critical:
        x0, x1 = max(geometry.x(begin), left), min(geometry.x(end), right)
        if x1 >= x0:
            painter.fillRect(QRectF(x0, rect.bottom() - 2.5, max(x1 - x0, 1.5), 2.5), colour(ink.theme.text))


def _label(
    painter: QPainter, row: RowView, rect: QRectF, y: float, geometry: Geometry, ink: Ink, *, strength: float
) -> None:
    """Duration and note: in the bar where they fit, else right of it, else left of it, elided to the room.

    ``strength`` is how much of the bar's colour is left.
    """
    theme, note = ink.theme, line(row.note)
    gap, took = text_width(" ", "mono", "small"), text_width(row.duration, "mono", "small")
    wide = took + (gap + text_width(note, "mono", "small") if note else 0)
    left, right = geometry.bars
    if wide + 14 <= rect.width() and not row.group:
        muted = 0.6 if row.failed else 0.45 if row.stands_for else 1.0
        on = mixed(ink.service(row.service), theme.ground, muted * strength).name()
        ground = QRectF(rect.left() + 3, rect.top() + 1.5, wide + 8, rect.height() - 3)
        if row.failed:
            painter.fillRect(ground, colour(on))
        text = f"{row.duration} {note}" if note else row.duration
        put(painter, text, rect.left() + 7, y, ROW_HEIGHT, "mono", "small", text_on(on))
        return
    room_right, room_left = right - rect.right() - 8, rect.left() - left - 8
    at_right = room_right >= wide or room_right >= room_left
    room = room_right if at_right else room_left
    if room < 24:
        return
    note = elided(note, int(room - took - gap), "mono", "small") if note else ""
    wide = took + (gap + text_width(note, "mono", "small") if note else 0)
    x = rect.right() + 8 if at_right else rect.left() - 8 - wide
    put(painter, row.duration, x, y, ROW_HEIGHT, "mono", "small", colour(theme.muted))
    if note:
        tone = theme.error if row.note_is_error else theme.muted if row.group else theme.warning
        put(painter, note, x + took + gap, y, ROW_HEIGHT, "mono", "small", colour(tone))


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


def paint_cursor(painter: QPainter, x: float, height: float, geometry: Geometry, ink: Ink) -> None:
    """Where the mouse is in time, here or in another view."""
    left, right = geometry.bars
    if left <= x <= right:
        painter.setPen(ink.pen(ink.theme.muted, 1.0, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(round(x) + 0.5, 0), QPointF(round(x) + 0.5, height))


def paint_own_work(
    painter: QPainter, parts: Sequence[tuple[float, float]], y: float, geometry: Geometry, ink: Ink
) -> None:
    """At the head of one bar, as the critical path is at its foot: when the span worked itself."""
    left, right = geometry.bars
    top = y + (ROW_HEIGHT - BAR) / 2 + 1
    for begin, end in parts:
        x0, x1 = max(begin, left), min(end, right)
        if x1 >= x0:
            painter.fillRect(QRectF(x0, top, max(x1 - x0, 1.0), 2), colour(ink.theme.text))
