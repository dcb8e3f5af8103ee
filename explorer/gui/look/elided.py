"""One line of text that is cut to its width, whole in the tool tip."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.gui.look import text

SEPARATOR: Final = " · "


class Elided(QWidget):
    """A label that never asks for more room than it is given."""

    def __init__(
        self, font: QFont, mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setFont(font)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._mode = mode
        self._facts: tuple[str, ...] = ("",)

    def show_text(self, value: str, tip: str = "") -> None:
        """Another text, and what the tool tip adds to it."""
        self.show_facts((value,), tip)

    def show_facts(self, facts: Sequence[str], tip: str = "") -> None:
        """Several things that stand each for itself: of those that do not fit the last go, and none is cut."""
        self._facts = tuple(map(text.line, facts)) or ("",)
        self.setAccessibleName(SEPARATOR.join(self._facts))
        whole = SEPARATOR.join(facts)
        text.tooltip(self, f"{whole}\n{tip}" if tip else whole)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(SEPARATOR.join(self._facts)) + 2, metrics.height() + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), 48), self.sizeHint().height())

    def shown(self) -> str:
        """As much as there is room for."""
        metrics, room = QFontMetrics(self.font()), self.width()
        if len(self._facts) == 1:
            return text.elided(self._facts[0], metrics, room, self._mode)
        longer = accumulate(self._facts, lambda said, fact: said + SEPARATOR + fact)
        return max((said for said in longer if metrics.horizontalAdvance(said) <= room), key=len, default="")

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setPen(self.palette().windowText().color())
            painter.drawText(
                self.rect(), int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), self.shown()
            )
