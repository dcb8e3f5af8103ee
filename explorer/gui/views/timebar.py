"""Above the waterfall's bars: the minimap with its window, and the ruler."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from explorer.gui.painting.ink import Ink, colour
from explorer.gui.painting.waterfall import Geometry, paint_ruler
from explorer.layout.minimap import Minimap
from explorer.layout.numbers import Ticks
from explorer.layout.timeaxis import TimeAxis

MINIMAP_HEIGHT, RULER_HEIGHT = 26, 22
GRIP = 5


class MinimapBar(QWidget):
    """The whole trace small, the visible time as a frame: drag inside to move, at an end to resize, outside to choose.

    Signals:
        chosen: (begin, end) as fractions of the whole trace.
    """

    chosen = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(MINIMAP_HEIGHT)
        self.setMouseTracking(True)
        self.setAccessibleName("Minimap of the trace")
        self.map: Minimap | None = None
        self.ink: Ink | None = None
        self.services: tuple[str, ...] = ()
        self.part = (0.0, 1.0)
        self._drawn: QPixmap | None = None
        self._made_of: tuple[object, ...] = ()
        self.geometry_of = Geometry(100, 30)
        self._grabbed = ""
        self._from = 0.0
        self._before = (0.0, 1.0)

    def show_map(self, made: Minimap | None, services: tuple[str, ...] = ()) -> None:
        """Show another trace."""
        self.map, self.services = made, services
        self.update()

    def frame(self) -> QRectF:
        """Where the minimap lies."""
        left, right = self.geometry_of.bars
        return QRectF(left, 3, right - left, self.height() - 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint spans, errors and the window."""
        painter = QPainter(self)
        try:
            if self.ink is None:
                return
            painter.fillRect(self.rect(), colour(self.ink.theme.ground))
            if self.map is not None:
                frame = self.frame()
                made_of = (self.map, self.ink, self.size(), self.geometry_of)
                if self._drawn is None or self._made_of != made_of:
                    self._drawn, self._made_of = self._made(self.map, self.ink), made_of
                painter.drawPixmap(0, 0, self._drawn)
                self._paint_window(painter, frame)
        finally:
            painter.end()

    def _made(self, small: Minimap, ink: Ink) -> QPixmap:
        """The trace without the window over it, which moves far more often."""
        ratio = self.devicePixelRatioF()
        made = QPixmap(self.size() * ratio)
        made.setDevicePixelRatio(ratio)
        made.fill(colour(ink.theme.ground))
        with QPainter(made) as painter:
            painter.fillRect(self.frame(), colour(ink.theme.panel))
            paint_minimap(painter, self.frame().adjusted(0, 2, 0, -2), small, self.services, ink)
        return made

    def _paint_window(self, painter: QPainter, frame: QRectF) -> None:
        assert self.ink is not None  # noqa: S101  for the type checker; asked before
        x0 = frame.left() + self.part[0] * frame.width()
        x1 = frame.left() + self.part[1] * frame.width()
        veil = colour(self.ink.theme.ground, 0.6)
        painter.fillRect(QRectF(frame.left(), frame.top(), x0 - frame.left(), frame.height()), veil)
        painter.fillRect(QRectF(x1, frame.top(), frame.right() - x1, frame.height()), veil)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self.ink.pen(self.ink.theme.accent, 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(x0, frame.top(), max(x1 - x0, 2), frame.height()), 2, 2)
        for x in (x0, x1):  # what can be grabbed
            painter.fillRect(QRectF(x - 1.5, frame.center().y() - 5, 3, 10), colour(self.ink.theme.accent))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Grab an end, the window, or begin a new one."""
        at = self._fraction(event.position().x())
        pixel = GRIP / max(self.frame().width(), 1)
        begin, end = self.part
        if abs(at - begin) <= pixel:
            self._grabbed = "begin"
        elif abs(at - end) <= pixel:
            self._grabbed = "end"
        elif begin < at < end and (begin, end) != (0.0, 1.0):
            self._grabbed = "window"
        else:
            self._grabbed = "new"
        self._from, self._before = at, self.part

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move what was grabbed."""
        pixel = (GRIP + 1) / max(self.frame().width(), 1)
        near = any(abs(self._fraction(event.position().x()) - end) <= pixel for end in self.part)
        self.setCursor(Qt.CursorShape.SplitHCursor if near else Qt.CursorShape.ArrowCursor)
        at = self._fraction(event.position().x())
        begin, end = self._before
        if self._grabbed == "begin":
            self.chosen.emit(min(at, end), max(at, end))
        elif self._grabbed == "end":
            self.chosen.emit(min(begin, at), max(begin, at))
        elif self._grabbed == "window":
            move = min(max(at - self._from, -begin), 1 - end)
            self.chosen.emit(begin + move, end + move)
        elif self._grabbed == "new" and abs(at - self._from) * self.frame().width() > 3:
            self.chosen.emit(min(at, self._from), max(at, self._from))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._grabbed = ""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show all again."""
        self.chosen.emit(0.0, 1.0)

    def _fraction(self, x: float) -> float:
        frame = self.frame()
        return min(max((x - frame.left()) / max(frame.width(), 1), 0.0), 1.0)


def paint_minimap(
    painter: QPainter, rect: QRectF, small: Minimap, services: tuple[str, ...], ink: Ink
) -> None:
    """A lane for each span of a small trace; of a large one how many run, and where errors are."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    if small.lanes is not None:
        lane = max(rect.height() / len(small.lanes), 1.5)
        for x0, x1, y, failed, service in small.lanes.tolist():
            name = ink.theme.error if failed else ink.service(services[int(service)])
            left = rect.left() + x0 * rect.width()
            width = max((x1 - x0) * rect.width(), 1.0)
            painter.fillRect(QRectF(left, rect.top() + y * rect.height(), width, lane), colour(name))
        return
    most = max(float(small.running.max()), 1.0) if len(small.running) else 1.0
    step = rect.width() / max(len(small.running), 1)
    for number, running in enumerate(small.running.tolist()):
        height = rect.height() * (running / most) ** 0.5
        x = rect.left() + number * step
        painter.fillRect(QRectF(x, rect.bottom() - height, step, height), colour(ink.theme.faint))
        if small.failing[number]:
            painter.fillRect(QRectF(x, rect.top(), step, 4), colour(ink.theme.error))


