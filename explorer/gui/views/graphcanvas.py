"""The canvas of the call graph: panned, zoomed, boxes moved and chosen, by mouse and keys."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from explorer.gui.look.text import show_tooltip
from explorer.gui.painting.graph import paint_graph
from explorer.gui.painting.ink import Ink, colour
from explorer.gui.state.appstate import AppState
from explorer.layout.callgraph import GraphPicture, fits, fitted
from explorer.layout.graphsaid import edge_words, node_words
from explorer.layout.layered import Size

LEAST_ZOOM, MOST_ZOOM = 0.2, 3.0
FADE = 28.0
LEAST_FIT, MARGIN = 0.7, 12.0
"""Below this words cannot be read: a larger graph is cut rather than made smaller, around its failure path."""


class GraphCanvas(QWidget):
    """Pan by dragging the ground, zoom by the wheel, move a box by dragging it.

    Signals:
        focused: another service was made the middle, or there is another room: it is to be placed again.
    """

    focused = Signal()

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.drawn: GraphPicture | None = None
        self.focus, self.chosen = "", self._service_of_span()  # "" is also a name; None: nothing is chosen
        self.unbundled: set[str] = set()
        self.pinned: dict[str, tuple[float, float]] = {}
        self._zoom, self._at = 1.0, QPointF()
        self._touched = False
        self.awaiting = False  # another graph is being made: what is shown is painted no more for its sake
        self._hovered = -1
        self._grabbed: tuple[int, QPointF] | None = None
        self._moved = False
        self.setMouseTracking(True)
        self.setMinimumHeight(80)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Call graph canvas")
        state.opened.connect(self._forget)
        state.id_changed.connect(self._untouch)
        state.scope_changed.connect(self._untouch)
        for signal in (state.options_changed, state.theme_changed):
            signal.connect(self.update)
        state.span_changed.connect(self._follow_span)

    def _forget(self) -> None:
        self.focus, self.pinned, self._touched = "", {}, False
        self.unbundled = set()
        self.chosen = self._service_of_span()

    def _service_of_span(self) -> str | None:
        store, row = self._state.store, self._state.span_row
        return store.service(row) if store is not None and row >= 0 else None

    def _follow_span(self) -> None:
        chosen = self._service_of_span()
        if chosen != self.chosen:  # painting a large graph takes longer than stepping through its spans
            self.chosen = chosen
            if not self.awaiting:
                self._reveal_chosen()
                self.update()

    def _reveal_chosen(self) -> None:
        """Where the graph is cut and the user has not moved it, bring the chosen service into sight."""
        if self.drawn is None or not self.drawn.nodes or self._touched:
            return
        box = QRectF(*self.drawn.box(self.drawn.anchor(self.chosen)))
        if not QRectF(self.rect()).contains(self.transform.mapRect(box)):
            self.fit()

    def _untouch(self) -> None:
        self._touched = False

    def show_picture(self, drawn: GraphPicture | None) -> None:
        """Show another graph; fitted unless the user has zoomed or moved it."""
        self.drawn, self.awaiting, self._hovered = drawn, False, -1
        if not self._touched:
            self.fit()
        self.update()

    def fit(self) -> None:
        """The graph in the middle, never larger than drawn; what must be cut is cut away from the failure path."""
        self._touched = False
        if self.drawn is not None and self.drawn.nodes:
            total = self.drawn.placement.total
            zoom = min(self.width() / max(total.width, 1), self.height() / max(total.height, 1), 1.0)
            self._zoom = max(zoom, LEAST_FIT)
            (x, y), scale = self.drawn.middle(self.chosen), self._zoom
            left, top, wide, high = self.drawn.box(self.drawn.anchor(self.chosen))
            across = (left - MARGIN) * scale, (left + wide + MARGIN) * scale
            down = (top - MARGIN) * scale, (top + high + MARGIN) * scale
            self._at = QPointF(
                fitted(self.width(), total.width * scale, x * scale, across),
                fitted(self.height(), total.height * scale, y * scale, down),
            )
        self.update()

    @property
    def room(self) -> Size:
        """How large a graph can be to be read whole."""
        return Size(self.width() / LEAST_FIT, self.height() / LEAST_FIT)

    @property
    def transform(self) -> QTransform:
        """From the graph's coordinates to the widget's."""
        return QTransform().translate(self._at.x(), self._at.y()).scale(self._zoom, self._zoom)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the graph."""
        painter = QPainter(self)
        try:
            ink = Ink(self._state.theme, self._state.colours)
            painter.fillRect(event.rect(), colour(ink.theme.ground))
            if self.drawn is not None:
                painter.setTransform(self.transform)
                on = self._state.path_on
                paint_graph(painter, self.drawn, ink, path_on=on, selected=self.chosen, hovered=self._hovered)
            painter.resetTransform()
            self._paint_cut(painter, ink)
            if self.hasFocus():
                painter.setPen(ink.pen(ink.theme.accent))
                painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        finally:
            painter.end()

    def _paint_cut(self, painter: QPainter, ink: Ink) -> None:
        """Sides beyond which the graph goes on fade away."""
        if self.drawn is None:
            return
        total = self.drawn.placement.total
        whole = self.transform.mapRect(QRectF(0, 0, total.width, total.height))
        width, height = float(self.width()), float(self.height())
        for goes_on, edge, inner in (
            (whole.left() < -FADE, QPointF(0, 0), QPointF(FADE, 0)),
            (whole.right() > width + FADE, QPointF(width, 0), QPointF(width - FADE, 0)),
            (whole.top() < -FADE, QPointF(0, 0), QPointF(0, FADE)),
            (whole.bottom() > height + FADE, QPointF(0, height), QPointF(0, height - FADE)),
        ):
            if goes_on:
                fade = QLinearGradient(edge, inner)
                fade.setColorAt(0.0, colour(ink.theme.ground))
                fade.setColorAt(1.0, colour(ink.theme.ground, 0.0))
                painter.fillRect(QRectF(edge, inner + QPointF(
                    0 if edge.x() != inner.x() else width, 0 if edge.y() != inner.y() else height
                )).normalized(), fade)  # fmt: skip

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit again unless the user chose a place."""
        if self._touched:
            return
        self.fit()
        if self.drawn is not None and self.drawn.tight == fits(self.drawn.loose, self.room):
            self.focused.emit()

    def node_at(self, position: QPointF) -> int:
        """The node under a point of the widget, -1 for none."""
        if self.drawn is None:
            return -1
        inverse, _ = self.transform.inverted()
        point = inverse.map(position)
        return self.drawn.node_at(point.x(), point.y())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the cursor."""
        self._zoom_at(1.2 ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def _zoom_at(self, factor: float, point: QPointF) -> None:
        new = min(max(self._zoom * factor, LEAST_ZOOM), MOST_ZOOM)
        self._at = point - (point - self._at) * (new / self._zoom)
        self._zoom, self._touched = new, True
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Grab a box or the ground."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._grabbed = (self.node_at(event.position()), event.position())
            self._moved = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move what is grabbed, or mark the box under the cursor."""
        if self._grabbed is None:
            hovered = self.node_at(event.position())
            if hovered != self._hovered:
                self._hovered = hovered
                self.update()
            return
        node, begun = self._grabbed
        by = event.position() - begun
        if not self._moved and by.manhattanLength() < 4:
            return
        self._moved = True
        self._grabbed = node, event.position()
        if node < 0:
            self._at += by
            self._touched = True
        elif self.drawn is not None:
            x, y, _, _ = self.drawn.box(node)
            self.pinned[self.drawn.nodes[node].name] = (x + by.x() / self._zoom, y + by.y() / self._zoom)
            self._touched = True
            self.focused.emit()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click without moving selects the service's span."""
        if self._grabbed is not None and not self._moved and self._grabbed[0] >= 0:
            self.select_node(self._grabbed[0])
        self._grabbed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On a box: make it the middle of the graph. On the ground: show all."""
        self.enter_node(self.node_at(event.position()))

    def enter_node(self, node: int) -> None:
        """Open a box of several services, or make a service the middle; -1: as at first."""
        drawn = self.drawn
        if drawn is None or node < 0:
            self.focus, self.unbundled = "", set()
        elif node in drawn.members:
            self.unbundled.add(drawn.owner[node])
        else:
            self.focus = drawn.nodes[node].name
        self._touched = False
        self.focused.emit()

    def select_node(self, node: int) -> None:
        """Select the service's first span in the trace: on the failure path, else failed, else the first."""
        store, trace = self._state.store, self._state.trace_row
        if self.drawn is None:
            return
        self.chosen = self.drawn.nodes[node].name
        self.update()
        if store is None or trace < 0:
            return
        rows = store.traces.rows(trace)
        mine = np.flatnonzero(store.spans.service[rows] == self.drawn.nodes[node].code) + rows.start
        verdict = self._state.verdict
        on_path = np.isin(mine, [step.row for step in verdict.path] if verdict else [])
        if len(mine):
            best = int(np.lexsort((mine, ~store.spans.failed[mine], ~on_path))[0])
            self._state.select_span(store.key(int(mine[best])))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk to the nearest box in that direction, Enter opens it; plus and minus zoom."""
        steps = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        key = Qt.Key(event.key())
        if key in steps:
            self._walk(*steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.enter_node(self.chosen_node())
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self._zoom_at(1 / 1.2 if key == Qt.Key.Key_Minus else 1.2, QPointF(self.rect().center()))
        else:
            event.ignore()

    def chosen_node(self) -> int:
        """The box that is selected, -1 for none."""
        return self.drawn.named(self.chosen) if self.drawn is not None else -1

    def _walk(self, dx: int, dy: int) -> None:
        if self.drawn is None or not self.drawn.nodes:
            return
        here = self.chosen_node()
        if here < 0:
            self.select_node(self.drawn.anchor())
            return
        x, y, _, _ = self.drawn.box(here)
        best, distance = here, float("inf")
        for other in range(len(self.drawn.nodes)):
            ox, oy, _, _ = self.drawn.box(other)
            ahead, aside = (ox - x) * dx + (oy - y) * dy, abs((ox - x) * dy) + abs((oy - y) * dx)
            if ahead > 1 and ahead + 2 * aside < distance:
                best, distance = other, ahead + 2 * aside
        self.select_node(best)
        self._reveal_chosen()

    def event(self, event: QEvent) -> bool:
        """Tool tips of boxes."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            words = self.words_at(QPointF(event.pos()))
            if words:
                show_tooltip(QPoint(event.globalPos()), words, self)
            return True
        return super().event(event)

    def words_at(self, position: QPointF) -> str:
        """What the tool tip at a point says: of a service, else of a call."""
        if self.drawn is None:
            return ""
        node = self.node_at(position)
        if node >= 0:
            return node_words(self.drawn, node)
        inverse, _ = self.transform.inverted()
        point = inverse.map(position)
        edge = self.drawn.edge_at(point.x(), point.y(), 6 / self._zoom)
        return edge_words(self.drawn, edge) if edge >= 0 else ""
