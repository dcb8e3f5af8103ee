"""The list of correlation ids at the left, grouped by what failed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from explorer.analysis.matching import matching_ids
from explorer.analysis.results import Analysis, Outcome
from explorer.analysis.scanning import Step, no_step, watched
from explorer.errors import QueryError
from explorer.gui.jobs import Latest
from explorer.gui.look.text import label, set_label
from explorer.gui.state.appstate import AppState
from explorer.gui.views.idrows import IdRows
from explorer.gui.views.parts import Choice
from explorer.gui.views.searching import Searching
from explorer.layout import numbers
from explorer.layout.idlist import Grouping, Shown, Sorting, arrange, holding, shown_mask, within
from explorer.model.store import Store
from explorer.query import parse, reads_bytes

AT_ONCE = 4_000
"""Spans and log records together of which columns are asked in the blink of an eye; more are asked in a thread."""
_SHOWN: tuple[tuple[Shown, str], ...] = (
    ("failing", "Failing"), ("degraded", "Degraded"), ("slow", "Slow"), ("all", "All"),
)  # fmt: skip
_GROUPINGS: tuple[tuple[Grouping, str], ...] = (
    ("cause", "by cause"), ("service", "by service"), ("entry", "by entry"), ("host", "by host"),
    ("version", "by version"), ("none", "ungrouped"),
)  # fmt: skip


_SORTINGS: tuple[tuple[Sorting, str], ...] = (
    ("worst", "worst first"), ("latest", "latest first"), ("earliest", "earliest first"), ("longest", "longest first"),
    ("errors", "most errors first"), ("id", "by id"),
)  # fmt: skip
_GAP, _ENDS = 4, 28
"""Between pills and beside them, px."""
_SPARE = 12
"""What is empty at the ends of the word for the grouping, px."""
TYPED_MS = 150
"""After the last letter of a filter the list is made anew."""


class _Answer(NamedTuple):
    """Which ids of a bundle a query leaves, bool (ids,)."""

    store: Store
    analysis: Analysis
    query: str
    left: NDArray[np.bool_]


class IdsView(QWidget):
    """Follows the state's store, answers, query and time range; picks the id."""

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Correlation ids")
        self._state = state
        self._asking = Latest(self)
        self._answer: _Answer | None = None
        self._listed_of: Store | None = None
        self._shown: Shown = "failing"
        self._grouping: Grouping = "cause"
        self._title, self._failing = label("Correlation ids", "head", self), label("", "body", self)
        self._failing.setProperty("look", "error")
        self._pills = QButtonGroup(self)
        self._by = Choice("Group ids", [words for _, words in _GROUPINGS], self)
        self._sorting: Sorting = "worst"
        self._sort = Choice("Sort ids", [words for _, words in _SORTINGS], self)
        self.filter = QLineEdit(self)
        self._typed = QTimer(self)
        self.searching = Searching(self)
        self.searching.cancelled.connect(self._cancel)
        self.list = IdRows(state, self)
        state.notebook.changed.connect(self.list.viewport().update)
        self._arrange()
        state.opened.connect(self._opened)
        for signal in (state.query_changed, state.range_changed):
            signal.connect(self._refill)
        state.theme_changed.connect(self.list.viewport().update)
        self._opened()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 10, 0, 0)
        column.setSpacing(8)
        head, pills = QHBoxLayout(), QHBoxLayout()
        for row in (head, pills):
            row.setContentsMargins(16, 0, _ENDS - 16, 0)
        pills.setSpacing(_GAP)
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._failing)
        for number, (_, words) in enumerate(_SHOWN):
            pill = QPushButton(words, self)
            pill.setCheckable(True)
            pill.setProperty("look", "chip")
            pill.setAccessibleName(f"Show {words.lower()} ids")
            self._pills.addButton(pill, number)
            pills.addWidget(pill)
        self._pills.button(0).setChecked(True)
        self._pill_row, self._filter_row = pills, self._arranged_filter()
        self._pills.idClicked.connect(lambda number: self.show_only(_SHOWN[number][0]))
        pills.addStretch(1)
        self._by.chosen.connect(lambda number: self.group_by(_GROUPINGS[number][0]))
        pills.addWidget(self._by)
        column.addLayout(head)
        column.addLayout(pills)
        column.addLayout(self._filter_row)
        column.addWidget(self.searching)
        column.addWidget(self.list, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the pills leave no room for it, the grouping stands beside the sorting."""
        super().resizeEvent(event)
        pills = sum(pill.sizeHint().width() + _GAP for pill in self._pills.buttons())
        narrow = event.size().width() < pills + self._by.sizeHint().width() + _ENDS - _SPARE
        row, other = (self._filter_row, self._pill_row) if narrow else (self._pill_row, self._filter_row)
        if row.indexOf(self._by) < 0:
            other.removeWidget(self._by)
            row.insertWidget(row.count() - 1 if narrow else row.count(), self._by)

    def _arranged_filter(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(16, 0, 12, 0)
        self.filter.setPlaceholderText("Filter ids")
        self.filter.setAccessibleName("Filter ids")
        self.filter.setClearButtonEnabled(True)
        self._typed.setSingleShot(True)
        self._typed.setInterval(TYPED_MS)
        self._typed.timeout.connect(self._refill)
        self.filter.textChanged.connect(lambda _: self._typed.start())
        self._sort.chosen.connect(lambda number: self.sort_by(_SORTINGS[number][0]))
        row.addWidget(self.filter, 1)
        row.addWidget(self._sort)
        return row

    def sizeHint(self) -> QSize:
        """As wide as drawn."""
        return QSize(318, 600)

    def show_only(self, shown: Shown) -> None:
        """Failing, degraded, slow or all ids."""
        self._shown = shown
        self._pills.button([name for name, _ in _SHOWN].index(shown)).setChecked(True)
        self._refill()

    def group_by(self, grouping: Grouping) -> None:
        """Group by cause, entry service, entry operation, host or version of where they failed, or not."""
        self._grouping = grouping
        self._by.show_choice([name for name, _ in _GROUPINGS].index(grouping))
        self._refill()

    def sort_by(self, sorting: Sorting) -> None:
        """Sort the ids within their groups."""
        self._sorting = sorting
        self._sort.show_choice([name for name, _ in _SORTINGS].index(sorting))
        self._refill()

    def next_id(self, by: int) -> None:
        """Select the next or previous id in the list."""
        self.list.step(by)

    def _opened(self) -> None:
        analysis = self._state.analysis
        if analysis is not None:
            outcomes: tuple[tuple[Shown, Outcome], ...] = (
                ("failing", Outcome.FAILING), ("degraded", Outcome.DEGRADED),
            )  # fmt: skip
            there = (shown for shown, outcome in outcomes if (analysis.ids.outcome == outcome).any())
            self.show_only(next(there, "all"))
        else:
            self._refill()

    def _count_failing(self, failing: NDArray[np.bool_], left: NDArray[np.bool_]) -> None:
        """Say how many fail, and of how many where query, time range or filter leave some out."""
        total, here = int(failing.sum()), int((failing & left).sum())
        of = "" if here == total else f" of {numbers.count(total)}"
        set_label(self._failing, f"{numbers.count(here)}{of} failing")
        self._failing.setVisible(total > 0)

    def _refill(self) -> None:
        store, analysis = self._state.store, self._state.analysis
        if store is None or analysis is None:
            self._answer = None
            self._failing.hide()
            self.list.show_list(None)
            return
        matching = self._matching(store, analysis)
        if matching is None:  # the answer fills the list; until then it stays, unless it is of another store
            if self._listed_of is not store:
                self.list.show_list(None)
            return
        self._listed_of = store
        left = matching & self._left(store, analysis)
        self._count_failing(np.equal(analysis.ids.outcome, Outcome.FAILING), left)
        mask = shown_mask(analysis, store, self._shown) & left
        self._state.set_listed(np.flatnonzero(mask))
        rows = self.list
        rows.show_list(
            arrange(store, analysis, mask, self._grouping, rows.folded, self._sorting, rows.opened)
        )
        rows.nothing = self._nothing(store)
        self.list.refill = self._refill
        if self._state.id_row < 0 and len(self.list.shown.ids):
            self.list.select(int(self.list.shown.ids[0]))

    def _nothing(self, store: Store) -> str:
        """What to say where no id is listed: what leaves them out."""
        if not store.correlation.rows:
            return "There are no ids in this bundle."
        place = self._state.place
        limits = [
            words
            for words, limited in (
                ("the query (Esc clears it)", place.query), ("the time range (Esc clears it)", place.range),
                ("the filter above", self.filter.text()),
            )
            if limited
        ]  # fmt: skip
        which = "" if self._shown == "all" else f"{self._shown} "
        return f"No {which}ids are left by {' and '.join(limits)}." if limits else f"There are no {which}ids."

    def _left(self, store: Store, analysis: Analysis) -> NDArray[np.bool_]:
        """Ids that the list's own filter and the time range leave."""
        return holding(store, analysis, self.filter.text()) & within(analysis, self._state.place.range)

    def _matching(self, store: Store, analysis: Analysis) -> NDArray[np.bool_] | None:
        """Ids that the query leaves; None while they are looked for."""
        query = self._state.place.query.strip()
        known = self._answer
        if known and known.store is store and known.analysis is analysis and known.query == query:
            return known.left
        self._asking.cancel()
        self.searching.end()
        if not query or (len(store.spans) + len(store.logs) <= AT_ONCE and not _reads_bytes(query)):
            self._answer = _Answer(store, analysis, query, _left_by(store, analysis, query))
            return self._answer.left
        job = self._asking.start(
            lambda progress, cancelled: _left_by(store, analysis, query, watched(cancelled, progress)),
            lambda left: self._answered(_Answer(store, analysis, query, left)),
        )
        job.progress.connect(self.searching.follow)
        self.searching.begin()
        return None

    def _answered(self, answer: _Answer) -> None:
        self._answer = answer
        self.searching.end()
        self._refill()

    def _cancel(self) -> None:
        """Go back to the query of this bundle that was answered last, to none where none was."""
        self._asking.cancel()
        self.searching.end()
        known = self._answer
        self._state.set_query(known.query if known and known.store is self._state.store else "")


def _reads_bytes(query: str) -> bool:
    try:
        return reads_bytes(parse(query))
    except QueryError:
        return False


def _left_by(store: Store, analysis: Analysis, query: str, step: Step = no_step) -> NDArray[np.bool_]:
    """Bool (ids,): which a query leaves; one that does not parse, or says nothing, filters nothing."""
    try:
        if query:
            return matching_ids(store, analysis, parse(query), step)
    except QueryError:
        pass
    return np.ones(len(analysis.ids.start), bool)
