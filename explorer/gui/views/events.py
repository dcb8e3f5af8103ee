"""What happened within the selected span: its events, with their attributes; without one, what the bundle says."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.gui.actions.menus import pop_up
from explorer.gui.look.text import set_label
from explorer.gui.state.appstate import AppState
from explorer.gui.views.pairmenu import pair_menu, show_value
from explorer.gui.views.pairs import PairsModel, Rows, pairs_table, value_text
from explorer.gui.views.parts import wrapped
from explorer.layout import numbers
from explorer.layout.happenings import happenings
from explorer.model.raw import ChangedError
from explorer.model.store import Store
from explorer.readers.details import span_detail

MOST = 1000


class EventsView(QWidget):
    """Follows the state's selected span; of a bundle without one it lists checks, changes and alerts."""

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Events")
        self._state = state
        self.model = PairsModel(state, self)
        self.table = pairs_table(self.model, self, name="Events of the span")
        self.table.entered.connect(lambda row: show_value(self, state, *self.model.pair(row)))
        self.table.menu_wanted.connect(
            lambda row, at: pop_up(pair_menu(self, state, *self.model.pair(row), attribute=False), at)
        )
        self._nothing = wrapped("", "small", self, quiet=True)
        self._nothing.setContentsMargins(8, 0, 8, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 0, 0)
        column.addWidget(self._nothing)
        column.addWidget(self.table, 1)
        column.addStretch(0)
        for signal in (state.opened, state.span_changed, state.options_changed):
            signal.connect(self._stale)
        state.theme_changed.connect(self.model.repaint)
        self._waits = True

    def showEvent(self, event: QShowEvent) -> None:
        """What was left while nobody saw it."""
        super().showEvent(event)
        if self._waits:
            self._rebuild()

    def _stale(self) -> None:
        self._waits = True
        if self.isVisible():
            self._rebuild()

    def _rebuild(self) -> None:
        self._waits = False
        rows, why_none = self._listed()
        set_label(self._nothing, why_none)
        self._nothing.setVisible(not rows)
        self.table.setVisible(bool(rows))
        self.model.show_pairs(rows)
        self.table.fit()

    def _listed(self) -> tuple[Rows, str]:
        """What there is to list, and what to say where that is nothing."""
        state, store, row = self._state, self._state.store, self._state.span_row
        if store is None:
            return [], ""
        if row < 0:
            return happenings(store, state.analysis, utc=state.utc), "Nothing but its records is known."
        try:
            return event_rows(store, row), "The span carries no events."
        except ChangedError as error:
            return [], str(error)


def event_rows(store: Store, row: int) -> Rows:
    """Events of a span: when (from the trace's start) and what as a heading, then what it carries."""
    begin = int(store.traces.start[store.spans.trace[row]])
    detail = span_detail(store, row)
    rows: Rows = []
    for event in detail.events[:MOST]:
        rows.append((f"+{numbers.duration(event.time_ns - begin)}  {event.name}", ""))
        rows += [(name, value_text(value)) for name, value in event.attributes]
    if len(detail.events) > MOST:
        rows.append((f"{numbers.count(len(detail.events) - MOST)} more events", ""))
    return rows
