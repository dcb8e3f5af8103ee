"""Keeping a cause as a past incident: asks in one line what it was."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from explorer.gui.dialogs.frame import Dialog
from explorer.gui.look import text

_MOST: Final = 400


class KeepDialog(Dialog):
    """``kept`` carries what the user wrote. Closing it keeps nothing."""

    kept = Signal(str)

    def __init__(self, cause: str, parent: QWidget | None = None) -> None:
        super().__init__("Keep this incident", parent)
        said = text.label(
            "When the same fault is met again, in this bundle or another, it is shown with these words.",
            "body",
            self,
        )
        said.setWordWrap(True)
        self.field = QLineEdit(text.line(cause, _MOST), self)
        self.field.setMaxLength(_MOST)
        self.field.setAccessibleName("What it was")
        self.field.setPlaceholderText("What it was, and what helped")
        self.field.returnPressed.connect(self._keep)
        self.body.addWidget(said)
        self.body.addWidget(self.field)
        self.add_button("Cancel", self.close, left=True)
        self.add_button("Keep", self._keep, "primary")
        self.field.selectAll()
        self.field.setFocus()

    def _keep(self) -> None:
        words = self.field.text()
        self.close()
        self.kept.emit(words)
