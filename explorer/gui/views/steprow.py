"""A step of the failure path, painted: a knot on the spine, who it was, its role, and what happened."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from explorer.analysis.results import Step
from explorer.gui.look.text import cut, line, tooltip
from explorer.gui.painting.ink import Ink, colour, font, metrics
from explorer.gui.state.appstate import AppState
from explorer.gui.views.parts import INSET, ClickRow


class StepRow(ClickRow):
    """A step of the failure path: a knot on the spine, who it was, its role, and what happened."""

    def __init__(
        self, state: AppState, step: Step, *, first: bool, last: bool, dotted_above: bool, dotted_below: bool,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(state, f"{step.role}: {step.service} {step.operation}, {step.text}", parent)
        self._step = step
        self._ends = first, last, dotted_above, dotted_below
        self.setFixedHeight(42)
        via = f"reached by {step.relation}" if step.relation else ""
        missing = "" if step.row >= 0 else "left no span in the bundle"
        tooltip(self, "\n".join(part for part in (step.text, via, missing) if part))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint knot, names, role and words."""
        painter = QPainter(self)
        try:
            self.paint_ground(painter)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            ink = Ink(self._state.theme, self._state.colours)
            self._spine(painter, ink)
            self._words(painter, ink)
        finally:
            painter.end()

    def _spine(self, painter: QPainter, ink: Ink) -> None:
        first, last, dotted_above, dotted_below = self._ends
        x, y = INSET + 6.0, 14.0
        styles = {True: Qt.PenStyle.DotLine, False: Qt.PenStyle.SolidLine}
        if not first:
            painter.setPen(ink.pen(ink.theme.error, 1.8, styles[dotted_above]))
            painter.drawLine(QPointF(x, 0), QPointF(x, y))
        if not last:
            painter.setPen(ink.pen(ink.theme.error, 1.8, styles[dotted_below]))
            painter.drawLine(QPointF(x, y), QPointF(x, self.height()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(ink.theme.error))
        radius = 5.5 if self._step.role == "origin" else 3.5
        painter.drawEllipse(QPointF(x, y), radius, radius)

    def _words(self, painter: QPainter, ink: Ink) -> None:
        theme, step = ink.theme, self._step
        left, right = INSET + 24.0, self.width() - INSET
        italic = QFont(font("ui", "small"))
        italic.setItalic(True)
        painter.setFont(italic)
        painter.setPen(colour(theme.muted))
        width = metrics("ui", "small").horizontalAdvance(step.role) + 4
        painter.drawText(QRectF(right - width, 4, width, 20), Qt.AlignmentFlag.AlignVCenter, step.role)
        room = right - width - 10 - left
        who = line(step.service) or "unknown service"
        name = cut(who, metrics("ui", "body", strong=True), room)
        painter.setFont(font("ui", "body", strong=True))
        painter.setPen(colour(theme.text))
        painter.drawText(QRectF(left, 4, room, 20), Qt.AlignmentFlag.AlignVCenter, name)
        used = metrics("ui", "body", strong=True).horizontalAdvance(name) + 10
        if room - used > 20:
            shown = cut(line(step.operation), metrics("ui", "small"), room - used)
            painter.setFont(font("ui", "small"))
            painter.setPen(colour(theme.muted))
            painter.drawText(QRectF(left + used, 4, room - used, 20), Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setFont(font("ui", "body"))
        tone = theme.warning if step.role in ("carried", "swallowed") else theme.error
        painter.setPen(colour(theme.muted if step.text == "ok" else tone))
        text = cut(line(step.text), metrics("ui", "body"), right - left)
        painter.drawText(QRectF(left, 21, right - left, 18), Qt.AlignmentFlag.AlignVCenter, text)
