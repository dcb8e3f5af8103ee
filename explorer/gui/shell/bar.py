"""The bar at the top: menus, back and forward; the rest of it is about what is open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenuBar, QPushButton, QSizePolicy, QToolButton, QWidget

from explorer.gui.look import fonts, text
from explorer.gui.look.style import look

HEIGHT: Final = 44


class TopBar(QFrame):
    """Offers all menus, and room for what is open."""

    def __init__(self, menus: QMenuBar, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self.setAccessibleName("Tool bar")
        self.setFixedHeight(HEIGHT)
        look(self, "bar")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 16, 0)
        row.setSpacing(8)
        menus.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        row.addWidget(menus)
        row.addWidget(_rule(self))
        row.addWidget(_arrow(actions["back"], "‹", self))
        row.addWidget(_arrow(actions["forward"], "›", self))
        row.addStretch()  # of no account beside a part that asks for a share
        self._row = row

    def add(self, part: QWidget) -> None:
        """Give a part all the room there is left."""
        self._row.addWidget(part, 1)


def _arrow(action: QAction, sign: str, parent: QWidget) -> QToolButton:
    button = QToolButton(parent)
    button.setText(sign)
    button.setFont(fonts.ui("title"))
    button.setFixedSize(24, 24)
    button.setAccessibleName(action.text())
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(action.trigger)
    bind(button, action)
    return button


def bind(button: QPushButton | QToolButton, action: QAction) -> None:
    """Have a button look like its action, which stays the one that knows."""

    def follow() -> None:
        button.setEnabled(action.isEnabled())
        button.setChecked(action.isChecked())
        text.tooltip(button, action.statusTip())

    action.changed.connect(follow)
    button.clicked.connect(follow)
    follow()


def _rule(parent: QWidget) -> QFrame:
    line = QFrame(parent)
    line.setFixedSize(1, 24)
    look(line, "line")
    return line
