"""Where the time of an id went: the spans with most of its critical path, each to go to."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.gui.jobs import Latest
from explorer.gui.look.fonts import mono
from explorer.gui.look.text import label, line, tooltip
from explorer.gui.state.appstate import AppState
from explorer.gui.views.parts import INSET, ClickRow, heading, wrapped
from explorer.layout import numbers
from explorer.layout.critical import Share
from explorer.layout.looking import Wanted, look
from explorer.layout.waterfall import make_scene
from explorer.model.store import Store

MOST: Final = 6
"""Spans told."""
LEAST: Final = 0.01
"""Share of the time from which on a span is told."""


class TimeSpent(QWidget):
    """Of the trace that is shown; empty until it is known, and where there is but one span."""

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        store, trace = state.store, state.trace_row
        if store is not None and trace >= 0:
            Latest(self).start(lambda _progress, _cancelled: spent(store, trace), self._show)

    def _show(self, found: tuple[Share, ...]) -> None:
        store = self._state.store
        if store is None or len(found) < 2:
            return
        title = QWidget(self)
        row = QHBoxLayout(title)
        row.setContentsMargins(INSET, 14, INSET, 4)
        row.addWidget(heading("Where its time went", title))
        self._column.addWidget(title)
        for one in found:
            self._column.addWidget(self._row(store, one))

    def _row(self, store: Store, one: Share) -> ClickRow:
        name = f"{line(store.service(one.row), 60)}  {line(store.operation(one.row), 80)}"
        took = f"{numbers.duration(one.ns)} · {numbers.share(one.share)}"
        row = ClickRow(self._state, f"{name}: {took} of the critical path", self)
        tooltip(row, f"{one.words}\nTime of the critical path that is this span's own")
        inner = QHBoxLayout(row)
        inner.setContentsMargins(INSET, 3, INSET, 3)
        inner.setSpacing(8)
        words = wrapped(name, "body", row)
        words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        amount = label(took, "small", row)
        amount.setFont(mono("small"))
        inner.addWidget(words, 1)
        inner.addWidget(amount, 0, Qt.AlignmentFlag.AlignTop)
        row.opened.connect(partial(self._state.show_row, one.row))
        return row


def spent(store: Store, trace: int) -> tuple[Share, ...]:
    """The spans with most time on the critical path of a trace, longest first, at most :data:`MOST`."""
    found = look(make_scene(store, trace, None), Wanted(critical=True)).longest
    return tuple(one for one in found[:MOST] if one.share >= LEAST)
