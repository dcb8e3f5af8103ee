"""The line above the graph: which id, which of its traces, its counts, and clocks that disagree."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

from explorer.analysis.clocks import clock_offsets
from explorer.analysis.supposed import supposition_words
from explorer.gui.look.elided import Elided
from explorer.gui.look.fonts import mono, strong, ui
from explorer.gui.look.style import look
from explorer.gui.look.text import elided, label, line, set_label, tooltip
from explorer.gui.state.appstate import AppState
from explorer.layout import numbers
from explorer.model.store import Store

WIDE = 720
"""From so many pixels on there is room to say whose clock is wrong."""

_GAP, _ENDS = 12, 28
"""Between the parts and beside them, px."""
_MOST_TRACES = 200
"""Offered in the menu."""


class IdHeader(QWidget):
    """Follows the state's id, trace and clock option."""

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Selected correlation id")
        self._state = state
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, _ENDS - 16, 4)
        row.setSpacing(_GAP)
        self._id, self._id_words = label("", "head", self), ""
        self._traced, self._trace_words = False, ("", "")
        self._id.setFont(strong(mono("head")))
        self._id.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._trace = QToolButton(self)
        self._trace.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._trace.setAccessibleName("Trace of this id")
        self._traces = QMenu(self._trace)
        self._traces.aboutToShow.connect(self._fill_traces)
        self._counts = Elided(ui("body"), parent=self)  # on a narrow screen it gives way to the clocks
        self._counts.setMinimumWidth(1)
        self._clock, self._clock_words = QPushButton(self), ("", "")
        self._clock.setFlat(True)
        self._clock.setProperty("look", "warning")
        self._clock.clicked.connect(lambda: state.set_options(corrected=not state.corrected))
        self._candidate, self._candidate_words = QPushButton(self), ("", "")
        self._candidate.setFlat(True)
        self._candidate.setProperty("look", "warning")
        self._candidate.clicked.connect(lambda: state.choose_candidate(1))
        for widget in (self._id, self._trace, self._candidate, self._counts):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self._clock)
        look(self._counts, "muted")
        for signal in (state.opened, state.id_changed, state.options_changed, state.root_changed):
            signal.connect(self._show)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or less can be said of the clocks."""
        super().resizeEvent(event)
        narrow = event.size().width() < WIDE
        self._clock.setText(self._clock_words[narrow])
        self._candidate.setText(self._candidate_words[narrow])
        self._fit_id()

    def _fit_id(self) -> None:
        """Where there is no room, traces are counted and not named, and of a long id the middle is left out."""
        room = self.width() - _ENDS - 2 * _GAP
        room -= sum(
            one.sizeHint().width() + _GAP for one in (self._clock, self._candidate) if not one.isHidden()
        )
        measure = QFontMetrics(self._id.font())
        for words in self._trace_words:
            self._trace.setText(words)
            asked = self._trace.sizeHint().width() + _GAP
            fits = measure.horizontalAdvance(self._id_words) + asked <= room
            if fits:
                break
        named = bool(self._trace.text()) and (fits or self._trace.menu() is not None)
        self._trace.setVisible(self._traced and named)
        room -= 0 if self._trace.isHidden() else asked
        set_label(self._id, elided(self._id_words, measure, max(room, 1), Qt.TextElideMode.ElideMiddle))

    def id_text(self) -> str:
        """The id as shown."""
        return self._id.text()

    def words(self) -> str:
        """The counts as shown."""
        return self._counts.accessibleName()

    def _show(self) -> None:
        store, row = self._state.store, self._state.id_row
        known = store is not None and row >= 0
        self._show_candidate()
        self._traced = False
        self._clock.setVisible(known)
        if store is None or row < 0:
            self._id.setFont(ui("head"))
            self._id_words = "" if store is None else _nothing(store)
            self._counts.show_facts(())
            self._fit_id()
            return
        one = store.correlation.rows[row]
        self._id.setFont(strong(mono("head")))
        self._id_words = line(one.id, 48)
        tooltip(self._id, f"{one.kind}: {one.id}")
        self._show_traces(one.traces)
        self._counts.show_facts(self._facts(row))
        self._show_clocks()
        self._fit_id()

    def _show_traces(self, traces: tuple[int, ...]) -> None:
        store, shown = self._state.store, self._state.trace_row
        if store is None or shown < 0:
            return
        self._traced = True
        text = _short(store.trace_id(shown))
        several = len(traces) > 1
        which = f"{traces.index(shown) + 1} of {len(traces)}" if several else ""
        self._trace_words = f"trace {text}  {which}".rstrip(), which
        tooltip(self._trace, store.trace_id(shown))
        self._trace.setMenu(self._traces if several else None)  # type: ignore[arg-type]

    def _fill_traces(self) -> None:
        """List the traces of the id when they are asked for: an entry must not go while it is being chosen."""
        state, store = self._state, self._state.store
        self._traces.clear()
        if store is None or state.id_row < 0:
            return
        for number, trace in enumerate(store.correlation.rows[state.id_row].traces[:_MOST_TRACES], 1):
            rows = store.traces.rows(trace)
            spans = numbers.plural(rows.stop - rows.start, "span")
            self._traces.addAction(
                f"{number}  {_short(store.trace_id(trace))}  {spans}",
                partial(state.select_id, state.place.id, store.traces.number[trace]),
            )

    def _facts(self, row: int) -> list[str]:
        analysis, store = self._state.analysis, self._state.store
        if analysis is None or store is None:
            return []
        ids = analysis.ids
        spans, took = int(ids.spans[row]), int(ids.duration[row])
        parts = [
            *([numbers.plural(spans, "span")] if spans else []),
            numbers.plural(int(ids.services[row]), "service"),
            *([numbers.duration(took)] if spans or took else []),
            numbers.plural(int(ids.logs[row]), "log"),
        ]
        if self._state.place.root is not None:
            parts.append("showing a subtree")
        return parts

    def _show_candidate(self) -> None:
        """Say that graph and waterfall draw a supposition; a click goes back to what was found."""
        verdict = self._state.verdict
        words = supposition_words(verdict) if verdict is not None else ""
        self._candidate_words = words, words.partition(",")[0]
        self._candidate.setText(self._candidate_words[self.width() < WIDE])
        self._candidate.setAccessibleName(f"{words}: back to the first")
        tooltip(self._candidate, f"{words}\nClick to go back to the first")
        self._candidate.setVisible(bool(words))

    def _show_clocks(self) -> None:
        store = self._state.store
        offsets = clock_offsets(store) if store else ()
        trace = self._state.trace_row
        if not offsets or store is None or trace < 0:
            self._clock.hide()
            return
        resources = store.spans.resource[store.traces.rows(trace)]
        used = np.bincount(resources[resources >= 0], minlength=len(store.resources)) > 0
        here = [one for one in offsets if used[one.resource]]
        self._clock.setVisible(bool(here))
        if here:
            first = here[0]
            way = "ahead" if first.ahead_ns > 0 else "behind"
            others = len({one.service for one in here} - {first.service})
            more = f" and {others} more" if others else ""
            action = "show as recorded" if self._state.corrected else "show corrected"
            off = f"{numbers.duration(abs(first.ahead_ns))} {way}"
            whole = f"clock of {line(first.service, 40)} {off}{more} · {action}"
            self._clock_words = whole, f"clock {off}"
            self._clock.setText(self._clock_words[self.width() < WIDE])
            self._clock.setAccessibleName(whole)
            tooltip(self._clock, "\n".join(
                f"{one.service}: {numbers.exact(one.ahead_ns)} over {numbers.plural(one.calls, 'call')}" for one in here
            ))  # fmt: skip


def _nothing(store: Store) -> str:
    return (
        "Pick a correlation id on the left" if store.correlation.rows else "No correlation ids in this bundle"
    )


def _short(text: str) -> str:
    return text if len(text) <= 16 else f"{text[:8]}…{text[-4:]}"
