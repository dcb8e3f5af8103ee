"""A line to find within the id: text, count, next and previous; Escape closes it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QToolButton, QWidget

from explorer.gui.look.text import label, set_label, tooltip
from explorer.gui.state.appstate import AppState
from explorer.gui.state.options import Only


class FindBar(QWidget):
    """Signals: ``changed`` with the new text; ``stepped`` with +1 or -1."""

    changed = Signal(str)
    stepped = Signal(int)

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 12, 4)
        row.setSpacing(8)
        self.field = QLineEdit(self)
        self.field.setPlaceholderText("Find a service, operation, error, attribute or span id")
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

        self.matches = QPushButton("Matches only", self)
        self.matches.setCheckable(True)
        self.matches.setProperty("look", "chip")
        self.matches.setAccessibleName("Show only rows that match, and those above them")
        tooltip(self.matches, self.matches.accessibleName())
        self.matches.clicked.connect(self._limit)
        row.addWidget(self.matches)
        state.options_changed.connect(self._follow)

    def _limit(self, on: bool) -> None:
        matches: frozenset[Only] = frozenset(("matches",))
        self._state.set_options(only=self._state.only | matches if on else self._state.only - matches)

    def _follow(self) -> None:
        self.matches.setChecked("matches" in self._state.only)

    def close_bar(self) -> None:
        """Hide the bar; rows that do not match are shown again."""
        self.hide()
        self._limit(on=False)

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

    def follow(self, share: object) -> None:
        """Say how much was looked through, 0 to 1, while it is not known what matches."""
        if isinstance(share, float) and self.text():
            set_label(self._found, f"searching, {share:.0%}")

    def tell_nothing(self) -> None:
        """What was found before is not of this text."""
        set_label(self._found, "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Shift+Enter step, Escape closes."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.stepped.emit(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        else:
            super().keyPressEvent(event)
