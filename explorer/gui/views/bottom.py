"""Below the waterfall: logs, events, stack trace and metrics of what is selected; a comparison; sums; all notes."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from explorer.gui.state.appstate import AppState
from explorer.gui.views.compare import CompareView
from explorer.gui.views.events import EventsView
from explorer.gui.views.flame import FlameView
from explorer.gui.views.logs import LogsView
from explorer.gui.views.metrics import MetricsView
from explorer.gui.views.notes import NotesView
from explorer.gui.views.stack import StackView
from explorer.gui.views.statistics import StatisticsView

TITLES = ("Logs", "Events", "Stack trace", "Metrics", "Compare", "Statistics", "Flame graph", "Notes")


_ROOMY: Final = frozenset({"Metrics", "Compare", "Statistics", "Flame graph"})
ROOM: Final = 260
"""Pixels that these want at least."""


class BottomTabs(QWidget):
    """The tabs; opening a piece of evidence raises the one that shows it.

    Signals:
        room_wanted: a tab was asked for that needs at least so much height; 0: it needs no more than usual.
    """

    room_wanted = Signal(int)

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Logs and details")
        self._state = state
        self._only_logs = False
        self.logs, self.events = LogsView(state), EventsView(state)
        self.stack, self.metrics, self.compare = StackView(state), MetricsView(state), CompareView(state)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Details")
        self.statistics, self.flame, self.notes = StatisticsView(state), FlameView(state), NotesView(state)
        views = (self.logs, self.events, self.stack, self.metrics, self.compare, self.statistics, self.flame,
                 self.notes)  # fmt: skip
        for view, title in zip(views, TITLES, strict=True):
            self.tabs.addTab(view, title)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)
        self.tabs.tabBarClicked.connect(self._ask_for_room)
        state.evidence_opened.connect(self._open_evidence)
        state.opened.connect(self._follow_bundle)
        for signal in (state.opened, state.id_changed):
            signal.connect(self._follow_id)

    def sizeHint(self) -> QSize:
        """Room for a few lines."""
        return QSize(900, 190)

    def show_tab(self, number: int) -> None:
        """Raise a tab, from 0."""
        if 0 <= number < self.tabs.count():
            self._ask_for_room(number)
            self.tabs.setCurrentIndex(number)
            self.tabs.currentWidget().setFocus()

    def _ask_for_room(self, number: int) -> None:
        """Tables of many rows and graphs of many levels say nothing in the height of two lines of a log.

        Nor do the logs of an id that left nothing else.
        """
        self.room_wanted.emit(ROOM if TITLES[max(number, 0)] in _ROOMY or self._only_logs else 0)

    def ask_for_room(self) -> None:
        """Ask again for the room that what is shown needs."""
        self._ask_for_room(self.tabs.currentIndex())

    def _follow_id(self) -> None:
        """An id without spans is seen in its logs."""
        store = self._state.store
        only = store is not None and len(store.spans) > 0 and self._state.id_row >= 0 > self._state.trace_row
        if only != self._only_logs:
            self._only_logs = only
            self.ask_for_room()

    def _follow_bundle(self) -> None:
        """Raise the metrics where a bundle has nothing else; the checks of data and models first, if some failed."""
        store = self._state.store
        if store is not None and not len(store.spans) and not len(store.logs):
            plain = len(store.series) and all(one.status == "pass" for one in store.findings)
            self.tabs.setCurrentWidget(self.metrics if plain else self.events)

    def _open_evidence(self) -> None:
        evidence = self._state.evidence
        if evidence is None:
            return
        if evidence.log >= 0:
            self.tabs.setCurrentWidget(self.logs)
        elif evidence.series >= 0:
            self.metrics.show_series(evidence.series)
            self.tabs.setCurrentWidget(self.metrics)
