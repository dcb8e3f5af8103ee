"""What is shown while a bundle is read: which file, how much so far, and Cancel."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from explorer.gui.look import fonts, text
from explorer.gui.look.elided import Elided
from explorer.gui.look.style import look
from explorer.gui.opening.telling import Reading, Stage
from explorer.layout.numbers import bytes_, plural

_WIDTH: Final = 440
_STEPS: Final = 1000
_MARGIN: Final = 20


class LoadingOverlay(QWidget):
    """Lies over the whole of its parent while shown; what is below cannot be clicked, but lives on.

    Once the first part is there to be looked at, only its card stays, in a corner.

    Attributes:
        aside: whether only the card is shown.
    """

    cancelled = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._below = parent
        self.setAccessibleName("Opening")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        card = QFrame(self)
        card.setFixedWidth(_WIDTH)
        look(card, "card")
        self._title = Elided(fonts.ui("head"), Qt.TextElideMode.ElideMiddle, card)
        self._file = Elided(fonts.mono("small"), Qt.TextElideMode.ElideMiddle, card)
        self._counts = text.label("", "body", card)
        look(self._counts, "muted")
        self._bar = QProgressBar(card)
        self._bar.setAccessibleName("Progress")
        self._bar.setTextVisible(False)
        self.cancel_button = QPushButton("Cancel", card)
        self.cancel_button.setAccessibleName("Cancel opening")
        self.cancel_button.clicked.connect(self.cancelled)
        column = QVBoxLayout(card)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(8)
        for widget in (self._title, self._bar, self._file):
            column.addWidget(widget)
        row = QHBoxLayout()
        row.setContentsMargins(0, 4, 0, 0)
        row.addWidget(self._counts, 1)
        row.addWidget(self.cancel_button)
        column.addLayout(row)
        self._card = card
        self.aside = False
        parent.installEventFilter(self)
        self.hide()

    def begin(self, name: str) -> None:
        """Show it."""
        self.aside = False
        look(self._card, "card")
        self._title.show_text(f"Opening {name}")
        self._file.show_text("Looking at the files")
        text.set_label(self._counts, "")
        self._bar.setRange(0, 0)
        self._cover()
        self.show()
        self.raise_()
        self.cancel_button.setFocus()

    def follow(self, message: Reading | Stage) -> None:
        """Show how far it has come."""
        if isinstance(message, Stage):
            self._file.show_text(message.text)
            self._show_share(message.share)
            return
        progress = message.progress
        self._file.show_text(progress.file)
        counts = [bytes_(progress.bytes), plural(progress.spans, "span"), plural(progress.logs, "log line")]
        if progress.ids:
            counts.append(plural(progress.ids, "id"))
        text.set_label(self._counts, " · ".join(counts))
        self._show_share(progress.bytes / message.total if message.total else -1.0)

    def step_aside(self) -> None:
        """Leave what is below to be used while the rest is read."""
        self.aside = True
        self._title.show_text("The first part is shown; the rest is being read")
        self._cover()
        self.raise_()
        self.update()

    def end(self) -> None:
        """Hide it."""
        self.hide()

    def _show_share(self, share: float) -> None:
        if share < 0:
            self._bar.setRange(0, 0)
        else:
            self._bar.setRange(0, _STEPS)
            self._bar.setValue(min(_STEPS, int(share * _STEPS)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.aside:
            return
        shade = self.palette().window().color()
        shade.setAlphaF(0.72)
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), shade)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._cover()
        return False

    def _cover(self) -> None:
        below = self._below.rect()
        self._card.adjustSize()
        if self.aside:
            size = self._card.size()
            corner = below.bottomRight() - QPoint(size.width() + _MARGIN, size.height() + _MARGIN)
            self.setGeometry(QRect(corner, size))
            self._card.move(0, 0)
            return
        self.setGeometry(below)
        self._card.move(
            (self.width() - self._card.width()) // 2, max(24, (self.height() - self._card.height()) // 3)
        )
