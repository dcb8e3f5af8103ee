"""The command palette: anything by a few letters of its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QTableView, QWidget

from explorer.gui.dialogs.frame import Dialog
from explorer.gui.look import fonts, text
from explorer.gui.look.style import look

Index = QModelIndex | QPersistentModelIndex

_STEPS: Final = {
    Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10,
}  # fmt: skip
_ASIDE: Final = 48
"""Characters of what stands at the right."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something that can be chosen.

    Attributes:
        kind: in a word; "" for a command.
        text: what it is called.
        aside: its key, or where choosing it leads.
        tip: more about it.
        run: what choosing it does.
    """

    kind: str
    text: str
    aside: str
    tip: str
    run: Callable[[], object]
    enabled: bool = True


Find = Callable[[str], list[Item]]


class _Model(QAbstractTableModel):
    """Kind, name and key of what was found."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[Item] = []

    def keep(self, items: list[Item]) -> None:
        self.beginResetModel()
        self.shown = items
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else 3

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        enabled = Qt.ItemFlag.ItemIsEnabled if self.shown[index.row()].enabled else Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsSelectable | enabled

    def data(self, index: Index, role: int = 0) -> object:
        if not index.isValid() or index.row() >= len(self.shown):
            return None
        item = self.shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return text.line(
                (item.kind, item.text, item.aside)[index.column()], _ASIDE if index.column() == 2 else 400
            )
        if role == Qt.ItemDataRole.ToolTipRole:
            return text.tip(item.tip)
        if index.column() == 2 and role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if index.column() != 1 and role == Qt.ItemDataRole.FontRole:
            return fonts.mono("small") if index.column() else fonts.ui("small")
        return None


class CommandsDialog(Dialog):
    """Type, choose with the arrows, Enter. ``find`` gives what the words in the field find."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Find anything", parent, 680, 520)
        self._find: Find = lambda _: []
        self._model = _Model()
        self.field = QLineEdit(self)
        self.field.setAccessibleName("Find a command, id, service or operation")
        self.field.setPlaceholderText(
            "Find a command, id, span, service, operation or bundle; > for commands only"
        )
        self.field.textChanged.connect(self.refresh)
        self.field.installEventFilter(self)
        self.table = _table(self._model, self)
        self.table.clicked.connect(lambda _: self.run())
        self._none = text.label("Nothing is called so.", "body", self)
        look(self._none, "muted")
        self.body.addWidget(self.field)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self._none)

    @property
    def shown(self) -> list[Item]:
        """What is offered."""
        return self._model.shown

    def search(self, find: Find) -> None:
        """Find by that function from now on."""
        self._find = find
        self.refresh()

    def refresh(self) -> None:
        """Find again; the best that can be chosen is."""
        self._model.keep(self._find(self.field.text()))
        self._none.setVisible(not self.shown)
        self.table.setVisible(bool(self.shown))
        self.table.selectRow(next((number for number, item in enumerate(self.shown) if item.enabled), 0))
        if self.shown:
            self._tell()

    def run(self) -> None:
        """Close, and have the chosen thing done."""
        row = self.table.currentIndex().row()
        if 0 <= row < len(self.shown) and self.shown[row].enabled:
            item = self.shown[row]
            self.close()
            item.run()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.run()
                return True
            if step := _STEPS.get(Qt.Key(event.key())):
                if self.shown:
                    row = self.table.currentIndex().row() + step
                    self.table.selectRow(max(0, min(len(self.shown) - 1, row)))
                    self._tell()
                return True
        return False

    def _tell(self) -> None:
        """The focus stays in the field, so what is chosen is said there to those who hear."""
        item = self.shown[max(0, self.table.currentIndex().row())]
        words = ", ".join(part for part in (item.kind, item.text, item.aside) if part)
        self.field.setAccessibleDescription(text.line(words, 200))


def _table(model: _Model, parent: QWidget) -> QTableView:
    table = QTableView(parent)
    table.setAccessibleName("Found")
    table.setModel(model)
    table.setShowGrid(False)
    table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setWordWrap(False)
    header = table.horizontalHeader()
    header.hide()
    header.setMinimumSectionSize(0)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
    table.verticalHeader().hide()
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    table.verticalHeader().setDefaultSectionSize(28)
    return table
