"""A panel that can be hidden, moved, tabbed and resized; its title bar is there only while panels are arranged."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget, QFrame, QHBoxLayout, QMainWindow, QToolButton, QWidget

from explorer.gui.look import text
from explorer.gui.look.style import look

_HEIGHT: Final = 28


class Panel(QDockWidget):
    """A region of the window. ``name`` is its object name, by which an arrangement is restored."""

    def __init__(self, name: str, title: str, view: QWidget, parent: QMainWindow) -> None:
        super().__init__(title, parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self._arranging = False
        self._bar = _TitleBar(self, title)
        self.setTitleBarWidget(self._bar)
        self.setWidget(view)
        self.topLevelChanged.connect(self._show_bar)
        self._show_bar()

    def arrange(self, *, on: bool) -> None:
        """Show or hide the title bar; a floating panel always has it."""
        self._arranging = on
        self._show_bar()

    def _show_bar(self) -> None:
        self._bar.open_(shown=self._arranging or self.isFloating())


class _TitleBar(QFrame):
    def __init__(self, dock: QDockWidget, title: str) -> None:
        super().__init__(dock)
        self._height = 0
        look(self, "bar")
        self.setCursor(Qt.CursorShape.SizeAllCursor)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 4, 0)
        row.setSpacing(2)
        name = text.label(title, "small", self)
        look(name, "muted")
        row.addWidget(name, 1)
        for sign, says, slot in (
            ("⤢", "Float or dock", lambda: dock.setFloating(not dock.isFloating())),
            ("×", "Hide", dock.close),
        ):  # fmt: skip
            button = QToolButton(self)
            button.setText(sign)
            button.setCursor(Qt.CursorShape.ArrowCursor)
            button.setAccessibleName(f"{says}: {title}")
            text.tooltip(button, f"{says} this panel")
            button.clicked.connect(slot)
            row.addWidget(button)

    def open_(self, *, shown: bool) -> None:
        """Show it, or take no room at all."""
        self._height = _HEIGHT if shown else 0
        self.setFixedHeight(self._height)
        self.setVisible(shown)
        self.updateGeometry()

    def sizeHint(self) -> QSize:  # what the dock reserves, whatever the fixed height is
        return QSize(super().sizeHint().width(), self._height)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._height)
