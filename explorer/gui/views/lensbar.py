"""Pills over the waterfall's names: only the critical path, only errors, only what is slow, and idle time left out."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from explorer.gui.look.fitting import fit
from explorer.gui.look.fonts import ui
from explorer.gui.look.text import tooltip
from explorer.gui.state.appstate import AppState
from explorer.gui.state.options import Only
from explorer.layout import numbers
from explorer.layout.waterfall import Scene

_PILLS: Final[tuple[tuple[Only, str, str], ...]] = (
    ("critical", "Critical path", "Only spans on the critical path, and those above them"),
    ("errors", "Errors", "Only spans that failed, and those above them"),
    ("slow", "Slow", "Only spans slower than in healthy ids; where none tell, those that make up half the time"),
)  # fmt: skip
OFFERED: Final = 0.25
"""Share of idle time from which on leaving it out is offered."""


class LensBar(QWidget):
    """Switches of the state's options; those that do not fit are left out, the menu has them all."""

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 1, 4, 2)
        self._row.setSpacing(4)
        self.pills = {only: self._pill(words, tip) for only, words, tip in _PILLS}
        for only, pill in self.pills.items():
            pill.clicked.connect(partial(self._limit, only))
        self.idle = self._pill(
            "Idle",
            "Draw stretches in which spans only waited for others, as far as was recorded, as breaks of the time axis",
        )
        self.idle.clicked.connect(lambda on: state.set_options(squeezed=on))
        self._row.addStretch(1)
        self._errors, self._share = 0, 0.0
        state.options_changed.connect(self._follow)
        self._follow()

    def _pill(self, words: str, tip: str) -> QPushButton:
        pill = QPushButton(words, self)
        pill.setCheckable(True)
        pill.setProperty("look", "pill")
        pill.setFont(ui("small"))
        pill.setAccessibleName(words)
        tooltip(pill, tip)
        self._row.addWidget(pill)
        return pill

    def _limit(self, only: Only) -> None:
        self._state.set_options(only=self._state.only ^ {only})

    def show_scene(self, scene: Scene | None) -> None:
        """Say how many errors there are and how much is idle."""
        self._errors = self._share = 0
        self.setVisible(scene is not None)
        if scene is not None and scene.last > scene.first:
            before = scene.store.spans.errors_before
            self._errors = int(before[scene.last] - before[scene.first])
            self._share = scene.idle_share
        self.pills["errors"].setText(f"Errors {numbers.count(self._errors)}")
        self.pills["errors"].setEnabled(self._errors > 0 or "errors" in self._state.only)
        self.idle.setText(f"Idle {numbers.share(self._share)}")
        self._follow()

    def _follow(self) -> None:
        for only, pill in self.pills.items():
            pill.setChecked(only in self._state.only)
        self.idle.setChecked(self._state.squeezed)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many pills as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        pills = [self.pills["errors"], self.pills["critical"], self.pills["slow"]]
        offered = self._share >= OFFERED or self._state.squeezed
        self.idle.setVisible(offered)
        fit(self.width() - 20, [*pills, self.idle] if offered else pills, 4)