class Ruler(QWidget):
    """The time axis. Drag chooses a stretch, double-click shows all.

    Signals:
        chosen: (begin, end) as fractions of the visible time.
        fitted: all is to be shown.
    """

    chosen = Signal(float, float)
    fitted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(RULER_HEIGHT)
        self.setAccessibleName("Time ruler")
        self.ink: Ink | None = None
        self.ticks: Ticks = ()
        self.view: tuple[int, int] = (0, 1)
        self.axis = TimeAxis(0, 1)
        self.geometry_of = Geometry(100, 30)
        self._begun: float | None = None
        self._now = 0.0

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint marks and the stretch being chosen."""
        painter = QPainter(self)
        try:
            if self.ink is None:
                return
            painter.fillRect(self.rect(), colour(self.ink.theme.ground))
            paint_ruler(
                painter, QRectF(self.rect()), self.geometry_of, self.ink, self.ticks, self.view, self.axis
            )  # fmt: skip
            if self._begun is not None:
                x0, x1 = (self.geometry_of.x(pick(self._begun, self._now)) for pick in (min, max))
                painter.fillRect(QRectF(x0, 0, x1 - x0, self.height()), colour(self.ink.theme.accent, 0.25))
            painter.setPen(self.ink.pen(self.ink.theme.line))
            painter.drawLine(QPointF(0, self.height() - 0.5), QPointF(self.width(), self.height() - 0.5))
        finally:
            painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to choose."""
        self._begun = self._now = self._fraction(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Choose as far as here."""
        self._now = self._fraction(event.position().x())
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Zoom to what was chosen; a mere click chooses nothing."""
        if self._begun is not None and abs(self._now - self._begun) > 0.004:
            self.chosen.emit(min(self._begun, self._now), max(self._begun, self._now))
        self._begun = None
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show all."""
        self._begun = None
        self.fitted.emit()

    def _fraction(self, x: float) -> float:
        left, right = self.geometry_of.bars
        return min(max((x - left) / max(right - left, 1), 0.0), 1.0)
