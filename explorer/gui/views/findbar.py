"""A line to find within the id: text, count, next and previous; Escape closes it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QWidget

from explorer.gui.text import label, set_label, tooltip


class FindBar(QWidget):
    """Signals: ``changed`` with the new text; ``stepped`` with +1 or -1."""

    changed = Signal(str)
    stepped = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 12, 4)
        row.setSpacing(8)
        self.field = QLineEdit(self)
        self.field.setPlaceholderText("Find a service, operation, error or span id")
        self.field.setAccessibleName("Find in this id")
        self.field.textChanged.connect(self.changed)
        self._found = label("", "small", self)
        row.addWidget(self.field, 1)
        row.addWidget(self._found)
        for sign, by, words in (("‹", -1, "Previous match (Shift+Enter)"), ("›", 1, "Next match (Enter)")):
            button = QToolButton(self)
            button.setText(sign)
            button.setAccessibleName(words)
            tooltip(button, words)
            button.clicked.connect(lambda _=False, by=by: self.stepped.emit(by))
            row.addWidget(button)

    def text(self) -> str:
        """What to find."""
        return self.field.text()

    def open(self) -> None:
        """Show the bar, ready to type."""
        self.show()
        self.field.setFocus()
        self.field.selectAll()

    def tell(self, here: int, count: int) -> None:
        """Say which of how many matches is selected; 0 for none."""
        set_label(
            self._found, "" if not self.text() else "no match" if not count else f"{here or '–'} of {count}"
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Shift+Enter step, Escape closes."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.stepped.emit(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)
