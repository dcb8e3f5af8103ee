"""Names and values in two columns: attributes, ids, events."""

from __future__ import annotations

import orjson
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from explorer.gui.look.fonts import mono, strong, ui
from explorer.gui.look.text import breakable, line, tip
from explorer.gui.painting.ink import colour
from explorer.gui.state.appstate import AppState

Rows = list[tuple[str, str]]
Index = QModelIndex | QPersistentModelIndex
SHOWN = 4096
ROW, PADDING, NAMES = 20, 23, 0.45
MEASURED, MOST = 400, 400
"""Rows that get the height of their lines, and pixels one has at most: more would take longer than a blink."""


def value_text(value: object) -> str:
    """An attribute's value as text: JSON for lists and objects, text as it stands."""
    if isinstance(value, str):
        return value
    if isinstance(value, list | dict | tuple):
        try:
            return orjson.dumps(value, default=str).decode()
        except (TypeError, orjson.JSONEncodeError):
            return str(value)
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


class PairsModel(QAbstractTableModel):
    """Name and value rows; a row without value is a heading."""

    def __init__(self, state: AppState, parent: QWidget) -> None:
        super().__init__(parent)
        self._state = state
        self._pairs: Rows = []

    def show_pairs(self, pairs: Rows) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._pairs = pairs
        self.endResetModel()

    def repaint(self) -> None:
        """Colours have changed."""
        if self._pairs:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._pairs) - 1, 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        """How many rows."""
        return 0 if parent.isValid() else len(self._pairs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        """Name and value."""
        return 0 if parent.isValid() else 2

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, font, colour, tool tip."""
        if not index.isValid() or index.row() >= len(self._pairs):
            return None
        name, value = self._pairs[index.row()]
        theme = self._state.theme
        if role == Qt.ItemDataRole.DisplayRole:
            return breakable(value[:SHOWN].strip("\n")) if index.column() else breakable(line(name, SHOWN))
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(value if index.column() else name)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
        if role == Qt.ItemDataRole.FontRole:
            return strong(ui("small")) if not value and not index.column() else mono("small")
        if role == Qt.ItemDataRole.ForegroundRole:
            if index.column():
                return colour(theme.error if name == "error" else theme.text)
            return colour(theme.text if not value else theme.muted)
        return None

    def pair(self, row: int) -> tuple[str, str]:
        """Name and whole value of a row."""
        return self._pairs[row]


class PairsTable(QTableView):
    """Copies the selected rows as tab-separated text; names have the room they need, values wrap in the rest.

    Signals:
        entered: row whose whole value is wanted.
        menu_wanted: row and place of a context menu.
    """

    entered = Signal(int)
    menu_wanted = Signal(int, object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._fitting = QTimer(self, singleShot=True)
        self._fitting.timeout.connect(self._fit)
        self.doubleClicked.connect(lambda index: self.entered.emit(index.row()))

    def fit(self) -> None:
        """Give the columns their shares and each row the height of its lines, once events have been seen to."""
        if self.isVisible():
            self._fitting.start(0)

    def _fit(self) -> None:
        model = self.model()
        if not isinstance(model, PairsModel) or not model.rowCount():
            return
        measure = QFontMetrics(mono("small"))
        one = measure.horizontalAdvance("0")
        pairs = [model.pair(row) for row in range(model.rowCount())]
        widest = max(len(name) for name, _ in pairs) * one + PADDING
        left = min(int(widest), int(self.viewport().width() * NAMES))
        self.setColumnWidth(0, left)
        room = self.viewport().width() - left - PADDING
        wrap = Qt.TextFlag.TextWordWrap.value
        for row, (name, value) in enumerate(pairs[:MEASURED]):
            height = 0
            for text, width in ((line(name, SHOWN), left - PADDING), (value[:SHOWN].strip("\n"), room)):
                if len(text) * one > width or "\n" in text or not text.isascii():
                    box = measure.boundingRect(0, 0, max(width, one), MOST, wrap, breakable(text))
                    height = max(height, min(box.height(), MOST))
            self.setRowHeight(row, max(ROW, height + 4))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lines break elsewhere."""
        super().resizeEvent(event)
        self.fit()

    def showEvent(self, event: QShowEvent) -> None:
        """What was left while nobody saw it."""
        super().showEvent(event)
        self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies whole values."""
        model = self.model()
        if (
            event.key() == Qt.Key.Key_C
            and event.modifiers() & Qt.KeyboardModifier.ControlModifier
            and isinstance(model, PairsModel)
        ):
            rows = sorted({index.row() for index in self.selectedIndexes()})
            QGuiApplication.clipboard().setText("\n".join("\t".join(model.pair(row)) for row in rows))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.entered.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Of the row under the mouse, or the current one by key."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if index.isValid():
            self.menu_wanted.emit(index.row(), event.globalPos())


def pairs_table(model: PairsModel, parent: QWidget, name: str = "Attributes") -> PairsTable:
    """A quiet two-column table."""
    table = PairsTable(parent)
    table.setModel(model)
    table.setAccessibleName(name)
    table.setShowGrid(False)
    table.setProperty("look", "pairs")
    table.setFrameShape(QTableView.Shape.NoFrame)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(ROW)
    table.verticalHeader().setMinimumSectionSize(18)
    table.horizontalHeader().hide()
    table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
    table.horizontalHeader().setStretchLastSection(True)
    table.setColumnWidth(0, 150)
    table.setWordWrap(True)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # values wrap
    return table
