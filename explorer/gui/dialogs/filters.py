"""Saving a query by a name, and the list of those that were."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QFormLayout, QLineEdit, QTableView, QWidget

from explorer.errors import QueryError
from explorer.gui.dialogs.frame import Dialog
from explorer.gui.look import fonts, text
from explorer.gui.look.style import look
from explorer.query import parse
from explorer.session.filters import LONGEST_NAME, Filters, clean_name, named, with_filter, without

Index = QModelIndex | QPersistentModelIndex
_HEAD: Final = ("Name", "Query")


class SaveFilterDialog(Dialog):
    """Asks for the name of a query; ``saved`` carries it."""

    saved = Signal(str)

    def __init__(self, query: str, filters: Filters, parent: QWidget | None = None) -> None:
        super().__init__("Save the query as a filter", parent)
        self._filters = filters
        self.field = QLineEdit(self)
        self.field.setAccessibleName("Name of the filter")
        self.field.setPlaceholderText("Failing payments")
        self.field.setMaxLength(LONGEST_NAME)
        form = QFormLayout()
        form.setHorizontalSpacing(24)
        shown = text.label(text.line(query, 400), "body", self)
        shown.setFont(fonts.mono("body"))
        shown.setWordWrap(True)
        form.addRow(text.label("Query"), shown)
        form.addRow(text.label("Name"), self.field)
        self.body.addLayout(form)
        self._said = text.label("", "small", self)
        look(self._said, "muted")
        self.body.addWidget(self._said)
        self.add_button("Cancel", self.close)
        self._keep = self.add_button("Save", self._save, "primary")
        self.field.textChanged.connect(lambda _: self._follow())
        self.field.setFocus()
        self._follow()

    def _follow(self) -> None:
        known = named(self._filters, self.field.text())
        text.set_label(self._said, f"Replaces {known.name}: {known.query}" if known else "")
        self._keep.setEnabled(bool(clean_name(self.field.text())))

    def _save(self) -> None:
        name = clean_name(self.field.text())
        if name:
            self.close()
            self.saved.emit(name)


class _Model(QAbstractTableModel):
    """Filters that are edited in place. ``edited`` carries all of them, ``refused`` why one could not be so."""

    edited = Signal(object)
    refused = Signal(str)

    def __init__(self, filters: Filters, parent: QWidget) -> None:
        super().__init__(parent)
        self.filters = filters

    def show_filters(self, filters: Filters) -> None:
        self.beginResetModel()
        self.filters = filters
        self.endResetModel()
        self.edited.emit(filters)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.filters)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(_HEAD)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        shown = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return _HEAD[section] if shown else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = 0) -> object:
        if not index.isValid() or index.row() >= len(self.filters):
            return None
        one = self.filters[index.row()]
        value = one.query if index.column() else one.name
        if role == Qt.ItemDataRole.EditRole:
            return value
        if role == Qt.ItemDataRole.DisplayRole:
            return text.line(value, 1024)
        if role == Qt.ItemDataRole.ToolTipRole:
            return text.tip(value)
        return fonts.mono("body") if role == Qt.ItemDataRole.FontRole and index.column() else None

    def setData(self, index: Index, value: object, role: int = 0) -> bool:
        """Take what was typed, unless it makes no sense."""
        if role != Qt.ItemDataRole.EditRole or not isinstance(value, str):
            return False
        one, written = self.filters[index.row()], value.strip()
        name, query = (one.name, written) if index.column() else (clean_name(written), one.query)
        other = named(self.filters, name)
        refused = _refused(query) if name else "A filter needs a name."
        if other is not None and other != one:
            refused = f"There is a filter called {other.name} already."
        self.refused.emit(refused)
        if refused:
            return False
        self.show_filters(with_filter(without(self.filters, one.name), name, query))
        return True


def _refused(query: str) -> str:
    if not query:
        return "A filter needs a query."
    try:
        parse(query)
    except QueryError as error:
        return f"Column {error.column + 1}: {error}"
    return ""


class FiltersDialog(Dialog):
    """All saved filters, edited in place.

    Signals:
        changed: the filters, as they are now.
        used: the query of the one to use.
    """

    changed = Signal(object)
    used = Signal(str)

    def __init__(self, filters: Filters, parent: QWidget | None = None) -> None:
        super().__init__("Saved filters", parent, 640, 400)
        self.model = _Model(filters, self)
        self.table = QTableView(self)
        self.table.setModel(self.model)
        self.table.setAccessibleName("Saved filters")
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.table.setColumnWidth(0, 200)
        self._said = text.label("", "small", self)
        look(self._said, "error")
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self._said)
        self.remove_button = self.add_button("Remove", self._remove, left=True)
        self.add_button("Close", self.close)
        self.use_button = self.add_button("Use", self._use, "primary")
        self.model.edited.connect(self._follow)
        self.model.edited.connect(self.changed.emit)
        self.model.refused.connect(lambda why: text.set_label(self._said, why))
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        self._follow()
        self.table.selectRow(0)

    def _follow(self) -> None:
        empty = "" if self.model.filters else "No filters yet: write a query and save it with Ctrl+D."
        text.set_label(self._said, empty)
        look(self._said, "error" if self.model.filters else "muted")
        self._enable()

    def _enable(self) -> None:
        for button in (self.remove_button, self.use_button):
            button.setEnabled(self.table.currentIndex().isValid())

    def _remove(self) -> None:
        row = self.table.currentIndex().row()
        if 0 <= row < len(self.model.filters):
            self.model.show_filters(without(self.model.filters, self.model.filters[row].name))
            self.table.selectRow(min(row, len(self.model.filters) - 1))

    def _use(self) -> None:
        row = self.table.currentIndex().row()
        if 0 <= row < len(self.model.filters):
            query = self.model.filters[row].query
            self.close()
            self.used.emit(query)
