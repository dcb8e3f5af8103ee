"""Log records: of the selected span and its subtree, the id, or the bundle. Only lines on screen are decoded."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from explorer.analysis.search import log_match
from explorer.gui.painting.ink import Ink, colour, font, metrics
from explorer.gui.state import AppState
from explorer.gui.text import label, line, set_label, show_tooltip
from explorer.gui.views.parts import Choice
from explorer.layout import numbers
from explorer.layout.loglist import LEVELS, LogScope, level, log_rows
from explorer.model.raw import ChangedError
from explorer.model.schema import LogFlag, severity_word
from explorer.model.store import Store
from explorer.readers.details import log_detail

LINE = 20
DECODED = 2000
_SCOPES: tuple[tuple[LogScope, str], ...] = (
    ("span", "follows the span"),
    ("id", "this id"),
    ("all", "all logs"),
)


class LogsView(QWidget):
    """Severities, scope, words to find, and the lines."""

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Logs")
        self._state = state
        self.levels = QButtonGroup(self)
        self.levels.setExclusive(False)
        self._count = label("", "small", self)
        self._count.setProperty("look", "muted")
        self.find_field = QLineEdit(self)
        self._scope = Choice("Which logs are listed", [words for _, words in _SCOPES], self)
        self.lines = LogLines(state, self)
        self._arrange()
        for signal in (state.opened, state.id_changed, state.span_changed):
            signal.connect(self._refill)
        state.log_changed.connect(self._follow_log)
        for signal in (state.theme_changed, state.options_changed):
            signal.connect(self.lines.viewport().update)
        self._refill()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 2, 12, 2)
        head.setSpacing(2)
        for number, word in enumerate(LEVELS):
            pill = QPushButton(word, self)
            pill.setCheckable(True)
            pill.setChecked(True)
            pill.setProperty("look", "chip")
            pill.setAccessibleName(f"Show {word} records")
            self.levels.addButton(pill, number)
            head.addWidget(pill)
        self.levels.buttonToggled.connect(lambda *_: self._refill())
        self.find_field.setPlaceholderText("Find in logs")
        self.find_field.setAccessibleName("Find in logs")
        self.find_field.setClearButtonEnabled(True)
        self.find_field.setMaximumWidth(220)
        self.find_field.textChanged.connect(lambda *_: self._refill())
        self._scope.chosen.connect(lambda *_: self._refill())
        head.addSpacing(8)
        head.addWidget(self.find_field)
        head.addStretch(1)
        head.addWidget(self._count)
        head.addWidget(self._scope)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.lines, 1)

    def sizeHint(self) -> QSize:
        """Room for a few lines."""
        return QSize(900, 160)

    def show_scope(self, scope: LogScope) -> None:
        """List the logs of the span, the id, or all."""
        self._scope.show_choice([name for name, _ in _SCOPES].index(scope))
        self._refill()

    def _refill(self) -> None:
        store = self._state.store
        if store is None:
            self.lines.show_rows(None, np.empty(0, np.int64))
            set_label(self._count, "")
            return
        levels = [word for number, word in enumerate(LEVELS) if self.levels.button(number).isChecked()]
        scope = _SCOPES[self._scope.number][0]
        rows = log_rows(store, scope, self._state.id_row, self._state.span_row, levels)
        words = self.find_field.text().strip().lower()
        if words:
            rows = rows[log_match(store, words)[rows]]
        self.lines.show_rows(store, rows)
        set_label(self._count, f"{numbers.count(len(rows))} of {numbers.count(len(store.logs))} ·")

    def _follow_log(self) -> None:
        row = self._state.log
        if row >= 0 and not len(np.flatnonzero(self.lines.rows == row)):
            store = self._state.store
            known = store is not None and int(store.logs.id[row]) == self._state.id_row
            self.show_scope("id" if known else "all")
        self.lines.reveal(row)


class LogLines(QAbstractScrollArea):
    """The painted lines, in line units."""

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.store: Store | None = None
        self.rows: NDArray[np.int64] = np.empty(0, np.int64)
        self._messages: OrderedDict[int, str] = OrderedDict()
        self._shift = 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Log lines")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        state.cursor_changed.connect(self.viewport().update)

    def show_rows(self, store: Store | None, rows: NDArray[np.int64]) -> None:
        """List other records."""
        if store is not self.store:
            self._messages.clear()
        self.store, self.rows = store, rows
        self._range()
        self.verticalScrollBar().setValue(0)
        self.viewport().update()

    def reveal(self, row: int) -> None:
        """Scroll to a record, if it is listed."""
        found = np.flatnonzero(self.rows == row)
        if len(found):
            at, bar = int(found[0]), self.verticalScrollBar()
            fit = max(self.viewport().height() // LINE, 1)
            if not bar.value() <= at < bar.value() + fit:
                bar.setValue(at - fit // 3)
        self.viewport().update()

    def message(self, row: int) -> str:
        """The whole message of a record, kept for a while."""
        known = self._messages.get(row)
        if known is None and self.store is not None:
            try:
                detail = log_detail(self.store, row)
                known = detail.message or detail.exception_message or detail.raw
                if detail.stack and detail.stack not in known:
                    known = f"{known}\n{detail.stack}"
            except ChangedError as error:
                known = str(error)
            self._messages[row] = known
            while len(self._messages) > DECODED:
                self._messages.popitem(last=False)
        return known or ""

    def _range(self) -> None:
        bar, fit = self.verticalScrollBar(), max(self.viewport().height() // LINE, 1)
        bar.setRange(0, max(len(self.rows) - fit, 0))
        bar.setPageStep(fit)
        bar.setSingleStep(3)
        self._across()

    def _across(self) -> None:
        """Scroll sideways as far as the longest line on screen goes."""
        first, fit = self.verticalScrollBar().value(), self.viewport().height() // LINE + 1
        shown = self.rows[first : first + fit].tolist()
        longest = max((len(self.message(row).split("\n", 1)[0]) for row in shown), default=0)
        wide = (
            310 + min(longest, 4096) * metrics("mono", "small").averageCharWidth() - self.viewport().width()
        )
        across = self.horizontalScrollBar()
        across.setRange(0, max(int(wide), 0))
        across.setPageStep(self.viewport().width())
        across.setSingleStep(40)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another number of lines fits."""
        super().resizeEvent(event)
        self._range()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Repaint; other lines may be longer."""
        if dy:
            self._across()
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines on screen."""
        painter = QPainter(self.viewport())
        try:
            ink = Ink(self._state.theme, self._state.colours)
            painter.fillRect(event.rect(), colour(ink.theme.ground))
            first = self.verticalScrollBar().value()
            for number, row in enumerate(
                self.rows[first : first + self.viewport().height() // LINE + 1].tolist()
            ):
                self._paint_line(painter, row, number * LINE, ink)
            self._paint_cursor(painter, ink)
            if not len(self.rows) and self.store is not None:
                painter.setPen(colour(ink.theme.muted))
                painter.drawText(QRectF(16, 10, 600, 20), "No log records here.")
        finally:
            painter.end()

    def _paint_cursor(self, painter: QPainter, ink: Ink) -> None:
        """A line before the first record after the time that the mouse is at in another view."""
        if self._state.cursor >= 0 and self.store is not None and len(self.rows) and not self.underMouse():
            at = int(np.searchsorted(self.store.logs.time[self.rows], self._state.cursor))
            y = (at - self.verticalScrollBar().value()) * LINE
            painter.setPen(ink.pen(ink.theme.muted, 1.0, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(0, y + 0.5), QPointF(self.viewport().width(), y + 0.5))

    def _paint_line(self, painter: QPainter, row: int, y: int, ink: Ink) -> None:
        if self.store is None:
            return
        theme, logs = ink.theme, self.store.logs
        if row == self._state.log:
            painter.fillRect(QRectF(0, y, self.viewport().width(), LINE), colour(theme.accent_ground))
        word = level(int(logs.severity[row]))
        tone = {"ERROR": theme.error, "WARN": theme.warning}.get(word, theme.muted)
        service = self.store.services[int(logs.service[row])]
        inferred = "≈" if logs.flags[row] & LogFlag.TIME_INFERRED else ""
        x = 16.0
        for text, name, width, heavy in (
            (inferred + numbers.clock(int(logs.time[row]), utc=self._state.utc), theme.muted, 100, False),
            (severity_word(int(logs.severity[row])), tone, 50, word == "ERROR"),
            (line(service), ink.service(service), 132, False),
        ):
            self._put(painter, text, QRectF(x, y, width - 8, LINE), name, heavy=heavy)
            x += width
        x0 = self.horizontalScrollBar().value()
        text = line(self.message(row).split("\n", 1)[0], 4096)
        painter.save()
        painter.setClipRect(QRectF(x, y, self.viewport().width() - x, LINE))
        self._put(painter, text, QRectF(x - x0, y, 40_000, LINE), theme.text, elide=False)
        painter.restore()

    @staticmethod
    def _put(
        painter: QPainter, text: str, room: QRectF, name: str, *, heavy: bool = False, elide: bool = True
    ) -> None:
        painter.setFont(font("mono", "small", heavy))
        painter.setPen(colour(name))
        if elide:
            text = metrics("mono", "small", heavy).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)

    def row_at(self, position: QPointF) -> int:
        """The record under a point, -1 for none."""
        at = self.verticalScrollBar().value() + int(position.y() // LINE)
        return int(self.rows[at]) if 0 <= at < len(self.rows) else -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select a record."""
        row = self.row_at(event.position())
        if row >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self._state.select_log(row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Other views show the time of the record under the mouse."""
        row = self.row_at(event.position())
        self._state.set_cursor(int(self.store.logs.time[row]) if row >= 0 and self.store is not None else -1)

    def leaveEvent(self, event: QEvent) -> None:
        """The mouse is at no time."""
        self._state.set_cursor(-1)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go to the span a record belongs to."""
        row = self.row_at(event.position())
        if row >= 0 and self.store is not None and self.store.logs.span[row] >= 0:
            self._state.show_row(int(self.store.logs.span[row]))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down select, Enter goes to the span, Ctrl+C copies the message."""
        by = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        row = self._state.log
        if by is not None and len(self.rows):
            found = np.flatnonzero(self.rows == row)
            at = min(max(int(found[0]) + by, 0), len(self.rows) - 1) if len(found) else 0
            self._state.select_log(int(self.rows[at]))
        elif (
            event.key() == Qt.Key.Key_C
            and event.modifiers() & Qt.KeyboardModifier.ControlModifier
            and row >= 0
        ):
            QGuiApplication.clipboard().setText(self.message(row))
        elif event.key() == Qt.Key.Key_Return and row >= 0 and self.store is not None:
            if self.store.logs.span[row] >= 0:
                self._state.show_row(int(self.store.logs.span[row]))
        else:
            event.ignore()

    def viewportEvent(self, event: QEvent) -> bool:
        """Whole messages as tool tips."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            row = self.row_at(QPointF(event.pos()))
            if row >= 0:
                show_tooltip(event.globalPos(), self.message(row), self.viewport(), limit=2000)
            return True
        return super().viewportEvent(event)
