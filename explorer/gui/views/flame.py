"""The flame graph: call paths of an id or of many, added up; the wider, the more time, spans or errors."""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from explorer.analysis.flame import Flame, Measure, flame
from explorer.gui import jobs
from explorer.gui.actions.menus import pop_up
from explorer.gui.look.elided import Elided
from explorer.gui.look.fonts import ui
from explorer.gui.look.style import look
from explorer.gui.look.text import show_tooltip
from explorer.gui.painting.flame import ROW, box_rect, paint_flame
from explorer.gui.painting.ink import Ink, colour
from explorer.gui.state.appstate import AppState
from explorer.gui.views.parts import Choice
from explorer.gui.views.spanset import FIELD, SpanSet, SpanSetView
from explorer.layout import numbers
from explorer.layout.flame import Box, Icicles, boxes, covered, facts, matching, neighbour, place, title
from explorer.model.store import Store

_MEASURES: Final[tuple[tuple[Measure, str], ...]] = (
    ("time", "by self time"), ("spans", "by spans"), ("errors", "by errors"),
)  # fmt: skip
_NOTHING: Final[dict[Measure, str]] = {
    "time": "These spans took no time.", "spans": "No spans here.", "errors": "None of these spans failed.",
}  # fmt: skip
_STEPS: Final = {
    Qt.Key.Key_Up: "up", Qt.Key.Key_Down: "down", Qt.Key.Key_Left: "left", Qt.Key.Key_Right: "right",
}  # fmt: skip


class FlameView(SpanSetView):
    """Head and canvas; follows the chosen set of spans."""

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Flame graph")
        self._state = state
        self.canvas = FlameCanvas(state, self)
        self.find_field = QLineEdit(self)
        self.measure = Choice("What makes a box wide", [words for _, words in _MEASURES], self)
        self._said = Elided(ui("small"), parent=self)
        self._flame: Flame | None = None
        self._covered = 0
        self._placing, self._finding = jobs.Latest(), jobs.Latest()
        self._store: Store | None = None
        self.spans = SpanSet(state, self, flame, self._show)
        self._arrange()
        self.setFocusProxy(self.canvas)

    def _arrange(self) -> None:
        self.find_field.setPlaceholderText("Find a service or operation")
        self.find_field.setAccessibleName("Find in the flame graph")
        self.find_field.setClearButtonEnabled(True)
        self.find_field.setMinimumWidth(FIELD)
        self.find_field.setMaximumWidth(260)
        self._said.setMinimumWidth(1)
        self.find_field.textChanged.connect(self._find)
        look(self._said, "muted")
        head = QHBoxLayout()
        head.setContentsMargins(12, 2, 12, 2)
        head.setSpacing(4)
        head.addWidget(self.find_field, 1)
        head.addStretch(1)
        for widget in (self._said, self.measure, self.spans.choice):
            head.addWidget(widget)
        self.measure.chosen.connect(lambda *_: self._place())
        self.canvas.moved.connect(self._say)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.canvas, 1)

    def sizeHint(self) -> QSize:
        """Room for a few levels."""
        return QSize(900, 160)

    def _show(self, store: Store | None, found: Flame | None) -> None:
        self._store, self._flame = store, found
        self._place()

    def _place(self) -> None:
        """Lay the paths out, off the GUI thread: there may be a million."""
        found, measure = self._flame, _MEASURES[self.measure.number][0]
        self._finding.cancel()
        if found is None:
            self._placing.cancel()
            self._placed(None)
        else:
            self._placing.start(lambda _, __: place(found, measure), self._placed)

    def _placed(self, icicles: Icicles | None) -> None:
        self.canvas.show_icicles(self._store, icicles)
        self._find(self.find_field.text())

    def _find(self, words: str) -> None:
        store, icicles = self._store, self.canvas.icicles
        if store is None or icicles is None or not words.strip():
            self._finding.cancel()
            self._found((None, 0))
            return

        def work(_: object, __: object) -> tuple[NDArray[np.bool_], int]:
            matched = matching(icicles.flame, store, words)
            return matched, covered(icicles, matched)

        self._finding.start(work, self._found)

    def _found(self, found: tuple[NDArray[np.bool_] | None, int]) -> None:
        matched, self._covered = found
        self.canvas.mark(matched)
        self._say()

    def _say(self) -> None:
        """What is selected, else what is found, else what there is."""
        store, icicles, node = self._store, self.canvas.icicles, self.canvas.selected
        if store is None or icicles is None:
            self._said.show_facts(())
            return
        said = [numbers.plural(len(icicles.flame), "call path")]
        if icicles.flame.deeper:
            said.append(f"{numbers.plural(icicles.flame.deeper, 'span')} too deep to tell apart")
        if self.canvas.matched is not None:
            part = self._covered / max(icicles.whole, 1)
            said = [f"{numbers.plural(int(self.canvas.matched.sum()), 'path')} found, {numbers.share(part)}"]
        elif node >= 0:
            said = facts(store, icicles, node).split("\n")[1:4]
        self._said.show_facts(said)


