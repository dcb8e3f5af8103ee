"""Log records: of the selected span and its subtree, the id, or the bundle; by level, words and pattern."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from explorer.analysis.fulltext import logs_holding
from explorer.analysis.scanning import watched
from explorer.analysis.templates import LogTemplate, Mined, mine_templates, rows_like
from explorer.decoding.needles import Needle
from explorer.gui.actions.menus import pop_up
from explorer.gui.jobs import Latest
from explorer.gui.look.fitting import fit
from explorer.gui.look.text import label, set_label, tooltip
from explorer.gui.state.appstate import AppState
from explorer.gui.state.copying import copied_log
from explorer.gui.views.loglines import LogLines
from explorer.gui.views.logpatterns import PatternTable
from explorer.gui.views.parts import Choice
from explorer.layout import numbers
from explorer.layout.loglist import LEVELS, LogScope, log_rows
from explorer.model.store import Store

AT_ONCE = 200_000
"""Records that are sifted in the blink of an eye; more are in a thread."""
MOST_COPIED = 10_000
NARROW = 640
"""Less width than that is little room."""
_GAP, _MARGINS, _FIND = 2, 40, 72
"""Between parts of the row above the lines, at its ends and around the field; and what that field needs."""
_SCOPES: tuple[tuple[LogScope, str], ...] = (
    ("span", "this span"),
    ("id", "this id"),
    ("all", "all"),
)
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is listed of a store: whose records, of which levels, with which words (lower case) or pattern."""

    scope: LogScope
    id_row: int
    span_row: int
    levels: tuple[str, ...]
    words: str
    pattern: LogTemplate | None

    def at_once(self, store: Store) -> bool:
        """Whether no raw bytes are read for it, nor many rows gone through."""
        all_ = self.scope == "all" or self.id_row < 0
        return not self.words and self.pattern is None and (not all_ or len(store.logs) <= AT_ONCE)


def listed(store: Store, wanted: Wanted, cancelled: Callable[[], bool] = lambda: False) -> tuple[Rows, Rows]:
    """Log rows before and after the pattern.

    Raises:
        Cancelled: as soon as ``cancelled`` says so.
    """
    rows = log_rows(store, wanted.scope, wanted.id_row, wanted.span_row, wanted.levels)
    if wanted.words:
        rows = rows[logs_holding(store, Needle(wanted.words), watched(cancelled))[rows]]
    return rows, rows if wanted.pattern is None else rows_like(store, rows, wanted.pattern, cancelled)


