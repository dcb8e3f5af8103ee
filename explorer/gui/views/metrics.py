"""Metric series: a list, and the plot of those chosen on the bundle's time axis.

pyqtgraph is imported when the tab is first shown: it costs about as much as the rest of the start.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractListModel, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from explorer.gui.state import AppState
from explorer.gui.text import label, line, set_label, tip
from explorer.layout.strip import lane_series, series_title, values_of

MOST_CURVES = 12
Index = QModelIndex | QPersistentModelIndex


class MetricsView(QWidget):
    """Follows the state's store; the selected id's time is marked."""

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Metrics")
        self._state = state
        self._plot: Any = None
        self._model = _Names(self)
        self._find, self._list = QLineEdit(self), QListView(self)
        self._note = label("", "body", self)
        self._note.setProperty("look", "muted")
        self._arrange()
        state.opened.connect(self._refill)
        for signal in (state.analysed, state.theme_changed, state.id_changed, state.range_changed):
            signal.connect(self._draw)
        self._refill()

    def _arrange(self) -> None:
        self._find.setPlaceholderText("Find a series")
        self._find.setAccessibleName("Find a series")
        self._find.setClearButtonEnabled(True)
        self._find.textChanged.connect(self._refill)
        self._list.setModel(self._model)
        self._list.setUniformItemSizes(True)
        self._list.setAccessibleName("Metric series")
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._list.selectionModel().selectionChanged.connect(lambda *_: self._draw())
        left, column = QWidget(self), QVBoxLayout()
        column.setContentsMargins(12, 4, 4, 0)
        column.addWidget(self._find)
        column.addWidget(self._list, 1)
        left.setLayout(column)
        self._right = QWidget(self)
        self._plots = QVBoxLayout(self._right)
        self._plots.setContentsMargins(0, 0, 0, 0)
        self._plots.addWidget(self._note)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.addWidget(left)
        split.addWidget(self._right)
        split.setSizes([280, 720])
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(split)

    def show_series(self, number: int) -> None:
        """Choose one series."""
        self._find.clear()
        rows = self._model.numbers
        if number in rows:
            index = self._model.index(rows.index(number))
            self._list.selectionModel().select(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self._list.scrollTo(index)

    def _refill(self) -> None:
        store, words = self._state.store, self._find.text().lower().split()
        titles = [series_title(series) for series in store.series] if store is not None else []
        kept = [i for i, title in enumerate(titles) if all(word in title.lower() for word in words)]
        self._model.show_names(kept, [titles[i] for i in kept])
        set_label(self._note, "" if titles else "There are no metric series in this bundle.")
        self._note.setVisible(not titles)
        self._draw()

    def showEvent(self, event: QShowEvent) -> None:
        """Make the plot when it is first seen."""
        super().showEvent(event)
        if self._plot is None:
            self._plot = _make_plot()
            self._plot.setAccessibleName("Plot of metric series")
            self._plots.addWidget(self._plot)
        if not self._list.selectionModel().hasSelection() and self._state.store and self._state.analysis:
            for number in lane_series(self._state.store, self._state.analysis, 1):
                self.show_series(number)
        self._draw()

    def chosen(self) -> list[int]:
        """Numbers of the series plotted."""
        rows = sorted(index.row() for index in self._list.selectionModel().selectedIndexes())
        return [self._model.numbers[row] for row in rows][:MOST_CURVES]

    def _draw(self) -> None:
        store = self._state.store
        if self._plot is None or store is None or not self.isVisible():
            return
        theme, plot = self._state.theme, self._plot
        plot.setBackground(theme.ground)
        plot.clear()
        for name in ("left", "bottom"):
            plot.getAxis(name).setPen(theme.line)
            plot.getAxis(name).setTextPen(theme.muted)
        begin, end = store.bounds()
        for position, number in enumerate(self.chosen()):
            times, values = values_of(store, store.series[number])
            pen = {"color": theme.services[position % len(theme.services)], "width": 1.6}
            plot.plot((times - begin) / 1e9, np.asarray(values), pen=pen, connect="finite")
        plot.getAxis("bottom").epoch = begin / 1e9
        plot.setXRange(0, max((end - begin) / 1e9, 1e-3), padding=0.01)
        self._mark_id(begin)

    def _mark_id(self, begin: int) -> None:
        analysis, row = self._state.analysis, self._state.id_row
        if analysis is not None and row >= 0 and analysis.ids.start[row] > 0:
            at = (int(analysis.ids.start[row]) - begin) / 1e9
            self._plot.addLine(x=at, pen={"color": self._state.theme.accent, "width": 1.2})


def _make_plot() -> Any:
    """A plot whose time axis counts seconds from an epoch, for float64 has no room for nanoseconds."""
    import pyqtgraph as pg  # noqa: PLC0415  a quarter of a second that only this tab costs

    class ClockAxis(pg.AxisItem):  # type: ignore[misc]
        epoch = 0.0

        def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
            form = "%H:%M:%S" if spacing >= 1 else "%H:%M:%S.%f"
            return [datetime.fromtimestamp(self.epoch + value, UTC).strftime(form) for value in values]

    plot = pg.PlotWidget(axisItems={"bottom": ClockAxis(orientation="bottom")})
    plot.setMenuEnabled(False)
    plot.hideButtons()
    return plot


class _Names(QAbstractListModel):
    """Titles of the series listed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.numbers: list[int] = []
        self._titles: list[str] = []

    def show_names(self, numbers: list[int], titles: list[str]) -> None:
        """List other series."""
        self.beginResetModel()
        self.numbers, self._titles = numbers, titles
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        """How many."""
        return 0 if parent.isValid() else len(self._titles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Title and tool tip."""
        if not index.isValid() or index.row() >= len(self._titles):
            return None
        title = self._titles[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return line(title, 200)
        return tip(title) if role == Qt.ItemDataRole.ToolTipRole else None
