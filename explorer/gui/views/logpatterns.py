"""Patterns of log lines: how often each stands in the list, the service, the words; one chosen limits the list."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QItemSelection, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from explorer.analysis.templates import LogTemplate, Mined
from explorer.gui.look.fonts import mono
from explorer.gui.look.text import line, tip
from explorer.gui.painting.ink import Ink, colour
from explorer.gui.state.appstate import AppState
from explorer.layout import numbers
from explorer.layout.loglist import level
from explorer.model.schema import severity_word

Index = QModelIndex | QPersistentModelIndex
_WIDTHS = (64, 66, 124)


class PatternTable(QTableView):
    """The patterns, commonest first.

    Signals:
        chosen: a :class:`LogTemplate`, or None for all lines.
    """

    chosen = Signal(object)

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.patterns = PatternModel(state, self)
        self.setModel(self.patterns)
        self.setAccessibleName("Patterns of log lines")
        self.setProperty("look", "pairs")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(20)
        self.verticalHeader().setMinimumSectionSize(18)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.horizontalHeader().setStretchLastSection(True)
        for column, width in enumerate(_WIDTHS):
            self.setColumnWidth(column, width)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.selectionModel().selectionChanged.connect(self._choose)
        state.theme_changed.connect(self.patterns.repaint)

    def show_patterns(self, mined: Mined | None, keep: LogTemplate | None) -> None:
        """List other patterns; the one to keep stays chosen if it is among them."""
        self.selectionModel().blockSignals(True)
        self.patterns.show_patterns(mined.templates if mined else ())
        at = self.patterns.place(keep)
        if at >= 0:
            self.selectRow(at)
        self.selectionModel().blockSignals(False)
        self.viewport().update()

    def _choose(self, selected: QItemSelection) -> None:
        rows = [index.row() for index in selected.indexes()[:1]]
        self.chosen.emit(self.patterns.pattern(rows[0]) if rows else None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The words matter most: in little room the service goes first, then the level."""
        super().resizeEvent(event)
        for column, least in ((2, 440), (1, 300)):
            self.setColumnHidden(column, event.size().width() < least)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape lists all lines again; Ctrl+C copies the pattern."""
        rows = [index.row() for index in self.selectedIndexes()[:1]]
        copies = event.key() == Qt.Key.Key_C and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if copies and rows:
            QGuiApplication.clipboard().setText(self.patterns.pattern(rows[0]).text)
        elif event.key() == Qt.Key.Key_Escape and rows:
            self.clearSelection()
        else:
            super().keyPressEvent(event)


class PatternModel(QAbstractTableModel):
    """Count, level, service, words."""

    def __init__(self, state: AppState, parent: QWidget) -> None:
        super().__init__(parent)
        self._state = state
        self._patterns: tuple[LogTemplate, ...] = ()

    def show_patterns(self, patterns: tuple[LogTemplate, ...]) -> None:
        """List others."""
        self.beginResetModel()
        self._patterns = patterns
        self.endResetModel()

    def pattern(self, row: int) -> LogTemplate:
        """One of them."""
        return self._patterns[row]

    def place(self, wanted: LogTemplate | None) -> int:
        """Row of the pattern with the same words of the same service, -1 for none."""
        same = ((wanted.text, wanted.service) if wanted else None,)
        return next((row for row, one in enumerate(self._patterns) if (one.text, one.service) in same), -1)

    def repaint(self) -> None:
        """Colours have changed."""
        if self._patterns:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._patterns) - 1, 3))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        """How many patterns."""
        return 0 if parent.isValid() else len(self._patterns)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        """Count, level, service, words."""
        return 0 if parent.isValid() else 4

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, font, colour, tool tip."""
        store = self._state.store
        if not index.isValid() or index.row() >= len(self._patterns) or store is None:
            return None
        one, column = self._patterns[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            service = store.services[one.service]
            cells = (numbers.count(one.count), severity_word(one.severity), service, one.text)
            return line(cells[column], 1024)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(one.text)
        if role == Qt.ItemDataRole.FontRole:
            return mono("small")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if column else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ForegroundRole:
            return colour(self._tone(one, column, store.services[one.service]))
        return None

    def _tone(self, one: LogTemplate, column: int, service: str) -> str:
        theme = self._state.theme
        if column == 1:
            word = level(one.severity)
            return (
                theme.error
                if word in ("ERROR", "FATAL")
                else theme.warning
                if word == "WARN"
                else theme.muted
            )
        if column == 2:
            return Ink(theme, self._state.colours).service(service)
        return theme.text
