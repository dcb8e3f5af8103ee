"""The command palette: any command by a few letters of its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QTableView, QWidget

from explorer.gui import fonts, text
from explorer.gui.actions import COMMANDS, Command, keys_in_words
from explorer.gui.dialogs.frame import Dialog

Index = QModelIndex | QPersistentModelIndex

_STEPS: Final = {
    Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10,
}  # fmt: skip


def matching(commands: Sequence[Command], words: str) -> list[Command]:
    """Commands in whose menu, name or tip all words occur; those whose name begins with the first come first."""
    wanted = words.lower().split()
    if not wanted:
        return list(commands)
    found = [
        command for command in commands
        if all(word in f"{command.menu} {command.text} {command.tip}".lower() for word in wanted)
    ]  # fmt: skip

    def rank(command: Command) -> int:
        name = command.text.lower()
        return 0 if name.startswith(wanted[0]) else 1 if all(word in name for word in wanted) else 2

    return sorted(found, key=rank)


class _Model(QAbstractTableModel):
    """Menu, name and key of the commands that match."""

    def __init__(self, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self._actions = actions
        self._all = tuple(command for command in COMMANDS if command.id != "commands")
        self.shown = list(self._all)

    def keep(self, words: str) -> None:
        self.beginResetModel()
        self.shown = matching(self._all, words)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else 2

    def flags(self, index: Index) -> Qt.ItemFlag:
        enabled = index.isValid() and self._actions[self.shown[index.row()].id].isEnabled()
        return Qt.ItemFlag.ItemIsSelectable | (
            Qt.ItemFlag.ItemIsEnabled if enabled else Qt.ItemFlag.NoItemFlags
        )

    def data(self, index: Index, role: int = 0) -> object:
        if not index.isValid() or index.row() >= len(self.shown):
            return None
        command = self.shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            named = f"{command.menu.replace('/', ' › ')} › {command.text.rstrip('…')}"
            return named if index.column() == 0 else keys_in_words(command)
        if role == Qt.ItemDataRole.ToolTipRole:
            return text.tip(command.later or command.tip)
        if index.column() == 1 and role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if index.column() == 1 and role == Qt.ItemDataRole.FontRole:
            return fonts.mono("small")
        return None


class CommandsDialog(Dialog):
    """Type, choose with the arrows, Enter."""

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__("Commands", parent, 560, 480)
        self._actions = actions
        self._model = _Model(actions)
        self.field = QLineEdit(self)
        self.field.setAccessibleName("Find a command")
        self.field.setPlaceholderText("Find a command")
        self.field.textChanged.connect(self._find)
        self.field.installEventFilter(self)
        self.table = QTableView(self)
        self.table.setAccessibleName("Commands found")
        self.table.setModel(self._model)
        self.table.setShowGrid(False)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.horizontalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(28)
        self.table.setColumnWidth(1, 140)
        self.table.clicked.connect(lambda _: self.run())
        self.body.addWidget(self.field)
        self.body.addWidget(self.table, 1)
        self.table.selectRow(0)

    def run(self) -> None:
        """Close, and have the chosen command done."""
        row = self.table.currentIndex().row()
        if 0 <= row < len(self._model.shown):
            action = self._actions[self._model.shown[row].id]
            if action.isEnabled():
                self.close()
                action.trigger()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.run()
                return True
            if step := _STEPS.get(Qt.Key(event.key())):
                rows = len(self._model.shown)
                if rows:
                    self.table.selectRow(max(0, min(rows - 1, self.table.currentIndex().row() + step)))
                return True
        return False

    def _find(self, words: str) -> None:
        self._model.keep(words)
        self.table.selectRow(0)