class LogsView(QWidget):
    """Levels, words to find, patterns, whose logs, and the lines."""

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Logs")
        self._state = state
        self._listing, self._mining, self._copying = Latest(self), Latest(self), Latest(self)
        self._pattern: LogTemplate | None = None
        self._leading = False
        self._anchor = -1
        self.levels = QButtonGroup(self)
        self.levels.setExclusive(False)
        self._count = label("", "small", self)
        self._count.setProperty("look", "muted")
        self._count.setContentsMargins(8, 0, 0, 0)
        self.find_field = QLineEdit(self)
        self.wrap, self.show_patterns = self._chip("Wrap"), self._chip("Patterns")
        self._scope = Choice("Which logs are listed", [words for _, words in _SCOPES], self)
        self.lines, self.patterns = LogLines(state, self), PatternTable(state, self)
        self.elsewhere = QPushButton(self.lines.viewport())
        self._wider: LogScope = "all"
        self._arrange()
        state.opened.connect(self._open)
        state.id_changed.connect(self._refill)
        state.span_changed.connect(self._follow_span)
        state.log_changed.connect(self._follow_log)
        for signal in (state.theme_changed, state.options_changed):
            signal.connect(self.lines.viewport().update)
        self._open()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In little room levels are told by their first letters, and what else does not fit is left out."""
        super().resizeEvent(event)
        narrow = event.size().width() < NARROW
        for number, word in enumerate(LEVELS):
            self.levels.button(number).setText(word[0] if narrow else word)
        self._fit()

    def _fit(self) -> None:
        kept = [*self.levels.buttons(), self._scope]
        room = self.width() - _MARGINS - sum(one.sizeHint().width() + _GAP for one in kept)
        fit(room - _FIND, (self.show_patterns, self._count, self.wrap), _GAP)

    def _chip(self, word: str) -> QPushButton:
        made = QPushButton(word, self)
        made.setCheckable(True)
        made.setProperty("look", "chip")
        return made

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 2, 12, 2)
        head.setSpacing(_GAP)
        for number, word in enumerate(LEVELS):
            pill = self._chip(word)
            pill.setChecked(True)
            pill.setAccessibleName(f"Show {word} records")
            tooltip(pill, f"Show {word} records")
            self.levels.addButton(pill, number)
            head.addWidget(pill)
        self.levels.buttonToggled.connect(lambda *_: self._refill())
        self.find_field.setPlaceholderText("Find in logs")
        self.find_field.setAccessibleName("Find in logs")
        self.find_field.setClearButtonEnabled(True)
        self.find_field.setMaximumWidth(220)
        self.find_field.textChanged.connect(lambda *_: self._refill())
        tooltip(self.wrap, "Show whole messages, in as many lines as they need")
        tooltip(self.show_patterns, "Group alike lines; click a group to list its lines only")
        self.wrap.toggled.connect(self.lines.wrap)
        self.show_patterns.toggled.connect(self._toggle_patterns)
        self._scope.chosen.connect(lambda *_: self._refill())
        self.elsewhere.setProperty("look", "link")
        self.elsewhere.clicked.connect(lambda: self.show_scope(self._wider))
        self.lines.picked.connect(self._pick)
        self.lines.entered.connect(self._enter)
        self.lines.menu_wanted.connect(self._show_menu)
        self.patterns.chosen.connect(self._choose_pattern)
        head.addSpacing(8)
        head.addWidget(self.find_field)
        head.addSpacing(8)
        head.addWidget(self.show_patterns)
        head.addWidget(self.wrap)
        head.addStretch(1)
        head.addWidget(self._count)
        head.addWidget(self._scope)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.addWidget(self.patterns)
        split.addWidget(self.lines)
        split.setSizes([480, 720])
        split.setChildrenCollapsible(False)
        self.patterns.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(split, 1)

    def sizeHint(self) -> QSize:
        """Room for a few lines."""
        return QSize(900, 160)

    # -- which lines -----------------------------------------------------------------------------------

    def show_scope(self, scope: LogScope) -> None:
        """List the logs of the span, the id, or all."""
        self._say_scope(scope)
        self._refill()

    def _say_scope(self, scope: LogScope) -> None:
        self._scope.show_choice([name for name, _ in _SCOPES].index(scope))

    def _open(self) -> None:
        store = self._state.store
        self._scope.setVisible(store is None or bool(store.correlation.rows))
        if store is not None and not len(store.spans) and _SCOPES[self._scope.number][0] == "span":
            self._say_scope("id")
        self._pattern = None
        self._anchor = self._state.span_row
        self._refill()

    def _refill(self) -> None:
        store = self._state.store
        self._listing.cancel()
        if store is None:
            self._show(None, "", (np.empty(0, np.int64),) * 2)
            return
        wanted = Wanted(
            _SCOPES[self._scope.number][0], self._state.id_row, self._anchor, self._shown_levels(),
            self.find_field.text().strip().lower(), self._pattern,
        )  # fmt: skip
        if wanted.at_once(store):
            self._show(store, "", listed(store, wanted))
        else:
            set_label(self._count, "looking …")
            self._listing.start(
                lambda _progress, cancelled: listed(store, wanted, cancelled),
                partial(self._show, store, wanted.words),
            )

    def _shown_levels(self) -> tuple[str, ...]:
        return tuple(word for number, word in enumerate(LEVELS) if self.levels.button(number).isChecked())

    def _show(self, store: Store | None, words: str, found: tuple[Rows, Rows]) -> None:
        before, rows = found
        self._say_nothing(store, empty=not len(rows))
        self.lines.show_rows(store, rows, words)
        self.lines.reveal(self._state.log)
        count, every = len(rows), len(store.logs) if store is not None else 0
        told = f"{numbers.count(count)} of {numbers.count(every)}" if count < every else numbers.count(every)
        set_label(self._count, told)
        self._fit()
        self._mine(store, before)

    def _say_nothing(self, store: Store | None, *, empty: bool) -> None:
        """Why no line is listed, and behind a button those that there are."""
        own = len(store.correlation.logs_of(self._state.id_row)) if store and self._state.id_row >= 0 else 0
        of_id = bool(own) and _SCOPES[self._scope.number][0] == "span"
        self._wider = "id" if of_id else "all"
        offered = False
        if store is None or not len(store.logs):
            said = "There are no log records in this bundle."
        elif self.find_field.text() or len(self._shown_levels()) < len(LEVELS):
            said = "No log record matches: look at the levels and the words above."
        else:
            said, offered = f"No log records of this {'span' if of_id else 'id'}.", empty
            there, whose = (own, "of its id") if of_id else (len(store.logs), "of the bundle")
            self.elsewhere.setText(f"Show {numbers.count(there)} {whose}")
            self.elsewhere.adjustSize()
            self.elsewhere.move(self.lines.end_of(said) + 8, 8)
        self.lines.nothing = said
        self.elsewhere.setVisible(offered)

    # -- patterns --------------------------------------------------------------------------------------

    def _toggle_patterns(self, on: bool) -> None:
        self.patterns.setVisible(on)
        if on or self._pattern is not None:
            self._pattern = None
            self._refill()

    def _mine(self, store: Store | None, rows: Rows) -> None:
        self._mining.cancel()
        if self.show_patterns.isChecked() and store is not None:
            self._mining.start(
                lambda _progress, cancelled: mine_templates(store, rows, cancelled), self._show_mined
            )

    def _show_mined(self, mined: Mined) -> None:
        self.patterns.show_patterns(mined, self._pattern)
        count = f"{numbers.plural(len(mined.templates), 'pattern')}"
        read = f" in every {-(-mined.total // mined.read)}th line" if mined.read < mined.total else ""
        self.patterns.setAccessibleDescription(count + read)
        tooltip(self.show_patterns, f"{count}{read}; click one to list its lines only")

    def _choose_pattern(self, pattern: LogTemplate | None) -> None:
        self._pattern = pattern
        self._refill()

    # -- the selection, both ways ----------------------------------------------------------------------

    def _pick(self, row: int) -> None:
        """Select a record, and its span where that is of the id shown; the list stays as it is."""
        store = self._state.store
        if store is None:
            return
        self._leading = True
        try:
            self._state.select_log(row)
            span = int(store.logs.span[row])
            if span >= 0 and int(store.spans.trace[span]) == self._state.trace_row:
                self._state.show_row(span)
        finally:
            self._leading = False

    def _enter(self, row: int) -> None:
        store = self._state.store
        if store is not None and store.logs.span[row] >= 0:
            self._state.show_row(int(store.logs.span[row]))

    def _follow_span(self) -> None:
        if self._leading:
            return
        self._anchor = self._state.span_row
        self._state.select_log(-1)
        if _SCOPES[self._scope.number][0] == "span":
            self._refill()
        elif self._anchor >= 0 and self._state.store is not None:
            own = log_rows(self._state.store, "span", self._state.id_row, self._anchor, LEVELS)
            self.lines.reveal(next((row for row in own.tolist() if self.lines.place(row) >= 0), -1))

    def _follow_log(self) -> None:
        row = self._state.log
        store = self._state.store
        if row >= 0 and store is not None and self.lines.place(row) < 0 and not self._leading:
            self.show_scope("id" if int(store.logs.id[row]) == self._state.id_row else "all")
        self.lines.reveal(row)

    # -- the menu of a record --------------------------------------------------------------------------

    def _show_menu(self, row: int, at: QPoint) -> None:
        menu = self.record_menu(row)
        pop_up(menu, at)

    def record_menu(self, row: int) -> QMenu:
        """What can be done with a record."""
        menu, store = QMenu(self), self._state.store
        if store is None:
            return menu
        copy = QGuiApplication.clipboard().setText
        menu.addAction("Copy message", lambda: copy(self.lines.message(row)))
        menu.addAction("Copy as JSON", lambda: copy(copied_log(store, row, "json")))
        menu.addAction("Copy as Markdown", lambda: copy(copied_log(store, row, "markdown")))
        some = self.lines.rows[:MOST_COPIED]
        first = "first " if len(some) < len(self.lines.rows) else ""
        menu.addAction(f"Copy the {first}{numbers.plural(len(some), 'line')} listed", self._copy_all)
        menu.addSeparator()
        menu.addAction("Go to its span", partial(self._enter, row)).setEnabled(
            bool(store.logs.span[row] >= 0)
        )
        menu.addAction("Only lines like this", partial(self._only_like, row))
        return menu

    def _only_like(self, row: int) -> None:
        store = self._state.store
        if store is not None:
            found = mine_templates(store, np.array([row], np.int64))
            self._pattern = found.templates[0]
            self.show_patterns.blockSignals(True)
            self.show_patterns.setChecked(True)
            self.show_patterns.blockSignals(False)
            self.patterns.show()
            self._refill()

    def _copy_all(self) -> None:
        """All listed records, a line each, on the clipboard."""
        store, rows = self._state.store, self.lines.rows[:MOST_COPIED].tolist()
        if store is not None:
            self._copying.start(
                lambda _progress, _cancelled: "".join(copied_log(store, row, "line") for row in rows),
                QGuiApplication.clipboard().setText,
            )
