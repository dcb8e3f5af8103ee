"""The painted lines of log records; only those on screen are decoded."""

from __future__ import annotations

import textwrap
from collections import OrderedDict
from collections.abc import Iterator
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
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
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from explorer.gui.look.text import line, plain, show_tooltip
from explorer.gui.painting.ink import Ink, colour, elided, font, metrics, put
from explorer.gui.state.appstate import AppState
from explorer.layout import numbers
from explorer.layout.loglist import level, writer
from explorer.model.ranks import rank_of_instance
from explorer.model.raw import ChangedError
from explorer.model.schema import LogFlag, severity_word
from explorer.model.store import Store
from explorer.readers.details import log_detail

LINE = 20
DECODED = 2000
MOST_LINES = 200
"""Lines of one record while they are wrapped; the rest is said in words."""
TIME, CLOCK, DATE, LEVEL, SERVICE = 16.0, 100.0, 72.0, 50.0, 132.0
"""Where the first column begins, and how wide those before the message are."""
_DAY_NS = 86_400 * 10**9
_MATCHES = 20
_LOOKED_AT = 1 << 14


@lru_cache(maxsize=1024)
def _first_line(text: str) -> str:
    return line(text.split("\n", 1)[0], 4096)


@cache
def _baseline() -> float:
    """Where the letters of a line stand, from its top."""
    measure = metrics("mono", "small")
    return (LINE - measure.height()) / 2 + measure.ascent()


