"""The scrolling part of the waterfall: paints the visible rows only, in row units, whatever their number."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from explorer.gui.look.text import show_tooltip
from explorer.gui.painting.ink import Ink, colour
from explorer.gui.painting.notemark import paint_note_mark
from explorer.gui.painting.waterfall import (
    GUTTER,
    Geometry,
    Knot,
    indent_of,
    paint_cursor,
    paint_own_work,
    paint_rows,
    paint_spine,
)
from explorer.layout.lens import Shown
from explorer.layout.numbers import Ticks
from explorer.layout.rownotes import RowNote, note_marks
from explorer.layout.rowviews import RowView, rows_in_view
from explorer.layout.ticks import tick_words
from explorer.layout.timeaxis import TimeAxis
from explorer.layout.waterfall import ROW_HEIGHT, Scene, own_work, tooltip_text

MADE = 4000
"""Rows kept ready for scrolling back."""
EDGE = 4
"""Pixels on either side of the divider that take the mouse."""
_NOTHING_FOUND = "No span of this id is among those asked for; switch the pills above off to see all."
NEAR = 3
"""Pixels around a mark on a bar that are meant to be on it."""


class RowsArea(QAbstractScrollArea):
    """Rows of one scene. Holds which are shown and where the divider is; everything else it is told.

    Signals:
        picked: a row was clicked.
        entered: a row was double-clicked.
        toggled: the fold mark of a row was clicked.
        zoomed: (factor, fraction of the visible time under the cursor).
        panned: fraction of the visible time to move by.
        pointed: the mouse is at another time, ns; -1: at none.
        divided: the divider was moved, new share of the width.
        resized: the rows have another width (also when a scroll bar comes or goes).
    """

    picked = Signal(int)
    entered = Signal(int)
    toggled = Signal(int)
    zoomed = Signal(float, float)
    panned = Signal(float)
    pointed = Signal(object)
    divided = Signal(float)
    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Span waterfall rows")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self.scene: Scene | None = None
        self.shown: Shown | None = None
        self.ink: Ink | None = None
        self.view: tuple[int, int] = (0, 1)
        self.ticks: Ticks = ()
        self.share = 0.36
        self.path_on = True
        self.selected = self._hovered = self.pointer = -1
        self._dragging = False
        self.notes: Mapping[int, RowNote] = {}
        self._made: dict[int, RowView] = {}
        self.nothing = ""
        self.nothing_found = False
        self._made_for: tuple[object, ...] = (None, None, None, None)

    def show_scene(self, scene: Scene | None, shown: Shown | None, ink: Ink) -> None:
        """Show other rows, from the top."""
        self.scene, self.shown, self.ink = scene, shown, ink
        self._hovered = -1
        self._range()
        self.verticalScrollBar().setValue(0)
        self.viewport().update()

    def show_notes(self, notes: Mapping[int, RowNote]) -> None:
        """Mark rows with pins and notes."""
        self.notes = notes
        self.viewport().update()

    def set_shown(self, scene: Scene, shown: Shown) -> None:
        """Fold, unfold or limit the rows of the same trace; the selected row stays where it is on screen."""
        before, keep = self.shown, self.selected
        at = before.position(keep) - self.verticalScrollBar().value() if before and keep >= 0 else -1
        self.scene, self.shown = scene, shown
        self._range()
        if 0 <= at < self.rows_on_screen():
            self.verticalScrollBar().setValue(shown.position(keep) - at)
        self.viewport().update()

    @property
    def axis(self) -> TimeAxis:
        """Where times lie."""
        return self.scene.axis if self.scene is not None else TimeAxis(0, 1)

    @property
    def geometry_of(self) -> Geometry:
        """Where names end and bars begin."""
        width = self.viewport().width()
        return Geometry(width, max(GUTTER + 120, min(width * self.share, width - 160)))

    def rows_on_screen(self) -> int:
        """Whole rows that fit."""
        return max(self.viewport().height() // ROW_HEIGHT, 1)

    def reveal(self, row: int) -> None:
        """Scroll so that a row can be seen, with two rows of room where there are as many."""
        if not self.shown:
            return
        at, bar = self.shown.position(row), self.verticalScrollBar()
        fit = self.rows_on_screen()
        room = min(2, (fit - 1) // 2)
        if at < bar.value() + room:
            bar.setValue(at - room)
        elif at > bar.value() + fit - 1 - room:
            bar.setValue(at - fit + 1 + room)

    def views(self) -> list[RowView]:
        """The rows on screen, with the one that is cut at the foot."""
        if not self.scene or not self.shown:
            return []
        count = self.viewport().height() // ROW_HEIGHT + 1
        first = self.verticalScrollBar().value()
        made_for = (self.scene, self.shown, self.view, self.path_on)
        if any(a is not b and a != b for a, b in zip(made_for[2:], self._made_for[2:], strict=True)) or any(
            a is not b for a, b in zip(made_for[:2], self._made_for[:2], strict=True)
        ):
            self._made, self._made_for = {}, made_for
        elif len(self._made) > MADE:
            self._made = {}
        return rows_in_view(
            self.scene, self.shown, first, count, self.view, path_on=self.path_on, memo=self._made
        )

    def _range(self) -> None:
        total, fit = len(self.shown) if self.shown else 0, self.rows_on_screen()
        bar = self.verticalScrollBar()
        bar.setRange(0, max(total - fit, 0))
        bar.setPageStep(fit)
        bar.setSingleStep(3)

    # -- painting ------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is on screen."""
        painter = QPainter(self.viewport())
        try:
            if self.ink is None:
                return
            painter.fillRect(event.rect(), colour(self.ink.theme.ground))
            words = self.nothing if self.scene is None else _NOTHING_FOUND if self.nothing_found else ""
            if words:
                painter.setPen(colour(self.ink.theme.muted))
                painter.drawText(QPoint(16, ROW_HEIGHT), words)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_rows(
                painter, self.views(), 0, self.geometry_of, self.ink, selected=self.selected,
                hovered=self._hovered, ticks=self.ticks, view=self.view, axis=self.axis,
            )  # fmt: skip
            self._paint_own_work(painter)
            for number, mark in enumerate(note_marks(self.views(), self.notes)):
                paint_note_mark(painter, QPointF(GUTTER - 4.5, (number + 0.5) * ROW_HEIGHT), mark, self.ink)
            if self.path_on:
                paint_spine(painter, self._knots(), GUTTER / 2 - 2, self.ink)
            if self.pointer >= 0 and self.scene is not None:
                paint_cursor(
                    painter, self.x_of(self.pointer), self.viewport().height(), self.geometry_of, self.ink
                )
        finally:
            painter.end()

    def _paint_own_work(self, painter: QPainter) -> None:
        """When the selected span itself worked: not waiting for what it called."""
        scene, shown, row = self.scene, self.shown, self.selected
        if scene is None or shown is None or self.ink is None or row < 0 or not shown.is_visible(row):
            return
        y = (shown.position(row) - self.verticalScrollBar().value()) * ROW_HEIGHT
        if -ROW_HEIGHT < y < self.viewport().height() and not shown.group(row)[1]:
            parts = [(self.x_of(begin), self.x_of(end)) for begin, end in own_work(scene, row)]
            paint_own_work(painter, parts, y, self.geometry_of, self.ink)

    def _knots(self) -> list[Knot]:
        """Steps of the path by position, those off screen as far away as they are."""
        if not self.scene or not self.shown:
            return []
        first = self.verticalScrollBar().value()
        knots: dict[int, Knot] = {}
        for row in self.scene.path:
            at = self.shown.position(row)
            step = self.scene.step_of[row]
            knot = Knot(
                (at - first + 0.5) * ROW_HEIGHT, step.role == "origin",
                step.role == "carried" or (step.role == "origin" and not self.scene.store.spans.failed[row]),
                not self.shown.is_visible(row),
            )  # fmt: skip
            if at not in knots or knots[at].hidden:
                knots[at] = knot
        return [knots[at] for at in sorted(knots)]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another number of rows fits."""
        super().resizeEvent(event)
        self._range()
        self.resized.emit()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Repaint at the new position: rows are painted in a few milliseconds, moving pixels gains nothing."""
        self.viewport().update()

    # -- mouse ---------------------------------------------------------------------------------------

    def row_at(self, position: QPointF) -> RowView | None:
        """The row under a point of the viewport."""
        views = self.views()
        number = int(position.y() // ROW_HEIGHT)
        return views[number] if 0 <= number < len(views) else None

    def fraction_at(self, x: float) -> float:
        """Fraction of the visible time at a pixel."""
        left, right = self.geometry_of.bars
        return (x - left) / max(right - left, 1)

    def x_of(self, time: int) -> float:
        """Pixel of a time."""
        axis = self.axis
        begin, end = axis.place(self.view[0]), axis.place(self.view[1])
        return self.geometry_of.x((axis.place(time) - begin) / max(end - begin, 1))

    def time_at(self, x: float) -> int:
        """Time at a pixel; -1 left and right of the bars."""
        at, axis = self.fraction_at(x), self.axis
        begin, end = axis.place(self.view[0]), axis.place(self.view[1])
        return axis.time(begin + round(at * (end - begin))) if 0 <= at <= 1 and self.scene is not None else -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Divider, fold mark or row."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if self._on_divider(event.position().x()):
            self._dragging = True
            return
        row = self.row_at(event.position())
        if row is None:
            return
        mark = indent_of(row, self.geometry_of)
        if row.foldable and mark - 6 <= event.position().x() <= mark + 11:
            self.toggled.emit(row.row)
        else:
            self.picked.emit(row.row)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Zoom to a row's bar."""
        row = self.row_at(event.position())
        if row is not None and event.position().x() > self.geometry_of.names:
            self.entered.emit(row.row)
        elif row is not None and row.foldable:
            self.toggled.emit(row.row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the divider, or mark the row under the cursor."""
        if self._dragging:
            self.divided.emit(event.position().x() / max(self.viewport().width(), 1))
            return
        over = self._on_divider(event.position().x())
        self.viewport().setCursor(Qt.CursorShape.SplitHCursor if over else Qt.CursorShape.ArrowCursor)
        self.pointed.emit(self.time_at(event.position().x()))
        row = self.row_at(event.position())
        if (row.row if row else -1) != self._hovered:
            self._hovered = row.row if row else -1
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the divider."""
        self._dragging = False

    def leaveEvent(self, event: QEvent) -> None:
        """No row is under the cursor."""
        self._hovered = -1
        self.pointed.emit(-1)
        self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl zooms at the cursor, Shift pans, else rows scroll."""
        turn = event.angleDelta().y() or event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            at = min(max(self.fraction_at(event.position().x()), 0.0), 1.0)
            self.zoomed.emit(1.25 ** (turn / 120), at)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.panned.emit(-turn / 1200)
        else:
            super().wheelEvent(event)
            return
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys are the window's actions; only paging is the scroll area's own."""
        if event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            super().keyPressEvent(event)
        else:
            event.ignore()

    def viewportEvent(self, event: QEvent) -> bool:
        """Tool tips of bars."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self.scene:
            row = self.row_at(QPointF(event.pos()))
            if row is not None:
                y = event.pos().y() // ROW_HEIGHT * ROW_HEIGHT
                area = QRect(QPoint(0, y), QPoint(self.viewport().width(), y + ROW_HEIGHT))
                if marked := self._mark_words(row, event.pos().x()):
                    area = QRect(event.pos().x() - NEAR, y, 2 * NEAR, ROW_HEIGHT)
                words = marked or tooltip_text(self.scene, row.row, row.group)
                if not marked and row.row in self.notes:
                    words += f"\n{self.notes[row.row].words}"
                show_tooltip(event.globalPos(), words, self.viewport(), area)
            return True
        return super().viewportEvent(event)

    def _mark_words(self, row: RowView, x: int) -> str:
        """What the logs and events say whose marks are at a pixel."""
        begin, end = self.time_at(x - NEAR), self.time_at(x + NEAR)
        if self.scene is None or not row.ticks or begin < 0 or end < 0:
            return ""
        return tick_words(self.scene, row.row, (begin, end))

    def _on_divider(self, x: float) -> bool:
        return abs(x - self.geometry_of.names) <= EDGE
