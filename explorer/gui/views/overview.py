"""The strip across the top: requests, metric lanes, marks. Dragging selects a time range."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from explorer.analysis.rates import values_of
from explorer.gui.look.text import line, show_tooltip
from explorer.gui.painting.ink import Ink, colour
from explorer.gui.painting.strip import (
    LANE,
    REQUESTS,
    first_lane,
    head,
    mark_words,
    paint_readout,
    paint_strip,
    plot_range,
    strip_height,
)
from explorer.gui.state.appstate import AppState
from explorer.layout import numbers
from explorer.layout.spoken import bars_words
from explorer.layout.stretches import Axis
from explorer.layout.strip import LANES, Lane, Strip, axis_of, nearest_point, overview
from explorer.layout.values import measured

BAR = 6.0
NEAR = 5
_STEPS: Final = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10,
                 Qt.Key.Key_Home: -10**6, Qt.Key.Key_End: 10**6}  # fmt: skip
"""By how many bars keys move the cursor."""
_NOT_OURS: Final = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier
_WITHIN: Final = 1e-9
"""Before a break, rather than in it."""
MOST_TOLD = 6
"""Anomalies told in one tool tip."""


class OverviewView(QWidget):
    """Follows the state's answers and time range.

    Signals:
        height_changed: it wants another height (more or fewer lanes).
    """

    height_changed = Signal()

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Overview: requests, metrics and changes over time")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._state = state
        self._strip: Strip | None = None
        self._from: int | None = None
        self._drawn: QPixmap | None = None
        self._lanes = LANES
        self._axis: Axis | None = None
        state.opened.connect(self._follow_bundle)
        for signal in (state.id_changed, state.range_changed, state.theme_changed, state.options_changed):
            signal.connect(self._redraw)
        state.cursor_changed.connect(self.update)
        self._follow_bundle()

    def sizeHint(self) -> QSize:
        """As high as its lanes."""
        return QSize(900, strip_height(self._strip))

    @property
    def strip(self) -> Strip | None:
        """What is shown."""
        return self._strip

    def allow(self, lanes: int) -> None:
        """Draw at most so many metric lanes: on a small window they give way to the waterfall."""
        if lanes != self._lanes:
            self._lanes = lanes
            self._rebuild()

    def _follow_bundle(self) -> None:
        store, analysis = self._state.store, self._state.analysis
        self._axis = None
        if store is not None and analysis is not None and store.bounds()[1]:
            self._axis = axis_of(store, analysis)
        self._rebuild()

    def _rebuild(self) -> None:
        store, analysis = self._state.store, self._state.analysis
        self._strip = None
        if store is not None and analysis is not None and self._axis is not None:
            left, right = plot_range(QRectF(self.rect()))
            buckets = max(int((right - left) / BAR), 10)
            strip = overview(store, analysis, buckets, self._lanes, self._axis)
            self._strip = None if strip.empty else strip
        nothing = store is not None and self._strip is None
        self.setFixedHeight(0 if nothing else strip_height(self._strip))
        self.height_changed.emit()
        self._redraw()

    def _redraw(self) -> None:
        """Something but the cursor is another."""
        self._drawn = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another number of buckets fits."""
        self._drawn = None
        if event.oldSize().width() != event.size().width():
            self._rebuild()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The strip as it was drawn, and the cursor over it: that one moves with the mouse in any view."""
        painter = QPainter(self)
        try:
            if self._drawn is None:
                self._drawn = self._made()
            painter.drawPixmap(0, 0, self._drawn)
            cursor, strip = self._state.cursor, self._strip
            if strip is not None and cursor >= 0 and strip.axis.holds(cursor):
                paint_readout(
                    painter, QRectF(self.rect()), strip, Ink(self._state.theme, self._state.colours), at=cursor,
                    utc=self._state.utc, values=[self._value(lane, cursor) for lane in strip.lanes],
                )  # fmt: skip
        finally:
            painter.end()

    def _value(self, lane: Lane, at: int) -> str:
        """What a lane's series was nearest to a time, with its unit."""
        store = self._state.store
        if store is None:
            return ""
        times, values = values_of(store, store.series[lane.series])
        point = nearest_point(times, at)
        return measured(float(values[point]), lane.unit) if point >= 0 else ""

    def _made(self) -> QPixmap:
        """Everything but the cursor."""
        ratio = self.devicePixelRatioF()
        made = QPixmap(self.size() * ratio)
        made.setDevicePixelRatio(ratio)
        ink = Ink(self._state.theme, self._state.colours)
        made.fill(colour(ink.theme.ground))
        with QPainter(made) as painter:
            if self._strip is not None:
                paint_strip(painter, QRectF(self.rect()), self._strip, ink, utc=self._state.utc,
                            chosen=self._state.place.range)  # fmt: skip
                self._paint_id(painter, ink)
            painter.setPen(ink.pen(ink.theme.line))
            painter.drawLine(QPointF(0, self.height() - 0.5), QPointF(self.width(), self.height() - 0.5))
        return made

    def _paint_id(self, painter: QPainter, ink: Ink) -> None:
        """A small mark at the time of the selected id."""
        analysis, row, strip = self._state.analysis, self._state.id_row, self._strip
        if analysis is None or row < 0 or strip is None or analysis.ids.start[row] <= 0:
            return
        x = self._x(int(analysis.ids.start[row]))
        painter.fillRect(QRectF(x - 1, head(strip) - 2, 2.5, REQUESTS), colour(ink.theme.accent))

    def _x(self, at: int) -> float:
        left, right = plot_range(QRectF(self.rect()))
        return left if self._strip is None else left + self._strip.axis.place(at) * (right - left)

    def place_at(self, x: float) -> float:
        """Where a pixel lies on the time axis, 0 to 1."""
        left, right = plot_range(QRectF(self.rect()))
        return min(max((x - left) / (right - left), 0.0), 1.0)

    def time_at(self, x: float) -> int:
        """Time under a pixel, ns."""
        return 0 if self._strip is None else self._strip.axis.time(self.place_at(x))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to select."""
        if event.button() == Qt.MouseButton.LeftButton and self._strip is not None:
            self._from = self.time_at(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Select as far as here."""
        left, right = plot_range(QRectF(self.rect()))
        inside = self._strip is not None and left <= event.position().x() <= right
        self._state.set_cursor(self.time_at(event.position().x()) if inside else -1)
        if self._from is not None:
            now = self.time_at(event.position().x())
            if abs(self._x(now) - self._x(self._from)) > 3:
                self._state.set_range((min(now, self._from), max(now, self._from)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A mere click clears the selection."""
        if (
            self._from is not None
            and abs(self._x(self.time_at(event.position().x())) - self._x(self._from)) <= 3
        ):
            self._state.set_range(None)
        self._from = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show all times."""
        self._state.set_range(None)

    def leaveEvent(self, event: QEvent) -> None:
        """No cursor line."""
        self._state.set_cursor(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home and End move the cursor, with Shift they select as far as it goes; Escape clears."""
        step, strip = _STEPS.get(Qt.Key(event.key())), self._strip
        if event.key() == Qt.Key.Key_Escape and self._state.place.range is not None:
            self._state.set_range(None)
        elif step is not None and strip is not None and not event.modifiers() & _NOT_OURS:
            self._step(strip.axis, step / len(strip.bars.total),
                       select=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))  # fmt: skip
        else:
            event.ignore()

    def _step(self, axis: Axis, by: float, *, select: bool) -> None:
        """Move the cursor by a part of the width."""
        now, chosen = self._state.cursor, self._state.place.range
        known = axis.place(now) if now >= 0 else self._begin_of_keys(axis)
        place = min(max(known + by, 0.0), 1.0)
        over = next(((first, last) for first, last, _ in axis.breaks() if first <= place < last), None)
        if over is not None:
            place = over[1] if by > 0 else over[0] - _WITHIN
        at = axis.time(place)
        self._state.set_cursor(at)
        if select:
            begin, end = chosen or (now if now >= 0 else axis.time(known),) * 2
            fixed = begin if abs(axis.place(end) - known) < abs(axis.place(begin) - known) else end
            self._state.set_range((min(fixed, at), max(fixed, at)) if fixed != at else None)

    def _begin_of_keys(self, axis: Axis) -> float:
        """Where keys begin: at the selected id, else at the left."""
        analysis, row = self._state.analysis, self._state.id_row
        start = int(analysis.ids.start[row]) if analysis is not None and row >= 0 else 0
        return axis.place(start) if start > 0 else 0.0

    def event(self, event: QEvent) -> bool:
        """What is under the cursor: counts, values, marks."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            if self._strip is not None:
                area = QRect(event.pos().x() - 3, 0, 7, self.height())
                show_tooltip(event.globalPos(), self._tip(event.pos().x(), event.pos().y()), self, area)
            return True
        return super().event(event)

    def _tip(self, x: float, y: float) -> str:
        strip, store = self._strip, self._state.store
        if strip is None or store is None:
            return ""
        at = self.time_at(x)
        place = self.place_at(x)
        left_out = next((gap for first, last, gap in strip.axis.breaks() if first < place < last), 0)
        if left_out:
            return f"Left out: {numbers.duration(left_out)} in which nothing happened"
        lines = [numbers.date_time(at, utc=self._state.utc)]
        lines += [mark_words(mark) for mark in strip.marks if abs(self._x(mark.time_ns) - x) <= NEAR]
        lines += [
            f"{one.status}: {one.tool}, {one.subject}. {one.text}"
            for one in strip.findings
            if abs(self._x(one.time_ns) - x) <= NEAR
        ]
        near = [one for one in strip.anomalies if abs(self._x(one.time_ns) - x) <= NEAR]
        lines += [line(f"{one.kind}: {one.text}", 160) for one in near[:MOST_TOLD]]
        lines += [f"… and {len(near) - MOST_TOLD} more"] if len(near) > MOST_TOLD else []
        lane = int((y - first_lane(strip)) // LANE)
        if 0 <= lane < len(strip.lanes):
            if value := self._value(strip.lanes[lane], at):
                lines.append(f"{strip.lanes[lane].title}: {value}")
        else:
            count = len(strip.bars.total)
            bucket = min(int(self.place_at(x) * count), count - 1)
            total, failing = int(strip.bars.total[bucket]), int(strip.bars.failing[bucket])
            lines.append(bars_words(strip, total, failing))
        return "\n".join(lines)
