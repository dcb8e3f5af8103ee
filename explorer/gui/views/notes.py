"""All pins and notes on the bundle, to go to them, change them and take them away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from explorer.gui.actions.menus import pop_up
from explorer.gui.dialogs.note import edit_note
from explorer.gui.look.elided import Elided
from explorer.gui.look.fonts import mono, ui
from explorer.gui.look.style import look
from explorer.gui.look.text import line, tip
from explorer.gui.painting.ink import colour
from explorer.gui.state.appstate import AppState
from explorer.gui.state.notebook import mark_of
from explorer.gui.views.parts import wrapped
from explorer.gui.views.tables import Index, TextTable
from explorer.layout import numbers
from explorer.model.moments import iso_ns
from explorer.model.store import Store
from explorer.session.notes import Note, Placed

_HEAD = ("Kind", "Note", "On", "Id", "Changed")
_WORDS = {"pin": "pin", "note": "note", "both": "pin, note"}
_EMPTY = (
    "No pins or notes yet. Press m to pin the selected span and n to write a note on it. "
    "They are kept in a small file beside the bundle and stand in the report."
)


@dataclass(frozen=True, slots=True)
class Line:
    """One note: what it is on, in words, and the rows of its span and id, -1 where the bundle has them not."""

    note: Note
    on: str
    id: str
    span: int
    owner: int


class NotesModel(QAbstractTableModel):
    """One row a note."""

    def __init__(self, state: AppState, parent: QWidget) -> None:
        super().__init__(parent)
        self._state = state
        self.lines: tuple[Line, ...] = ()

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show other notes."""
        self.beginResetModel()
        self.lines = tuple(lines)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        """How many notes."""
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        """Mark, text, what it is on, its id, when it was changed."""
        return 0 if parent.isValid() else len(_HEAD)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        """Column titles."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return _HEAD[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, font, colour, tool tip; for screen readers and copies, whole texts and marks in words."""
        if not index.isValid() or index.row() >= len(self.lines):
            return None
        one, column = self.lines[index.row()], index.column()
        cells = (_WORDS[mark_of(one.note)], one.note.text, one.on, one.id, self._moment(one.note.changed))
        text = cells[column]
        answers: dict[int, Callable[[], object]] = {
            Qt.ItemDataRole.DisplayRole: lambda: line(text, 1024),
            Qt.ItemDataRole.AccessibleTextRole: lambda: text,
            Qt.ItemDataRole.ToolTipRole: lambda: tip(text),
            Qt.ItemDataRole.FontRole: lambda: mono("small") if column in (3, 4) else ui("body"),
            Qt.ItemDataRole.ForegroundRole: lambda: colour(self._tone(one, column)),
        }
        found = answers.get(role)
        return found() if found is not None else None

    def _moment(self, written: str) -> str:
        try:
            return numbers.date_time(iso_ns(written), utc=self._state.utc, precision=0)
        except (ValueError, OverflowError):  # written by hand
            return written

    def _tone(self, one: Line, column: int) -> str:
        theme = self._state.theme
        if column == 0:
            return theme.accent
        return theme.text if column == 1 or (column == 2 and one.owner >= 0) else theme.muted


def _on(store: Store, one: Placed) -> str:
    """What a note is on, in words."""
    if one.span >= 0:
        return f"{store.service(one.span)} {store.operation(one.span)}".strip()
    return one.note.target.id if one.owner >= 0 else f"{one.note.title} (not in this bundle)"


def _id_of(store: Store, one: Placed) -> str:
    return store.correlation.rows[one.owner].id if one.owner >= 0 else one.note.target.id


class NotesView(QWidget):
    """Follows the notebook."""

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Pins and notes")
        self._state = state
        self.model = NotesModel(state, self)
        self.table = TextTable(
            self.model,
            "Pins and notes",
            self,
            shares=(0.08, 0.38, 0.2, 0.15, 0.16),
            widths=(78, 100, 80, 70, 90),
        )
        self.table.horizontalHeader().hide()
        self._where = Elided(ui("small"), parent=self)
        look(self._where, "muted")
        self.edit_button = self._button("Edit…", self._edit)
        self.remove_button = self._button("Remove", self.remove)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 2, 12, 4)
        foot.addWidget(self._where, 1)
        foot.addWidget(self.edit_button)
        foot.addWidget(self.remove_button)
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table, 1)
        column.addLayout(foot)
        empty = QWidget(self)
        said = QVBoxLayout(empty)
        said.setContentsMargins(16, 12, 16, 12)
        said.addWidget(wrapped(_EMPTY, parent=empty, quiet=True))
        said.addStretch(1)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(empty)
        self._pages.addWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)
        self.setFocusProxy(self.table)
        self._wire()
        self._follow()

    def _button(self, words: str, slot: Callable[[], object]) -> QPushButton:
        button = QPushButton(words, self)
        button.setAccessibleName(words.rstrip("…"))
        look(button, "link")
        button.clicked.connect(lambda _=False: slot())
        return button

    def _wire(self) -> None:
        self._state.notebook.changed.connect(self._follow)
        self._state.opened.connect(self._follow)
        self._state.theme_changed.connect(self.table.viewport().update)
        self.table.opened.connect(self.go_to)
        self.table.deleted.connect(self.remove)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._pop_up)

    def _follow(self) -> None:
        store, notebook = self._state.store, self._state.notebook
        chosen = {self.model.lines[row].note.target for row in self.table.chosen()}
        lines = [] if store is None else [
            Line(one.note, _on(store, one), _id_of(store, one), one.span, one.owner)
            for one in notebook.placed()
        ]  # fmt: skip
        self.model.show_lines(lines)
        for row, one in enumerate(lines):
            if one.note.target in chosen:
                self.table.selectRow(row)
        where = f" · kept in {notebook.path}" if notebook.path else ""
        self._where.show_text(f"{numbers.plural(len(lines), 'pin or note', 'pins and notes')}{where}")
        self._pages.setCurrentIndex(1 if lines else 0)
        self._enable()

    def _enable(self) -> None:
        chosen = self.table.chosen()
        self.edit_button.setEnabled(len(chosen) == 1)
        self.remove_button.setEnabled(bool(chosen))

    def go_to(self, row: int) -> None:
        """Select what the note in that row is on."""
        one = self.model.lines[row]
        if one.span >= 0:
            self._state.show_row(one.span)
        elif one.owner >= 0:
            self._state.select_id(one.id)

    def remove(self) -> None:
        """Take away the selected notes, all as one change."""
        notes = [self.model.lines[row].note for row in self.table.chosen()]
        if notes:
            words = f"removing {numbers.plural(len(notes), 'note')}"
            self._state.notebook.put(words, *(replace(note, pinned=False, text="") for note in notes))

    def _edit(self) -> None:
        chosen = self.table.chosen()
        if len(chosen) == 1:
            edit_note(self._state, self, self.model.lines[chosen[0]].note.target)

    def context_menu(self, row: int) -> QMenu:
        """What can be done with a note."""
        menu, note = QMenu(self), self.model.lines[row].note
        menu.addAction("Go to it", partial(self.go_to, row)).setEnabled(self.model.lines[row].owner >= 0)
        menu.addAction("Edit…", partial(edit_note, self._state, self, note.target))
        menu.addAction(
            "Unpin" if note.pinned else "Pin", partial(self._state.notebook.toggle_pin, note.target)
        )
        menu.addAction("Remove", self.remove)
        return menu

    def _pop_up(self, at: QPoint) -> None:
        index = self.table.indexAt(at)
        if index.isValid():
            menu = self.context_menu(index.row())
            pop_up(menu, self.table.viewport().mapToGlobal(at))
