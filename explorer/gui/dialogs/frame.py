"""What all dialogs share: a title, a body, a row of buttons; text only as plain text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from explorer.gui.look import text
from explorer.gui.look.focus import ease_focus
from explorer.gui.look.style import look

_SHARE: Final = 0.9


class Dialog(QDialog):
    """A dialog with ``body`` to fill and buttons at the bottom; removed once it is closed."""

    def __init__(self, title: str, parent: QWidget | None, width: int = 480, height: int = 0) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(16)
        column.addWidget(text.label(title, "title", self))
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        column.addLayout(self.body, 1)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        column.addLayout(self._buttons)
        self._stretched = self._eased = False
        self._size(width, height)

    def showEvent(self, event: QShowEvent) -> None:
        if not self._eased:
            self._eased = True
            ease_focus(self)
        super().showEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """An outline, for desktops that draw none around windows."""
        super().paintEvent(event)
        with QPainter(self) as painter:
            painter.setPen(self.palette().mid().color())
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _size(self, width: int, height: int) -> None:
        """As asked, but never larger than the screen."""
        room = self.screen().availableSize()
        self.setMinimumWidth(min(width, int(room.width() * _SHARE)))
        if height:
            self.resize(self.minimumWidth(), min(height, int(room.height() * _SHARE)))

    def add_button(
        self, words: str, slot: Callable[[], object], kind: str = "plain", *, left: bool = False
    ) -> QPushButton:
        """A button at the bottom: those at the left first, then those at the right."""
        if not left and not self._stretched:
            self._buttons.addStretch(1)
            self._stretched = True
        button = QPushButton(words, self)
        button.setAccessibleName(words.rstrip("…"))
        button.setAutoDefault(kind == "primary")
        look(button, kind)
        button.clicked.connect(lambda _checked=False: slot())
        self._buttons.addWidget(button)
        return button


def copy(value: str) -> None:
    """Put a text on the clipboard."""
    QGuiApplication.clipboard().setText(value)
