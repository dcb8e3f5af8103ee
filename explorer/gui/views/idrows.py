"""The painted rows of the list of ids; only those on screen are looked at."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from explorer.analysis.results import Outcome
from explorer.gui.look.text import show_tooltip
from explorer.gui.painting.idlist import IdEntry, paint_group, paint_id, paint_rest
from explorer.gui.painting.ink import Ink, colour
from explorer.gui.state.appstate import AppState
from explorer.layout import numbers
from explorer.layout.idlist import FEW, IdList


class IdRows(QAbstractScrollArea):
    """The painted list; only entries on screen are looked at."""

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.shown = IdList.empty()
        self.folded: frozenset[str] = frozenset()
        self.opened: frozenset[str] = frozenset()
        self.refill: Callable[[], None] = lambda: None
        self.nothing = ""
        self._hovered = -1
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("List of correlation ids")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        state.id_changed.connect(self._reveal)

    def show_list(self, shown: IdList | None) -> None:
        """Show another list, keeping the place."""
        self.shown = shown or IdList.empty()
        self._range()
        self.viewport().update()

    def select(self, id_row: int) -> None:
        """Show an id in the window."""
        if self._state.store is not None:
            self._state.select_id(self._state.store.correlation.rows[id_row].id)

    def step(self, by: int) -> None:
        """Select the id that many further in the list."""
        ids = self.shown.ids
        if not len(ids):
            return
        found = np.flatnonzero(ids == self._state.id_row)
        at = int(found[0]) + by if len(found) else 0
        self.select(int(ids[min(max(at, 0), len(ids) - 1)]))

    def _range(self) -> None:
        bar = self.verticalScrollBar()
        bar.setRange(0, max(int(self.shown.tops[-1]) - self.viewport().height(), 0))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(46)

    def _reveal(self) -> None:
        position = self.shown.position(self._state.id_row)
        group = self.shown.group_of(self._state.id_row)
        if position < 0 and group is not None:
            self.opened |= {group.title}
            self.refill()
            position = self.shown.position(self._state.id_row)
        if position >= 0:
            top, bottom = int(self.shown.tops[position]), int(self.shown.tops[position + 1])
            bar = self.verticalScrollBar()
            if top < bar.value():
                bar.setValue(top - 46)
            elif bottom > bar.value() + self.viewport().height():
                bar.setValue(bottom + 46 - self.viewport().height())
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the entries on screen."""
        painter = QPainter(self.viewport())
        try:
            ink = Ink(self._state.theme, self._state.colours)
            painter.fillRect(event.rect(), colour(ink.theme.panel))
            scroll, height, width = (
                self.verticalScrollBar().value(),
                self.viewport().height(),
                self.viewport().width(),
            )
            position = max(self.shown.at(scroll), 0)
            selected = self._state.id_row
            while position < len(self.shown.entries) and self.shown.tops[position] < scroll + height:
                top, bottom = (
                    int(self.shown.tops[position]) - scroll,
                    int(self.shown.tops[position + 1]) - scroll,
                )
                rect, entry = QRectF(0, top, width, bottom - top), int(self.shown.entries[position])
                rest = self.shown.rest_of(entry)
                if rest >= 0:
                    paint_rest(painter, rect, self.shown.groups[rest].count - FEW, ink,
                               hovered=position == self._hovered)  # fmt: skip
                elif entry < 0:
                    group = self.shown.groups[-1 - entry]
                    paint_group(painter, rect, group, ink, folded=group.title in self.folded)
                else:
                    paint_id(painter, rect, self._entry(entry), ink, selected=entry == selected,
                             hovered=position == self._hovered)  # fmt: skip
                position += 1
            if not len(self.shown.entries) and self._state.analysis is not None:
                painter.setPen(colour(ink.theme.muted))
                painter.drawText(QRect(16, 16, width - 32, 60), Qt.TextFlag.TextWordWrap, self.nothing)
        finally:
            painter.end()

    def _entry(self, row: int) -> IdEntry:
        store, analysis = self._state.store, self._state.analysis
        if store is None or analysis is None:
            return IdEntry("", "", "", "", failing=False, degraded=False, share=0)
        ids = analysis.ids
        entry, errors, logs = int(ids.entry[row]), int(ids.errors[row]), int(ids.logs[row])
        where = numbers.plural(logs, "log record")
        if entry >= 0:
            where = f"{store.operation(entry)} · {store.service(entry)}"
        facts = numbers.clock(int(ids.start[row]), utc=self._state.utc) if ids.start[row] > 0 else ""
        if errors:
            facts = f"{numbers.plural(errors, 'error')} · {facts}"
        outcome, took = int(ids.outcome[row]), int(ids.duration[row])
        return IdEntry(
            store.correlation.rows[row].id, numbers.seconds(took) if took or entry >= 0 else "", where, facts,
            outcome == Outcome.FAILING, outcome == Outcome.DEGRADED,
            took / max(self.shown.longest, 1), noted=row in self._state.notebook.ids,
        )  # fmt: skip

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another number of entries fits."""
        super().resizeEvent(event)
        self._range()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select an id, or fold a group."""
        position = self._position(event.position())
        if position < 0 or event.button() != Qt.MouseButton.LeftButton:
            return
        entry = int(self.shown.entries[position])
        rest = self.shown.rest_of(entry)
        if entry >= 0:
            self.select(entry)
        elif rest >= 0:
            self.opened |= {self.shown.groups[rest].title}
            self.refill()
        else:
            title = {self.shown.groups[-1 - entry].title}
            self.folded, self.opened = self.folded ^ title, self.opened - title
            self.refill()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the entry under the cursor."""
        position = self._position(event.position())
        if position != self._hovered:
            self._hovered = position
            self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        """No entry is under the cursor."""
        self._hovered = -1
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down select, Ctrl+C copies the id."""
        by = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if by is not None:
            self.step(by)
        elif event.key() == Qt.Key.Key_C and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            QGuiApplication.clipboard().setText(self._state.place.id)
        else:
            event.ignore()

    def viewportEvent(self, event: QEvent) -> bool:
        """Whole titles and ids as tool tips."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            position = self._position(QPointF(event.pos()))
            if position >= 0 and self._state.store is not None:
                entry = int(self.shown.entries[position])
                rest = self.shown.rest_of(entry)
                text = (self._state.store.correlation.rows[entry].id if entry >= 0
                        else self.shown.groups[rest if rest >= 0 else -1 - entry].title)  # fmt: skip
                show_tooltip(event.globalPos(), text, self.viewport())
            return True
        return super().viewportEvent(event)

    def _position(self, point: QPointF) -> int:
        return self.shown.at(int(point.y()) + self.verticalScrollBar().value())
