"""The selected id beside a healthy one, or the failing ids against the healthy: what differs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from explorer.analysis.compare import Comparison, compare, nearest_healthy
from explorer.analysis.lookup import find_id
from explorer.analysis.over_represented import SetComparison, compare_sets, opposed
from explorer.analysis.results import Analysis, Outcome
from explorer.errors import UsageError
from explorer.gui.jobs import Latest
from explorer.gui.look.elided import Elided
from explorer.gui.look.fonts import mono, strong, ui
from explorer.gui.look.style import look
from explorer.gui.look.text import line, tip
from explorer.gui.painting.ink import colour
from explorer.gui.state.appstate import AppState
from explorer.gui.views.parts import Choice
from explorer.gui.views.tables import TextTable
from explorer.layout import numbers
from explorer.layout.comparing import PAIR_HEAD, SETS_HEAD, Cells, Line, Tone, pair_lines, set_lines
from explorer.model.store import Store

Index = QModelIndex | QPersistentModelIndex
CHANGE = Qt.ItemDataRole.UserRole + 1
"""Role of the size of a difference, -1 to 1."""
WHAT = ("this id", "ids of this cause", "all failing ids")


class CompareView(QWidget):
    """Follows the state's id while it is seen; compares it with the nearest healthy id unless another is named."""

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Comparison")
        self._state, self._work = state, Latest(self)
        self._words = Elided(ui("small"), parent=self)
        look(self._words, "muted")
        self.what = Choice("What to compare", WHAT, self)
        self.what.chosen.connect(lambda _number: self._rebuild())
        self.other_field = QLineEdit(self)
        self.other_field.setPlaceholderText("Compare with another id")
        self.other_field.setAccessibleName("Id to compare with")
        self.other_field.setFixedWidth(240)
        self.other_field.returnPressed.connect(self._rebuild)
        self.model = CompareModel(state, self)
        self.table = TextTable(self.model, "What differs", self, shares=(0.36, 0.24, 0.2))
        self.table.setItemDelegateForColumn(3, ChangeBar(state, self.table))
        self.table.opened.connect(self._go)
        head = QHBoxLayout()
        head.setContentsMargins(16, 4, 12, 2)
        head.setSpacing(12)
        head.addWidget(self._words)
        head.addStretch(1)
        head.addWidget(self.what)
        head.addWidget(self.other_field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        state.opened.connect(self._clear)
        for signal in (state.opened, state.id_changed):
            signal.connect(self._rebuild)
        state.theme_changed.connect(self.model.repaint)

    def showEvent(self, event: QShowEvent) -> None:
        """Compare when it is first looked at."""
        super().showEvent(event)
        self._rebuild()

    def _clear(self) -> None:
        """Show nothing until there is something new: the spans of rows are those of one bundle."""
        self._work.cancel()
        self._say((), PAIR_HEAD, ())

    def _rebuild(self) -> None:
        store, analysis, row = self._state.store, self._state.analysis, self._state.id_row
        self.other_field.setVisible(self.what.number == 0)
        if store is None or analysis is None or (row < 0 and self.what.number < len(WHAT) - 1):
            self._clear()
            return
        if not self.isVisible():
            return
        if self.what.number:
            whole = self.what.number == len(WHAT) - 1
            self._work.start(lambda _, __: compared_sets(store, analysis, row, whole=whole), self._show_sets)
            return
        named = self.other_field.text().strip()
        self._work.start(
            lambda _, __: compared(store, analysis, row, named),
            lambda found: self._show(store, analysis, found),
        )

    def _show(self, store: Store, analysis: Analysis, found: Comparison | str) -> None:
        if isinstance(found, str):
            self._say((found,), PAIR_HEAD, ())
            return
        one, other = (store.correlation.rows[row].id for row in (found.a, found.b))
        times = [numbers.duration(ns) for ns in found.duration_ns]
        how = Outcome(int(analysis.ids.outcome[found.b])).word
        rows = pair_lines(found)
        same = () if rows else ("nothing differs",)
        facts = (line(one, 40), f"{times[0]}  against  {line(other, 40)}", times[1], how, *same)
        self._say(facts, PAIR_HEAD, rows)

    def _show_sets(self, found: SetComparison | str) -> None:
        if isinstance(found, str):
            self._say((found,), SETS_HEAD, ())
            return
        against = (
            f"{numbers.plural(found.failing, 'failing id')}  against  {numbers.count(found.healthy)} healthy"
        )
        plain = () if found.more or found.less else ("nothing sets them apart for sure",)
        self._say((f"{against} that begin alike", *plain), SETS_HEAD, set_lines(found))

    def _say(self, facts: Sequence[str], head: Cells, rows: Sequence[Line]) -> None:
        self._words.show_facts(facts)
        self.model.show_lines(head, rows)

    def _go(self, at: int) -> None:
        row = self.model.line(at).row
        if row >= 0:
            self._state.show_row(row)


def compared(store: Store, analysis: Analysis, row: int, named: str) -> Comparison | str:
    """The comparison of an id with another, or why there is none."""
    try:
        other = find_id(store, named) if named else nearest_healthy(store, analysis, row)
    except UsageError as error:
        return str(error)
    if other < 0:
        return "No healthy id has the same entry operation. Name another id at the right."
    if other == row:
        return "This is the selected id itself. Name another one."
    return compare(store, analysis, row, other)


def compared_sets(store: Store, analysis: Analysis, row: int, *, whole: bool) -> SetComparison | str:
    """All failing ids, or those of the cause of one, against healthy ones; or why there is no such comparison."""
    keep = np.ones(len(analysis.ids.start), bool)
    if not whole:
        verdict = analysis.verdicts.get(row)
        if verdict is None or verdict.cause < 0:
            return "No cause is known of this id."
        keep[:] = False
        keep[list(analysis.causes[verdict.cause].ids)] = True
    failing, healthy = opposed(store, analysis, keep)
    if not len(failing):
        return "No id failed."
    if not len(healthy):
        return "No healthy id to compare with."
    return compare_sets(store, failing, healthy)


class CompareModel(QAbstractTableModel):
    """Four columns of text."""

    def __init__(self, state: AppState, parent: QWidget) -> None:
        super().__init__(parent)
        self._state = state
        self._head: Cells = PAIR_HEAD
        self._lines: tuple[Line, ...] = ()

    def show_lines(self, head: Cells, rows: Sequence[Line]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._head, self._lines = head, tuple(rows)
        self.endResetModel()

    def line(self, row: int) -> Line:
        """One row."""
        return self._lines[row]

    def repaint(self) -> None:
        """Colours have changed."""
        if self._lines:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._lines) - 1, 3))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        """How many rows."""
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        """What, one side, the other, the difference."""
        return 0 if parent.isValid() else len(self._head)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        """Column titles."""
        shown = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return self._head[section] if shown else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text as shown and whole, font, colour, tool tip, size of the difference."""
        if not index.isValid() or index.row() >= len(self._lines):
            return None
        one = self._lines[index.row()]
        text = one.cells[index.column()]
        answers: dict[int, Callable[[], object]] = {
            Qt.ItemDataRole.DisplayRole: lambda: line(text, 1024),
            Qt.ItemDataRole.AccessibleTextRole: lambda: text,
            Qt.ItemDataRole.ToolTipRole: lambda: tip(f"{text}\n{one.tip}" if one.tip else text),
            Qt.ItemDataRole.FontRole: lambda: strong(ui("small")) if one.head else mono("small"),
            Qt.ItemDataRole.ForegroundRole: lambda: colour(self._tone(one.tones[index.column()])),
            CHANGE: lambda: one.change,
        }
        found = answers.get(role)
        return found() if found is not None else None

    def _tone(self, tone: Tone) -> str:
        theme = self._state.theme
        tones = {"plain": theme.text, "muted": theme.muted, "bad": theme.error, "missing": theme.warning}
        return tones[tone]


class ChangeBar(QStyledItemDelegate):
    """The difference as words over a bar: to the right of the middle where the first side has more."""

    def __init__(self, state: AppState, parent: QWidget) -> None:
        super().__init__(parent)
        self._state = state

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint bar, then words."""
        change = index.data(CHANGE)
        if isinstance(change, float) and change:
            theme = self._state.theme
            room = QRectF(option.rect).adjusted(4, 4, -4, -4)
            half = room.width() / 2
            width = max(abs(change) * half, 1.0)
            left = room.center().x() if change > 0 else room.center().x() - width
            ground = QColor(colour(theme.accent if change > 0 else theme.muted))
            ground.setAlphaF(0.28)
            painter.fillRect(QRectF(left, room.top(), width, room.height()), ground)
        super().paint(painter, option, index)
