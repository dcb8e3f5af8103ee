"""Metric series: a list, and those chosen in lanes on the bundle's time axis."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QSplitter,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from explorer.gui.look.fonts import mono
from explorer.gui.look.text import label, line, set_label, tip
from explorer.gui.state.appstate import AppState
from explorer.gui.views.lanes import Lanes
from explorer.gui.views.tables import TextTable
from explorer.layout.numbers import plural
from explorer.layout.seriestitles import Alike, series_titles
from explorer.layout.seriesunit import series_unit
from explorer.layout.strip import lane_series
from explorer.layout.values import measured
from explorer.model.records import Series
from explorer.model.store import Store

MOST_LANES = 12
FIRST = 2
"""Lanes that are drawn unasked."""
_VALUE = 76
_PADDING = 22
ALIKE = Qt.ItemDataRole.UserRole + 1
"""Role of how much of a title's two ends another one has, too."""
Index = QModelIndex | QPersistentModelIndex


class MetricsView(QWidget):
    """Follows the state's store; the selected id's time is marked."""

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Metrics")
        self._state = state
        self._model = _Names(self)
        self._find, self._list = QLineEdit(self), TextTable(self._model, "Metric series", self)
        self.lanes = Lanes(state, self)
        self._note = label("", "body", self)
        self._note.setProperty("look", "muted")
        self._arrange()
        state.opened.connect(self._refill)
        state.opened.connect(self._choose_some)
        for signal in (state.theme_changed, state.id_changed, state.range_changed):
            signal.connect(self._draw)
        self._refill()

    def _arrange(self) -> None:
        self._find.setPlaceholderText("Find a series")
        self._find.setAccessibleName("Find a series")
        self._find.setClearButtonEnabled(True)
        self._find.textChanged.connect(self._refill)
        self._list.setItemDelegateForColumn(0, _CutWhereAlike(self._list))
        self._list.horizontalHeader().hide()
        self._list.horizontalHeader().setStretchLastSection(False)
        self._list.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._list.setColumnWidth(1, _VALUE)
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._list.selectionModel().selectionChanged.connect(lambda *_: self._draw())
        left, column = QWidget(self), QVBoxLayout()
        column.setContentsMargins(12, 4, 4, 0)
        column.addWidget(self._find)
        column.addWidget(self._list, 1)
        left.setLayout(column)
        self._right = QWidget(self)
        drawn = QVBoxLayout(self._right)
        drawn.setContentsMargins(0, 0, 0, 0)
        drawn.addWidget(self._note)
        drawn.addWidget(self.lanes, 1)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.addWidget(left)
        split.addWidget(self._right)
        split.setSizes([420, 580])
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(split)

    def show_series(self, number: int) -> None:
        """Choose one series."""
        self._find.clear()
        self._select((number,))

    def _select(self, numbers: Iterable[int]) -> None:
        """Choose these alone, and draw them once."""
        chosen = QItemSelection()
        for number in numbers:
            if number in self._model.numbers:
                row = self._model.numbers.index(number)
                index = self._model.index(row, 0)
                chosen.select(index, self._model.index(row, 1))
                self._list.scrollTo(index)
        self._list.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _refill(self) -> None:
        store, words = self._state.store, self._find.text().lower().split()
        every = store.series if store is not None else ()
        titles = series_titles(store) if store is not None else ()
        kept = [i for i, one in enumerate(every) if _is_called(one, titles[i], words)]
        self._model.show_names(store, kept, [titles[i] for i in kept])
        set_label(self._note, "" if titles else "There are no metric series in this bundle.")
        self._note.setVisible(not titles)
        self._draw()

    def showEvent(self, event: QShowEvent) -> None:
        """Choose what is evidence when it is first seen."""
        super().showEvent(event)
        self._choose_some()

    def _choose_some(self) -> None:
        """What is evidence, or changes most, or else has the most points; unless something is chosen."""
        store, analysis = self._state.store, self._state.analysis
        if self.isVisible() and store and analysis and not self._list.selectionModel().hasSelection():
            longest = sorted(range(len(store.series)), key=lambda number: -store.series[number].count)[:FIRST]
            self._select(lane_series(store, analysis, FIRST) or longest)
        else:
            self._draw()

    def chosen(self) -> list[int]:
        """Numbers of the series drawn."""
        return [self._model.numbers[row] for row in self._list.chosen()][:MOST_LANES]

    def _draw(self) -> None:
        store = self._state.store
        if store is not None and self.isVisible():
            self.lanes.draw(store, self.chosen())


class _CutWhereAlike(QStyledItemDelegate):
    """Leaves out of a title that is too long what others have as well."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Cut it where that leaves what tells it apart: in the middle, else at one of its ends."""
        super().initStyleOption(option, index)
        head, tail = index.data(ALIKE)
        shown = (option.rect.width() - _PADDING) // option.fontMetrics.averageCharWidth() - 1
        option.textElideMode = cut_of(head, tail, shown)


def cut_of(head: int, tail: int, shown: int) -> Qt.TextElideMode:
    """Where a title is cut of which so many characters have room, and so many of its ends are another's as well."""
    if min(head, tail) < shown // 2:
        return Qt.TextElideMode.ElideMiddle
    if head < shown:
        return Qt.TextElideMode.ElideRight
    return Qt.TextElideMode.ElideLeft if tail < shown else Qt.TextElideMode.ElideMiddle


class _Names(QAbstractTableModel):
    """Titles of the series listed, and the last value of each."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.numbers: list[int] = []
        self._titles: list[str] = []
        self._alike = Alike(())
        self._store: Store | None = None

    def show_names(self, store: Store | None, numbers: list[int], titles: list[str]) -> None:
        """List other series."""
        self.beginResetModel()
        self._store, self.numbers, self._titles, self._alike = store, numbers, titles, Alike(titles)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        """How many."""
        return 0 if parent.isValid() else len(self._titles)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        """Title and value."""
        return 0 if parent.isValid() else 2

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Title, last value, and a tool tip with both."""
        if not index.isValid() or index.row() >= len(self._titles) or self._store is None:
            return None
        title, series = self._titles[index.row()], self._store.series[self.numbers[index.row()]]
        if index.column() and role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if index.column() and role == Qt.ItemDataRole.FontRole:
            return mono("small")
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _last(self._store, series) if index.column() else line(title, 200)
        if role == ALIKE:
            return self._alike.ends(index.row())
        if role == Qt.ItemDataRole.ToolTipRole:
            labels = "\n".join(f"{name}: {value}" for name, value in series.labels)
            last = f"{_last(self._store, series)} {'' if series.kind == 'counter' else series_unit(series)}"
            return tip(
                f"{title}\n{plural(series.count, 'value')}, the last {last.rstrip()}\n{labels}".rstrip()
            )
        return None


def _is_called(series: Series, title: str, words: Iterable[str]) -> bool:
    """Whether a series is called so: as listed, as it was recorded, or by any of its labels."""
    said = " ".join((title, series.name, *(value for _, value in series.labels))).lower()
    return all(word in said for word in words)


def _last(store: Store, series: Series) -> str:
    """The last value as it was recorded; of a counter what it had counted."""
    return measured(float(store.points["value"][series.first + series.count - 1]), "") if series.count else ""