class FlameCanvas(QAbstractScrollArea):
    """The boxes. A click zooms, Esc or Backspace zooms out; arrows go from path to path.

    Signals:
        moved: another path is selected, or zoomed to.
    """

    moved = Signal()

    def __init__(self, state: AppState, parent: QWidget) -> None:
        super().__init__(parent)
        self._state = state
        self._store: Store | None = None
        self.icicles: Icicles | None = None
        self.matched: NDArray[np.bool_] | None = None
        self.focus = self.selected = self._hovered = -1
        self._boxes: list[Box] = []
        self._boxes_of: tuple[object, ...] = ()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Flame graph boxes")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        state.theme_changed.connect(self.viewport().update)

    def show_icicles(self, store: Store | None, icicles: Icicles | None) -> None:
        """Show other paths, all of them."""
        self._store, self.icicles = store, icicles
        self.focus = self.selected = self._hovered = -1
        self.matched = None
        self._range()
        self.verticalScrollBar().setValue(0)
        self.viewport().update()

    def mark(self, matched: NDArray[np.bool_] | None) -> None:
        """Dim what does not match; nothing for None."""
        self.matched = matched
        self.viewport().update()

    def zoom(self, node: int) -> None:
        """Give a path the whole width; -1 for all."""
        self.focus = node
        if node >= 0:
            self.select(node)
        self.viewport().update()
        self.moved.emit()

    def zoom_out(self) -> bool:
        """To the caller of what is zoomed to, at last to all; whether anything was."""
        if self.focus < 0 or self.icicles is None:
            return False
        self.zoom(int(self.icicles.flame.parent[self.focus]))
        return True

    def select(self, node: int) -> None:
        """Select a path and scroll to it."""
        self.selected = node
        if self.icicles is not None and node >= 0:
            bar, row = self.verticalScrollBar(), self.icicles.depth(node)
            bar.setValue(min(max(bar.value(), row - self._fit() + 1), row))
        self.viewport().update()
        self.moved.emit()

    def words(self, node: int) -> str:
        """Name and figures of a path, a line each."""
        if self.icicles is None or self._store is None or node < 0:
            return ""
        return facts(self._store, self.icicles, node)

    def go_to_slowest(self) -> None:
        """Select the slowest span of the selected path in the waterfall."""
        if self.icicles is not None and self.selected >= 0:
            self._state.show_row(int(self.icicles.flame.slowest[self.selected]))

    # -- geometry --------------------------------------------------------------------------------------

    def _fit(self) -> int:
        return max(int(self.viewport().height() // ROW), 1)

    def _range(self) -> None:
        levels = self.icicles.flame.levels if self.icicles is not None else 0
        bar = self.verticalScrollBar()
        bar.setRange(0, max(levels - self._fit(), 0))
        bar.setPageStep(self._fit())

    def shown(self) -> list[Box]:
        """The boxes on screen."""
        if self.icicles is None:
            return []
        wanted = (
            self.icicles,
            self.focus,
            self.viewport().width(),
            self.verticalScrollBar().value(),
            self._fit(),
        )
        if len(self._boxes_of) != len(wanted) or any(
            a is not b and a != b for a, b in zip(wanted, self._boxes_of, strict=True)
        ):
            _, focus, width, first, fit = wanted
            self._boxes, self._boxes_of = boxes(self.icicles, focus, width, first, fit + 1), wanted
        return self._boxes

    def rect_of(self, box: Box) -> QRectF:
        """Where a box lies in the viewport."""
        return box_rect(box, self.viewport().width(), self.verticalScrollBar().value())

    def box_at(self, at: QPointF) -> Box | None:
        """The box under a point of the viewport."""
        return next((box for box in self.shown() if self.rect_of(box).contains(at)), None)

    # -- events ----------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is on screen."""
        with QPainter(self.viewport()) as painter:
            theme = self._state.theme
            painter.fillRect(event.rect(), colour(theme.ground))
            if self.icicles is None or self._store is None or not self.icicles.whole:
                painter.setPen(colour(theme.muted))
                if self.icicles is not None:
                    measure = self.icicles.measure if len(self.icicles.flame) else "spans"
                    painter.drawText(QPoint(16, 22), _NOTHING[measure])
                return
            paint_flame(
                painter, self.shown(), self.icicles, self._store, Ink(theme, self._state.colours),
                width=self.viewport().width(), first=self.verticalScrollBar().value(),
                selected=self.selected, hovered=self._hovered, matched=self.matched,
            )  # fmt: skip
            if self.hasFocus() and self.selected < 0:
                painter.setPen(colour(theme.accent))
                painter.drawRect(self.viewport().rect().adjusted(0, 0, -1, -1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another number of levels fits."""
        super().resizeEvent(event)
        self._range()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Repaint at the new position."""
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Zoom to the box; a click on what is zoomed to, or on nothing, zooms out."""
        box = self.box_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton:
            if box is None:
                self.zoom(-1)
            elif box.node == self.focus:
                self.zoom_out()
            else:
                self.zoom(box.node)
        elif box is not None:
            self.select(box.node)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the box under the cursor."""
        box = self.box_at(event.position())
        node = box.node if box else -1
        if node != self._hovered:
            self._hovered = node
            self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        """No box is under the cursor."""
        self._hovered = -1
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows select, Enter zooms, Backspace and Esc zoom out, Space goes to the slowest span."""
        key = Qt.Key(event.key())
        if self.icicles is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
        elif key in _STEPS:
            self.select(neighbour(self.icicles, self.selected, _STEPS[key]))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.zoom(self.selected)
        elif key == Qt.Key.Key_Space:
            self.go_to_slowest()
        elif key not in (Qt.Key.Key_Backspace, Qt.Key.Key_Escape) or not self.zoom_out():
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Esc, where there is something to zoom out of, is not the window's."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            own = event.key() in _STEPS or (event.key() == Qt.Key.Key_Escape and self.focus >= 0)
            if own and not event.modifiers() & Qt.KeyboardModifier.AltModifier:
                event.accept()
                return True
        return super().event(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Exact figures as tool tips."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            box = self.box_at(QPointF(event.pos()))
            if box is not None:
                area = self.rect_of(box).toAlignedRect()
                show_tooltip(event.globalPos(), self.words(box.node), self.viewport(), area)
            return True
        return super().viewportEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Zoom, go to the slowest span, copy."""
        if self.selected >= 0:
            menu = self.context_menu()
            pop_up(menu, event.globalPos())

    def context_menu(self) -> QMenu:
        """The menu of the selected path."""
        menu = QMenu(self)
        if self.icicles is not None and self._store is not None and self.selected >= 0:
            copy = QGuiApplication.clipboard().setText
            names = [
                title(self._store, self.icicles.flame, one)
                for one in self.icicles.flame.ancestors(self.selected)
            ]
            menu.addAction("Zoom to it", partial(self.zoom, self.selected))
            menu.addAction("Show all", partial(self.zoom, -1)).setEnabled(self.focus >= 0)
            menu.addAction("Go to its slowest span", self.go_to_slowest)
            menu.addAction("Copy the call path", partial(copy, "\n".join(names)))
            menu.addAction("Copy its figures", partial(copy, self.words(self.selected)))
        return menu
