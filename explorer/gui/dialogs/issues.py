"""What was skipped or repaired, and why: a table that can be filtered, copied and exported."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from explorer.errors import ExplorerError
from explorer.gui.dialogs.asked import show_error
from explorer.gui.dialogs.frame import Dialog, copy
from explorer.gui.look import fonts, text
from explorer.layout.numbers import count, plural
from explorer.layout.palette import Theme
from explorer.model.issue import Issue, lost
from explorer.session.saving import save_text

Index = QModelIndex | QPersistentModelIndex

UNKNOWN_TABLE: Final = "unknown-table"
COLUMNS: Final = ("Severity", "What", "File", "Offset", "Records", "In words")
_ORDER: Final = {"error": 0, "warning": 1, "info": 2}
_WIDTHS: Final = (68, 128, 240, 92, 68)
_NUMBERS: Final = (3, 4)
_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


def cells(issue: Issue) -> tuple[str, ...]:
    """An issue as the texts of a row."""
    offset = count(issue.offset) if issue.offset >= 0 else "–"
    return issue.severity, issue.code, issue.file or "–", offset, count(issue.count), issue.text


def as_text(issues: Sequence[Issue]) -> str:
    """All issues as lines with tabs, a heading first; offsets and counts as plain numbers."""
    lines = ["severity\tcode\tfile\toffset\tcount\ttext"]
    for issue in issues:
        row = (issue.severity, issue.code, issue.file, str(issue.offset), str(issue.count), issue.text)
        lines.append("\t".join(text.line(cell) for cell in row))
    return "\n".join(lines) + "\n"


class IssueModel(QAbstractTableModel):
    """Issues, the worst first; only those that hold a text where one is given."""

    def __init__(self, issues: Sequence[Issue], theme: Theme) -> None:
        super().__init__()
        self._all = sorted(issues, key=lambda issue: _ORDER[issue.severity])
        self._colours = {"error": theme.error, "warning": theme.warning, "info": theme.muted}
        self.shown = list(self._all)

    def keep(self, words: str) -> None:
        """Show only issues that hold the text."""
        wanted = words.lower()
        self.beginResetModel()
        self.shown = [issue for issue in self._all if wanted in "\0".join(cells(issue)).lower()]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        across = orientation == Qt.Orientation.Horizontal
        if across and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return (
            _RIGHT if across and role == Qt.ItemDataRole.TextAlignmentRole and section in _NUMBERS else None
        )

    def data(self, index: Index, role: int = 0) -> object:
        if not index.isValid() or index.row() >= len(self.shown):
            return None
        issue = self.shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return text.line(cells(issue)[index.column()])
        if role == Qt.ItemDataRole.ToolTipRole:
            return text.tip(cells(issue)[index.column()])
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == 0:
            return QColor(self._colours[issue.severity])
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in _NUMBERS:
            return _RIGHT
        return None


class _CutAtFront(QStyledItemDelegate):
    """Of a long path its end is what tells."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.textElideMode = Qt.TextElideMode.ElideLeft


class IssuesDialog(Dialog):
    """The list, with a filter.

    ``columns_wanted`` names a table that is not recognised, whose columns the user wants to state.
    """

    columns_wanted = Signal(str)

    def __init__(
        self, name: str, issues: Sequence[Issue], theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__("What was not read", parent, 1120, 560)
        self.model = IssueModel(issues, theme)
        said = f"{plural(len(issues), 'remark')} on {name}: {plural(lost(issues), 'record')} skipped"
        self.body.addWidget(text.label(said if issues else f"Everything in {name} was read.", "body", self))
        self.filter = QLineEdit(self)
        self.filter.setAccessibleName("Filter the list")
        self.filter.setPlaceholderText("Filter")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self.model.keep)
        self.body.addWidget(self.filter)
        self.table = _table(self.model, self)
        self.table.setItemDelegateForColumn(2, _CutAtFront(self.table))
        self.table.doubleClicked.connect(self._double_clicked)
        self.body.addWidget(self.table, 1)
        self.add_button("Copy", lambda: copy(as_text(self.model.shown)), left=True)
        self.add_button("Save as text…", self._ask_where, left=True)
        if any(issue.code == UNKNOWN_TABLE for issue in issues):
            self.add_button("Columns of this table…", self._want_columns, left=True)
        self.add_button("Close", self.close, "primary")

    def save(self, path: Path) -> None:
        """Write what is shown as text; says so where that is impossible."""
        try:
            save_text(path, as_text(self.model.shown))
        except ExplorerError as error:
            show_error("The list was not saved", str(error), parent=self)

    def _ask_where(self) -> None:
        dialog = QFileDialog(self, "Save the list as text", "", "Text (*.txt);;All files (*)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("txt")
        dialog.fileSelected.connect(lambda name: self.save(Path(name)))
        dialog.open()

    def _double_clicked(self, index: QModelIndex) -> None:
        if self.model.shown[index.row()].code == UNKNOWN_TABLE:
            self._want_columns()

    def _want_columns(self) -> None:
        """State the columns of the table in the selected row, else of the first one that nobody knows."""
        rows = [index.row() for index in self.table.selectionModel().selectedRows()]
        chosen = [self.model.shown[row] for row in rows] + self.model.shown
        file = next((issue.file for issue in chosen if issue.code == UNKNOWN_TABLE), "")
        self.close()
        self.columns_wanted.emit(file)


def _table(model: IssueModel, parent: QWidget) -> QTableView:
    table = QTableView(parent)
    table.setAccessibleName("Issues")
    table.setModel(model)
    table.setFont(fonts.ui("body"))
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(26)
    header = table.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(len(COLUMNS) - 1, QHeaderView.ResizeMode.Stretch)
    header.setHighlightSections(False)
    for column, width in enumerate(_WIDTHS):
        table.setColumnWidth(column, width)
    return table
