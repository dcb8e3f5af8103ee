"""What happened within the selected span: its events, with their attributes; without one, what the bundle says."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.gui.actions.menus import pop_up
from explorer.gui.state.appstate import AppState
from explorer.gui.views.pairmenu import pair_menu, show_value
from explorer.gui.views.pairs import PairsModel, Rows, pairs_table, value_text
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
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 0, 0)
        column.addWidget(self.table)
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
        state, store, row = self._state, self._state.store, self._state.span_row
        if store is None:
            rows: Rows = []
        elif row >= 0:
            rows = event_rows(store, row)
        else:
            rows = happenings(store, state.analysis, utc=state.utc) or [
                ("", "Nothing but its records is known.")
            ]
        self.model.show_pairs(rows)
        self.table.fit()


def event_rows(store: Store, row: int) -> Rows:
    """Events of a span: when (from the trace's start) and what as a heading, then what it carries."""
    begin = int(store.traces.start[store.spans.trace[row]])
    try:
        detail = span_detail(store, row)
    except ChangedError as error:
        return [("", str(error))]
    if not detail.events:
        return [("no events", "The span carries no events.")]
    rows: Rows = []
    for event in detail.events[:MOST]:
        rows.append((f"+{numbers.duration(event.time_ns - begin)}  {event.name}", ""))
        rows += [(name, value_text(value)) for name, value in event.attributes]
    if len(detail.events) > MOST:
        rows.append((f"{numbers.count(len(detail.events) - MOST)} more events", ""))
    return rows
