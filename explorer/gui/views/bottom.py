"""Below the waterfall: logs, events, stack trace and metrics of what is selected; a comparison; all notes."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from explorer.gui.state import AppState
from explorer.gui.views.compare import CompareView
from explorer.gui.views.events import EventsView
from explorer.gui.views.logs import LogsView
from explorer.gui.views.metrics import MetricsView
from explorer.gui.views.notes import NotesView
from explorer.gui.views.stack import StackView

TITLES = ("Logs", "Events", "Stack trace", "Metrics", "Compare", "Notes")


class BottomTabs(QWidget):
    """The tabs; opening a piece of evidence raises the one that shows it."""

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Logs and details")
        self._state = state
        self.logs, self.events = LogsView(state), EventsView(state)
        self.stack, self.metrics, self.compare = StackView(state), MetricsView(state), CompareView(state)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Details")
        self.notes = NotesView(state)
        views = (self.logs, self.events, self.stack, self.metrics, self.compare, self.notes)
        for view, title in zip(views, TITLES, strict=True):
            self.tabs.addTab(view, title)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)
        state.evidence_opened.connect(self._open_evidence)

    def sizeHint(self) -> QSize:
        """Room for a few lines."""
        return QSize(900, 190)

    def show_tab(self, number: int) -> None:
        """Raise a tab, from 0."""
        if 0 <= number < self.tabs.count():
            self.tabs.setCurrentIndex(number)
            self.tabs.currentWidget().setFocus()

    def _open_evidence(self) -> None:
        evidence = self._state.evidence
        if evidence is None:
            return
        if evidence.log >= 0:
            self.tabs.setCurrentWidget(self.logs)
        elif evidence.series >= 0:
            self.metrics.show_series(evidence.series)
            self.tabs.setCurrentWidget(self.metrics)
