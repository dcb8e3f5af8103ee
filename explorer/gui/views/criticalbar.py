"""Under the ruler while the critical path is drawn: time by service along it, and the spans that hold most of it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from explorer.gui.look.text import line, show_tooltip
from explorer.gui.painting.ink import Ink, colour, elided, put, text_on
from explorer.gui.painting.waterfall import Geometry
from explorer.layout import numbers
from explorer.layout.critical import Share

HEIGHT = 24


class CriticalBar(QWidget):
    """One bar, a part a service, and a menu of the longest stretches.

    Signals:
        picked: a span row was chosen.
    """

    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName("Critical path by service")
        self.ink: Ink | None = None
        self.geometry_of = Geometry(100, 30)
        self.shares: tuple[Share, ...] = ()
        self._longest = QToolButton(self)
        self._longest.setText("Critical path by service ▾")
        self._longest.setAccessibleName("Spans with most time on the critical path")
        self._longest.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._longest.setProperty("look", "choice")
        self.menu = QMenu(self._longest)
        self._longest.setMenu(self.menu)

    def show_path(self, shares: tuple[Share, ...], longest: tuple[Share, ...]) -> None:
        """Show another critical path: by service, and the spans with most time on it."""
        self.shares = shares
        self.menu.clear()
        for one in longest:
            words = f"{numbers.duration(one.ns)}  {numbers.share(one.share)}    {line(one.words, 100)}"
            self.menu.addAction(words.replace("&", "&&"), partial(self.picked.emit, one.row))
        self.setVisible(bool(self.shares))
        said = ", ".join(f"{one.words} {numbers.share(one.share)}" for one in self.shares[:8])
        self.setAccessibleDescription(line(said))
        self.update()

    def place(self, geometry: Geometry) -> None:
        """Where names end and bars begin."""
        self.geometry_of = geometry
        wanted = self._longest.sizeHint().width()
        self._longest.setGeometry(10, 1, min(wanted, int(geometry.names) - 14), HEIGHT - 3)
        self.update()

    def parts(self) -> list[tuple[QRectF, Share]]:
        """Where each service's part lies."""
        left, right = self.geometry_of.bars
        made, x = [], left
        for one in self.shares:
            width = one.share * (right - left)
            made.append((QRectF(x, 4, width, HEIGHT - 9), one))
            x += width
        return made

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the parts, named where there is room."""
        painter = QPainter(self)
        try:
            if self.ink is None:
                return
            painter.fillRect(event.rect(), colour(self.ink.theme.ground))
            for rect, one in self.parts():
                name = self.ink.service(one.words)
                painter.fillRect(rect.adjusted(0, 0, -1 if rect.width() > 2 else 0, 0), colour(name))
                words = f"{line(one.words)} {numbers.share(one.share)}"
                if rect.width() > 40:
                    shown = elided(words, int(rect.width() - 10), "ui", "small")
                    put(
                        painter,
                        shown,
                        rect.left() + 5,
                        rect.top(),
                        rect.height(),
                        "ui",
                        "small",
                        text_on(name),
                    )
            painter.setPen(self.ink.pen(self.ink.theme.line))
            painter.drawLine(QPointF(0, HEIGHT - 0.5), QPointF(self.width(), HEIGHT - 0.5))
        finally:
            painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """To the span that holds most of a service's part."""
        one = self._at(event.position())
        if one is not None and event.button() == Qt.MouseButton.LeftButton:
            self.picked.emit(one.row)

    def event(self, event: QEvent) -> bool:
        """Tool tips of parts."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            one = self._at(QPointF(event.pos()))
            if one is not None:
                words = f"{one.words}\n{numbers.duration(one.ns)}, {numbers.share(one.share)} of the critical path"
                show_tooltip(event.globalPos(), words, self)
            return True
        return super().event(event)

    def _at(self, point: QPointF) -> Share | None:
        return next((one for rect, one in self.parts() if rect.contains(point)), None)
