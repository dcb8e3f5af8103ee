"""Spans by service and operation, as a table to sort, filter, copy and save."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPoint, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QMenu, QPushButton, QVBoxLayout, QWidget

from explorer.analysis.statistics import Statistics, statistics
from explorer.gui import jobs
from explorer.gui.actions.menus import pop_up
from explorer.gui.dialogs.asked import show_error
from explorer.gui.look.elided import Elided
from explorer.gui.look.fonts import mono, ui
from explorer.gui.look.style import look
from explorer.gui.look.text import line, tip
from explorer.gui.painting.ink import colour
from explorer.gui.state.appstate import AppState
from explorer.gui.views.spanset import FIELD, SpanSet, SpanSetView
from explorer.gui.views.tables import Index, TextTable
from explorer.layout import numbers, statlist
from explorer.model.store import Store
from explorer.query.spelling import value_text
from explorer.session.saving import save_text
from explorer.writers.csv_table import csv_table, tab_table

T = TypeVar("T")
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class StatisticsModel(QAbstractTableModel):
    """Rows of :class:`~explorer.analysis.statistics.Statistics` in some order."""

    def __init__(self, state: AppState, parent: QWidget) -> None:
        super().__init__(parent)
        self._state = state
        self.store: Store | None = None
        self.found: Statistics | None = None
        self.rows: NDArray[np.int64] = np.empty(0, np.int64)
        self._words, self._column, self._ascending = "", statlist.SELF, False

    def show_statistics(self, store: Store | None, found: Statistics | None) -> None:
        """Show other figures, filtered and sorted as before."""
        self.store, self.found = store, found
        self._arrange()

    def keep(self, words: str) -> None:
        """Show only rows with these words."""
        self._words = words
        self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Qt's own way to sort."""
        self._column, self._ascending = column, order == Qt.SortOrder.AscendingOrder
        self._arrange()

    def _arrange(self) -> None:
        self.beginResetModel()
        if self.store is None or self.found is None:
            self.rows = np.empty(0, np.int64)
        else:
            self.rows = statlist.order(
                self.found, self.store, self._words, self._column, ascending=self._ascending
            )
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        """How many services and operations."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        """As in :data:`explorer.layout.statlist.HEAD`."""
        return 0 if parent.isValid() else len(statlist.HEAD)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        """Column titles, and what they mean."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        arrow = (" ▴" if self._ascending else " ▾") if section == self._column else ""
        answers: dict[int, object] = {
            Qt.ItemDataRole.DisplayRole: statlist.HEAD[section] + arrow,
            Qt.ItemDataRole.AccessibleTextRole: statlist.HEAD[section],
            Qt.ItemDataRole.ToolTipRole: tip(statlist.TIPS[section]),
            Qt.ItemDataRole.TextAlignmentRole: _LEFT if section < statlist.TEXTS else _RIGHT,
        }
        return answers.get(role)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, font, colour, tool tip."""
        store, found = self.store, self.found
        if not index.isValid() or store is None or found is None or index.row() >= len(self.rows):
            return None
        row, column = int(self.rows[index.row()]), index.column()
        answers: dict[int, Callable[[], object]] = {
            Qt.ItemDataRole.DisplayRole: lambda: line(statlist.cell(found, store, row, column), 1024),
            Qt.ItemDataRole.AccessibleTextRole: lambda: line(statlist.exact(found, store, row, column), 1024),
            Qt.ItemDataRole.ToolTipRole: lambda: tip(statlist.exact(found, store, row, column)),
            Qt.ItemDataRole.FontRole: lambda: ui("body") if column < statlist.TEXTS else mono("small"),
            Qt.ItemDataRole.TextAlignmentRole: lambda: _LEFT if column < statlist.TEXTS else _RIGHT,
            Qt.ItemDataRole.ForegroundRole: lambda: colour(self._tone(found, store, row, column)),
        }
        answer = answers.get(role)
        return answer() if answer is not None else None

    def _tone(self, found: Statistics, store: Store, row: int, column: int) -> str:
        theme = self._state.theme
        if column == 0:
            return theme.muted
        return theme.error if column in (3, 4) and found.errors[row] else theme.text


class StatisticsView(SpanSetView):
    """Follows the chosen set of spans; Enter goes to the slowest span of a row."""

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Statistics")
        self._state = state
        self.model = StatisticsModel(state, self)
        self.table = TextTable(self.model, "Statistics by service and operation", self,
                               shares=(0.18, 0.22),
                               widths=(90, 130, 66, 66, 66, 80, 80, 70, 70, 70))  # fmt: skip
        self.table.horizontalHeader().setStretchLastSection(False)
        self.table.horizontalHeader().setSortIndicator(statlist.SELF, Qt.SortOrder.DescendingOrder)
        self.table.setSortingEnabled(True)
        self.table.horizontalHeader().setSortIndicatorShown(False)  # it would lie over the titles
        self.filter_field = QLineEdit(self)
        self._count = Elided(ui("small"), parent=self)  # it gives way to the field
        look(self._count, "muted")
        self.spans = SpanSet(state, self, statistics, self._show)
        self.copy_button, self.save_button = QPushButton("Copy", self), QPushButton("Save as CSV…", self)
        self._arrange()
        self.setFocusProxy(self.table)

    def _arrange(self) -> None:
        self.filter_field.setPlaceholderText("Filter by service or operation")
        self.filter_field.setAccessibleName("Filter statistics")
        self.filter_field.setClearButtonEnabled(True)
        self.filter_field.setMinimumWidth(FIELD)
        self.filter_field.setMaximumWidth(260)
        self._count.setMinimumWidth(1)
        self.filter_field.textChanged.connect(self._filter)
        head = QHBoxLayout()
        head.setContentsMargins(12, 2, 12, 2)
        head.setSpacing(4)
        head.addWidget(self.filter_field, 1)
        head.addStretch(1)
        for button, slot in ((self.copy_button, self.copy), (self.save_button, self._ask_where)):
            look(button, "link")
            button.setAccessibleName(f"{button.text().rstrip('…')} of the statistics")
            button.clicked.connect(lambda _=False, slot=slot: slot())
            head.addWidget(button)
        head.addWidget(self._count)
        head.addWidget(self.spans.choice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        self.table.opened.connect(self.go_to_slowest)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._pop_up)
        self._state.theme_changed.connect(self.table.viewport().update)

    def sizeHint(self) -> QSize:
        """Room for a few rows."""
        return QSize(900, 160)

    def _show(self, store: Store | None, found: Statistics | None) -> None:
        self.model.show_statistics(store, found)
        self._say()

    def _filter(self, words: str) -> None:
        self.model.keep(words)
        self._say()

    def _say(self) -> None:
        found = self.model.found
        facts = []
        if found is not None:
            of = f" of {numbers.count(len(found))}" if len(self.model.rows) < len(found) else ""
            facts = [f"{numbers.count(len(self.model.rows))}{of} rows", numbers.plural(found.spans, "span")]
        self._count.show_facts(facts)
        for button in (self.copy_button, self.save_button):
            button.setEnabled(bool(len(self.model.rows)))

    def go_to_slowest(self, row: int) -> None:
        """Select the span of that row that took longest, wherever it is."""
        if self.model.found is not None:
            self._state.show_row(int(self.model.found.slowest[self.model.rows[row]]))

    def query_of(self, row: int) -> str:
        """The query that finds the spans of a row."""
        store, found = self.model.store, self.model.found
        if store is None or found is None:
            return ""
        names = zip(("service", "operation"), (0, 1), strict=True)
        parts = ((field, statlist.cell(found, store, int(self.model.rows[row]), at)) for field, at in names)
        return " ".join(
            f"{field}:{value_text(value, ':', quoted='*' in value)}" for field, value in parts if value
        )

    def copy(self) -> None:
        """All rows shown, under the titles of their columns, to the clipboard."""
        work = self._written(
            lambda found, store, rows: tab_table(statlist.HEAD, statlist.spelled(found, store, rows))
        )
        jobs.start(work).done.connect(lambda written: QGuiApplication.clipboard().setText(written))

    def save(self, path: Path) -> None:
        """Write all rows shown as CSV, with times in whole ns."""
        work = self._written(
            lambda found, store, rows: save_text(
                path, csv_table(statlist.EXPORTED, statlist.exported(found, store, rows))
            )
        )
        job = jobs.start(work)
        job.failed.connect(lambda error: show_error("The table was not saved", str(error), parent=self))

    def _written(self, write: Callable[[Statistics, Store, NDArray[np.int64]], T]) -> Callable[..., T | None]:
        """Work off the GUI thread: there may be as many rows as operations."""
        found, store, rows = self.model.found, self.model.store, self.model.rows
        return lambda *_: write(found, store, rows) if found is not None and store is not None else None

    def _ask_where(self) -> None:
        dialog = QFileDialog(self, "Save the statistics as")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.selectFile("statistics.csv")
        dialog.fileSelected.connect(lambda name: self.save(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def context_menu(self, row: int) -> QMenu:
        """What can be done with a row."""
        menu = QMenu(self)
        menu.addAction("Go to the slowest span", partial(self.go_to_slowest, row))
        menu.addAction("Filter the bundle by this", lambda: self._state.set_query(self.query_of(row)))
        menu.addAction("Copy the selected rows", self.table.copy)
        return menu

    def _pop_up(self, at: QPoint) -> None:
        index = self.table.indexAt(at)
        if index.isValid():
            menu = self.context_menu(index.row())
            pop_up(menu, self.table.viewport().mapToGlobal(at))
