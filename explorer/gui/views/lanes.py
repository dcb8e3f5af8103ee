"""Metric series under one another on one time axis: a lane each, with its unit, and its value where the cursor is.

pyqtgraph is imported when the first lane is drawn: it costs about as much as the rest of the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from explorer.analysis.rates import values_of
from explorer.gui.look.fonts import mono
from explorer.gui.look.text import entitle, line
from explorer.gui.painting.ink import Ink, colour
from explorer.gui.state.appstate import AppState
from explorer.layout.numbers import clock
from explorer.layout.seriesunit import series_unit
from explorer.layout.strip import nearest_point, series_title, shown_marks
from explorer.model.store import Store

LANE: Final = 84
_LEFT: Final = 64
_APART: Final = 90
"""Pixels between two times on the axis, at least."""
_STEPS: Final = (0.001, 0.01, 0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200,
                 86_400)  # fmt: skip


@dataclass(slots=True)
class Lane:
    """One series as drawn; times in ns."""

    title: str
    unit: str
    times: NDArray[np.int64]
    values: NDArray[np.float64]
    plot: Any
    cursor: Any

    def words(self, at: int) -> str:
        """Name, unit, and the value nearest to a time (-1: none)."""
        unit = f" {self.unit}" if self.unit else ""
        place = nearest_point(self.times, at) if at >= 0 else -1
        if place < 0:
            return f"{self.title}{f' ({self.unit})' if self.unit else ''}"
        return f"{self.title}: {self.values[place]:.4g}{unit}"


class Lanes(QScrollArea):
    """Draws the series it is told; the mouse moves the cursor that all views share."""

    def __init__(self, state: AppState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._sheet: Any = None
        self.lanes: list[Lane] = []
        self.setAccessibleName("Metric series in lanes")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        state.cursor_changed.connect(self._follow_cursor)

    def draw(self, store: Store, numbers: Sequence[int]) -> None:
        """Show other series."""
        if self._sheet is None:
            if not len(numbers):
                return  # nothing to draw, and nothing drawn before
            self._sheet = _sheet()
            self._sheet.scene().sigMouseMoved.connect(self._point)
            self._sheet.installEventFilter(self)
            self.setWidget(self._sheet)
        self._sheet.clear()
        self._sheet.setBackground(self._state.theme.ground)
        self._sheet.setMinimumHeight(LANE * len(numbers) + 24)
        begin, end = self._state.place.range or store.bounds()
        self.lanes = []
        for place, number in enumerate(numbers):
            lane = self._lane(store, number, begin, last=place == len(numbers) - 1)
            self.lanes.append(lane)
            if place:
                lane.plot.setXLink(self.lanes[0].plot)
        if self.lanes:
            self.lanes[0].plot.setXRange(0, max((end - begin) / 1e9, 1e-3), padding=0.01)
        self._shade(numbers, begin, store.bounds()[1])
        self._mark(store, begin)
        self._follow_cursor()

    def _lane(self, store: Store, number: int, begin: int, *, last: bool) -> Lane:
        series, theme = store.series[number], self._state.theme
        times, values = values_of(store, series)
        plot = self._sheet.addPlot(
            row=self._sheet.ci.layout.rowCount(), col=0, axisItems=_axes(self._state, begin)
        )
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setMouseEnabled(x=True, y=False)
        for name in ("left", "bottom"):
            axis = plot.getAxis(name)
            axis.setPen(theme.line)
            axis.setTextPen(theme.muted)
            axis.setStyle(tickFont=mono("small"), **({} if name == "left" else {"showValues": last}))
        plot.getAxis("left").setWidth(_LEFT)
        plot.showGrid(x=True, y=False, alpha=0.12)
        name = Ink(theme, self._state.colours).service(series.service) if series.service else theme.accent
        plot.plot(
            (times - begin) / 1e9, np.asarray(values), pen={"color": name, "width": 1.6}, connect="finite"
        )
        cursor = plot.addLine(x=0, pen={"color": theme.muted, "width": 1, "style": Qt.PenStyle.DashLine})
        cursor.hide()
        return Lane(
            line(series_title(series), 120), series_unit(series), times, np.asarray(values), plot, cursor
        )

    def _shade(self, numbers: Sequence[int], begin: int, last: int) -> None:
        """Where a series was off its usual level, and where an alert rule on it would have fired."""
        analysis, theme = self._state.analysis, self._state.theme
        for one in analysis.anomalies if analysis is not None else ():
            if one.series in numbers:
                end = one.end_ns if one.end_ns >= 0 else last
                tone = theme.error if one.kind == "alert" else theme.warning
                plot = self.lanes[list(numbers).index(one.series)].plot
                plot.addItem(_stretch((one.time_ns - begin) / 1e9, (end - begin) / 1e9, tone))

    def _mark(self, store: Store, begin: int) -> None:
        """Where the selected id is, and what changed or fired."""
        analysis, theme, row = self._state.analysis, self._state.theme, self._state.id_row
        if analysis is None:
            return
        dotted = Qt.PenStyle.DotLine
        for mark in shown_marks(store, analysis, *store.bounds()):
            pen = {
                "color": theme.error if mark.kind == "alert" else theme.warning,
                "width": 1,
                "style": dotted,
            }
            for lane in self.lanes:
                lane.plot.addLine(x=(mark.time_ns - begin) / 1e9, pen=pen)
        if row >= 0 and analysis.ids.start[row] > 0:
            for lane in self.lanes:
                at = (int(analysis.ids.start[row]) - begin) / 1e9
                lane.plot.addLine(x=at, pen={"color": theme.accent, "width": 1.4})

    def _point(self, position: QPointF) -> None:
        if self.lanes:
            seconds = self.lanes[0].plot.vb.mapSceneToView(position).x()
            self._state.set_cursor(self._begin() + int(seconds * 1e9))

    def _begin(self) -> int:
        store = self._state.store
        return (self._state.place.range or (store.bounds() if store is not None else (0, 0)))[0]

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """The mouse that leaves is at no time."""
        if event.type() == QEvent.Type.Leave:
            self._state.set_cursor(-1)
        return False

    def _follow_cursor(self) -> None:
        at = self._state.cursor
        for lane in self.lanes:
            lane.cursor.setVisible(at >= 0)
            if at >= 0:
                lane.cursor.setValue((at - self._begin()) / 1e9)
            entitle(lane.plot, lane.words(at), self._state.theme.muted)


def _sheet() -> Any:
    import pyqtgraph as pg  # noqa: PLC0415  a quarter of a second that only this tab costs

    sheet = pg.GraphicsLayoutWidget()
    sheet.setAccessibleName("Metric lanes")
    for part in (sheet, sheet.viewport()):
        part.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # no key does anything there
    sheet.ci.layout.setSpacing(0)
    sheet.ci.layout.setContentsMargins(0, 0, 8, 0)
    return sheet


def _stretch(begin: float, end: float, tone: str) -> Any:
    import pyqtgraph as pg  # noqa: PLC0415

    stretch = pg.LinearRegionItem(
        (begin, end), movable=False, brush=colour(tone, 0.12), pen=colour(tone, 0.5)
    )
    stretch.setZValue(-10)
    return stretch


def _axes(state: AppState, epoch_ns: int) -> dict[str, Any]:
    """A time axis that counts seconds from an epoch: float64 has no room for nanoseconds."""
    import pyqtgraph as pg  # noqa: PLC0415

    class ClockAxis(pg.AxisItem):  # type: ignore[misc]
        def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
            least = (high - low) / max(size / _APART, 1)
            step = next((step for step in _STEPS if step >= least), least)
            return [(step, -(epoch_ns % round(step * 1e9)) / 1e9)]

        def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
            digits = 0 if spacing >= 1 else 3
            times = (round((epoch_ns + value * 1e9) / 1e6) * 1_000_000 for value in values)
            return [clock(time, state.utc, digits) for time in times]

    return {"bottom": ClockAxis(orientation="bottom")}
