"""Tables as the bottom panel has them: quiet, of plain text, whole rows selected and copied."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from explorer.writers.csv_table import tab_table

Index = QModelIndex | QPersistentModelIndex
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class TextTable(QTableView):
    """A table without frame or grid. A column is as wide as its share of the table, but no narrower than given.

    Signals:
        opened: Enter was pressed, or a row clicked; its number. A click that adds to the selection opens nothing.
        deleted: Del was pressed.
    """

    opened = Signal(int)
    deleted = Signal()

    def __init__(
        self,
        model: QAbstractTableModel,
        name: str,
        parent: QWidget,
        *,
        widths: Sequence[int] = (),
        shares: Sequence[float] = (),
    ) -> None:
        super().__init__(parent)
        self._widths, self._shares = widths, shares
        self.setModel(model)
        self.setAccessibleName(name)
        self.setProperty("look", "pairs")
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(18)
        self.verticalHeader().setDefaultSectionSize(20)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        for column, width in enumerate(widths):
            self.setColumnWidth(column, width)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        if not widths:
            self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.clicked.connect(self._click)

    def _click(self, index: QModelIndex) -> None:
        if QGuiApplication.keyboardModifiers() == Qt.KeyboardModifier.NoModifier:
            self.opened.emit(index.row())

    def chosen(self) -> list[int]:
        """Numbers of the selected rows."""
        return sorted({index.row() for index in self.selectionModel().selectedRows()})

    def _texts(self, rows: Sequence[int]) -> list[list[str]]:
        model = self.model()
        role = Qt.ItemDataRole.AccessibleTextRole
        columns = range(model.columnCount())
        return [[str(model.index(row, column).data(role) or "") for column in columns] for row in rows]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Each column keeps its share."""
        super().resizeEvent(event)
        for column, share in enumerate(self._shares):
            least = self._widths[column] if self._widths else 0
            self.setColumnWidth(column, max(least, int(share * self.viewport().width())))

    def copy(self) -> None:
        """The selected rows to the clipboard, under the titles of their columns."""
        model, across = self.model(), Qt.Orientation.Horizontal
        spoken, shown = Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.DisplayRole
        head = [
            str(model.headerData(column, across, spoken) or model.headerData(column, across, shown) or "")
            for column in range(model.columnCount())
        ]
        QGuiApplication.clipboard().setText(tab_table(head, self._texts(self.chosen())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Del deletes, Ctrl+C copies the selected rows with the titles of the columns."""
        copies = event.key() == Qt.Key.Key_C and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if copies and self.chosen():
            self.copy()
        elif event.key() in _ENTER and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex().row())
        elif event.key() == Qt.Key.Key_Delete:
            self.deleted.emit()
        else:
            super().keyPressEvent(event)
