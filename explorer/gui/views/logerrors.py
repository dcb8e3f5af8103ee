"""Errors that the logs report of no request, the worst first, each to go to."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.analysis.ids import ERROR
from explorer.analysis.results import Evidence
from explorer.analysis.unfollowed import LooseError, loose_errors, loose_rows
from explorer.gui.jobs import Latest
from explorer.gui.look.fonts import strong, ui
from explorer.gui.look.text import label, line, tooltip
from explorer.gui.state.appstate import AppState
from explorer.gui.views.parts import INSET, ClickRow, empty, heading, rule, wrapped
from explorer.layout import numbers
from explorer.model.schema import severity_word
from explorer.model.store import Store
from explorer.session.rules import known_rules

_WORDS: Final = 240
"""Characters of a message that are shown; the log line has all."""


class LogErrors(QWidget):
    """Follows the bundle; empty until they are known, and where there are none."""

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Errors in the logs")
        self._state, self._work = state, Latest(self)
        self._errors: tuple[LooseError, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        state.opened.connect(self._find)
        state.options_changed.connect(self._tell)
        self._find()

    def _find(self) -> None:
        self._work.cancel()
        self._show(())
        store = self._state.store
        if store is not None and self._state.analysis is not None:
            self._work.start(lambda _progress, _cancelled: found(store), self._show)

    def _show(self, errors: tuple[LooseError, ...]) -> None:
        self._errors = errors
        self._tell()

    def _tell(self) -> None:
        empty(self._column)
        store = self._state.store
        if store is None or not self._errors:
            return
        whose = "Errors in log records of no request" if store.correlation.rows else "Errors in the logs"
        title = QWidget(self)
        inner = QVBoxLayout(title)
        inner.setContentsMargins(INSET, 12, INSET, 4)
        inner.setSpacing(10)
        inner.addWidget(rule(title))
        inner.addWidget(heading(whose, title))
        self._column.addWidget(title)
        for one in self._errors:
            self._column.addWidget(self._row(one))

    def _row(self, one: LooseError) -> ClickRow:
        level = severity_word(one.severity)
        said = f"{one.service}: {one.text}" if one.service else one.text
        row = ClickRow(self._state, f"{level}: {said}", self)
        tooltip(row, said)
        inner = QHBoxLayout(row)
        inner.setContentsMargins(INSET, 4, INSET, 4)
        inner.setSpacing(8)
        kind = label(level, "small", row)
        kind.setFont(strong(ui("small")))
        kind.setProperty("look", "error" if one.severity >= ERROR else "warning")
        kind.setFixedWidth(46)
        inner.addWidget(kind, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(1)
        for text, quiet in ((line(said, _WORDS), False), (self._times(one), True)):
            part = wrapped(text, "small" if quiet else "body", row, quiet=quiet)
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            words.addWidget(part)
        inner.addLayout(words, 1)
        row.opened.connect(partial(self._state.open_evidence, Evidence("log", one.text, log=one.log)))
        return row

    def _times(self, one: LooseError) -> str:
        about = [one.category, one.subcategory.replace("-", " ")] if one.category != "unknown" else []
        about += [f"{numbers.count(one.count)}×"] if one.count > 1 else []
        about += [numbers.date_time(one.first_ns, self._state.utc, 0)] if one.first_ns else []
        return " · ".join(part for part in about if part)


def found(store: Store) -> tuple[LooseError, ...]:
    """The worst of them, by the rules in force, which are read only where there is something to judge."""
    loose = loose_rows(store)
    return loose_errors(store, known_rules()[0], loose) if len(loose) else ()
