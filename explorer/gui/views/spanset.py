"""Which spans the statistics and the flame graph are about: of this id, of the ids listed, of the bundle."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from explorer.analysis.statistics import spans_of
from explorer.gui import jobs
from explorer.gui.state.appstate import AppState
from explorer.gui.views.parts import Choice
from explorer.layout import numbers
from explorer.model.store import Store

Compute = Callable[[Store, NDArray[np.int64]], Any]
WORDS: Final = ("this id", "ids listed", "whole bundle")
ID, LISTED, BUNDLE = range(3)
FIELD: Final = 120
"""Pixels that the field above such spans needs at least."""


class SpanSet(QObject):
    """Has something computed about the chosen spans, off the GUI thread, and only while ``view`` can be seen.

    ``choice`` is for the view to place. Work that is overtaken is dropped.
    """

    def __init__(
        self, state: AppState, view: QWidget, compute: Compute, show: Callable[[Store | None, Any], None]
    ) -> None:
        super().__init__(view)
        self._state, self._view = state, view
        self._compute, self._show = compute, show
        self._work = jobs.Latest()
        self._stale = True
        self.choice = Choice("Of which spans", WORDS, view)
        self.choice.chosen.connect(lambda *_: self._changed())
        state.opened.connect(self._changed)
        state.id_changed.connect(lambda: self._changed_where(ID))
        state.listed_changed.connect(lambda: self._changed_where(LISTED))

    def ids(self) -> NDArray[np.int64] | None:
        """The id rows chosen, None for all spans whether or not they have an id."""
        if self.choice.number == BUNDLE:
            return None
        if self.choice.number == LISTED:
            return self._state.listed
        row = self._state.id_row
        return np.array([row] if row >= 0 else [], np.int64)

    def use(self, number: int) -> None:
        """Choose another set."""
        if number != self.choice.number:
            self.choice.show_choice(number)
            self._changed()

    def words(self) -> str:
        """What is chosen, to be said beside a figure."""
        ids = self.ids()
        if ids is None:
            return "whole bundle"
        return self._state.place.id if self.choice.number == ID else numbers.plural(len(ids), "id")

    def shown(self) -> None:
        """The view can be seen now: what was left is done."""
        if self._stale:
            self._start()

    def _changed_where(self, number: int) -> None:
        if self.choice.number == number:
            self._changed()

    def _changed(self) -> None:
        self._stale = True
        self._work.cancel()
        if self._view.isVisible():
            self._start()

    def _start(self) -> None:
        self._stale = False
        store, ids, compute = self._state.store, self.ids(), self._compute
        if store is None:
            self._show(None, None)
            return
        self._work.start(
            lambda _, __: compute(store, spans_of(store, ids)), lambda found: self._show(store, found)
        )


class SpanSetView(QWidget):
    """A view of a :class:`SpanSet`, which does its work when it is first seen."""

    spans: SpanSet

    def showEvent(self, event: QShowEvent) -> None:
        """What was left while nobody saw it."""
        super().showEvent(event)
        self.spans.shown()
