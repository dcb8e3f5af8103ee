"""Small pieces that several views are made of: headings, rules, pills, rows to click."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QMenu, QScrollArea, QToolButton, QVBoxLayout, QWidget

from explorer.gui.look.fonts import Role
from explorer.gui.look.text import breaking, cut, label, line
from explorer.gui.painting.ink import colour, font, metrics
from explorer.gui.state.appstate import AppState

INSET: Final = 16
"""What panels leave free at both sides."""
_ENDS: Final = 12
"""What a pill leaves free before and behind its words."""


def wrapped(text: str, role: Role = "body", parent: QWidget | None = None, *, quiet: bool = False) -> QLabel:
    """A label that breaks its lines and can be selected."""
    made = breaking(text, role, parent)
    if quiet:
        made.setProperty("look", "muted")
    return made


def heading(text: str, parent: QWidget | None = None) -> QLabel:
    """The name of a section."""
    made = label(text, "small", parent)
    made.setProperty("look", "section")
    return made


def rule(parent: QWidget | None = None) -> QFrame:
    """A hairline between sections."""
    made = QFrame(parent)
    made.setFixedHeight(1)
    made.setProperty("look", "line")
    return made


def scrolling(content: QWidget, parent: QWidget | None = None) -> QScrollArea:
    """A frameless area that scrolls its content up and down."""
    area = QScrollArea(parent)
    area.setAccessibleName(parent.accessibleName() if parent else "Details")
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(content)
    return area


def empty(layout: QVBoxLayout) -> None:
    """Remove everything from a column."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


class Choice(QToolButton):
    """One of a few, as a word with a menu: ``by cause ▾``.

    Signals:
        chosen: number of the choice a user made.
    """

    chosen = Signal(int)

    def __init__(self, name: str, words: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = tuple(words)
        self.number = 0
        self.setAccessibleName(name)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setProperty("look", "choice")
        menu = QMenu(self)
        for number, text in enumerate(self._words):
            menu.addAction(text, partial(self._choose, number))
        self.setMenu(menu)
        self.show_choice(0)

    def show_choice(self, number: int) -> None:
        """Say a choice that was made elsewhere."""
        self.number = number
        self.setText(f"{self._words[number]} ▾")
        self.setAccessibleDescription(self._words[number])

    def _choose(self, number: int) -> None:
        if number != self.number:
            self.show_choice(number)
            self.chosen.emit(number)


class Pill(QWidget):
    """A category as words in its colour, on a rounded ground; cut where there is no room for them."""

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._text, self._category = "", ""
        self.setFixedHeight(20)
        state.theme_changed.connect(self.update)

    def show_words(self, text: str, category: str) -> None:
        """Say a category."""
        self._text, self._category = line(text), category
        self.setAccessibleName(f"Category {text}")
        self.setVisible(bool(text))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as its words."""
        width = metrics("ui", "small", strong=True).horizontalAdvance(self._text)
        return QSize(int(width) + 2 * _ENDS, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it."""
        painter = QPainter(self)
        try:
            theme = self._state.theme
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(theme.raised))
            painter.drawRoundedRect(self.rect(), 10, 10)
            painter.setPen(colour(theme.categories.get(self._category, theme.muted)))
            painter.setFont(font("ui", "small", strong=True))
            shown = cut(self._text, metrics("ui", "small", strong=True), self.width() - 2 * _ENDS + 1)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, shown)
        finally:
            painter.end()


class ClickRow(QWidget):
    """A row that opens something: by mouse, Enter or Space.

    Signals:
        opened: it was clicked.
    """

    opened = Signal()

    def __init__(self, state: AppState, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._over = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(line(name))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit()
        else:
            event.ignore()

    def enterEvent(self, event: QEnterEvent) -> None:
        """The cursor is over it."""
        self._over = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """The cursor has left."""
        self._over = False
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the focus."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground under the cursor, frame with the focus."""
        painter = QPainter(self)
        try:
            self.paint_ground(painter)
        finally:
            painter.end()

    def paint_ground(self, painter: QPainter) -> None:
        """What lies behind the content."""
        if self._over:
            painter.fillRect(self.rect(), colour(self._state.theme.raised))
        if self.hasFocus():
            painter.setPen(colour(self._state.theme.accent))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
