"""Metric series under one another on one time axis: a lane each, with its unit, and its value where the cursor is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from explorer.gui.look.text import show_tooltip
from explorer.gui.painting.ink import Ink, colour
from explorer.gui.painting.lanes import AXIS, LEFT, RIGHT, Plot, paint_axis, paint_lane
from explorer.gui.state.appstate import AppState
from explorer.layout.lanes import SeriesLane, lanes_extent, series_lane
from explorer.layout.numbers import date_time
from explorer.layout.strip import shown_marks
from explorer.model.store import Store

LANE: Final = 84
"""Least height of a lane; there is none higher than :data:`HIGH`."""
HIGH: Final = 200
_ZOOM: Final = 1.25
_STEP: Final = 0.2
"""Part of the visible time by which a key moves it; a notch of the wheel half of that."""
_LEAST_NS: Final = 1_000_000
_MOVES: Final = {Qt.Key.Key_Left: -1, Qt.Key.Key_A: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_D: 1}
_ZOOMS: Final = {
    Qt.Key.Key_Plus: 1,
    Qt.Key.Key_Equal: 1,
    Qt.Key.Key_W: 1,
    Qt.Key.Key_Minus: -1,
    Qt.Key.Key_S: -1,
}
_ALL: Final = (Qt.Key.Key_0, Qt.Key.Key_Home)


class Lanes(QScrollArea):
    """Draws the series it is told; the mouse moves the cursor that all views share.

    Ctrl+wheel zooms in on time at the mouse, Shift+wheel or dragging moves it, a double click shows all again. With the
    focus, the waterfall's keys do so here: W S A D and 0, besides arrows, plus and minus.
    """

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Metric series in lanes")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.sheet = _Sheet(state)
        self.setWidget(self.sheet)

    @property
    def lanes(self) -> tuple[SeriesLane, ...]:
        """What is drawn."""
        return self.sheet.lanes

    def draw(self, store: Store, numbers: Sequence[int]) -> None:
        """Show other series."""
        self.sheet.show_lanes(store, tuple(series_lane(store, number) for number in numbers))


class _Sheet(QWidget):
    """All lanes and the axis."""

    def __init__(self, state: AppState) -> None:
        super().__init__()
        self.lanes: tuple[SeriesLane, ...] = ()
        self._state = state
        self._view = self._whole = (0, 1)
        self._held: tuple[float, tuple[int, int]] | None = None
        self._marks: list[tuple[int, str]] = []
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Metric lanes")
        state.cursor_changed.connect(self.update)

    def show_lanes(self, store: Store, lanes: tuple[SeriesLane, ...]) -> None:
        """Draw these; the time shown stays where they are the ones drawn before."""
        whole = self._state.place.range or lanes_extent(lanes, store.bounds())
        if whole != self._whole:
            self._view = whole
        self.lanes, self._whole = lanes, whole
        self._marks = self._marked(store)
        self.setMinimumHeight(int(LANE * len(lanes) + AXIS))
        self.update()

    def plot(self) -> Plot:
        """Where lanes are drawn, and which time is shown."""
        return Plot(LEFT, max(self.width() - RIGHT, LEFT + 10), self._view)

    def boxes(self) -> list[QRectF]:
        """Where each lane is drawn."""
        high = min((self.height() - AXIS) / max(len(self.lanes), 1), HIGH)
        return [QRectF(0, number * high, self.width(), high) for number in range(len(self.lanes))]

    def shaded(self, lane: SeriesLane) -> list[tuple[int, int, str]]:
        """Where a series was off its usual level, and where an alert rule on it would have fired."""
        analysis, theme = self._state.analysis, self._state.theme
        return [
            (one.time_ns, one.end_ns if one.end_ns >= 0 else self._whole[1],
             theme.error if one.kind == "alert" else theme.warning)
            for one in (analysis.anomalies if analysis is not None else ())
            if one.series == lane.series
        ]  # fmt: skip

    def _marked(self, store: Store) -> list[tuple[int, str]]:
        """Where the selected id is, and what changed or fired."""
        analysis, theme, row = self._state.analysis, self._state.theme, self._state.id_row
        if analysis is None:
            return []
        found = [
            (mark.time_ns, theme.error if mark.kind == "alert" else theme.warning)
            for mark in shown_marks(store, analysis, *store.bounds())
        ]
        start = int(analysis.ids.start[row]) if row >= 0 else 0
        return [*found, (start, theme.accent)] if start > 0 else found

    def paintEvent(self, event: QPaintEvent) -> None:
        """All that can be seen."""
        ink, plot, boxes = Ink(self._state.theme, self._state.colours), self.plot(), self.boxes()
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), colour(ink.theme.ground))
            if not boxes:
                return
            at = self._state.cursor
            at = at if plot.view[0] <= at <= plot.view[1] else -1
            for lane, box in zip(self.lanes, boxes, strict=True):
                if box.intersects(QRectF(event.rect())):
                    paint_lane(painter, box, plot, lane, ink, at=at, shaded=self.shaded(lane),
                               marks=self._marks)  # fmt: skip
            foot = boxes[-1].bottom()
            paint_axis(painter, QRectF(0, foot, self.width(), AXIS), plot, ink, utc=self._state.utc)
            if at >= 0:
                painter.setPen(ink.pen(ink.theme.muted, 1.0, Qt.PenStyle.DashLine))
                x = round(plot.x(at)) + 0.5
                painter.drawLine(QPointF(x, 0), QPointF(x, foot))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Everything stands elsewhere."""
        super().resizeEvent(event)
        self.update()

    # -- mouse -----------------------------------------------------------------------------------------

    def _show(self, begin: int, end: int) -> None:
        """Show another time, within the whole."""
        first, last = self._whole
        length = min(max(end - begin, _LEAST_NS), last - first)
        begin = min(max(begin, first), last - length)
        self._view = begin, begin + length
        self.update()

    def _zoom(self, by: float, at: int) -> None:
        """Show less of the time, by a factor above 1, or more; the time ``at`` stays where it is."""
        begin, end = self._view
        self._show(at - int((at - begin) / by), at + int((end - at) / by))

    def _move(self, part: float) -> None:
        begin, end = self._view
        by = int((end - begin) * part)
        self._show(begin + by, end + by)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl zooms at the mouse, Shift moves, else the lanes scroll."""
        turn = event.angleDelta().y() or event.angleDelta().x()
        if turn and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom(_ZOOM ** (turn / 120), self.plot().time(event.position().x()))
        elif turn and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._move(-_STEP / 2 * turn / 120)
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, zoom at the cursor or in the middle, show all."""
        key, (begin, end) = Qt.Key(event.key()), self._view
        if key in _MOVES:
            self._move(_MOVES[key] * _STEP)
        elif key in _ZOOMS:
            at = self._state.cursor
            self._zoom((_ZOOM**2) ** _ZOOMS[key], at if begin <= at <= end else (begin + end) // 2)
        elif key in _ALL:
            self._show(*self._whole)
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Hold the time under the mouse."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = event.position().x(), self._view

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The cursor of all views; or move the time that is held."""
        plot = self.plot()
        if self._held is not None:
            x, (begin, end) = self._held
            by = int((x - event.position().x()) / (plot.right - plot.left) * (end - begin))
            self._show(begin + by, end + by)
        within = bool(self.lanes) and plot.left <= event.position().x() <= plot.right
        self._state.set_cursor(plot.time(event.position().x()) if within else -1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Hold it no longer."""
        self._held = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show all."""
        self._show(*self._whole)

    def leaveEvent(self, event: QEvent) -> None:
        """The mouse that leaves is at no time."""
        self._state.set_cursor(-1)

    def event(self, event: QEvent) -> bool:
        """The value nearest to the mouse, and when. Its keys are not the window's while it has the focus."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
            if plain and event.key() in {*_MOVES, *_ZOOMS, *_ALL}:
                event.accept()
                return True
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = self.plot().time(event.pos().x())
            boxes = zip(self.lanes, self.boxes(), strict=True)
            under = [lane for lane, box in boxes if box.contains(QPointF(event.pos()))]
            said = f"{under[0].words(at)}\n{date_time(at, utc=self._state.utc)}" if under else ""
            show_tooltip(event.globalPos(), said, self)
            return True
        return super().event(event)
