"""What is shown while a query is answered that takes a while: how far it is, and Cancel."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from explorer.gui.look.text import label

SOON_MS = 200
"""What takes less time is not announced."""


class Searching(QWidget):
    """Hidden but for while something is looked for.

    Signals:
        cancelled: the user wants no answer.
    """

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Searching")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 12, 0)
        row.setSpacing(8)
        self._bar = QProgressBar(self)
        self._bar.setRange(0, 100)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress")
        words = label("Searching", "small", self)
        words.setProperty("look", "muted")
        self.cancel_button = QPushButton("Cancel", self)
        self.cancel_button.setProperty("look", "chip")
        self.cancel_button.setAccessibleName("Cancel searching")
        self.cancel_button.clicked.connect(self.cancelled)
        for widget, stretch in ((words, 0), (self._bar, 1), (self.cancel_button, 0)):
            row.addWidget(widget, stretch)
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self.show)
        self.hide()

    def begin(self) -> None:
        """Something is looked for from now on."""
        self._bar.setValue(0)
        self._soon.start()

    def follow(self, share: object) -> None:
        """How much was looked through, 0 to 1."""
        if isinstance(share, float):
            self._bar.setValue(int(share * 100))

    def end(self) -> None:
        """Nothing is looked for."""
        self._soon.stop()
        self.hide()
