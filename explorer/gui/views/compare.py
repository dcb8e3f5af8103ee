"""The selected id beside a healthy one (or any other): calls, attributes and log lines that differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from explorer.analysis.compare import CallDifference, Comparison, compare, nearest_healthy
from explorer.analysis.lookup import find_id
from explorer.analysis.results import Analysis, Outcome
from explorer.errors import UsageError
from explorer.gui.fonts import mono, strong, ui
from explorer.gui.jobs import Latest
from explorer.gui.painting.ink import colour
from explorer.gui.state import AppState
from explorer.gui.text import label, line, set_label, tip
from explorer.layout import numbers
from explorer.model.store import Store

Index = QModelIndex | QPersistentModelIndex
HEAD = ("what", "this id", "the other", "difference")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the comparison. ``tone`` is ``head``, ``bad``, ``plain`` or ``missing``; ``row`` a span to go to."""

    cells: tuple[str, str, str, str]
    tone: str
    row: int = -1


class CompareView(QWidget):
    """Follows the state's id while it is seen; compares with the nearest healthy id unless another is named."""

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Comparison")
        self._state, self._work = state, Latest(self)
        self._words = label("", "small", self)
        self._words.setProperty("look", "muted")
        self.other_field = QLineEdit(self)
        self.other_field.setPlaceholderText("Compare with … (id; empty: the nearest healthy one)")
        self.other_field.setAccessibleName("Id to compare with")
        self.other_field.setMaximumWidth(340)
        self.other_field.returnPressed.connect(self._rebuild)
        self.model = CompareModel(state, self)
        self.table = _table(self.model, self)
        self.table.clicked.connect(self._go)
        head = QHBoxLayout()
        head.setContentsMargins(16, 4, 12, 2)
        head.addWidget(self._words, 1)
        head.addWidget(self.other_field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        for signal in (state.opened, state.analysed, state.id_changed):
            signal.connect(self._rebuild)
        state.theme_changed.connect(self.model.repaint)

    def showEvent(self, event: QShowEvent) -> None:
        """Compare when it is first looked at."""
        super().showEvent(event)
        self._rebuild()

    def _rebuild(self) -> None:
        store, analysis, row = self._state.store, self._state.analysis, self._state.id_row
        if store is None or analysis is None or row < 0:
            self._work.cancel()
            self._say("", ())
            return
        if not self.isVisible():
            return
        named = self.other_field.text().strip()
        self._work.start(
            lambda _, __: compared(store, analysis, row, named),
            lambda found: self._show(store, analysis, found),
        )

    def _show(self, store: Store, analysis: Analysis, found: Comparison | str) -> None:
        if isinstance(found, str):
            self._say(found, ())
            return
        one, other = (store.correlation.rows[row].id for row in (found.a, found.b))
        times = [numbers.duration(ns) for ns in found.duration_ns]
        how = Outcome(int(analysis.ids.outcome[found.b])).word
        self._say(
            f"{line(one, 40)} · {times[0]}  against  {line(other, 40)} · {times[1]} · {how}", lines(found)
        )

    def _say(self, words: str, rows: Sequence[Line]) -> None:
        set_label(self._words, words)
        self.model.show_lines(rows)
        self.table.resizeRowsToContents()

    def _go(self, index: QModelIndex) -> None:
        row = self.model.line(index.row()).row
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


def lines(found: Comparison) -> tuple[Line, ...]:
    """What differs as rows: calls, then attributes, then logs; each kind under a heading."""
    calls = [_call_line(call) for call in found.calls if call.differs]
    attributes = [
        Line((f"{one.service} {one.operation} · {one.name}", one.value[0] or "–", one.value[1] or "–", ""),
             "plain" if None not in one.value else "missing")
        for one in found.attributes
    ]  # fmt: skip
    logs = [
        Line((f"{one.service} {one.level} · {one.template}", _times(one.count[0]), _times(one.count[1]), ""),
             "bad" if one.level in ("ERROR", "FATAL") and one.count[0] > one.count[1] else "plain")
        for one in found.logs
    ]  # fmt: skip
    parts = (("Calls", calls), ("Attributes", attributes), ("Log lines", logs))
    return tuple(row for title, rows in parts if rows for row in (Line((title, "", "", ""), "head"), *rows))


def _times(count: int) -> str:
    return f"{count}×" if count else "–"


def _call_line(call: CallDifference) -> Line:
    cells = []
    for count, total, errors in zip(call.count, call.total_ns, call.errors, strict=True):
        failed = f", {errors} failed" if errors else ""
        cells.append(f"{count}× {numbers.duration(total)}{failed}" if count else "not called")
    change = call.total_ns[0] - call.total_ns[1]
    sign = "+" if change >= 0 else ""
    tone = "bad" if call.errors[0] > call.errors[1] else "missing" if 0 in call.count else "plain"
    name = "  " * min(len(call.path) - 1, 8) + f"{call.service} {call.operation}"
    return Line((name, cells[0], cells[1], f"{sign}{numbers.duration(change)}"), tone, max(call.row[0], -1))


class CompareModel(QAbstractTableModel):
    """Four columns of text."""

    def __init__(self, state: AppState, parent: QWidget) -> None:
        super().__init__(parent)
        self._state = state
        self._lines: tuple[Line, ...] = ()

    def show_lines(self, rows: Sequence[Line]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._lines = tuple(rows)
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
        """What, this id, the other, difference."""
        return 0 if parent.isValid() else len(HEAD)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        """Column titles."""
        shown = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return HEAD[section] if shown else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, font, colour, tool tip."""
        if not index.isValid() or index.row() >= len(self._lines):
            return None
        one = self._lines[index.row()]
        text = one.cells[index.column()]
        answers: dict[int, Callable[[], object]] = {
            Qt.ItemDataRole.DisplayRole: lambda: line(text, 1024),
            Qt.ItemDataRole.ToolTipRole: lambda: tip(text),
            Qt.ItemDataRole.FontRole: lambda: strong(ui("small")) if one.tone == "head" else mono("small"),
            Qt.ItemDataRole.ForegroundRole: lambda: colour(self._tone(one.tone, index.column())),
        }
        found = answers.get(role)
        return found() if found is not None else None

    def _tone(self, tone: str, column: int) -> str:
        theme = self._state.theme
        if tone == "head":
            return theme.muted
        if column == 0:
            return theme.text
        return {"bad": theme.error, "missing": theme.warning}.get(
            tone, theme.muted if column == 2 else theme.text
        )


class _CopyTable(QTableView):
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies the selected rows as tab-separated text."""
        model = self.model()
        copies = event.key() == Qt.Key.Key_C and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if copies and isinstance(model, CompareModel):
            rows = sorted({index.row() for index in self.selectedIndexes()})
            QGuiApplication.clipboard().setText("\n".join("\t".join(model.line(row).cells) for row in rows))
        else:
            super().keyPressEvent(event)


def _table(model: CompareModel, parent: QWidget) -> QTableView:
    table = _CopyTable(parent)
    table.setModel(model)
    table.setAccessibleName("What differs")
    table.setProperty("look", "pairs")
    table.setShowGrid(False)
    table.setFrameShape(QTableView.Shape.NoFrame)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(20)
    table.verticalHeader().setMinimumSectionSize(18)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    table.horizontalHeader().setStretchLastSection(True)
    table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    for column, width in enumerate((420, 210, 210)):
        table.setColumnWidth(column, width)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    return table