class LogLines(QAbstractScrollArea):
    """The lines, in units of records; ``nothing`` is said where there are none.

    Signals:
        picked: record that the user selected, by click or key.
        entered: record whose span the user wants to see.
        menu_wanted: record and place of a context menu.
    """

    picked = Signal(int)
    entered = Signal(int)
    menu_wanted = Signal(int, object)

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.store: Store | None = None
        self.rows: NDArray[np.int64] = np.empty(0, np.int64)
        self.wrapped = False
        self.nothing = ""
        self._words = ""
        self._dated = self._served = False
        self._messages: OrderedDict[int, str] = OrderedDict()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Log lines")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        for signal in (state.cursor_changed, state.log_changed, state.span_changed):
            signal.connect(self.viewport().update)

    # -- what is shown ---------------------------------------------------------------------------------

    def show_rows(self, store: Store | None, rows: NDArray[np.int64], words: str = "") -> None:
        """List other records, in the order of the store; words (in lower case) found in them are marked."""
        if store is not self.store:
            self._messages.clear()
        self.store, self.rows, self._words = store, rows, words
        self._dated, self._served = _columns(store, rows)
        self._range()
        self.verticalScrollBar().setValue(0)
        self.viewport().update()

    def _begins(self) -> tuple[float, float, float]:
        """Where level, service and message begin; without dates and services there is more room for messages."""
        level_at = TIME + CLOCK + (DATE if self._dated else 0.0)
        service_at = level_at + LEVEL
        return level_at, service_at, service_at + (SERVICE if self._served else 0.0)

    def wrap(self, on: bool) -> None:
        """Show whole messages in as many lines as they need, or the first line of each."""
        self.wrapped = on
        self._range()
        self.reveal(self._state.log)

    def place(self, row: int) -> int:
        """Where a record stands in the list, -1 where it does not."""
        at = int(np.searchsorted(self.rows, row))
        return at if at < len(self.rows) and self.rows[at] == row else -1

    def reveal(self, row: int) -> None:
        """Scroll to a record, if it is listed."""
        at, bar = self.place(row), self.verticalScrollBar()
        if at >= 0 and all(at != shown for shown, _, height, y in self._on_screen() if self._fits(y, height)):
            bar.setValue(at - max(self.viewport().height() // LINE, 1) // 3)
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

    def lines_of(self, row: int) -> list[str]:
        """What is painted of a message: its first line, or all of it, broken where the view ends."""
        text = self.message(row)
        if not self.wrapped:
            return [_first_line(text)]
        room = (self.viewport().width() - self._begins()[2]) / metrics("mono", "small").averageCharWidth()
        found: list[str] = []
        for part in plain(text, 65_536).replace("\t", "    ").split("\n"):
            width = max(int(room if part.isascii() else room / 2), 16)
            found += textwrap.wrap(part, width, drop_whitespace=False, replace_whitespace=False) or [""]
        if len(found) > MOST_LINES:
            found = [*found[:MOST_LINES], f"… {numbers.count(len(found) - MOST_LINES)} more lines"]
        return found

    def _on_screen(self) -> Iterator[tuple[int, int, int, int]]:
        """Place in the list, record, height and top of each record on screen."""
        y = 0
        for at in range(self.verticalScrollBar().value(), len(self.rows)):
            if y >= self.viewport().height():
                return
            row = int(self.rows[at])
            height = LINE * (len(self.lines_of(row)) if self.wrapped else 1)
            yield at, row, height, y
            y += height

    def _fits(self, y: int, height: int) -> bool:
        return y == 0 or y + height <= self.viewport().height()

    # -- scrolling -------------------------------------------------------------------------------------

    def _range(self) -> None:
        bar, room = self.verticalScrollBar(), self.viewport().height()
        last = max(len(self.rows) - max(room // LINE, 1), 0)
        if self.wrapped:
            last = len(self.rows)
            while last > 0 and room > 0:
                last -= 1
                room -= LINE * len(self.lines_of(int(self.rows[last])))
            last += room < 0 and last + 1 < len(self.rows)
        bar.setRange(0, last)
        bar.setPageStep(max(self.viewport().height() // LINE, 1))
        bar.setSingleStep(1 if self.wrapped else 3)
        self._across()

    def _across(self) -> None:
        """Scroll sideways as far as the longest line on screen goes."""
        longest = 0
        if not self.wrapped:
            longest = max((len(self.lines_of(row)[0]) for _, row, _, _ in self._on_screen()), default=0)
        wide = self._begins()[2] + 12 + longest * metrics("mono", "small").averageCharWidth()
        wide -= self.viewport().width()
        across = self.horizontalScrollBar()
        across.setRange(0, max(int(wide), 0) if longest else 0)
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

    # -- painting --------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines on screen."""
        painter = QPainter(self.viewport())
        try:
            ink = Ink(self._state.theme, self._state.colours)
            painter.fillRect(event.rect(), colour(ink.theme.ground))
            shown, cursor = list(self._on_screen()), self._cursor_place()
            for _, row, height, y in shown:
                self._paint_columns(painter, row, y, height, ink)
            message_at = self._begins()[2]
            painter.setClipRect(QRectF(message_at, 0, self.viewport().width(), self.viewport().height()))
            painter.setFont(font("mono", "small"))
            for _, row, _, y in shown:
                self._paint_message(painter, row, y, ink)
            painter.setClipping(False)
            painter.setPen(ink.pen(ink.theme.muted, 1.0, Qt.PenStyle.DashLine))
            for y in (y for at, _, _, y in shown if at == cursor):
                painter.drawLine(QPointF(0, y + 0.5), QPointF(self.viewport().width(), y + 0.5))
            if not len(self.rows) and self.store is not None:
                painter.setFont(font("ui", "body"))
                painter.setPen(colour(ink.theme.muted))
                painter.drawText(QRectF(TIME, 10, self.viewport().width() - 32, 20), self.nothing)
        finally:
            painter.end()

    def end_of(self, nothing: str) -> int:
        """Where what is said in the place of lines would end."""
        return int(TIME + metrics("ui", "body").horizontalAdvance(nothing))

    def _cursor_place(self) -> int:
        """Where in the list the time is that the mouse is at in another view, -1 for none."""
        if self._state.cursor < 0 or self.store is None or self.underMouse():
            return -1
        return int(np.searchsorted(self.rows, np.searchsorted(self.store.logs.time, self._state.cursor)))

    def _paint_columns(self, painter: QPainter, row: int, y: int, height: int, ink: Ink) -> None:
        """What stands before the message, and what lies under the whole record."""
        if self.store is None:
            return
        theme, logs = ink.theme, self.store.logs
        if row == self._state.log:
            painter.fillRect(QRectF(0, y, self.viewport().width(), height), colour(theme.accent_ground))
        if self._of_selected_span(row):
            painter.fillRect(QRectF(4, y + 2, 2, height - 4), colour(theme.accent))
        word = level(int(logs.severity[row]))
        severe = word in ("ERROR", "FATAL")
        tone = theme.error if severe else theme.warning if word == "WARN" else theme.muted
        inferred = "≈" if logs.flags[row] & LogFlag.TIME_INFERRED else ""
        time, utc = int(logs.time[row]), self._state.utc
        day = f"{numbers.date(time, utc)[:-5]} " if self._dated else ""
        level_at, service_at, _ = self._begins()
        said = elided(f"{inferred}{day}{numbers.clock(time, utc)}", int(level_at - TIME - 8), "mono", "small")
        painter.setFont(font("mono", "small"))
        painter.setPen(colour(theme.muted))
        painter.drawText(QPointF(TIME, y + _baseline()), said)
        word = elided(severity_word(int(logs.severity[row])), int(LEVEL - 4), "mono", "small", severe)
        put(painter, word, level_at, y, LINE, "mono", "small", colour(tone), strong=severe)
        if self._served:
            said = elided(line(writer(self.store, row)), int(SERVICE - 8), "mono", "small")
            tone = ink.service(self.store.services[int(logs.service[row])])
            put(painter, said, service_at, y, LINE, "mono", "small", colour(tone))

    def _paint_message(self, painter: QPainter, row: int, y: int, ink: Ink) -> None:
        across = self.horizontalScrollBar().value()
        left = self._begins()[2] - across
        # Laying out what lies beyond the edge would cost most of a long line.
        most = int((self.viewport().width() + across) / metrics("mono", "small").averageCharWidth()) + 1
        for number, text in enumerate(self.lines_of(row)):
            top = y + number * LINE
            self._paint_matches(painter, text, QRectF(left, top, 40_000, LINE), ink)
            painter.setPen(colour(ink.theme.text))
            painter.drawText(QPointF(left, top + _baseline()), text[:most] if text.isascii() else text)

    def _of_selected_span(self, row: int) -> bool:
        """Whether a record is of the selected span or one below it."""
        span = self._state.span_row
        if span < 0 or self.store is None:
            return False
        return span <= int(self.store.logs.span[row]) < span + int(self.store.spans.size[span])

    def _paint_matches(self, painter: QPainter, text: str, room: QRectF, ink: Ink) -> None:
        lowered, at, measure = text.lower(), -1, metrics("mono", "small")
        if not self._words or len(lowered) != len(text):
            return
        for _ in range(_MATCHES):
            at = lowered.find(self._words, at + 1)
            if at < 0:
                return
            begin, end = (measure.horizontalAdvance(text[:stop]) for stop in (at, at + len(self._words)))
            mark = QRectF(room.left() + begin - 1, room.top() + 2, end - begin + 2, LINE - 4)
            painter.setPen(ink.pen(ink.theme.accent))
            painter.setBrush(colour(ink.theme.accent_ground))
            painter.drawRoundedRect(mark, 2, 2)

    # -- mouse and keys --------------------------------------------------------------------------------

    def row_at(self, position: QPointF) -> int:
        """The record under a point, -1 for none."""
        return next((row for _, row, height, y in self._on_screen() if y <= position.y() < y + height), -1)

    def box(self, at: int) -> QRect:
        """Where the record at a place in the list is painted; one out of sight lies above or below."""
        top, height = next(
            ((y, height) for number, _, height, y in self._on_screen() if number == at), (None, LINE)
        )
        if top is None:
            top = (at - self.verticalScrollBar().value()) * LINE
        return QRect(0, top, self.viewport().width(), height)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select a record."""
        row = self.row_at(event.position())
        if row >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.picked.emit(row)

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
        if row >= 0:
            self.entered.emit(row)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with a record: the one under the mouse, or the selected one by key."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        row = self._state.log if by_key else self.row_at(QPointF(event.pos()))
        if row >= 0:
            self.menu_wanted.emit(row, event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down, page and ends select; Enter goes to the span, Ctrl+C copies the message."""
        row, page = self._state.log, self.verticalScrollBar().pageStep()
        by = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -page, Qt.Key.Key_PageDown: page,
              Qt.Key.Key_Home: -len(self.rows), Qt.Key.Key_End: len(self.rows)}.get(Qt.Key(event.key()))  # fmt: skip
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if by is not None and len(self.rows):
            at = self.place(row)
            at = min(max(at + by, 0), len(self.rows) - 1) if at >= 0 else self.verticalScrollBar().value()
            self.picked.emit(int(self.rows[at]))
        elif event.key() == Qt.Key.Key_C and control and row >= 0:
            QGuiApplication.clipboard().setText(self.message(row))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row >= 0:
            self.entered.emit(row)
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


def _columns(store: Store | None, rows: NDArray[np.int64]) -> tuple[bool, bool]:
    """Whether records of several days are listed, and whether of any it is known who wrote it."""
    if store is None or not len(rows):
        return False, True
    times = store.logs.time[rows[[0, -1]]]
    named = np.array([bool(name) for name in store.services], bool)
    ranked = np.array([rank_of_instance(one.instance) >= 0 for one in store.resources], bool)
    # Mostly the first ones tell; the services of millions would be looked up for nothing.
    most = len(rows) if named.any() or ranked.any() else 0
    parts = (rows[at : at + _LOOKED_AT] for at in range(0, most, _LOOKED_AT))
    logs = store.logs
    served = any(bool((named[logs.service[part]] | ranked[logs.resource[part]]).any()) for part in parts)
    return bool(times[0] // _DAY_NS != times[1] // _DAY_NS), served
