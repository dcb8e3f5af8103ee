"""What the bar at the top says of what is open: its name, its size, the query, and the switches used most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from explorer.gui.actions.table import BY_ID, keys_in_words
from explorer.gui.look import fonts
from explorer.gui.look.elided import Elided
from explorer.gui.look.fitting import fit
from explorer.gui.look.style import look
from explorer.gui.shell.bar import bind
from explorer.gui.shell.query_field import QueryField
from explorer.gui.state.appstate import AppState
from explorer.layout.numbers import plural

WIDE: Final = 1500
"""Pixels of the window from which counts and keys are spelled out."""
_GAP: Final = 8
_QUERY: Final = 160
"""Room that name and query want beside the buttons; those that do not fit are left to the menus."""
_NAME: Final = 64
_LAST: Final = ("export", "failure-path", "compare", "critical-path")
"""The buttons, the one first that goes last."""

_SWITCHES: Final = (
    ("failure-path", "Failure path", "F", "toggle"), ("critical-path", "Critical path", "C", "toggle"),
    ("compare", "Compare", "X", "plain"), ("export", "Export", "^E", "primary"),
)  # fmt: skip


class BundleBar(QWidget):
    """Shown while something is open."""

    def __init__(self, state: AppState, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self._state = state
        self.setAccessibleName("What is open")
        self.query = QueryField(state, keys_in_words(BY_ID["query"]), self)
        self._name = Elided(fonts.ui("head"), Qt.TextElideMode.ElideMiddle, self)
        self._counts = Elided(fonts.ui("body"), parent=self)
        self._buttons = {
            id_: _button(actions[id_], f"{words}  {key}", kind, self) for id_, words, key, kind in _SWITCHES
        }
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_GAP)
        row.addWidget(self._name)
        row.addSpacing(_GAP)
        row.addWidget(self._counts)
        row.addStretch(1)
        row.addWidget(self.query, 8)
        row.addStretch(1)
        for button in self._buttons.values():
            row.addWidget(button)
        self.query.setMinimumWidth(_QUERY)
        self.query.setMaximumWidth(520)
        state.opened.connect(self._follow)
        self._follow()
        look(self._counts, "muted")

    def resizeEvent(self, event: QResizeEvent) -> None:
        wide = self.window().width() >= WIDE
        self._counts.setVisible(wide)
        for id_, words, key, _ in _SWITCHES:
            self._buttons[id_].setText(f"{words}  {key}" if wide else words)
        fit(self.width() - _NAME - _QUERY - 3 * _GAP, (self._buttons[id_] for id_ in _LAST), _GAP)
        super().resizeEvent(event)

    def _follow(self) -> None:
        store = self._state.store
        self.setVisible(store is not None)
        if store is None:
            return
        held = (
            (len(store.correlation.rows), "id"), (len(store.spans), "span"), (len(store.logs), "log line"),
            (len(store.series), "metric"), (len(store.findings), "check"),
        )  # fmt: skip
        counts = [plural(count, word) for count, word in held if count]
        self._name.show_text(store.name, " · ".join(counts))
        self._counts.show_text(" · ".join(counts[:2]), " · ".join(counts))


def _button(action: QAction, words: str, kind: str, parent: QWidget) -> QPushButton:
    button = QPushButton(words, parent)
    button.setCheckable(action.isCheckable())
    button.setAccessibleName(action.text().rstrip("…"))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    look(button, kind)
    button.clicked.connect(action.trigger)
    bind(button, action)
    return button
